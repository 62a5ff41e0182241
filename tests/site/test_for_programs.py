"""What the site has for other programs: badges, a feed, a calendar and metrics, read back by who knows the format."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from kpi_framework.model.kpi import Kpi
from kpi_framework.model.measurement import Measurement, Reason, Scorecard, Status
from kpi_framework.model.period import Period
from kpi_framework.model.record import replace
from kpi_framework.model.site import Site
from kpi_framework.report.formats.badge import badge_json, badge_svg, kpi_badge, overall_badge
from kpi_framework.report.site.files import site_files
from kpi_framework.report.view.scorecard_view import ScorecardView
from kpi_framework.report.words.workflow_commands import is_obeyed
from tests.cli.projects import kpi, project
from tests.unit.report.scorecards import ALMANAC, measure, scorecard, service_desk, unknown
from tests.unit.report.scorecards import kpi as kpi_of

HOSTILE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "]]>", "&amp;", "a & b < c", "\u202eevil",
    "Grüße 😀 שלום", "x" * 2_000, "::error::x", "##[error]x", 'a"b\\c\nd', "\x0b\x1b[31mred", "\ufffe",
)  # fmt: skip
TAGS = {
    "svg", "title", "rect", "g", "text", "feed", "id", "updated", "author", "name", "link", "entry", "category",
    "content",
}  # fmt: skip
ATOM = "{http://www.w3.org/2005/Atom}"
SVG = "{http://www.w3.org/2000/svg}"
GREEN, AMBER, RED, GREY = "#1a7f37", "#9a6700", "#cf222e", "#57606a"


def files(card: Scorecard) -> dict[str, str]:
    """The files of a site that shows this scorecard."""
    return dict(site_files(Site(card)))


def badge(card: Scorecard, kpi_id: str | None = None) -> tuple[str, str]:
    """What a badge says and its colour, the same in both of its files."""
    view = ScorecardView(card)
    shown = kpi_badge(view.standing(kpi_id)) if kpi_id else overall_badge(view)
    endpoint, drawing = json.loads(badge_json(shown)), ET.fromstring(badge_svg(shown))  # noqa: S314 - our own
    texts = ["".join(text.itertext()) for text in drawing.iter(f"{SVG}text")]
    assert (endpoint["schemaVersion"], set(endpoint)) == (1, {"schemaVersion", "label", "message", "color"})
    assert texts == [endpoint["label"], endpoint["message"]]
    assert drawing.findtext(f"{SVG}title") == f"{endpoint['label']}: {endpoint['message']}"
    assert [box.get("fill") for box in drawing.iter(f"{SVG}rect")][1] == endpoint["color"]
    return endpoint["message"], endpoint["color"]


def of(*statuses: Status, **fields: Any) -> Scorecard:
    """A scorecard of KPIs with these statuses."""
    ids = [f"kpi_{n}" for n in range(len(statuses))]
    measured = [
        unknown(i, Reason.NO_DATA) if s is Status.UNKNOWN else measure(i, status=s)
        for i, s in zip(ids, statuses, strict=True)
    ]
    return scorecard(measured, [kpi_of(i) for i in ids], **fields)


@pytest.mark.parametrize(
    ("statuses", "message", "color"),
    [
        ([Status.MET, Status.MET], "2 of 2 met", GREEN), ([Status.MET, Status.NEAR], "1 of 2 met", AMBER),
        ([Status.MET, Status.UNKNOWN], "1 of 2 met", GREY), ([Status.UNKNOWN, Status.MISSED], "0 of 2 met", RED),
        ([Status.NEAR, Status.UNKNOWN], "0 of 2 met", GREY), ([], "not judged yet", GREY),
    ],
)  # fmt: skip
def test_the_overall_badge_counts_and_is_never_green_for_the_unknown(
    statuses: list[Status], message: str, color: str
) -> None:
    """`5 of 7 met`: red for a miss, else grey for an unknown one, else amber, else green."""
    assert badge(of(*statuses)) == (message, color)


def test_a_check_that_failed_is_not_green() -> None:
    """All KPIs that could be read are met, and a definition is broken: nobody knows of that one."""
    card = of(Status.MET)
    failed = replace(card, verdict=replace(card.verdict, passed=False, exit_code=1))
    assert badge(failed) == ("1 of 1 met", GREY)


def test_a_kpi_s_badge_says_its_status_and_value() -> None:
    """In words, not by colour alone; an unknown one has no number, and a retired one says that it is one."""
    card = service_desk()
    assert badge(card, "first_response_time") == ("at risk: 72.5 min", AMBER)
    assert badge(card, "sla_compliance") == ("missed (waived): 94.96 %", RED)
    assert badge(card, "csat") == ("unknown", GREY)
    retired = kpi_of(status="retired", retired={"since": "2026-01-01", "because": "done"})
    assert badge(scorecard([], [retired]), "first_response_time") == ("retired", GREY)


def entries(feed: str) -> list[dict[str, str]]:
    """The entries of a feed, as its reader has them."""
    root = ET.fromstring(feed)  # noqa: S314 - our own
    assert root.tag == f"{ATOM}feed"
    assert all(root.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated"))
    assert {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")} == {
        "self": "feed.xml", "alternate": "index.html",
    }  # fmt: skip
    listed = [
        {name: entry.findtext(f"{ATOM}{name}") or "" for name in ("id", "title", "updated", "content")}
        | {"link": entry.find(f"{ATOM}link").get("href") or ""}  # type: ignore[union-attr]
        for entry in root.findall(f"{ATOM}entry")
    ]
    assert len({entry["id"] for entry in listed}) == len(listed)
    times = [dt.datetime.fromisoformat(entry["updated"]) for entry in listed]
    assert times == sorted(times, reverse=True)
    return listed


def months(*statuses: Status | Reason) -> tuple[Measurement, ...]:
    """One KPI over months with these statuses, the last one judged and the running one after it."""
    last = measure()
    measured = []
    for back, status in zip(reversed(range(len(statuses))), statuses, strict=True):
        period = ALMANAC.shift(last.period, -back)
        m = unknown("first_response_time", status) if isinstance(status, Reason) else measure(status=status)
        measured.append(replace(m, period=period, judged=back == 0))
    running = replace(
        unknown("first_response_time", Reason.PROVISIONAL), judged=False, period=ALMANAC.shift(last.period, 1)
    )
    return (*measured, running)


def test_the_feed_has_an_entry_a_change_of_status() -> None:
    """Met to missed, missed to unknown and back; not the same again, the running period, nor before the data."""
    met, missed = Status.MET, Status.MISSED
    series = months(Reason.BEFORE_DATA, met, met, missed, Reason.NO_DATA, met)
    listed = entries(files(scorecard(series, [kpi_of()]))["feed.xml"])
    name = "First response time"
    assert [entry["title"] for entry in listed] == [
        f"{name}: unknown → met", f"{name}: missed → unknown", f"{name}: met → missed",
    ]  # fmt: skip
    assert listed[2]["updated"] == "2026-09-01T00:00:00+00:00"
    assert "missed in August 2026" in listed[2]["content"]
    assert {entry["link"] for entry in listed} == {"kpis/first_response_time.html"}


def test_an_entry_stays_what_it_was() -> None:
    """A month later the old entries are the same, byte for byte: a reader shows only what is new."""
    before = months(Status.MET, Status.MISSED)
    after = [replace(m, period=Period(*_month_before(m)), judged=m.judged) for m in before]
    later = [*(replace(m, judged=False) for m in after[:2]), *months(Status.MET)]
    old = entries(files(scorecard(after[:2], [kpi_of()]))["feed.xml"])
    new = entries(files(scorecard(later, [kpi_of()]))["feed.xml"])
    assert len(old) == 1
    assert new[1:] == old


def _month_before(m: Measurement) -> tuple[Any, ...]:
    period = ALMANAC.shift(m.period, -1)
    return period.start, period.end, period.grain


SAMPLE = re.compile(r'(\w+)\{((?:\w+="(?:[^"\\\n]|\\["\\n])*",?)*)\} (-?[0-9.e+-]+)')
LABEL = re.compile(r'(\w+)="((?:[^"\\\n]|\\["\\n])*)"')


def samples(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """The samples of an OpenMetrics text, read by its grammar; families stand together, and it ends with its mark."""
    *lines, last, empty = text.split("\n")
    assert (last, empty) == ("# EOF", "")
    read: dict[tuple[str, tuple[tuple[str, str], ...]], float] = {}
    families: list[str] = []
    for line in lines:
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert (kind, name in families) == ("gauge", False)
            families.append(name)
        elif not line.startswith(f"# HELP {families[-1]} "):
            match = SAMPLE.fullmatch(line)
            assert match is not None, line
            labels = tuple(
                (n, re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], v)) for n, v in LABEL.findall(match[2])
            )
            assert match[1] == families[-1]
            assert (match[1], labels) not in read
            read[match[1], labels] = float(match[3])
    return read


def labels_of(m: Measurement) -> tuple[tuple[str, str], ...]:
    """What a sample says it is of."""
    return ("kpi", m.kpi), ("unit", m.unit), ("segment", ", ".join(f"{c}={v}" for c, v in m.segment))


def test_metrics_are_the_judged_values_and_nothing_stands_for_the_unknown() -> None:
    """Each judged value once, with its unit and segment; none for an unknown one, whose status says so."""
    card = service_desk()
    read = samples(files(card)["metrics.txt"])
    judged = [m for m in card.measurements if m.judged]
    values = {labels: value for (name, labels), value in read.items() if name == "kpi_value"}
    known = [m for m in judged if m.status is not Status.UNKNOWN and m.value is not None]
    assert values == {labels_of(m): m.value for m in known}
    states = {labels for (name, labels), value in read.items() if name == "kpi_status" and value == 1}
    weighed = [m for m in judged if m.status is not Status.INFORMATIVE]
    assert states == {(*labels_of(m), ("status", m.status.value)) for m in weighed}
    assert (("kpi", "csat"), ("unit", "percent"), ("segment", ""), ("status", "unknown")) in states


@pytest.mark.parametrize("words", HOSTILE)
def test_a_stranger_s_words_are_words(words: str) -> None:
    """A name, a project and a segment are text in every file, and come back without what nobody sees."""
    definition = kpi_of().model_copy(update={"name": words})
    whole = months(Status.MET, Status.MISSED)
    part = [replace(m, segment=(("priority", words),)) for m in whole]
    written = files(scorecard([*whole, *part], [definition], project=words))
    shown = " ".join(c for c in [" ".join(words.replace("\x1b[31m", "").split())])
    shown = "".join(c for c in shown if c not in "\u202e\x0b\ufffe").strip()[:60]
    for name, text in written.items():
        if name.endswith((".svg", ".xml")) and name != "site.svg":
            tags = {element.tag.partition("}")[2] for element in ET.fromstring(text).iter()}  # noqa: S314 - our own
            assert tags <= TAGS
            assert not is_obeyed(text)
    label = json.loads(written["badges/first_response_time.json"])["label"]
    assert label.rstrip("…").startswith(shown[:50].strip())
    assert any(entry["title"].startswith(shown[:50].strip()) for entry in entries(written["feed.xml"]))
    segments = {dict(labels)["segment"] for _, labels in samples(written["metrics.txt"])}
    assert segments == {"", f"priority={words}"}


@pytest.mark.usefixtures("engine_inside")
def test_the_pages_lead_to_these_files(tmp_path: Path) -> None:
    """The overview and each KPI's page link what is there; measurements.csv is that of `kpi export`."""
    root = project(tmp_path / "p")
    assert kpi(root, "site", "--out", "site").code == 0
    written: Mapping[str, bytes] = {
        p.relative_to(root / "site").as_posix(): p.read_bytes() for p in (root / "site").rglob("*.*")
    }
    overview, page = written["index.html"].decode(), written["kpis/fix_time.html"].decode()
    for name in ("measurements.csv", "feed.xml", "due.ics", "metrics.txt", "badge.svg", "badge.json"):
        assert f'href="{name}"' in overview
        assert name in written
    for name in ("badges/fix_time.svg", "badges/fix_time.json"):
        assert f'href="../{name}"' in page
        assert name in written
    assert '<link rel="alternate" href="../feed.xml" type="application/atom+xml"' in page
    assert kpi(root, "export", "x.csv", "--periods", "24").code == 0
    assert (root / "x.csv").read_bytes() == written["measurements.csv"]
    rows = list(csv.DictReader(io.StringIO(written["kpis/fix_time.csv"].decode())))
    assert {row["kpi"] for row in rows} == {"fix_time"}


def test_only_kpis_have_badges() -> None:
    """Metrics are not judged."""
    names = {name for name in files(service_desk()) if name.startswith("badges/") and name.endswith(".svg")}
    definitions = service_desk().definitions
    assert names == {f"badges/{i}.svg" for i, d in definitions.items() if isinstance(d, Kpi)}


@pytest.mark.usefixtures("engine_inside")
def test_the_calendar_has_every_day_to_come(tmp_path: Path) -> None:
    """Reviews and actions of later months, too, with the identities that `kpi due` gives those of this month."""
    root = project(tmp_path / "p")
    definition = root / "kpis" / "fix_time.yaml"
    text = definition.read_text(encoding="utf-8").replace("due: 2026-06-30", "due: 2027-06-30")
    definition.write_text(text, encoding="utf-8")
    assert kpi(root, "site", "--out", "site").code == 0
    calendar = events((root / "site" / "due.ics").read_bytes().decode())
    assert {(e["CATEGORIES"], e["DTSTART;VALUE=DATE"]) for e in calendar} == {
        ("REVIEW", "20260420"),
        ("ACTION", "20270630"),
    }
    this_month = events(kpi(root, "due", "--format", "ics").out)
    assert [e["CATEGORIES"] for e in this_month] == ["REVIEW"]
    assert this_month[0] in calendar


def events(text: str) -> list[dict[str, str]]:
    """The events of a calendar, by its grammar: folded lines are joined, each line is a name and a value."""
    lines = text.replace("\r\n", "\n").replace("\n ", "").split("\n")
    assert (lines[0], lines[-2:]) == ("BEGIN:VCALENDAR", ["END:VCALENDAR", ""])
    listed: list[dict[str, str]] = []
    for line in lines:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            listed.append({})
        elif listed and name not in ("BEGIN", "END", ""):
            assert name not in listed[-1]
            listed[-1][name] = value
    return listed

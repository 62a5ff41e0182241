"""`kpi review` and `kpi due`: what was promised for a day is noted, listed and put into a calendar."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_framework.report.pages.due import escaped, folded
from tests.cli.projects import KPI, kpi, project, text

pytestmark = pytest.mark.usefixtures("engine_inside")

TARGETS = "target: [{at_most: 4 h, near: 5 h}, {from: 2026-05-01, at_most: 3 h}]"
WAIVER = (
    "waiver: {from: 2026-03-01, until: 2026-04-30, limit: 6 h, reason: one vacancy, approved_by: cio@example.com}\n"
)


def spoiled(*pairs: tuple[str, str]) -> str:
    """The KPI with some pieces replaced."""
    content = text(KPI)
    for old, new in pairs:
        assert old in content, old
        content = content.replace(old, new, 1)
    return content


# review


def test_a_review_is_noted_and_nothing_else_changes(tmp_path: Path) -> None:
    """One line of the file differs, its comment stays, and the definition means the same."""
    content = spoiled(("last: 2026-03-20}", "last: 2026-03-20}   # in the office"))
    root = project(tmp_path, {KPI: content})
    ended = kpi(root, "review", "fix_time", "--note", "cover: moved", "--by", "ada@example.com", "--date", "2026-04-01")
    assert ended.code == 0, ended.err
    assert "2026-05-01" in ended.out
    wanted = 'review: {cadence: monthly, last: 2026-04-01, by: ada@example.com, note: "cover: moved"}   # in the office'
    before, after = content.splitlines(), (root / KPI).read_text().splitlines()
    assert [line for line in after if line not in before] == [wanted]
    assert len(before) == len(after)
    assert kpi(root, "lint").code == 0


def test_the_review_is_by_whom_git_knows_on_the_day_of_as_of(tmp_path: Path) -> None:
    """Without --by and --date, and in a repository of its own."""
    root = project(tmp_path)
    for words in (["init", "-q"], ["config", "user.email", "ben@example.com"]):
        subprocess.run(["git", *words], cwd=root, check=True)
    assert kpi(root, "review", "fix_time", "--note", "fine").code == 0
    assert "last: 2026-04-02, by: ben@example.com, note: fine}" in (root / KPI).read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["fix_time", "--note", " "], "empty"),
        (["nothing", "--note", "x"], "there is no KPI nothing"),
        (["volume", "--note", "x"], "there is no KPI volume"),
        (["fix_time", "--note", "x", "--date", "2026-03-01"], "was reviewed after"),
        (["fix_time", "--note", "x", "--date", "2099-01-01"], "in the future"),
        (["fix_time", "--note", "x", "--date", "soon"], "expected a date"),
        (["fix_time"], "--note"),
    ],
)
def test_what_cannot_be_noted_is_refused(arguments: list[str], said: str, tmp_path: Path) -> None:
    """Exit 2, a remedy, and the file is as it was."""
    root = project(tmp_path)
    by = ["--by", "ada@example.com"]
    ended = kpi(root, "review", *arguments, *by)
    assert ended.code == 2
    assert said in ended.err
    assert (root / KPI).read_text() == text(KPI)


def test_a_kpi_without_a_cadence_gets_none(tmp_path: Path) -> None:
    """How often it is reviewed is its owner's promise, not the command's."""
    root = project(tmp_path, {KPI: spoiled(("review: {cadence: monthly, last: 2026-03-20}\n", ""))})
    ended = kpi(root, "review", "fix_time", "--note", "x", "--by", "a@example.com")
    assert ended.code == 2
    assert "cadence" in ended.err


# due


@pytest.fixture
def busy(tmp_path: Path) -> Path:
    """A project with something of every kind: a review, an action, a waiver and a target to come."""
    named = ("name: Fix time", "name: 'Fix; time, \\ é'")
    pieces = (("target: {at_most: 4 h, near: 5 h}", TARGETS), ("examples:", WAIVER + "examples:"), named)
    return project(tmp_path, {KPI: spoiled(*pieces)})


@pytest.mark.parametrize(
    ("as_of", "wanted"),
    [
        ("2026-04-02", "this month 04-20 review, this month 04-30 waiver"),
        ("2026-04-19", "this month 04-20 review, this month 04-30 waiver"),
        ("2026-04-20", "this week 04-20 review, this month 04-30 waiver"),
        # The week reaches into May: what lies in it is due this week, though the month is another.
        ("2026-04-28", "overdue 04-20 review, this week 04-30 waiver, this week 05-01 target"),
        ("2026-05-01", "overdue 04-20 review, overdue 04-30 waiver, this week 05-01 target"),
        ("2026-05-02", "overdue 04-20 review, overdue 04-30 waiver"),
        ("2026-06-10", "overdue 04-20 review, overdue 04-30 waiver, this month 06-30 action"),
    ],
)
def test_each_day_has_its_place(busy: Path, as_of: str, wanted: str) -> None:
    """By the calendar's own week and month; a target that has begun is not due, a review not held is overdue."""
    ended = kpi(busy, "due", "--as-of", as_of, "--format", "json")
    assert ", ".join(f"{i['when']} {i['day'][5:]} {i['kind']}" for i in ended.json["items"]) == wanted
    assert {i["path"] for i in ended.json["items"]} == {KPI}
    lines = (busy / KPI).read_text().splitlines()
    for item in ended.json["items"]:
        assert item["kind"] in lines[item["line"] - 1] or item["kind"] in ("waiver", "target")


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_people_read_the_same(busy: Path, form: str) -> None:
    """The days and who sees to them stand in either; a quiet day says that nothing is due."""
    out = kpi(busy, "due", "--as-of", "2026-04-28", "--format", form).out
    assert out.index("2026-04-20") < out.index("2026-04-30") < out.index("2026-05-01")
    assert "desk@example.com" in out
    quiet = kpi(project(busy / "quiet"), "due", "--as-of", "2026-02-02", "--format", form)
    assert (quiet.code, "Nothing is due" in quiet.out) == (0, True)


def unfolded(calendar: str) -> list[tuple[str, str]]:
    """The content lines of a calendar, by RFC 5545, section 3.1: name with parameters, and value."""
    assert calendar.endswith("\r\n")
    assert "\n" not in calendar.replace("\r\n", "")
    physical = calendar[:-2].split("\r\n")
    assert all(0 < len(line.encode()) <= 75 for line in physical)
    logical = "\r\n".join(physical).replace("\r\n ", "").split("\r\n")
    return [(name, value) for name, _, value in (line.partition(":") for line in logical)]


def unescaped(value: str) -> str:
    """A TEXT value as it was meant, by section 3.3.11; what has to be escaped is."""
    assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", value), value
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], value)


def test_the_calendar_is_one(busy: Path) -> None:
    """Components nest, each event has its identity, its stamp and its day, and texts come back whole."""
    lines = unfolded(kpi(busy, "due", "--as-of", "2026-04-28", "--format", "ics").out)
    assert lines[0] == ("BEGIN", "VCALENDAR")
    assert lines[-1] == ("END", "VCALENDAR")
    names = [name for name, _ in lines]
    assert (names.count("VERSION"), names.count("PRODID")) == (1, 1)
    starts = [i for i, line in enumerate(lines) if line == ("BEGIN", "VEVENT")]
    events = [dict(lines[i + 1 : lines.index(("END", "VEVENT"), i)]) for i in starts]
    assert [e["DTSTART;VALUE=DATE"] for e in events] == ["20260420", "20260430", "20260501"]
    assert [e["DTEND;VALUE=DATE"] for e in events] == ["20260421", "20260501", "20260502"]
    assert {e["DTSTAMP"] for e in events} == {"20260428T230000Z"}
    assert len({e["UID"] for e in events}) == 3
    assert unescaped(events[0]["SUMMARY"]) == "Fix; time, \\ é: review"


def test_an_event_keeps_its_identity(busy: Path) -> None:
    """On another day, and when what is due is moved, a calendar finds the event again."""

    def identities(as_of: str) -> dict[str, str]:
        lines = unfolded(kpi(busy, "due", "--as-of", as_of, "--format", "ics").out)
        values = {name: [v for n, v in lines if n == name] for name in ("UID", "CATEGORIES")}
        return dict(zip(values["CATEGORIES"], values["UID"], strict=True))

    first, later = identities("2026-04-02"), identities("2026-05-01")
    assert first.items() <= later.items()
    kpi(busy, "review", "fix_time", "--note", "held", "--by", "a@example.com", "--date", "2026-04-01")
    assert identities("2026-05-01")["REVIEW"] == first["REVIEW"]


@given(st.text(max_size=200))
def test_any_text_can_stand_in_a_calendar(value: str) -> None:
    """Folding loses nothing and cuts no character; escaping lets nothing through that ends a line."""
    line = f"SUMMARY:{escaped(value)}"
    encoded = folded(line).encode("utf-8", "replace")
    assert all(len(piece) <= 75 for piece in encoded.split(b"\r\n"))
    assert folded(line).replace("\r\n ", "") == line
    assert not any(c in line for c in "\r\n\0")
    unescaped(line.partition(":")[2])

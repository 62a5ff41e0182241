"""`kpi site`: the pages say what the scorecard says, change where it changes, and hold nothing that runs."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from kpi_framework.report.words.values import show_value
from tests.cli.projects import kpi, project

pytestmark = pytest.mark.usefixtures("engine_inside")

ROOT = Path(__file__).parent.parent.parent
PAGES = ("index", "operations", "signals", "changes", "data", "review", "glossary", "print")
HOSTILE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</title><iframe>", "{body}", "--> <style>",
    "a & b < c", "\u202eevil", "Grüße 😀 שלום", "x" * 2_000, "[a](javascript:alert(1))", "::error::x", "=1+1",
)  # fmt: skip
VOID = ("meta", "link", "br", "input", "hr", "img")
MAKES_ACTIVE = {"script", "iframe", "object", "embed", "form", "base", "style", "img", "audio", "video"}


class PageText(HTMLParser):
    """What a page holds: the words of its rows, its tags, its addresses, and whether every tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self._cell: list[str] | None = None
        self.feed(text)
        self.close()
        assert self._open in ([], ["html"]), self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag and its attributes."""
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        """Close the tag that was opened last."""
        assert self._open.pop() == tag
        if tag in ("td", "th") and self._cell is not None:
            self.rows[-1].append(" ".join("".join(self._cell).split()))
            self._cell = None

    def handle_data(self, data: str) -> None:
        """Keep the words, but those of drawings."""
        if "svg" not in self._open:
            self.words.append(data)
            if self._cell is not None:
                self._cell.append(data)

    @property
    def text(self) -> str:
        """Its words on one line."""
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample project, without its history."""
    folder = tmp_path_factory.mktemp("sample") / "desk"
    folder.mkdir()
    shutil.copy(ROOT / "kpi.yaml", folder)
    for name in ("kpis", "data", "baselines"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def pages(sample: Path) -> Mapping[str, str]:
    """The files of its site."""
    return made(sample, "site")


def made(folder: Path, name: str) -> dict[str, str]:
    """The files that `kpi site` writes for a project."""
    ended = kpi(folder, "site", "--out", name)
    assert ended.code == 0, ended.err
    root = folder / name
    return {p.relative_to(root).as_posix(): p.read_text(encoding="utf-8") for p in root.rglob("*") if p.is_file()}


def scorecard(folder: Path) -> Any:
    """What `kpi check` says of the same periods."""
    ended = kpi(folder, "check", "--periods", "24", "--format", "json", "--fail-on", "never", "--scorecard", "card")
    return ended.json


def test_the_numbers_are_those_of_the_scorecard(sample: Path, pages: Mapping[str, str]) -> None:
    """Every value of every period is on its KPI's page and in its file, as scorecard.json has it."""
    by_kpi: dict[str, list[Any]] = {}
    for measurement in scorecard(sample)["measurements"]:
        by_kpi.setdefault(measurement["kpi"], []).append(measurement)
    assert by_kpi
    for kpi_id, measurements in by_kpi.items():
        rows = list(csv.DictReader(io.StringIO(pages[f"kpis/{kpi_id}.csv"])))
        assert [r["value"] for r in rows] == ["" if m["value"] is None else str(m["value"]) for m in measurements]
        assert [(r["start"], r["status"]) for r in rows] == [(m["period"]["start"], m["status"]) for m in measurements]
        shown = {cell for row in PageText(pages[f"kpis/{kpi_id}.html"]).rows for cell in row}
        known = [m for m in measurements if m["value"] is not None and not m["segment"] and m["target"] is None]
        assert {" ".join(show_value(m["value"], m["unit"]).split()) for m in known} <= shown, kpi_id


def test_the_whole_table_has_every_measurement_once(sample: Path, pages: Mapping[str, str]) -> None:
    """measurements.csv is scorecard.json as a table."""
    rows = list(csv.DictReader(io.StringIO(pages["measurements.csv"])))
    assert len(rows) == len(scorecard(sample)["measurements"])


def test_the_first_page_says_what_is_wrong(pages: Mapping[str, str]) -> None:
    """What is missed or at risk stands there with its action, whichever KPIs the executive view lists."""
    first = PageText(pages["index.html"])
    assert "5 of 7 met, 1 at risk, 1 missed in October 2026. One needs a decision." in first.text
    assert [row[0] for row in first.rows[1:3]] == ["missed for 2 months in a row", "at risk"] or "missed" in first.rows[
        1
    ][0]
    assert "Fill the two vacant posts of the second line" in first.text


def test_a_second_run_writes_the_same_bytes(sample: Path, pages: Mapping[str, str]) -> None:
    """Nothing says when the pages were written."""
    assert made(sample, "again") == pages


def test_a_change_shows_where_it_belongs(sample: Path, pages: Mapping[str, str], tmp_path: Path) -> None:
    """One answer more: the pages of the KPI over it, those that list all KPIs, and no page of another KPI differ."""
    folder = tmp_path / "desk"
    shutil.copytree(sample, folder, ignore=shutil.ignore_patterns("site", "again", "card"))
    surveys = folder / "data" / "surveys.csv"
    lines = surveys.read_text(encoding="utf-8").splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines) if "2026-10" in line and "csat" in line)
    score = lines[0].strip().split(",").index("score")
    cells = lines[place].split(",")
    cells[score] = "1" if cells[score] != "1" else "2"
    lines[place] = ",".join(cells)
    surveys.write_text("".join(lines), encoding="utf-8")
    after = made(folder, "site")
    differing = {name for name in {*pages, *after} if pages.get(name) != after.get(name)}
    of_kpis = {name for name in differing if name.startswith("kpis/") and name.endswith(".csv")}
    assert of_kpis == {"kpis/csat.csv"}
    assert {"index.html", "kpis/csat.html", "measurements.csv", "print.html"} <= differing
    assert not differing & {"glossary.html", "site.css", "site.js", "changes.html"}


def test_nothing_runs_and_nothing_is_fetched(pages: Mapping[str, str]) -> None:
    """No page has a script or a style of its own, an event, an address of another host, or a broken link."""
    for name, text in pages.items():
        if not name.endswith(".html"):
            continue
        page = PageText(text)
        scripts = [attributes for tag, attributes in page.tags if tag == "script"]
        assert all(set(s) == {"src", "defer"} for s in scripts)
        assert not {tag for tag, _ in page.tags} & (MAKES_ACTIVE - {"script"})
        assert not [a for _, attributes in page.tags for a in attributes if a.startswith("on") or a == "style"]
        policy = next(a["content"] for tag, a in page.tags if tag == "meta" and "http-equiv" in a)
        assert policy == "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'"
        ids = [a["id"] for _, a in page.tags if a.get("id")]
        assert len(ids) == len(set(ids)), name
        addresses = [a.get("href") or a.get("src") or "" for tag, a in page.tags if tag in ("link", "script")]
        addresses += [a.get("href") or "" for tag, a in page.tags if tag == "a" and a.get("rel") != "noreferrer"]
        for address in (a for a in addresses if not a.startswith("#")):
            assert not re.match(r"\w+:|//", address), address
            parts: list[str] = []
            for part in (*name.split("/")[:-1], *address.partition("#")[0].split("/")):
                parts = parts[:-1] if part == ".." else [*parts, part]
            assert "/".join(parts) in pages, (name, address)


def test_the_printed_page_holds_what_is_folded_elsewhere(pages: Mapping[str, str]) -> None:
    """Closed parts are not printed, so that none is closed there; and every KPI is there."""
    text = pages["print.html"]
    assert text.count("<details open>") == text.count("<details") > 0
    for name, page in pages.items():
        if name.startswith("kpis/") and name.endswith(".html"):
            whole = page.partition('<main id="content">')[2].partition("</main>")[0]
            assert PageText(f"<html>{whole}").text in PageText(text).text, name


def test_every_status_and_hardly_any_data(tmp_path: Path) -> None:
    """A project without a value, and one whose only KPI is a draft, have pages, too."""
    empty = project(tmp_path / "empty", {"data/tickets.csv": "ticket_id,created_at,resolved_at\n"})
    assert "index.html" in made(empty, "site")
    assert "unknown" in PageText(made(empty, "site")["index.html"]).text


@pytest.mark.parametrize("words", HOSTILE)
def test_a_hostile_name_is_text(words: str, tmp_path: Path) -> None:
    """A name or a segment is never markup in any page, and is read there as it was written."""
    root = project(tmp_path / "p")
    definition = next(p for p in (root / "kpis").rglob("*.yaml"))
    text = definition.read_text(encoding="utf-8")
    definition.write_text(re.sub(r"(?m)^name: .*$", lambda _: f"name: {json.dumps(words)}", text), encoding="utf-8")
    if kpi(root, "lint").code not in (0, 1):
        pytest.skip("the reader of YAML refuses it")
    ended = kpi(root, "site", "--out", "site")
    if ended.code:
        return  # refused as a definition
    tags = {tag for p in (root / "site").rglob("*.html") for tag, _ in PageText(p.read_text(encoding="utf-8")).tags}
    assert not tags & (MAKES_ACTIVE - {"script"})


def test_another_folder_is_not_overwritten(sample: Path, tmp_path: Path) -> None:
    """A folder with other files is refused, and stays as it is; an older site is replaced whole."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("ten years", encoding="utf-8")
    ended = kpi(sample, "site", "--out", str(other))
    assert (ended.code, [p.name for p in other.iterdir()]) == (2, ["thesis.txt"])
    site = tmp_path / "site"
    assert kpi(sample, "site", "--out", str(site)).code == 0
    (site / "kpis" / "gone.html").write_text("old", encoding="utf-8")
    assert kpi(sample, "site", "--out", str(site)).code == 0
    assert not (site / "kpis" / "gone.html").exists()


def test_what_changed_stands_there_goalposts_first(sample: Path, tmp_path: Path) -> None:
    """A loosened target is told with its reason, its author and its commit."""
    folder = tmp_path / "desk"
    shutil.copytree(sample, folder, ignore=shutil.ignore_patterns("site", "again", "card"))

    def git(*words: str) -> None:
        named = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *named, *words], cwd=folder, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-qm", "kpis: all of them")
    definition = folder / "kpis" / "csat.yaml"
    text = definition.read_text(encoding="utf-8")
    definition.write_text(re.sub(r"at_least: 82%", "at_least: 81%", text), encoding="utf-8")
    assert definition.read_text(encoding="utf-8") != text
    git("commit", "-qam", "csat: an easier target\n\nReason: agreed with the owner in November")
    page = PageText(made(folder, "site")["changes.html"])
    (row,) = [row for row in page.rows if "loosened" in row]
    assert "agreed with the owner in November" in row
    assert "Ada" in row

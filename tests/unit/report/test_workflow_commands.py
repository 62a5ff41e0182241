"""What a runner obeys in a log never comes out of a stranger's string, in no format and at no width."""

from __future__ import annotations

import html
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from kpi_framework.model.change import Change, ChangeClass, Difference
from kpi_framework.model.measurement import Reason, Status
from kpi_framework.model.record import replace
from kpi_framework.model.waiver import Waiver
from kpi_framework.report.doc.html import page
from kpi_framework.report.doc.markdown import markdown
from kpi_framework.report.doc.model import Block, Document, Listing, Paragraph, Points, Section
from kpi_framework.report.formats.github import render_github
from kpi_framework.report.formats.json import as_text, render_json
from kpi_framework.report.formats.junit import render_junit
from kpi_framework.report.pages.comment import DIFF_FORMATS
from kpi_framework.report.pages.diff import DiffView
from kpi_framework.report.pages.due import folded
from kpi_framework.report.pages.scorecard_markdown import render_markdown
from kpi_framework.report.pages.scorecard_text import render_text
from kpi_framework.report.view.result import Report
from kpi_framework.report.words.escape import BREAK
from kpi_framework.report.words.workflow_commands import Commands, inert, inert_json, inert_markup, is_obeyed
from tests.unit.report.reading import NASTY, obeyed, xml
from tests.unit.report.scorecards import example, finding, kpi, measure, scorecard, unknown

PIECES = (
    "##[error]x", "##[", "##vso[task.complete]", "##teamcity[x]", "#", "##", "[", "vso[", ":", "::", "::error::x",
    "::add-mask::a", "\n", "\r", "\r\n", " ", "\t", "\u2003", "\u3000", "\x0b", "\x85", "a", "]", '"', "\\", "&", "<",
    "&#35;", "\u200c", "…", "x" * 20,
)  # fmt: skip
spelled = st.lists(st.sampled_from(PIECES) | st.sampled_from(NASTY), max_size=12).map("".join)
"""Texts that put commands together out of pieces."""
TEXT = "##[error]x ##vso[task.setvariable variable=a]b ::error::x ::add-mask::missed"


def unbroken(text: str) -> str:
    """The text without the invisible mark."""
    return text.replace(BREAK, "")


@given(spelled)
def test_a_broken_text_holds_no_command_and_reads_the_same(text: str) -> None:
    """The mark is all that is added; it is added only where there is a command, and once is enough."""
    broken = inert(text)
    assert obeyed(broken) == []
    assert unbroken(broken) == unbroken(text)
    assert (broken == text) == (not is_obeyed(text))
    assert inert(broken) == broken
    assert bool(obeyed(text)) <= is_obeyed(text)


@given(spelled, spelled)
def test_json_keeps_the_exact_value(key: str, text: str) -> None:
    """A name or a value, broken by an escape: the parsed value is the same, and no line begins with a colon."""
    written = as_text({key: text, "list": [text, {text: None}]})
    assert obeyed(written) == []
    assert not [line for line in written.split("\n") if line.lstrip().startswith(":")]
    assert json.loads(written) == {key: text, "list": [text, {text: None}]}


@given(spelled)
def test_markup_keeps_the_exact_text(text: str) -> None:
    """XML and HTML are broken by character references, which a reader undoes."""
    written = inert_markup(html.escape(text))
    assert obeyed(written) == []
    assert html.unescape(written) == html.unescape(html.escape(text))


def test_a_word_that_is_no_command_stays() -> None:
    """Headings, colons inside a line, hashes and casts are nobody's business."""
    for text in ("## Findings", "a::text", "x ::error::y", "#12", "# [link](x)", "a ## b [c]", ":", " : :"):
        assert inert(text) == text
        assert inert_json(text) == text
        assert inert_markup(text) == text


# documents


@given(st.lists(spelled, min_size=1, max_size=4), spelled, st.integers(500, 3000))
def test_a_markdown_document_holds_no_command(texts: list[str], title: str, largest: int) -> None:
    """Whatever stands in a block, a listing included, and however much is cut; the size is kept."""
    blocks: tuple[Block, ...] = (*map(Paragraph, texts), *(Listing(text, "sql") for text in texts))
    written = markdown(Document(title, (Section(title, blocks), *blocks)), largest)
    assert obeyed(written) == []
    assert len(written.encode("utf-8", "replace")) <= largest + 8 * len(title.encode("utf-8", "replace"))


@given(spelled)
def test_a_page_shows_its_title_and_nothing_is_put_into_it_twice(title: str) -> None:
    """The words of the template are words like any other, in the title and in the body."""
    both = f"{{body}}{title}{{title}}"
    document = Document(both, (Section("{title}", (Points((both,)), Listing("echo {body}"))),))
    written = page(document)
    assert obeyed(written) == []
    heads = re.findall(r"<(?:title|h1)>(.*)</(?:title|h1)>", written)
    assert len(heads) == 2
    assert all(html.unescape(head).startswith("{body}") and html.unescape(head).endswith("{title}") for head in heads)
    assert written.count("<pre><code>echo {body}</code></pre>") == 1
    assert written.count("<h2>{title}</h2>") == 1
    assert obeyed(markdown(document)) == []


@given(spelled)
def test_a_calendar_is_folded_where_a_command_would_stand(text: str) -> None:
    """Unfolding gives the exact line; each piece has at most 75 octets."""
    line = f"SUMMARY:{text.replace(chr(10), '').replace(chr(13), '')}"
    written = folded(line)
    assert obeyed(written) == []
    assert written.replace("\r\n ", "") == line
    assert all(len(piece.encode("utf-8", "replace")) <= 75 for piece in written.split("\r\n"))


# reports


def hostile_report(width: int = 100) -> Report:
    """A report in which every text is hostile, and long enough to be wrapped anywhere."""
    long = " ".join([TEXT] * 6)
    waiver = Waiver.model_validate(
        {"from": "2026-10-15", "until": "2026-12-31", "limit": "90 min", "reason": long, "approved_by": TEXT}
    )
    definitions = (
        kpi("missed", name=long, asks=long, owner=TEXT, description=long, counts=long,
            action={"do": long, "owner": TEXT, "link": f"https://x.example/{TEXT}"},
            notes=[{"period": "2026-10", "cause": long, "fix": long}],
            waiver=[waiver],
            formula=f"count_if(a = '{TEXT}')", where=f"b = '{TEXT}'", read_with=["unknown"]),
        kpi("waived", name=long, waiver=[waiver]),
        kpi("unknown", name=TEXT),
    )  # fmt: skip
    missed = measure("missed", 99.0, status=Status.MISSED)
    parts = [replace(missed, segment=((TEXT, value),)) for value in (TEXT, "::error::x", "##[error]x")]
    measurements = [
        missed, *parts, replace(missed, kpi="waived", waiver=waiver, because=long),
        unknown("unknown", Reason.SOURCE_ERROR, because=long),
    ]  # fmt: skip
    findings = [
        finding(message=f"{long} `{TEXT}`", hint=f"::error::{long}", path=f"kpis/{TEXT}.yaml"),
        finding("contract-violation", path="::error::x.yaml", message="::error::x", hint="##[error]x"),
    ]
    card = scorecard(measurements, definitions, findings, project=long)
    examples = (example(passed=False, example=long, expected=TEXT, got=TEXT, path="::error::x"),)
    return Report(
        scorecard=card, diagnostics=tuple(findings), examples=examples, alarms=(finding(message=TEXT, path=TEXT),),
        passed=False, exit_code=1, width=width,
    )  # fmt: skip


@pytest.mark.parametrize("has_scorecard", [True, False])
def test_machine_formats_and_markdown_hold_no_command(has_scorecard: bool) -> None:
    """Always, and not only in a job: the file may be printed by another step."""
    report = hostile_report() if has_scorecard else replace(hostile_report(), scorecard=None)
    for form in (render_json, render_junit, render_markdown):
        assert obeyed(form(report)) == [], form


def test_junit_reads_back_the_exact_text() -> None:
    """The test report holds the names of the examples and the words of the findings as they are."""
    report = replace(hostile_report(), scorecard=None)
    root = xml(render_junit(report))
    cases = {case.get("classname"): case for case in root.iter("testcase")}
    assert cases["csat"].get("name") == " ".join([TEXT] * 6)
    assert cases["csat"].get("file") == "::error::x"
    [remark] = cases["::error::x.yaml"]
    assert remark.get("message", remark.text) == remark.text == "error: ::error::x. ##[error]x"


def test_markdown_looks_the_same_to_its_reader() -> None:
    """Code and prose, read by a markdown reader: without the mark they are the text."""
    shown = "".join(
        child.content
        for token in MarkdownIt("commonmark").enable("table").parse(render_markdown(hostile_report()))
        for child in token.children or ()
    )
    assert f"count_if(a = '{TEXT}')" in unbroken(shown)
    assert " ".join([TEXT] * 3) in unbroken(shown)


def test_text_is_broken_after_it_is_wrapped() -> None:
    """At every width: the terminal's own text is as it was, and a log that takes it through the door obeys nothing."""
    begins = 0
    for width in range(40, 201):
        text = render_text(hostile_report(width))
        begins += any(line.lstrip().startswith("::") for line in text.split("\n"))
        assert obeyed(inert(text)) == []
        assert unbroken(inert(text)) == text
    assert begins > 100, "the test has lines that begin with a command"


def test_a_difference_holds_no_command() -> None:
    """Before, after, reasons and places of a pull request's report."""
    change = Change(TEXT, ChangeClass.LOOSENED, TEXT, {TEXT: [TEXT]}, TEXT, f"{TEXT}.yaml", 3, touches=(TEXT,))
    difference = Difference(
        base=TEXT, head=TEXT, changes=(change,), reasons=("::error::x", TEXT), names={TEXT: TEXT},
        diagnostics=(finding(message=TEXT, hint=TEXT, path="::error::x"),),
    )  # fmt: skip
    for form in ("json", "markdown"):
        written = DIFF_FORMATS[form](DiffView(difference, passed=False))
        assert obeyed(written) == [], form
    assert json.loads(DIFF_FORMATS["json"](DiffView(difference, passed=False)))["reasons"] == ["::error::x", TEXT]


# annotations

ANNOTATION = re.compile(r"::(error|warning|notice) (?:file=([^:,]*),line=(\d+),col=(\d+),)?title=([^:,]*)::(.*)")


def decoded(text: str) -> str:
    """A property or message as the runner reads it."""
    for token, replacement in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(token, replacement)
    return text


@given(st.lists(st.tuples(spelled, spelled, spelled), min_size=1, max_size=14))
def test_annotations_are_the_only_commands(texts: list[tuple[str, str, str]]) -> None:
    """Each line is one annotation of ours, at most ten a type, and nothing in it is a command of the older form."""
    findings = tuple(
        finding(message=f"m{message}", hint=hint, path=f"k{path}", line=n)
        for n, (message, hint, path) in enumerate(texts)
    )
    written = render_github(Report(diagnostics=findings, passed=False))
    assert isinstance(written, Commands)
    annotations = [ANNOTATION.fullmatch(line) for line in written.removesuffix("\n").split("\n")]
    assert all(annotations)
    assert len(annotations) <= 10
    assert not [line for line in written.splitlines() if "##[" in line or "##vso[" in line]


def test_an_annotation_reads_back_its_place_and_words() -> None:
    """Percent signs, colons, commas and line ends in a path or a message end neither of them."""
    path = "kpis/50%,::error::x.yaml"
    written = render_github(
        Report(diagnostics=(finding(path=path, message="100% ::error::x\n::error::y"),), passed=False)
    )
    [line] = written.splitlines()
    match = ANNOTATION.fullmatch(line)
    assert match is not None
    assert decoded(match[2]) == path
    assert decoded(match[6]).startswith("100% ::error::x ::error::y.")

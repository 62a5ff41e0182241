"""scorecard.md: what a manager reads, read back with a parser of markdown."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import pairwise

from hypothesis import given, settings

from kpi_framework.model.measurement import Goal, Reason, Status
from kpi_framework.model.project import ProjectEvent
from kpi_framework.model.record import replace
from kpi_framework.model.waiver import Waiver
from kpi_framework.report.doc.markdown import markdown
from kpi_framework.report.doc.model import Code, Document, Paragraph, Section, Table
from kpi_framework.report.pages.scorecard_markdown import render_markdown
from kpi_framework.report.view.result import Report
from kpi_framework.report.view.scorecard_view import ScorecardView
from tests.unit.report.reading import control_characters, hostile, tables, tokens, visible
from tests.unit.report.scorecards import (
    OCTOBER,
    example,
    finding,
    kpi,
    measure,
    metric,
    scorecard,
    segment,
    service_desk,
    unknown,
)


def page(scored: object = None) -> str:
    """The page of a scorecard, by default the one with one of everything."""
    return render_markdown(Report(scored or service_desk()))  # type: ignore[arg-type]


def rows(text: str, first: str) -> list[dict[str, str]]:
    """The table whose first two heads are these, a mapping a row."""
    for head, *body in tables(text):
        if " ".join(head).startswith(first):
            return [dict(zip(head, row, strict=True)) for row in body]
    raise AssertionError(f"no table {first}")


def headings(text: str) -> list[str]:
    """The page's headings."""
    found = tokens(text)
    return [after.content for one, after in pairwise(found) if one.type == "heading_open"]


def test_every_kpi_stands_in_the_table_with_sign_and_word() -> None:
    """Nothing hangs on colour, and nothing is left out."""
    told = {row["KPI"]: row for row in rows(page(), "Status Before")}
    assert {name: row["Status"] for name, row in told.items()} == {
        "First response time": "▲ at risk", "Time to resolution": "✗ missed",
        "↳ priority: urgent": "✗ missed",
        "First contact resolution": "✓ met", "Sla compliance": "✗ missed (waived)",
        "Ticket deflection rate": "✓ met", "Cost per ticket": "✓ met", "Csat": "? unknown",
    }  # fmt: skip
    first = told["First response time"]
    assert (first["Value"], first["Target"], first["To target"]) == ("72.5 min", "≤ 60 min", "12.5 min over")
    assert first["Change"] == "+2.5 min, worse"
    assert len(first["Nov 2025 – Oct 2026"]) == 12
    assert [name for name in told if not name.startswith("↳")][:2] == ["Time to resolution", "Sla compliance"]
    assert told["Csat"]["To target"] == "–"


def test_what_needs_a_decision_comes_first() -> None:
    """Verdict, decisions, table, the misses, the unknown, and only then the rest."""
    order = [
        "Example service desk: KPI scorecard", "What needs a decision", "Changed since the period before",
        "KPIs", "Missed and at risk",
        "Time to resolution: ✗ missed", "Sla compliance: ✗ missed (waived)", "First response time: ▲ at risk",
        "Unknown values", "Metrics (informative)", "Data quality", "Governance",
        "Other findings",
        "Events in these periods", "Definitions",
    ]  # fmt: skip
    assert headings(page()) == order


def test_the_worst_segment_is_the_one_furthest_on_the_losing_side() -> None:
    """By an oracle that compares every known segment of the judged period."""
    for goal, worst in ((Goal(at_most=10), "c"), (Goal(at_least=90), "a"), (Goal(between=(4, 6)), "c")):
        whole = measure(value=50, target=goal, status=Status.MISSED)
        parts = [
            replace(whole, segment=segment(team=name), value=value, target=None, status=Status.INFORMATIVE)
            for name, value in (("a", 1), ("b", 5), ("c", 40), ("d", None))
        ]
        thin = replace(parts[0], segment=segment(team="e"), value=9000, reason=Reason.TOO_FEW)
        old = replace(parts[0], segment=segment(team="f"), value=9000, judged=False)
        found = ScorecardView(scorecard([whole, *parts, thin, old], [kpi()])).by_id["first_response_time"].worst
        assert found is not None
        assert found.segment == (("team", worst),)


def test_a_missed_segment_with_its_own_target_needs_a_decision_under_a_met_whole() -> None:
    """A good average does not hide poor urgent tickets."""
    whole = measure(value=50, status=Status.MET)
    part = replace(whole, segment=segment(priority="critical"), value=45, target=Goal(at_most=30), status=Status.MISSED)
    found = page(scorecard([whole, part], [kpi()]))
    assert "**First response time (priority: critical)** is missed: 45.0 min, target ≤ 30 min, 15 min over" in found
    assert "First response time: ✓ met" in headings(found)


def test_a_waiver_says_until_when_and_by_whom() -> None:
    """An accepted miss stays a miss and shows who accepted it."""
    assert "**Waived:** until 31 December 2026, no worse than 90%, by `cio@example.com`: two vacancies" in page()


def test_events_outside_the_shown_periods_are_left_out() -> None:
    """Only what may explain a bar is told."""
    assert "VPN change" in page()
    assert "Long ago" not in page()


def test_unknown_says_why_and_what_to_do() -> None:
    """Each reason has words of its own and a remedy."""
    told = set()
    for reason in Reason:
        (row,) = rows(page(scorecard([unknown("csat", reason, because="its input")], [kpi("csat")])), "KPI Why")
        assert len(row["What to do"]) > 10
        told.add(row["Why"])
    assert len(told) == len(Reason)


def test_findings_of_rules_that_do_not_concern_data_or_governance_are_rolled_up() -> None:
    """Ninety findings of one rule are one row."""
    many = [finding(line=n) for n in range(1, 91)]
    (row,) = rows(page(scorecard([measure()], [kpi()], many)), "Severity Rule")
    assert (row["Findings"], row["First at"]) == ("90", "`kpis/csat.yaml:1:1`")


def test_a_period_stands_in_the_table_where_they_differ() -> None:
    """A weekly KPI beside a monthly one is not taken for the same period."""
    week = replace(OCTOBER, start=dt.date(2026, 10, 26), end=dt.date(2026, 11, 2), grain=None)
    text = page(scorecard([measure(), measure("csat", period=week)], [kpi(), kpi("csat")]))
    assert [row["Period"] for row in rows(text, "Status Before")] == ["2026-10", "2026-10-26 – 2026-11-01"]


def everywhere(text: str) -> str:
    """A page that has a stranger's string wherever one may stand."""
    waiver = Waiver.model_validate(
        {"from": "2026-10-01", "until": "2026-12-01", "limit": "1", "reason": text, "approved_by": text}
    )
    action = {"do": f"x{text}", "owner": f"x{text}", "link": f"x{text}", "due": "2026-12-24"}
    definitions = [
        kpi(
            name=f"x{text}", owner=text, asks=f"x{text}", formula=text, where=f"x{text}", action=action,
            read_with=["other"], waiver=[waiver],
        ),
        kpi("other", name=text), metric(name=text),
    ]  # fmt: skip
    whole = measure(status=Status.MISSED, waiver=waiver, because=text, target=Goal(at_most=1, of=text))
    part = replace(whole, segment=segment(channel=text), waiver=None)
    lost = unknown("other", Reason.INPUT_UNKNOWN, because=text)
    volume = measure("ticket_volume", 5, unit="count", status=Status.INFORMATIVE, target=None)
    rules = ("stale", "review-overdue", "missing-owner")
    return page(
        scorecard(
            [whole, part, lost, volume], definitions,
            [finding(rule, text, message=text, hint=text) for rule in rules],
            project=f"x{text}", engine=text, events=[ProjectEvent(date=dt.date(2026, 10, 5), what=text)],
        )
    )  # fmt: skip


def blocks(text: str) -> Counter[str]:
    """How many headings, list entries, cells and paragraphs a page has."""
    inline = ("text", "code_inline", "softbreak", "link_open", "link_close", "strong_open", "strong_close")
    return Counter(token.type for token in tokens(text) if token.type not in inline)


@settings(max_examples=60)
@given(hostile)
def test_a_hostile_string_changes_nothing_but_itself(text: str) -> None:
    """Wherever it stands, the page has the blocks it has with a harmless one, and nobody is mentioned."""
    rendered = everywhere(text)
    seen = tokens(rendered)
    assert blocks(rendered) == blocks(everywhere("y"))
    assert {str(t.attrs["href"])[:4] for t in seen if t.type == "link_open"} <= {"http"}
    assert all(len(row) == len(found[0]) for found in tables(rendered) for row in found)
    assert control_characters(rendered) == set()
    plain = " ".join(t.content for t in seen if t.type == "text")
    assert not any(f" {word}" in f" {plain}" for word in ("@octocat", "#123", "https://evil", "www.evil"))


@given(hostile)
def test_findings_pages_are_as_hard_to_break(text: str) -> None:
    """A lint and a test in markdown: one row each."""
    results = tuple(example(example=text, expected=text, got=text, passed=passed) for passed in (True, False))
    report = Report(diagnostics=(finding("yaml-syntax", text, message=text, hint=text),), examples=results, title=text)
    findings, examples = tables(render_markdown(report))
    assert [len(row) for row in findings] == [4, 4]
    assert [len(row) for row in examples] == [5, 5, 5]
    assert visible(text) == "" or len(headings(render_markdown(report))) == 3


def test_a_document_that_is_too_long_is_cut_at_its_end_and_says_so() -> None:
    """What matters stands first and stays; every section keeps its heading."""
    first = Section("First", tuple(Paragraph(Code("a" * 100)) for _ in range(10)))
    rows = tuple((str(n), "x" * 50) for n in range(1000))
    sections = (first, Section("Second", (Table(("A", "B"), rows),)), Section("Third", (Paragraph("gone"),)))
    text = markdown(Document("", sections), 20_000)
    assert len(text.encode()) <= 20_000
    assert headings(text) == ["First", "Second", "Third"]
    assert text.count("a" * 100) == 10
    (kept,) = tables(text)
    assert f"{1000 - (len(kept) - 1):,} more are left out" in text
    assert text.index("left out") < text.index("Third")
    assert markdown(Document("", (first,))) == "## First\n\n" + "\n\n".join(["`" + "a" * 100 + "`"] * 10) + "\n"

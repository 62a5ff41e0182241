"""The first page of scorecard.md: the verdict, what needs a decision, and everything in one table."""

from __future__ import annotations

from collections.abc import Iterator

from ..model.diagnostic import Severity
from ..model.measurement import Measurement, Status
from .details import action_text, unknown_text
from .document import Section, table
from .escape import code, prose
from .ink import MARKDOWN
from .insight import Insight, Standing
from .rows import VALUES, cells
from .summary import tally_text, verdict_text, when_text
from .values import show_distance, show_target, show_value
from .words import counted, segment_text

_DECISIONS = 15


def head(insight: Insight) -> Section:
    """The title and the verdict, with why it is what it is."""
    scorecard = insight.scorecard
    lines = [f"# {prose(scorecard.project)}: KPI scorecard", ""]
    lines += [f"**{verdict_text(scorecard)}**: {tally_text(scorecard)}. {when_text(insight)}"]
    if scorecard.verdict.gate == "definitions":
        lines += ["", "Only the definitions are gated here; the values are shown for information."]
    if scorecard.verdict.reasons:
        shown = "; ".join(prose(reason) for reason in scorecard.verdict.reasons[:_DECISIONS])
        rest = len(scorecard.verdict.reasons) - _DECISIONS
        lines += ["", f"Why: {shown}{f'; and {rest:,} more' if rest > 0 else ''}."]
    return Section("", ("\n".join(lines),))


def decisions(insight: Insight) -> Section:
    """What somebody has to decide or do now, weightiest first."""
    found = list(_decisions(insight))
    rest = len(found) - _DECISIONS
    shown = found[:_DECISIONS] + ([f"and {rest:,} more, below"] if rest > 0 else [])
    blocks = tuple(f"- {one}" for one in shown) or ("Nothing today.",)
    return Section("What needs a decision", blocks, noun="item")


def _decisions(insight: Insight) -> Iterator[str]:
    missed = [
        (s, m) for s in insight.troubled for m in s.judged if m.status is Status.MISSED and not m.waived
    ]
    for standing, one in missed:
        what = action_text(standing.action, insight.scorecard.today, MARKDOWN)
        yield f"✗ **{_title(standing, one)}** is missed: {_short(one)}. Action: {what}"
    for standing in insight.unknown:
        if standing.status is Status.UNKNOWN:
            why, remedy = unknown_text(standing.whole, MARKDOWN)
            yield f"? **{prose(standing.name)}** is unknown: {why} {remedy}"
    near = [(s, m) for s in insight.troubled for m in s.judged if m.status is Status.NEAR]
    for standing, one in near:
        yield f"▲ **{_title(standing, one)}** is at risk: {_short(one)}"
    errors = sum(one.severity is Severity.ERROR for one in insight.scorecard.diagnostics)
    if errors:
        yield f"✗ **{counted(errors, 'error')}** in the definitions or the data, below"


def _title(standing: Standing, one: Measurement) -> str:
    return prose(f"{standing.name} ({segment_text(one.segment)})" if one.segment else standing.name)


def _short(one: Measurement) -> str:
    target = prose(show_target(one.target, one.unit, one.value))
    distance = show_distance(one.value, one.target, one.unit)
    return f"{show_value(one.value, one.unit, one.target)}, target {target}, {distance}"


def kpis(insight: Insight) -> Section:
    """Every KPI in one table; segments with a target of their own stand under it."""
    dated = ("Period",) if len(insight.periods) > 1 else ()
    columns = ("Status", "KPI", *dated, *VALUES, "Last 12 periods", "Owner")
    rows = [_row(cell, columns) for standing in insight.kpis for cell in _lines(standing, insight)]
    return table("KPIs", columns, rows)


def _lines(standing: Standing, insight: Insight) -> Iterator[dict[str, str]]:
    yield {
        **cells(standing.whole), "KPI": standing.name, "Last 12 periods": standing.trend,
        "Owner": code(standing.owner) or "nobody",
    }  # fmt: skip
    for one in standing.segments:
        name = f"↳ {segment_text(one.segment)}"
        yield {**cells(one), "KPI": name, "Last 12 periods": insight.trend(one), "Owner": ""}


def _row(cell: dict[str, str], columns: tuple[str, ...]) -> list[str]:
    """The cells in order, escaped; the owner is code already."""
    return [cell[name] if name == "Owner" else prose(cell[name]) for name in columns]


def metrics(insight: Insight) -> Section:
    """What informs without being judged."""
    columns = ("Metric", "Value", "Period", "Change", "Last 12 periods")
    rows = [
        _row({**cells(one.whole), "Metric": one.name, "Last 12 periods": one.trend}, columns)
        for one in insight.informative
    ]
    return table("Metrics (informative)", columns, rows)

"""The comment on a pull request: what it does to the numbers, in a manager's words, and what its author must do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import PurePosixPath

from ...model.change import ChangeClass, Difference, Impact
from ..doc.markdown import markdown
from ..doc.model import (
    Block,
    Code,
    Disclosure,
    Document,
    Faint,
    Listing,
    Paragraph,
    Points,
    Section,
    Strong,
    Table,
    Text,
)
from ..doc.terminal import terminal
from ..words.phrases import counted, period_text, segment_text, short_period_text
from ..words.values import show_change, show_value
from .diff import LARGEST, MARK, DiffView, changes_table, diff_json, diff_screen, verdict, word
from .findings import each

NOTHING = "<!-- nothing to say -->"
"""By this line the workflow knows that there is nothing to say, and leaves a pull request without a comment alone."""
_SENTENCES, _ROWS = 5, 10
_ID = re.compile(r"[a-z][a-z0-9_]*")
"""What may stand in a command that somebody pastes: the comparison may come from a stranger's run."""
_EXPLAINS, _FREEZES = "unexplained-change", "baseline-stale"


def comment_page(view: DiffView) -> Document:
    """The verdict, what to do, a row a KPI; periods and definitions folded."""
    difference = view.difference
    if not difference.changes and not difference.impact and not difference.diagnostics:
        return Document("", (Paragraph(f"No KPI changes ({difference.head[:12]})."),))
    return Document(f"{'✓' if view.passed else '✗'} KPI changes", tuple(_blocks(view)))


def first_lines(view: DiffView) -> str:
    """What the workflow looks for."""
    difference = view.difference
    is_empty = not difference.changes and not difference.impact and not difference.diagnostics
    return f"{MARK}\n{NOTHING}\n" if is_empty else f"{MARK}\n"


def _blocks(view: DiffView) -> Iterator[Block]:
    difference = view.difference
    sentences = list(_sentences(difference))
    left = f" {counted(len(sentences) - _SENTENCES, 'more KPI')} below." if len(sentences) > _SENTENCES else ""
    yield Paragraph((Strong(" ".join((_opening(difference), *sentences[:_SENTENCES]))), left))
    yield Section("What you have to do", tuple(_tasks(difference)))
    yield Section("What changes", (_kpi_table(difference), _segments(difference)))
    yield Section("Findings", (Disclosure(verdict(view), each("", difference.diagnostics).blocks),))
    others = [impact for impact in difference.impact if not impact.judged]
    yield Section("Other periods", (_folded(counted(len(others), "row"), _impacts(difference, others)),))
    definitions = changes_table(difference, difference.changes)
    yield Section("Definitions", (_folded(counted(len(difference.changes), "change"), definitions),))
    yield Section("Reasons", (Points(difference.reasons),))
    compared = (Code(difference.base[:12]), " compared with ", Code(difference.head[:12]), ".")
    yield Paragraph(Faint(compared))


def _folded(summary: str, table: Table) -> Disclosure:
    return Disclosure(summary, (table,))


# in words


def _opening(difference: Difference) -> str:
    kpis = {c.kpi for c in difference.changes if c.kpi} | {i.kpi for i in difference.impact}
    of_project = sum(c.kpi is None for c in difference.changes)
    parts = [f"{counted(len(kpis), 'KPI')} {'changes' if len(kpis) == 1 else 'change'}"] if kpis else []
    parts += [f"{counted(of_project, 'setting')} of kpi.yaml"] if of_project else []
    return f"{' and '.join(parts)}." if parts else "Only values change."


def _sentences(difference: Difference) -> Iterator[str]:
    """What happens to each KPI in the judged period: those that turn first."""
    judged = [impact for impact in difference.impact if impact.judged and not impact.segment]
    for impact in sorted(judged, key=lambda i: i.before.status == i.after.status):
        name, why = difference.names.get(impact.kpi, impact.kpi), _why(difference, impact)
        if impact.before.status != impact.after.status:
            yield f"{name} turns from {word(impact.before)} to {word(impact.after)}{why}."
        else:
            before, after = (show_value(side.value, impact.unit) for side in (impact.before, impact.after))
            yield f"{name} reads {after} instead of {before}{why}."


def _why(difference: Difference, impact: Impact) -> str:
    """Because of what: a target that moved is no merit of the desk."""
    classes = {change.cls for change in difference.changes if impact.kpi in (change.kpi, *change.touches)}
    if impact.because == ("target",) and ChangeClass.LOOSENED in classes:
        return " because its target is easier, not because of the desk"
    words = {
        "definition": "it is counted otherwise", "target": "its target is another one", "data": "the data are others",
    }  # fmt: skip
    reasons = [words.get(cause, f"of the {cause}") for cause in impact.because]
    return f" because {' and '.join(reasons)}" if reasons else ""


# what the author must do


def _tasks(difference: Difference) -> Iterator[Block]:
    """Commands to paste."""
    findings = difference.diagnostics
    changed = {(change.path, change.line): change.kpi for change in difference.changes}
    unexplained = [changed.get((f.span.path, f.span.line)) for f in findings if f.rule == _EXPLAINS]
    frozen = dict.fromkeys(PurePosixPath(f.span.path).stem for f in findings if f.rule == _FREEZES)
    stale = [kpi_id for kpi_id in frozen if _ID.fullmatch(kpi_id)]
    if unexplained:
        ids = dict.fromkeys(unexplained)
        lines = [f"Reason {i}: WHY" if i and _ID.fullmatch(i) else "Reason: WHY" for i in ids]
        words = "".join(f' \\\n  -m "{line}"' for line in lines)
        yield Paragraph("Say why, in place of WHY:")
        yield Listing(f'git commit --allow-empty -m "Explain the changes of KPIs"{words}', "sh")
    if stale:
        yield Paragraph("Freeze what is measured anew, and commit the files:")
        yield Listing("\n".join(f"kpi baseline freeze {kpi_id}" for kpi_id in stale), "sh")


# tables


def _kpi_table(difference: Difference) -> Table:
    """A row a KPI: the judged period, and how far the others moved."""
    rows = []
    by_kpi: dict[str, list[Impact]] = {}
    for impact in difference.impact:
        if not impact.segment:
            by_kpi.setdefault(impact.kpi, []).append(impact)
    for kpi_id, impacts in by_kpi.items():
        judged = next((impact for impact in impacts if impact.judged), None)
        others = [impact for impact in impacts if not impact.judged]
        rows.append((difference.names.get(kpi_id, kpi_id), *_judged(judged), _others(others)))
    columns = ("KPI", "Period", "Value", "Status", "Because of", "Other periods")
    return Table(columns, tuple(rows[:_ROWS]), folding="Other periods")


def _judged(impact: Impact | None) -> tuple[Text, ...]:
    if impact is None:
        return ("", "unchanged", "unchanged", "")
    sides = [show_value(side.value, impact.unit) for side in (impact.before, impact.after)]
    words = dict.fromkeys((word(impact.before), word(impact.after)))
    values = " → ".join(dict.fromkeys(sides))
    return period_text(impact.period), values, " → ".join(words), ", ".join(impact.because)


def _others(impacts: Sequence[Impact]) -> str:
    """`12 differ, between −0.1 points and +2.9 points; 1 changes status`."""
    if not impacts:
        return ""
    flips = sum(impact.before.status != impact.after.status for impact in impacts)
    moves = {_moved(i): i for i in impacts if i.before.value is not None and i.after.value is not None}
    known = [move for move in moves if move]
    span = ""
    if known:
        ends = (moves[min(known)], moves[max(known)])
        low, high = (show_change(i.after.value, i.before.value, i.unit) for i in ends)
        span = f" by {low}" if low == high else f" between {low} and {high}"
    turned = f"; {flips} {'changes' if flips == 1 else 'change'} status"
    return f"{len(impacts)} {'differs' if len(impacts) == 1 else 'differ'}{span}{turned}"


def _moved(impact: Impact) -> Fraction:
    return Fraction(repr(impact.after.value or 0)) - Fraction(repr(impact.before.value or 0))


def _segments(difference: Difference) -> Disclosure:
    """The segments of the judged period."""
    segments = [impact for impact in difference.impact if impact.judged and impact.segment]
    return _folded(counted(len(segments), "segment"), _impacts(difference, segments))


def _impacts(difference: Difference, impacts: Sequence[Impact]) -> Table:
    rows = [
        (
            difference.names.get(i.kpi, i.kpi), segment_text(i.segment) or "overall", short_period_text(i.period),
            show_value(i.before.value, i.unit), show_value(i.after.value, i.unit),
            " → ".join(dict.fromkeys((word(i.before), word(i.after)))), ", ".join(i.because),
        )
        for i in impacts
    ]  # fmt: skip
    columns = ("KPI", "Segment", "Period", "Before", "After", "Status", "Because of")
    return Table(columns, tuple(rows), ("Before", "After"))


def diff_markdown(view: DiffView) -> str:
    """The comment, cut by section where it would not fit."""
    return f"{first_lines(view)}{markdown(comment_page(view), LARGEST, level=2)}"


DIFF_FORMATS: Mapping[str, Callable[[DiffView], str]] = {
    "text": lambda view: terminal(diff_screen(view), color=view.color, width=view.width),
    "json": diff_json,
    "markdown": diff_markdown,
}

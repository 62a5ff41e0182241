"""Commands beside the cursor: freeze the baseline, add a reason, write the example's expectation."""

from __future__ import annotations

from lsprotocol.types import CodeAction, CodeActionKind, Command, Position

from ..load.words import words
from ..model.kpi import Kpi
from .view import View

FREEZE = "kpi.freezeBaseline"
REASON = "kpi.addReason"
EXPECT = "kpi.writeExpectation"
_WITH_A_REASON = (
    "formula", "where", "unit", "target", "baseline", "waiver", "min_sample", "min_measured", "settle", "period",
    "window", "status", "time", "segments",
)  # fmt: skip
"""Fields of which a change can restate a number or loosen what is judged."""


def actions(view: View, position: Position) -> list[CodeAction]:
    """The commands that make sense where the cursor stands."""
    entry = next((e for e in view.catalog.entries if e.at.path == view.path), None) if view.catalog else None
    if entry is None:
        return []
    definition_id = entry.noun.id
    begin, stop = view.text.line(view.text.offset(position))
    cursor = view.cursor(stop)
    field = cursor.path[0] if cursor.path else ""
    offered = []
    if field in ("baseline", "id", "formula") and isinstance(entry.noun, Kpi) and entry.noun.baseline is not None:
        offered.append(_command(f"Freeze the baseline of {definition_id}", FREEZE, view.uri(view.path), definition_id))
    if field in _WITH_A_REASON:
        offered.append(_command("Add a reason to the commit", REASON, view.uri(view.path), definition_id))
    if field == "examples" and (number := example_at(view, begin)) is not None:
        offered.append(_command("Write the example's expectation", EXPECT, view.uri(view.path), number))
    return offered


def example_at(view: View, offset: int) -> int | None:
    """The number of the example, from 0, in which an offset lies; None outside of all."""
    begins: dict[int, int] = {}
    for word in words(view.text.text):
        step = word.path[1] if word.path[:1] == ("examples",) and len(word.path) > 1 else None
        if isinstance(step, int):
            begins.setdefault(step, view.text.line(word.begin)[0])
    return next((n for n, begin in reversed(begins.items()) if begin <= offset), None)


def reason_message(definition_id: str, why: str | None = None) -> str:
    """The line that a commit needs, and the command that gives it to a commit that was made without."""
    reason = " ".join(why.split()) if why and why.strip() else "…"
    return (
        f"Write this line into the message of your commit:\nReason: {reason}\n"
        f'If it is committed already: git commit --allow-empty -m "{definition_id}: why it changed" '
        f'-m "Reason: {reason}"'
    )


def _command(title: str, command: str, *arguments: object) -> CodeAction:
    return CodeAction(
        title=title, kind=CodeActionKind.Empty, command=Command(title, command, arguments=list(arguments))
    )

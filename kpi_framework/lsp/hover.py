"""Hover: what a name means, its last published value, and who changed the line last, when and why.

All of it stands in files that are committed or in the definitions: nothing is computed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from lsprotocol.types import Hover, MarkupContent, MarkupKind, Position

from ..compile.language.functions import function_named
from ..history.blame import LineChange
from ..load.published import PublishedScorecard
from ..model.record import Record
from ..report.words.escape import code, prose
from ..report.words.phrases import day_text
from ..workflow.editing.committed import CommittedFile
from .columns import ColumnWords, column
from .completion import about_function
from .cursor import Cursor
from .published import in_full, published_value
from .roles import Place, Role
from .view import View

_JUDGED = ("id", "target", "formula", "unit", "waiver")
"""The fields of a definition beside which its last value is of interest."""


class Committed(Record):
    """What is committed about a file: the last scorecard, and who wrote its lines."""

    scorecard: PublishedScorecard | None
    file: CommittedFile | None
    now: dt.datetime


def hover(view: View, position: Position, committed: Committed) -> Hover | None:
    """What is known of the word at a position and of its line; None where nothing is."""
    offset = view.text.offset(position)
    begin, stop = view.text.word(offset)
    paragraphs = [*_about(view, view.text.text[begin:stop], stop, committed), *_line(view, position, committed)]
    if not paragraphs:
        return None
    content = MarkupContent(MarkupKind.Markdown, "\n\n".join(paragraphs))
    return Hover(content, view.text.range(begin, stop) if begin < stop else None)


def _about(view: View, name: str, stop: int, committed: Committed) -> Iterator[str]:
    cursor = view.cursor(stop)
    place = view.place(cursor)
    words = _of_name(view, place, name)
    definition_id = _definition_id(view, place, cursor, name, is_known=bool(words))
    if definition_id is not None:
        yield from _of_definition(view, definition_id, committed)
    elif words:
        yield words


def _definition_id(view: View, place: Place | None, cursor: Cursor, name: str, *, is_known: bool) -> str | None:
    """The definition that a name means; else, on a field that matters for its value, the one of the file."""
    if view.catalog is None:
        return None
    if place is not None and place.role in (Role.DEFINITION, Role.DERIVED, Role.WHEN) and name in view.catalog.metrics:
        return name
    field = cursor.path[0] if cursor.path else cursor.typed.strip()
    if is_known or field not in _JUDGED:
        return None
    return next((i for i, e in view.catalog.definitions.items() if e.at.path == view.path), None)


def _of_definition(view: View, definition_id: str, committed: Committed) -> Iterator[str]:
    assert view.catalog is not None, "it holds the definition"
    noun = view.catalog.metrics[definition_id]
    about = f"\n\n{prose(noun.description)}" if noun.description else ""
    yield f"**{prose(noun.name)}** ({noun.kind} {code(definition_id)}, in {prose(noun.unit)}){about}"
    value = published_value(view.catalog, committed.scorecard, definition_id, committed.now)
    yield "  \n".join(in_full(value)) if value else "No value of it is in scorecard/scorecard.json."


def _of_name(view: View, place: Place | None, name: str) -> str | None:
    """A column, a function, a dataset or a calendar in words."""
    if place is None or view.catalog is None:
        return None
    if place.role in (Role.FORMULA, Role.CONDITION, Role.COLUMN):
        table = view.table(place.dataset)
        if table and (words := column(table, name)):
            return _of_column(words, place.dataset or "")
    project = view.catalog.project.noun
    if place.role in (Role.FORMULA, Role.CONDITION, Role.DERIVED) and (function := function_named(name)):
        return f"{code(function.signature)}\n\n{about_function(function)}"
    if place.role is Role.DATASET and name in project.datasets:
        contract = view.catalog.contract(name)
        meaning = f"\n\n{prose(contract.description)}" if contract else ""
        return f"**{prose(name)}**: {code(view.catalog.datasets[name].reading.path)}{meaning}"
    if place.role in (Role.CALENDAR, Role.FORMULA) and name in project.calendars:
        return f"**{prose(name)}**: a calendar of kpi.yaml"
    return None


def _of_column(words: ColumnWords, dataset: str) -> str:
    lines = [f"**{prose(words.name)}** {prose(words.kind)} · column of {code(dataset)}"]
    lines += [prose(words.meaning)] if words.meaning else []
    lines += [f"It holds {', '.join(map(code, words.values[:20]))}."] if words.values else []
    lines += [] if words.nullable else ["It is never empty."]
    lines += [f"From {code(words.origin)}."] if words.origin and words.origin != words.name else []
    return "  \n".join(lines)


def _line(view: View, position: Position, committed: Committed) -> Iterator[str]:
    """Who changed the line last."""
    if committed.file is None or not view.text.text:
        return
    change = committed.file.change_of(view.text.text, position.line + 1)
    yield last_change(change) if change else "This line is not committed as it is."


def last_change(change: LineChange) -> str:
    """`Last changed by Ada Lovelace on 14 September 2026: Two posts fall vacant. Reason: …`, in Markdown."""
    why = f" Reason: {prose(change.reason)}" if change.reason else ""
    who, when = prose(change.author), day_text(change.changed_at.date())
    return f"Line last changed by {who} on {when}: {prose(change.subject)} ({code(change.commit[:10])}).{why}"

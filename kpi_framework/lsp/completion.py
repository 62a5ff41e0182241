"""Completion inside of expressions and lists of names. Keys and enumerations are the JSON Schema's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lsprotocol.types import CompletionItem, CompletionItemKind, MarkupContent, MarkupKind, Position, Range, TextEdit

from ..compile.language.functions import AGGREGATES, DERIVED, FUNCTIONS, TIMES
from ..compile.language.signal import FIELDS, STATUSES, WORST
from ..model.formula_function import FormulaFunction
from ..report.words.escape import code, prose
from .columns import column, columns
from .cursor import Cursor
from .roles import Place, Role
from .view import View

_COMPARED = re.compile(r"(?P<name>[\w.]+)\s*(?:=|<>|!=|(?:not\s+)?in\s*\((?:[^()]*,)?)\s*'[^']*$", re.IGNORECASE)
_CALENDAR = re.compile(r"(?:business|overlap)_(?:minutes|hours)\([^()]*'[^']*$", re.IGNORECASE)
_FIELD = re.compile(r"(?P<name>\w+)(?:\[[^\]]*\])?(?P<worst>\.worst_segment)?\.\w*$")
_WORD_BEFORE = re.compile(r"\w*$")

Items = Iterator[CompletionItem]


def completions(view: View, position: Position) -> list[CompletionItem]:
    """What may stand at a position: nothing where the schema knows better."""
    offset = view.text.offset(position)
    cursor = view.cursor(offset)
    place = view.place(cursor)
    if place is None or cursor.in_comment or cursor.path == ("id",):
        return []
    word = _WORD_BEFORE.search(cursor.typed)
    begin = offset - len(word[0] if word else "")
    span = view.text.range(begin, view.text.word(offset)[1] if begin < offset else offset)
    return [_placed(entry, span) for entry in _entries(view, place, cursor)]


def _placed(entry: CompletionItem, span: Range) -> CompletionItem:
    entry.text_edit = TextEdit(span, entry.label)
    return entry


def _entries(view: View, place: Place, cursor: Cursor) -> Items:
    typed = cursor.typed
    match place.role:
        case Role.FORMULA | Role.CONDITION:
            yield from _of_rows(view, place, typed)
        case Role.DERIVED:
            yield from _ids(view)
            yield from _functions(lambda f: f.group not in (AGGREGATES, TIMES))
        case Role.WHEN:
            yield from _of_signal(view, typed)
        case Role.DEFINITION:
            yield from _ids(view)
        case Role.COLUMN:
            yield from _columns(view, place)
        case Role.SEGMENT_VALUE:
            yield from _values(view, place.dataset, place.column)
        case Role.DATASET if cursor.path != ("datasets",):
            yield from (_item(n, CompletionItemKind.Module, "dataset") for n in _datasets(view))
        case Role.CALENDAR if cursor.path != ("calendars",):
            yield from _calendars(view)
        case Role.OBJECTIVE if view.catalog is not None:
            known = view.catalog.project.noun.objectives
            yield from (_item(name, CompletionItemKind.Value, words) for name, words in known.items())


def _of_rows(view: View, place: Place, typed: str) -> Items:
    """Inside of quotes the words of a column, or calendars; else columns and functions."""
    if _is_in_quotes(typed):
        if _CALENDAR.search(typed):
            yield from _calendars(view)
        elif compared := _COMPARED.search(typed):
            yield from _values(view, place.dataset, compared["name"])
        return
    yield from _columns(view, place)
    no_aggregates = place.role is Role.CONDITION
    yield from _functions(lambda f: f.group != DERIVED and not (no_aggregates and f.group == AGGREGATES))


def _of_signal(view: View, typed: str) -> Items:
    if _is_in_quotes(typed):
        compared = _COMPARED.search(typed)
        if compared and compared["name"].endswith(".status"):
            yield from (_item(word, CompletionItemKind.EnumMember, "status") for word in STATUSES)
    elif field := _FIELD.search(typed):
        names = FIELDS if field["worst"] else (*FIELDS, WORST)
        yield from (_item(name, CompletionItemKind.Field, f"of {field['name']}") for name in names)
    else:
        yield from _ids(view)


def _is_in_quotes(typed: str) -> bool:
    return typed.count("'") % 2 == 1


def _columns(view: View, place: Place) -> Items:
    table = view.table(place.dataset)
    for words in columns(table) if table else ():
        documentation = prose(words.meaning) if words.meaning else code(words.origin)
        yield _item(words.name, CompletionItemKind.Field, words.kind, documentation)


def _values(view: View, dataset: str | None, name: str | None) -> Items:
    table = view.table(dataset)
    words = column(table, name) if table and name else None
    for value in words.values if words else ():
        yield _item(value, CompletionItemKind.EnumMember, f"{name}")


def _ids(view: View) -> Items:
    for definition_id, definition in view.catalog.definitions.items() if view.catalog else ():
        noun = definition.noun
        about = prose(noun.description) if noun.description else ""
        yield _item(definition_id, CompletionItemKind.Reference, f"{noun.kind}: {noun.name} · {noun.unit}", about)


def _datasets(view: View) -> Iterator[str]:
    yield from view.catalog.datasets if view.catalog else ()


def _calendars(view: View) -> Items:
    for name in view.catalog.project.noun.calendars if view.catalog else ():
        yield _item(name, CompletionItemKind.Event, "calendar")


def _functions(is_wanted: Callable[[FormulaFunction], bool]) -> Items:
    for name, function in FUNCTIONS.items():
        if is_wanted(function):
            yield _item(name, CompletionItemKind.Function, function.signature, about_function(function))


def about_function(function: FormulaFunction) -> str:
    """What a function gives, and an example, in Markdown."""
    return f"{prose(function.meaning)}\n\n{code(function.example)}"


def _item(label: str, kind: CompletionItemKind, detail: str, documentation: str = "") -> CompletionItem:
    about = MarkupContent(MarkupKind.Markdown, documentation) if documentation else None
    return CompletionItem(label=label, kind=kind, detail=detail, documentation=about)

"""Where a name stands in a project's files: exactly, in lists, in expressions, as a key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..load.words import YamlWord, words
from ..model.record import Record
from .roles import Place, Role, place_of

_TOKEN = re.compile(r"'(?:[^']|'')*'|(?P<name>(?<![\w.])[A-Za-z_]\w*)|(?P<quoted>\"[^\"]*\")")
_EXPRESSIONS = (Role.FORMULA, Role.CONDITION, Role.DERIVED, Role.WHEN)
_MEANS: dict[Role, tuple[Role, ...]] = {
    Role.DEFINITION: (Role.DEFINITION, Role.DERIVED, Role.WHEN),
    Role.COLUMN: (Role.COLUMN, Role.FORMULA, Role.CONDITION),
    Role.DATASET: (Role.DATASET,),
    Role.CALENDAR: (Role.CALENDAR, Role.FORMULA, Role.CONDITION),
    Role.OBJECTIVE: (Role.OBJECTIVE,),
}
"""The places where a name of each kind may stand."""


class Named(Record):
    """Something that has a name: what it is, and the dataset of a column."""

    kind: Role
    name: str
    dataset: str | None = None


class Occurrence(Record):
    """A stretch of a file's text where a name stands."""

    path: str
    begin: int
    stop: int


def named_at(path: str, text: str, offset: int) -> Named | None:
    """What the name at an offset of a text is; None where nothing of ours stands."""
    for word in words(text):
        if word.begin <= offset <= word.stop and (place := _place(path, text, word)):
            for name, begin, stop in _names(text, word, place):
                if begin <= offset <= stop:
                    return _named(place, name, text[begin - 1 : begin] == "'")
    return None


def _named(place: Place, name: str, is_quoted: bool) -> Named | None:
    if place.role in (Role.DERIVED, Role.WHEN):
        return Named(Role.DEFINITION, name)
    if place.role in (Role.FORMULA, Role.CONDITION):
        return Named(Role.CALENDAR, name) if is_quoted else Named(Role.COLUMN, name, place.dataset)
    if place.role is Role.SEGMENT_VALUE:
        return None
    return Named(place.role, name, place.dataset if place.role is Role.COLUMN else None)


def occurrences(texts: Mapping[str, str], wanted: Named) -> Iterator[Occurrence]:
    """Every place where a name stands with this meaning, file by file."""
    for path, text in texts.items():
        if wanted.name in text:
            yield from _in_file(path, text, wanted)


def _in_file(path: str, text: str, wanted: Named) -> Iterator[Occurrence]:
    for word in words(text):
        place = _place(path, text, word) if wanted.name in text[word.begin : word.stop] else None
        if place is None or place.role not in _MEANS[wanted.kind]:
            continue
        if wanted.kind is Role.COLUMN and place.dataset != wanted.dataset:
            continue
        for name, begin, stop in _names(text, word, place):
            is_quoted = text[begin - 1 : begin] == "'" and place.role in _EXPRESSIONS
            if name == wanted.name and is_quoted == (wanted.kind is Role.CALENDAR and place.role in _EXPRESSIONS):
                yield Occurrence(path, begin, stop)


def _place(path: str, text: str, word: YamlWord) -> Place | None:
    """What a word means: a value by the keys above it, a key by those above itself."""
    names = tuple(step for step in word.path if isinstance(step, str))
    if not word.is_key:
        return None if word.path and _is_value_of_name(path, text, names) else place_of(path, text, names)
    place = place_of(path, text, names[:-1])
    return place if place is not None and place.role not in _EXPRESSIONS and names[:-1] else None


def _is_value_of_name(path: str, text: str, names: tuple[str, ...]) -> bool:
    """Whether a value stands under a key that is a name itself: `{support_cost: 40000}`."""
    above = place_of(path, text, names[:-1]) if len(names) > 1 else None
    return above is not None and place_of(path, text, names) is None


def _names(text: str, word: YamlWord, place: Place) -> Iterator[tuple[str, int, int]]:
    """The names in a word with their ends: all in an expression, else the word itself without its marks."""
    raw = text[word.begin : word.stop]
    if place.role not in _EXPRESSIONS:
        mark = raw[:1] in ("'", '"')
        inner = raw[1:-1] if mark else raw
        if inner == word.value:
            yield inner, word.begin + mark, word.begin + mark + len(inner)
        return
    shift, raw = (word.begin + 1, raw[1:-1]) if raw[:1] in ("'", '"') else (word.begin, raw)
    doubled = text[word.begin : word.begin + 1] == "'"
    for match in _TOKEN.finditer(raw.replace("''", "\0\0") if doubled else raw):
        if match["name"]:
            yield match["name"], shift + match.start(), shift + match.end()
        elif match[0].startswith("'"):
            yield match[0][1:-1], shift + match.start() + 1, shift + match.end() - 1

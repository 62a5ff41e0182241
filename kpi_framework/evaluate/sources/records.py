"""JSON documents that hold their rows in a list: each row's own text, without what stands around the list."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from ...model.source import Source
from .interface import SourceError
from .text import BLOCK, MAX_DOCUMENT, opened, too_large

_BLANK = " \t\r\n"
_DECODER = json.JSONDecoder()


def copy_records(path: Path, name: str, source: Source, target: Path) -> None:
    """Write the rows in the lists of a file's documents as one list. Raises SourceError, OSError."""
    text = _read(path, name, source)
    try:
        rows = _rows(text, (source.records or "").split("."))
        with target.open("w", encoding="utf-8", newline="") as copy:
            for number, row in enumerate(rows):
                copy.write((",\n" if number else "[") + row)
            copy.write("]")
    except LookupError as error:
        raise SourceError(f"{name} has no list under `{source.records}`", str(error.args[0])) from None
    except RecursionError:
        raise SourceError(
            f"{name} is nested too deeply", "Export it again without objects inside of objects."
        ) from None
    except json.JSONDecodeError as error:
        raise SourceError(
            f"{name} is not a readable json file: see line {error.lineno}, column {error.colno}",
            "Export it again: it may be incomplete.",
        ) from None


def _read(path: Path, name: str, source: Source) -> str:
    parts: list[str] = []
    with opened(path, name, source) as text:
        left = MAX_DOCUMENT
        while block := text.read(BLOCK):
            parts.append(block)
            left -= len(block)
            if left < 0:
                raise too_large(name, MAX_DOCUMENT)
    return "".join(parts)


def _rows(text: str, place: list[str]) -> Iterator[str]:
    """The texts of the rows of all documents. Raises LookupError where one has no such list, JSONDecodeError."""
    position = _skip(text, 0)
    while position < len(text):
        start, names = position, list[str]()
        for depth, key in enumerate(place):
            start, names = _value_of(text, start, key)
            if start < 0:
                raise LookupError(_remedy(names, ".".join(place[:depth])))
        if text[start : start + 1] != "[":
            raise LookupError("What stands there is no list. Name the list that holds the rows.")
        yield from _elements(text, start)
        position = _skip(text, _DECODER.raw_decode(text, position)[1])


def _value_of(text: str, position: int, key: str) -> tuple[int, list[str]]:
    """Where in an object the value of a key begins, -1 if it has none; and the names that come before."""
    names: list[str] = []
    if text[position : position + 1] != "{":
        return -1, names
    position = _skip(text, position + 1)
    while text[position : position + 1] == '"':
        name, position = _DECODER.raw_decode(text, position)
        position = _skip(text, _past(text, _skip(text, position), ":"))
        if name == key:
            return position, names
        names.append(name)
        position = _skip(text, _DECODER.raw_decode(text, position)[1])
        if text[position : position + 1] != ",":
            break
        position = _skip(text, position + 1)
    return -1, names


def _elements(text: str, position: int) -> Iterator[str]:
    """The texts of a list's elements."""
    position = _skip(text, position + 1)
    while text[position : position + 1] != "]":
        end = _DECODER.raw_decode(text, position)[1]
        yield text[position:end]
        position = _skip(text, end)
        if text[position : position + 1] == ",":
            position = _skip(text, position + 1)
        elif text[position : position + 1] != "]":
            raise json.JSONDecodeError("no end", text, position)


def _skip(text: str, position: int) -> int:
    while text[position : position + 1] and text[position] in _BLANK:
        position += 1
    return position


def _past(text: str, position: int, sign: str) -> int:
    if text[position : position + 1] != sign:
        raise json.JSONDecodeError(f"no {sign}", text, position)
    return position + 1


def _remedy(names: list[str], above: str) -> str:
    if not names:
        return "There is no object in that place. Correct `records:`, or leave it out where the file is a list itself."
    prefix = f"{above}." if above else ""
    return f"There are: {', '.join(f'`{prefix}{name}`' for name in names[:12])}. Correct `records:`."


_DEEPEST = 3


def list_of_records(text: str) -> str | None:
    """Where in the only document of a text its longest list of objects stands; None where there is no such list."""
    start = _skip(text, 0)
    if text[start : start + 1] != "{":
        return None
    try:
        document, end = _DECODER.raw_decode(text, start)
    except (json.JSONDecodeError, RecursionError):
        return None
    lists = dict(_lists(document, "")) if not text[end:].strip() else {}
    return max(lists, key=lambda place: lists[place], default=None)


def _lists(value: dict[str, object], above: str, depth: int = 0) -> Iterator[tuple[str, int]]:
    for name, inner in value.items():
        place = f"{above}.{name}" if above else name
        if isinstance(inner, list) and inner and all(isinstance(element, dict) for element in inner):
            yield place, len(inner)
        elif isinstance(inner, dict) and depth < _DEEPEST:
            yield from _lists(inner, place, depth + 1)

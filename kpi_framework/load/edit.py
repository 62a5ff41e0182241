"""A file's text with a few values changed: every comment, the order and all other characters stay.

The parser says where the values stand; only those stretches of the text are replaced, and new keys follow the
last one of their mapping.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from yaml.events import (
    CollectionEndEvent,
    CollectionStartEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from ..model.catalog import Path
from ..model.record import Record
from .events import all_events, end, start
from .guard import hides
from .resolve import NotANumberError, resolve

_BARE = re.compile(r"\w(?:[\w ./@+-]*[\w./@+])?")
_HEADER = re.compile(r"[|>][-+0-9]*")
_MARK = "\ufeff"


class _Node(Record):
    """A value: its first and last event, and what stands in it by key."""

    first: Event
    last: Event
    children: Mapping[str | int, tuple[Event, _Node]]


class _Cut(Record):
    """A stretch of the text and what takes its place."""

    begin: int
    stop: int
    text: str


def edited(text: str, path: Path, values: Mapping[str, str]) -> str:
    """The text of a file that can be read, with texts set under the mapping at `path`.

    Raises LookupError where no mapping stands there, ValueError where a value is no text.
    """
    mark = _MARK if text.startswith(_MARK) else ""
    body = text.removeprefix(_MARK)
    mapping = _at(_tree(body), path)
    texts = {key: scalar(value) for key, value in values.items()}
    cuts = list(_addition(body, mapping, {k: v for k, v in texts.items() if k not in mapping.children}))
    cuts += [cut for key, value in texts.items() for cut in _cuts(body, mapping, key, value)]
    for cut in sorted(cuts, key=lambda c: -c.begin):
        body = body[: cut.begin] + cut.text + body[cut.stop :]
    return mark + body


def scalar(value: str) -> str:
    """A text as one line of YAML: plain where that is read back as the same, else in double quotes.

    Raises ValueError for what no file can hold.
    """
    if any("\ud800" <= c <= "\udfff" for c in value):
        raise ValueError("it is not UTF-8 text")
    if _BARE.fullmatch(value) and _stays_text(value):
        return value
    return f'"{"".join(map(_escaped, value))}"'


def _stays_text(value: str) -> bool:
    try:
        return isinstance(resolve(value), str) and value.isprintable() and not hides(value)
    except NotANumberError:
        return False


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable() and not hides(character):
        return character
    number = ord(character)
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"


# where things stand


def _tree(text: str) -> _Node:
    events = iter(e for e in all_events(text) if isinstance(e, ScalarEvent | CollectionStartEvent | CollectionEndEvent))
    return _node(next(events), events)


def _node(first: Event, events: Iterator[Event]) -> _Node:
    children: dict[str | int, tuple[Event, _Node]] = {}
    if isinstance(first, ScalarEvent):
        return _Node(first, first, children)
    while not isinstance(event := next(events), CollectionEndEvent):
        if isinstance(first, SequenceStartEvent):
            children[len(children)] = event, _node(event, events)
        elif isinstance(event, ScalarEvent):
            children[event.value] = event, _node(next(events), events)
        else:
            raise LookupError("a key is not text")
    return _Node(first, event, children)


def _at(node: _Node, path: Path) -> _Node:
    for step in path:
        if step not in node.children:
            raise LookupError(f"`{step}` is not in the file")
        node = node.children[step][1]
    if not isinstance(node.first, MappingStartEvent):
        raise LookupError(f"`{path[-1] if path else ''}` is not a mapping")
    return node


# what is replaced and added


def _cuts(text: str, mapping: _Node, key: str, value: str) -> Iterator[_Cut]:
    """The stretches that a present key's value takes."""
    if key not in mapping.children:
        return
    event = mapping.children[key][1].first
    if not isinstance(event, ScalarEvent):
        raise LookupError(f"`{key}` is not a single value")
    begin, stop = start(event).index, end(event).index
    if event.style in ("|", ">"):
        yield _Cut(begin, begin + len(_header(text, begin)), value)
        line_end = text.find("\n", begin, stop)
        last = begin + len(text[begin:stop].rstrip())
        if 0 <= line_end < last:
            # From the end of the header's line to the end of the last line of content.
            yield _Cut(line_end - (text[line_end - 1] == "\r"), last, "")
    elif begin == stop:
        yield _Cut(begin, stop, value if text[begin - 1 : begin].isspace() else f" {value}")
    else:
        yield _Cut(begin, stop, value)


def _addition(text: str, mapping: _Node, added: Mapping[str, str]) -> Iterator[_Cut]:
    """New keys behind the last one: on the same line in braces, else each on a line of its own."""
    if not added:
        return
    pairs = [f"{key}: {value}" for key, value in added.items()]
    at = _end(text, _last(mapping)) if mapping.children else end(mapping.first).index
    if _is_braced(mapping):
        yield _Cut(at, at, ", ".join(("", *pairs)) if mapping.children else ", ".join(pairs))
        return
    indent = " " * start(next(iter(mapping.children.values()))[0]).column
    newline = "\r\n" if "\r\n" in text else "\n"
    if text[at - 1] == "\n":
        yield _Cut(at, at, "".join(f"{indent}{pair}{newline}" for pair in pairs))
        return
    line_end = text.find("\n", at)
    stop = len(text) if line_end < 0 else line_end - (text[line_end - 1] == "\r")
    yield _Cut(stop, stop, "".join(f"{newline}{indent}{pair}" for pair in pairs))


def _end(text: str, node: _Node) -> int:
    """Where what a value says ends; blank lines behind it are part only of a block that keeps them (`|+`)."""
    if isinstance(node.first, ScalarEvent):
        begin, stop = start(node.first).index, end(node.first).index
        keeps = node.first.style in ("|", ">") and "+" in _header(text, begin)
        return stop if keeps else begin + len(text[begin:stop].rstrip())
    if _is_braced(node) or not node.children:
        return end(node.last).index
    return _end(text, _last(node))


def _header(text: str, begin: int) -> str:
    """A block's indicator, `|` or `>-`."""
    header = _HEADER.match(text, begin)
    assert header is not None, "a block begins with its indicator"
    return header[0]


def _last(node: _Node) -> _Node:
    return list(node.children.values())[-1][1]


def _is_braced(node: _Node) -> bool:
    return isinstance(node.first, CollectionStartEvent) and bool(node.first.flow_style)

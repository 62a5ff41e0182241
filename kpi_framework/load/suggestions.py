"""The corrected line: what an author most likely meant by a line that YAML reads otherwise, or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yaml import YAMLError
from yaml.events import (
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    NodeEvent,
    ScalarEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from ..model.quoting import LONGEST_LINE, is_plain
from .events import all_events, is_bare

_HEAD = re.compile(r"""\s*(?:-\s+)*(?:[^\s:#"'{}\[\],&*!|>%@`-][^:#]*:\s+)?""")
_NOTE = re.compile(r"\s+#(?:\s.*)?$")
_ENTRY = re.compile(r",\s*[A-Za-z_][\w.-]*:(?:\s|$)")
_OPEN, _CLOSE = "{[", "}]"
_STARTS = (StreamStartEvent, DocumentStartEvent, CollectionStartEvent)
_ENDS = (StreamEndEvent, DocumentEndEvent, CollectionEndEvent)
_INSIDE = 3  # a stream, a document and the sequence around the value


def quoted(value: str) -> str:
    """The value in quotes: double ones if nothing in it needs an escape there."""
    if '"' in value or "\\" in value:
        return "'" + value.replace("'", "''") + "'"
    return f'"{value}"'


def quoted_line(line: str, is_wrong: bool = False) -> str | None:
    """The line with its value, or the values of its flow mapping, in quotes; None if that does not mend it.

    A line that can be read by itself is not what is wrong, unless the caller says that it is.
    """
    if not is_plain(line.strip(), LONGEST_LINE) or (not is_wrong and _is_sound(line.strip())):
        return None
    for candidate in (_flow_quoted(line), _value_quoted(line)):
        if candidate is not None and candidate != line and _is_sound(candidate.strip()):
            return candidate.strip()
    return None


def write(corrected: str | None, otherwise: str, lead: str = "Write") -> str:
    """The hint with the corrected line, where there is one that may be shown."""
    return f"{lead}: {corrected}" if corrected and is_plain(corrected, LONGEST_LINE) else otherwise


def spliced_line(line: str, start: int, end: int) -> str:
    """The line with the characters from `start` to `end` in quotes."""
    return (line[:start] + quoted(line[start:end].strip()) + line[end:]).strip()


def _value_quoted(line: str) -> str | None:
    """`when: 'a' = 'b'` → `when: "'a' = 'b'"`."""
    head = _HEAD.match(line)
    if not head or not head[0].strip():
        return None
    value = _NOTE.sub("", line[head.end() :]).strip()
    if not value or value[0] + value[-1] in ("{}", "[]") or (value[0] in _OPEN and value[-1] == ","):
        return None
    return head[0] + _requoted(value)


def _requoted(value: str) -> str:
    """In quotes; a quote that was never closed is closed, and one around the whole is replaced."""
    mark = value[0] if value[0] in "'\"" else ""
    if mark and value.count(mark) == 1:
        return value + mark
    if mark and value.count(mark) == 2 and value.endswith(mark):
        return quoted(value[1:-1])
    return quoted(value)


def _flow_quoted(line: str) -> str | None:
    """`{do: Move cover, peak hours, owner: x}` → `{do: "Move cover, peak hours", owner: x}`."""
    start, end = line.find("{"), line.rfind("}")
    if start < 0 or end < start:
        return None
    entries = [_quoted_pair(e) for e in _entries(line[start + 1 : end])]
    return line[: start + 1] + ", ".join(entries) + line[end:]


def _entries(inner: str) -> Iterator[str]:
    """The parts of a flow mapping that begin with a key and lie in no inner bracket."""
    begin = 0
    for match in _ENTRY.finditer(inner):
        before = inner[: match.start()]
        if sum(map(before.count, _OPEN)) == sum(map(before.count, _CLOSE)):
            yield inner[begin : match.start()]
            begin = match.start() + 1
    yield inner[begin:]


def _quoted_pair(pair: str) -> str:
    key, colon, value = pair.strip().partition(": ")
    value = value.strip()
    if not colon or _is_one_value(value):
        return pair.strip()
    nested = _flow_quoted(value) if value[:1] == "{" else None
    return f"{key}: {nested or quoted(value)}"


def _is_one_value(value: str) -> bool:
    """It may stand in a flow mapping as it is."""
    try:
        events = all_events(f"[{value}]")
    except YAMLError:
        return False
    depth, nodes = 0, []
    for event in events:
        if depth == _INSIDE and isinstance(event, NodeEvent):
            nodes.append(event)
        depth += isinstance(event, _STARTS) - isinstance(event, _ENDS)
    return len(nodes) == 1 and (isinstance(nodes[0], ScalarEvent) or value[:1] in _OPEN)


def _is_sound(text: str) -> bool:
    """It parses, and no key of its flow mappings lacks a colon."""
    try:
        events = all_events(text)
    except YAMLError:
        return False
    return not any(isinstance(e, ScalarEvent) and is_bare(text, e) for e in events)

"""The words of a YAML text: every key and every single value, with its path and the stretch of text that it takes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yaml import YAMLError
from yaml.events import (
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentEndEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
)

from ..model.catalog import Path
from ..model.record import Record
from .events import Events, end, start

_MARK = "\ufeff"
_HALF = re.compile("[\ud800-\udfff]")
"""Half of a character, which the parser cannot take."""


class YamlWord(Record):
    """A key or a value: its text as it is meant, and where it is written, marks included."""

    path: Path
    is_key: bool
    value: str
    begin: int
    stop: int


def words(text: str) -> Iterator[YamlWord]:
    """All words of a text, in order; of one that breaks off, those before."""
    shift = len(_MARK) if text.startswith(_MARK) else 0
    events = Events(_HALF.sub("\ufffd", text.removeprefix(_MARK)))
    try:
        yield from _walked(events, shift)
    except YAMLError:
        return


class _Level(Record):
    """An open mapping or list, and its path."""

    path: Path
    is_mapping: bool


def _walked(events: Events, shift: int) -> Iterator[YamlWord]:
    levels: list[_Level] = []
    steps: list[str | int | None] = []
    """The key that waits for its value, or the index of the next entry; None where a key comes next."""
    while not isinstance(event := events.next(), DocumentEndEvent) and event is not None:
        if isinstance(event, ScalarEvent):
            is_key = bool(levels) and levels[-1].is_mapping and steps[-1] is None
            if is_key:
                steps[-1] = event.value
            path = _path(levels, steps)
            yield YamlWord(path, is_key, event.value, start(event).index + shift, end(event).index + shift)
            if not is_key:
                _advance(levels, steps)
        elif isinstance(event, CollectionStartEvent):
            is_mapping = isinstance(event, MappingStartEvent)
            levels.append(_Level(_path(levels, steps), is_mapping))
            steps.append(None if is_mapping else 0)
        elif isinstance(event, CollectionEndEvent):
            levels.pop()
            steps.pop()
            _advance(levels, steps)
        elif _is_alias(event):
            _advance(levels, steps)


def _is_alias(event: Event) -> bool:
    return hasattr(event, "anchor")


def _path(levels: list[_Level], steps: list[str | int | None]) -> Path:
    if not levels:
        return ()
    step = steps[-1]
    return levels[-1].path if step is None else (*levels[-1].path, step)


def _advance(levels: list[_Level], steps: list[str | int | None]) -> None:
    """A value is over: another key or entry may follow."""
    if levels:
        step = steps[-1]
        steps[-1] = None if levels[-1].is_mapping else (step + 1 if isinstance(step, int) else step)

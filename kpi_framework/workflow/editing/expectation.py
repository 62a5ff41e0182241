"""The expectation of an example, written for it: what the formula gives over the rows of `given`.

It is run because somebody asked: the only place here that starts an engine. A person still decides whether it is right.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from ...evaluate.engine.interface import Engine
from ...evaluate.examples import ExampleValue, example_value
from ...evaluate.session import Session
from ...load.edit import edited
from ...load.words import words
from ...load.yaml import read_yaml
from ...model.could_not import CouldNot
from ...model.unit import MICROSECONDS
from .workspace import CheckedWorkspace, Workspace, checked

_UNITS = {"seconds": "s", "minutes": "min", "hours": "h", "days": "d"}
_COUNTS = ("population", "measured", "missing")
_ANY = "1 min"
"""Takes the place of an expectation that is missing, so that the file can be read."""


def with_expectation(
    workspace: Workspace, path: str, number: int, now: dt.datetime, open_engine: Callable[[], Engine]
) -> str | CouldNot:
    """The text of a definition in which one example expects what its formula gives; or why it is not known."""
    text = workspace.texts.get(path, "")
    document = read_yaml(path, text)
    if not document.is_whole or not isinstance(document.value, dict):
        return CouldNot("the file cannot be read as it is")
    readable = _readable(text, number)
    state = checked(workspace.with_buffer(path, readable), None, now)
    entries = state.compilation.catalog.entries if state.compilation else ()
    entry = next((e for e in entries if e.at.path == path), None)
    if entry is None or state.compilation is None or number >= len(entry.noun.examples):
        return CouldNot(_first_fault(state, path) or "there is no such example")
    with Session(open_engine) as session:
        value = example_value(state.compilation, session, entry.noun, number)
    if isinstance(value, CouldNot):
        return value
    if value.value is None:
        return CouldNot("the formula gives no value over these rows")
    return _written(readable, number, value, entry.noun.unit)


def _readable(text: str, number: int) -> str:
    """The text with an expectation where there is none."""
    try:
        return edited(text, ("examples", number), {"expect": _ANY})
    except (LookupError, ValueError):  # it expects several things at once, or has no such example
        return text


def _first_fault(state: CheckedWorkspace, path: str) -> str | None:
    return next((f.message for f in state.findings if f.span.path == path), None)


def _written(text: str, number: int, value: ExampleValue, unit: str) -> str:
    """The text with the value in the place of what is expected, or of each part of it that is there."""
    place = ("examples", number, "expect")
    shown = {place: expectation(value.value, unit), (*place, "value"): expectation(value.value, unit)}
    shown |= {(*place, n): f"{getattr(value, n)}" for n in _COUNTS if getattr(value, n) is not None}
    for word in reversed([w for w in words(text) if not w.is_key and w.path in shown]):
        text = text[: word.begin] + shown[word.path] + text[word.stop :]
    return text


def expectation(value: float | int | None, unit: str) -> str:
    """A value as `expect` writes it: `25 min`, `80%`, `3`."""
    number = 0 if value is None else value
    if unit == "percent":
        return f"{number * 100:.10g}%"
    return f"{number:.10g} {_UNITS[unit]}" if unit in MICROSECONDS else f"{number:.10g}"

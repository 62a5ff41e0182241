"""The parser's events and where they stand. The parser is libyaml: it knows lines and columns."""

from __future__ import annotations

from typing import cast

from yaml import Mark
from yaml.cyaml import CParser  # type: ignore[attr-defined]  # the stubs do not list it
from yaml.events import Event, ScalarEvent

_NEAR = 200


class Events:
    """The events of a text, one after the other; a text that breaks off raises YAMLError there."""

    def __init__(self, text: str) -> None:
        self._parser = CParser(text)

    def next(self) -> Event:
        """The next event. After the last one nobody asks."""
        return cast(Event, self._parser.get_event())


def all_events(text: str) -> list[Event]:
    """All events of a text. Raises YAMLError."""
    parser = CParser(text)
    return list(iter(parser.get_event, None))


def start(event: Event) -> Mark:
    """Where an event begins."""
    return cast(Mark, event.start_mark)


def end(event: Event) -> Mark:
    """Where an event ends."""
    return cast(Mark, event.end_mark)


def line_of(text: str, event: Event) -> str:
    """The line on which an event begins."""
    mark = start(event)
    begin = mark.index - mark.column
    stop = text.find("\n", begin)
    return text[begin : stop if stop >= 0 else len(text)].rstrip("\r")


def is_bare(text: str, event: ScalarEvent) -> bool:
    """An empty plain value right before a comma or brace, with no colon before: its key stands alone."""
    if event.value or event.style:
        return False
    index = start(event).index
    before, after = text[max(0, index - _NEAR) : index], text[index : index + _NEAR]
    return before.rstrip()[-1:] != ":" and after.lstrip()[:1] in (",", "}")

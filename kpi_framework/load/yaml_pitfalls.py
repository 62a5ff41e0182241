"""What YAML reads without complaint and no author means: a cut value, a stray comma, an alias."""

from __future__ import annotations

import re

from yaml.events import Event, ScalarEvent

from ..model.quoting import shown
from .events import end, line_of, start
from .suggestions import quoted, quoted_line, spliced_line, write

Pitfall = tuple[str, str]
"""What is wrong, and the corrected line."""

_CUT = re.compile(r"[ \t]+(?P<rest>#(?!\s*kpi:\s*ignore)(?:[^\s#][^\n]*|(?=[ \t\r]*(?:\n|$))))")
"""A comment begins with a blank or says nothing at all only by mistake: `Ticket #`."""
_ITEM = re.compile(r"[^,\]}]*")


def cut(text: str, event: ScalarEvent, in_flow: bool) -> Pitfall | None:
    """`description: Tickets #1 queue` loses everything from the # on."""
    match = _CUT.match(text, end(event).index)
    if not match:
        return None
    corrected = _uncut_flow(text, event) if in_flow else _uncut(text, event, match["rest"].rstrip())
    message = f"the value ends at the # and is only {shown(event.value)}; the rest is a comment"
    return message, write(corrected, "Put the value in quotes.")


def _uncut(text: str, event: ScalarEvent, remainder: str) -> str:
    head = line_of(text, event)[: start(event).column].rstrip(" ")
    return f"{head} {quoted(f'{event.value} {remainder}'.strip())}".strip()


def _uncut_flow(text: str, event: ScalarEvent) -> str:
    line = line_of(text, event)
    flow_item = _ITEM.match(line, end(event).column)
    return quoted_line(line) or spliced_line(line, start(event).column, flow_item.end() if flow_item else len(line))


def bare(text: str, event: ScalarEvent, last: ScalarEvent | None) -> Pitfall:
    """`{do: Move cover, peak hours}`: the comma ended the value, and `peak hours` became a key."""
    line, message = line_of(text, event), f"{shown(event.value)} has no colon"
    if last is None or last.style or start(last).line != end(event).line:
        return message, "Give it a value: `{name: value}`."
    spliced = spliced_line(line, start(last).column, end(event).column)
    corrected = quoted_line(line) or spliced
    return f"{message}: the comma before it ended the value", write(corrected, "Put the value in quotes.")


def foreign(text: str, event: Event, what: str) -> Pitfall:
    """Anchors, aliases and tags make a file mean something else than it shows."""
    corrected = quoted_line(line_of(text, event), is_wrong=True)
    return f"{what} is not allowed here", write(
        corrected, "Write the value itself, or put it in quotes.", "If it is text, write"
    )

"""`# kpi: ignore[rule-name] reason` comments, and nothing that merely looks like one inside a text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from ..model.catalog import Ignore
from ..model.diagnostic import Diagnostic, Span
from ..model.quoting import plain_or, shown
from ..model.record import Record
from ..model.rule import RULES

_COMMENT = re.compile(r"#(?<!\S#)[ \t]*kpi:[ \t]*ignore\b(?P<rest>[^\n]*)")
_PARTS = re.compile(r"\[(?P<rule>[^\]]*)\](?P<reason>.*)")
_FORM = "Write: # kpi: ignore[{rule}] the reason"


class Extent(Record):
    """Where the text of a quoted or block scalar is; a line indented less than `indent` is outside."""

    start: int
    end: int
    indent: int | None = None

    def holds(self, text: str, index: int) -> bool:
        """Whether the character at `index` is part of the scalar's text."""
        if not self.start <= index < self.end:
            return False
        line = text[text.rfind("\n", 0, index) + 1 : index]
        return self.indent is None or len(line) - len(line.lstrip(" ")) >= self.indent


def ignores_of(path: str, text: str, extents: Sequence[Extent]) -> tuple[tuple[Ignore, ...], tuple[Diagnostic, ...]]:
    """The ignores of a text, and the findings of those that name no rule or give no reason."""
    outcomes = [_read(comment, span) for comment, span in _comments(path, text, extents)]
    ignores = tuple(f for f in outcomes if isinstance(f, Ignore))
    return ignores, tuple(f for f in outcomes if isinstance(f, Diagnostic))


def _comments(path: str, text: str, extents: Sequence[Extent]) -> Iterator[tuple[str, Span]]:
    line, counted = 1, 0
    for match in _COMMENT.finditer(text):
        index = match.start()
        line, counted = line + text.count("\n", counted, index), index
        before = bisect_right(extents, index, key=lambda e: e.start) - 1
        if before < 0 or not extents[before].holds(text, index):
            yield match["rest"].strip(), Span(path, line, index - text.rfind("\n", 0, index))


def _read(comment: str, span: Span) -> Ignore | Diagnostic:
    parts = _PARTS.match(comment)
    rule, reason = (parts["rule"].strip(), parts["reason"].strip()) if parts else ("", "")
    if not rule:
        return RULES["yaml-syntax"].finding(
            span, "this comment does not name the rule to ignore", _FORM.format(rule="rule-name")
        )
    if not reason:
        message = f"this comment ignores {shown(rule)} but gives no reason"
        return RULES["yaml-syntax"].finding(span, message, _FORM.format(rule=plain_or(rule, "rule-name")))
    return Ignore(rule, reason, span)

"""A text as both sides count in it: the product by characters, an editor by lines and the units of an encoding."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property

from lsprotocol.types import Position, Range, TextEdit
from pygls.workspace import PositionCodec

from ..model.diagnostic import Span
from ..model.record import Record

_BREAK = re.compile(r"\r\n|\n|\r")
_WORD = re.compile(r"\w+")


class Text(Record, dict=True):
    """A text and the codec in which its editor counts. Offsets are in characters, from 0."""

    text: str
    codec: PositionCodec

    @cached_property
    def starts(self) -> list[int]:
        """Where each line begins, as the protocol parts lines."""
        return [0, *(match.end() for match in _BREAK.finditer(self.text))]

    @cached_property
    def _feeds(self) -> list[int]:
        """Where each line begins, as findings count them: by line feeds alone."""
        return [0, *(i + 1 for i, character in enumerate(self.text) if character == "\n")]

    def line(self, offset: int) -> tuple[int, int]:
        """The ends of the line that holds an offset, without its break."""
        begin = self.starts[bisect_right(self.starts, offset) - 1]
        match = _BREAK.search(self.text, begin)
        return begin, match.start() if match else len(self.text)

    def offset(self, position: Position) -> int:
        """Where a position is; inside of a character: before it; behind a line: at its end."""
        if position.line >= len(self.starts):
            return len(self.text)
        begin, stop = self.line(self.starts[position.line])
        units = 0
        for place in range(begin, stop):
            units += self.codec.client_num_units(self.text[place])
            if units > position.character:
                return place
        return stop

    def position(self, offset: int) -> Position:
        """An offset as the editor counts."""
        number = bisect_right(self.starts, offset) - 1
        return Position(number, self.codec.client_num_units(self.text[self.starts[number] : offset]))

    def range(self, begin: int, stop: int) -> Range:
        """A stretch as the editor counts."""
        return Range(self.position(begin), self.position(stop))

    def edit_to(self, other: str) -> TextEdit:
        """The smallest stretch whose replacement turns this text into the other."""
        before = self.text
        least = min(len(before), len(other))
        head = next((i for i in range(least) if before[i] != other[i]), least)
        most = least - head
        tail = next((i for i in range(most) if before[-1 - i] != other[-1 - i]), most)
        return TextEdit(self.range(head, len(before) - tail), other[head : len(other) - tail])

    def offset_of(self, span: Span) -> int:
        """Where a finding stands, or the end of the text that has become shorter."""
        mark = int(self.text.startswith("\ufeff")) if span.line == 1 else 0
        if span.line > len(self._feeds):
            return len(self.text)
        return min(self._feeds[span.line - 1] + span.column - 1 + mark, len(self.text))

    def word(self, offset: int) -> tuple[int, int]:
        """The ends of the word around an offset; both the offset itself where there is none."""
        begin, stop = self.line(offset)
        for match in _WORD.finditer(self.text, begin, stop):
            if match.start() <= offset <= match.end():
                return match.start(), match.end()
        return offset, offset

"""Where the cursor stands in a YAML text that need not be whole: the keys around it, and what is typed of the value.

Half of the time a text under somebody's hands cannot be parsed. So this looks at the lines above, at their indents and
at open braces, and asks no parser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..model.record import Record

Names = tuple[str, ...]

_KEY = re.compile(r"""(?P<key>"[^"]*"|'[^']*'|[^\s#"'{}\[\],&*!|>%@`-][^#]*?|-[^\s#][^#]*?)[ \t]*:(?:[ \t]+|$)""")
_MARKER = re.compile(r"-(?:[ \t]+|$)")
_COMMENT = re.compile(r"(?:^|[ \t])#")
_OPEN, _CLOSE = "{[", "}]"


class Cursor(Record):
    """The names of the mappings around the cursor, and what stands before it of a value, or of a key if `is_key`."""

    path: Names
    typed: str
    is_key: bool = False
    in_comment: bool = False


def cursor_at(text: str, offset: int) -> Cursor:
    """Where an offset of a text stands."""
    scan = _Scan()
    for line in text[:offset].removeprefix("\ufeff").split("\n"):
        scan.read(line.removesuffix("\r"))
    return scan.cursor


@dataclass
class _Level:
    indent: int
    name: str | None
    """None: an entry of a list."""


@dataclass
class _Brace:
    is_mapping: bool
    name: str | None = None


@dataclass
class _Scan:
    """The lines so far: the open levels, the open braces, and the value that the last line ended in."""

    levels: list[_Level] = field(default_factory=list)
    braces: list[_Brace] = field(default_factory=list)
    typed: str = ""
    block: int | None = None
    """The indent of the key whose block of text is being read."""
    is_key: bool = False
    in_comment: bool = False

    @property
    def cursor(self) -> Cursor:
        names = (*(level.name for level in self.levels), *(brace.name for brace in self.braces))
        return Cursor(tuple(n for n in names if n is not None), self.typed, self.is_key, self.in_comment)

    def read(self, line: str) -> None:
        """One more line; of the last one what stands before the cursor."""
        self.in_comment = False
        content = line.lstrip(" ")
        indent = len(line) - len(content)
        if self.braces:
            self._flow(f"\n{line}")
        elif self.block is not None and (not content or indent > self.block):
            self.typed += f"\n{content}"
        else:
            self.block = None
            self._line(indent, content)

    def _line(self, indent: int, content: str) -> None:
        if content.startswith("#"):
            self.in_comment = True
            return
        is_entry = False
        while marker := _MARKER.match(content):
            self._close(indent, also_equal_keys=False)
            self.levels.append(_Level(indent, None))
            indent, content, is_entry = indent + len(marker[0]), content[marker.end() :], True
        if match := _KEY.match(content):
            self._close(indent)
            self.levels.append(_Level(indent, match["key"].strip("\"'")))
            self._value(indent, content[match.end() :])
        elif is_entry:
            self._value(indent, content)
        elif self.levels and indent > self.levels[-1].indent and content:
            self._more(f" {content}")
        else:
            self._close(indent)
            self.typed, self.is_key = content, True

    def _close(self, indent: int, *, also_equal_keys: bool = True) -> None:
        """Leave the levels that do not reach this indent; a list may stand as far left as its key."""
        while self.levels and self.levels[-1].indent >= indent:
            level = self.levels[-1]
            if level.indent == indent and level.name is not None and not also_equal_keys:
                return
            self.levels.pop()

    def _value(self, indent: int, value: str) -> None:
        self.typed, self.is_key = "", False
        if value[:1] in ("|", ">"):
            self.block = indent if self.levels and self.levels[-1].name is None else self.levels[-1].indent
        elif value[:1] and value[:1] in _OPEN:
            self._flow(value)
        else:
            self._more(value)

    def _more(self, value: str) -> None:
        """A value on one line, or one more line of it; a mark of quotation is no part of it."""
        self.is_key = False
        is_quoted = value.strip()[:1] in ("'", '"') and not self.typed
        if not is_quoted and (comment := _COMMENT.search(value)):
            self.in_comment, value = True, value[: comment.start()]
        self.typed += value.strip()[1:] if is_quoted else value.lstrip() if not self.typed else value

    def _flow(self, content: str) -> None:
        """Characters inside of braces."""
        mark = ""
        for place, character in enumerate(content):
            if mark:
                mark = "" if character == mark else mark
                self.typed += "" if not mark else character
            elif character in "\"'" and not self.typed.strip():
                mark, self.typed = character, ""
            elif character == "#" and content[place - 1 : place].isspace():
                self.in_comment = True
                return
            else:
                self._character(character, content[place + 1 : place + 2])
        if self.braces:
            self.typed = self.typed.lstrip()
            self.is_key = self.braces[-1].is_mapping and self.braces[-1].name is None

    def _character(self, character: str, after: str) -> None:
        if character in _OPEN and not self.typed.strip():
            self.braces.append(_Brace(character == "{"))
            self.typed = ""
        elif character in _CLOSE and self.braces:
            self.braces.pop()
            self.typed = ""
        elif character == "," and self.braces:
            self.braces[-1].name, self.typed = None, ""
        elif character == ":" and self.braces and self.braces[-1].is_mapping and (not after or after.isspace()):
            if self.braces[-1].name is None:
                self.braces[-1].name, self.typed = self.typed.strip(), ""
        else:
            self.typed += character

"""CODEOWNERS: who has to approve a change of which file, as the repository's host reads it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from .record import Record


class Wild(Enum):
    """What stands in a pattern beside characters."""

    CHARACTER = "one character of a name"
    NAME = "any part of a name"
    PATH = "anything"
    FOLDERS = "any folders, or none"
    INSIDE = "nothing, or what is inside"


class FilePattern(Record):
    """The files that a pattern is for; matched in one walk over the path, however many stars it has."""

    pieces: tuple[str | Wild, ...]

    def match(self, path: str) -> bool:
        """Whether the whole path fits."""
        states = set(self._entered(0))
        for character in path:
            states = {after for state in states for after in self._after(state, character)}
        end = len(self.pieces)
        return end in states or any(s < end and self.pieces[s] is Wild.INSIDE for s in states)

    def _entered(self, state: int) -> Iterator[int]:
        """A piece that is reached, and those behind it that it may leave out."""
        yield state
        while state < len(self.pieces) and self.pieces[state] in (Wild.NAME, Wild.PATH, Wild.FOLDERS):
            state += 1
            yield state

    def _after(self, state: int, character: str) -> Iterator[int]:
        piece = self.pieces[state] if state < len(self.pieces) else None
        match piece:
            case Wild.FOLDERS:
                yield state
                if character == "/":
                    yield from self._entered(state + 1)
            case Wild.PATH:
                yield from self._entered(state)
            case Wild.NAME if character != "/":
                yield from self._entered(state)
            case Wild.CHARACTER if character != "/":
                yield from self._entered(state + 1)
            case Wild.INSIDE if character == "/":
                yield from self._entered(state + 1)
            case str() if piece == character:
                yield from self._entered(state + 1)


class Claim(Record):
    """One line of CODEOWNERS: the files it is for, their owners and its number."""

    files: FilePattern
    owners: tuple[str, ...]
    line: int


class CodeOwners(Record):
    """A CODEOWNERS file; `prefix` is the project's folder in its repository, empty or ending in a slash."""

    path: str
    claims: tuple[Claim, ...] = ()
    prefix: str = ""

    def of(self, path: str) -> Claim | None:
        """The last line that is for a file of the project; None where none is."""
        return next((c for c in reversed(self.claims) if c.files.match(self.prefix + path)), None)

"""CODEOWNERS: who has to approve a change of which file, as the repository's host reads it."""

from __future__ import annotations

from re import Pattern

from .record import Record


class Claim(Record):
    """One line of CODEOWNERS: the files it is for, their owners and its number."""

    files: Pattern[str]
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

"""A source, as the rest of the house knows it: rows in files, read column by column, which may not be readable."""

from __future__ import annotations


class SourceError(Exception):
    """A source that cannot be read: what is wrong, what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

"""Problems as values: what is wrong, where it stands, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from enum import StrEnum
from itertools import islice

from .quoting import LONGEST, is_plain
from .record import Record

_MOST, _CANDIDATES = 1_000, 60
"""A name is looked for among so many others, and compared letter by letter with so many: a file may hold 100,000."""


class Severity(StrEnum):
    """How much a finding weighs; `off` rules are never reported."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    OFF = "off"

    @property
    def rank(self) -> int:
        """0 for off … 3 for error, so that severities compare."""
        return ("off", "note", "warning", "error").index(self.value)


class Span(Record):
    """A place in a file: a path relative to the project, and a line and column counted from 1."""

    path: str
    line: int = 1
    column: int = 1


class Diagnostic(Record):
    """One finding.

    `message` says what is wrong, `hint` what to do; `kpi` names the definition it concerns, if any.
    """

    code: str
    rule: str
    severity: Severity
    message: str
    hint: str
    span: Span
    kpi: str | None = None

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Findings are shown file by file, top to bottom."""
        return (self.span.path, self.span.line, self.span.column, self.code, self.message)


class KpiError(Exception):
    """The world failed (no project, no file, no worker): nothing in a file to point at. Exit 2."""

    exit_code = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if hint:
            self.add_note(hint)  # a traceback in a notebook shows it too


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that a misspelt one most looks like; None where none does."""
    if not 0 < len(name) <= LONGEST:
        return None
    similar = list(islice(known, _MOST))
    for shared in range(1, len(name)):
        if len(similar) <= _CANDIDATES:
            break
        head, tail = name[:shared], name[-shared:]
        similar = [k for k in similar if k.startswith(head) or k.endswith(tail)]
    return next(iter(get_close_matches(name, filter(is_plain, similar[:_CANDIDATES]), n=1)), None)


def did_you_mean(name: str, known: Iterable[str], otherwise: str) -> str:
    """A hint: the nearest of the known names, or what to say where none is near."""
    near = nearest(name, known)
    return f"Did you mean `{near}`?" if near else otherwise

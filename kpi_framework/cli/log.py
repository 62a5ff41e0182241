"""The log of a job: its runner obeys what it finds there, so all that `kpi` says passes one door first."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Any, TextIO, cast

from ..report.words.escape import BREAK
from ..report.words.workflow_commands import REACH, Commands, inert

_RUNNERS = ("GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION")
"""Set where the log of a job is read for commands: by GitHub's, Azure's and TeamCity's runners."""


def guard() -> None:
    """In a job: from here on, nothing on the standard streams holds a command that is not meant as one."""
    for name in ("stdout", "stderr") if _in_a_job() else ():
        stream = getattr(sys, name)
        if stream is not None:  # a process without a console has none
            setattr(sys, name, cast(TextIO, Guarded(stream)))


def as_logged(text: str, path: Path) -> str:
    """The text for this path: in a job, what is there and is no regular file, such as /dev/stdout, may be the log."""
    if not _in_a_job() or isinstance(text, Commands):
        return text
    try:
        is_file = stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):  # nothing is there; whoever writes says what is wrong with the path
        return text
    return text if is_file else inert(text)


def _in_a_job() -> bool:
    return any(map(os.environ.get, _RUNNERS))


class Guarded:
    """A text stream that breaks workflow commands, also those that several writes put together.

    Only `Commands` pass as they are. There is no `buffer` to write past it. Characters that were written are never held
    back: the mark stands where the pieces meet.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._mark = BREAK if _can_write(stream, BREAK) else " "
        self._line = ""
        """How the last line begins and ends, as far as a command may hang on it."""

    def write(self, text: str) -> int:
        """Write the text, made harmless; the length of what was asked for."""
        harmless = text if isinstance(text, Commands) else self._inert(text)
        self._line = _reach(self._line + harmless)
        self._stream.write(harmless)
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        """Write one after the other."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the stream has
        if name in ("buffer", "detach"):
            raise AttributeError(name)
        return getattr(self._stream, name)

    def _inert(self, text: str) -> str:
        joined = inert(self._line + text, self._mark)
        if joined.startswith(self._line):
            return joined[len(self._line) :]
        # A command began in what is written already and ends in this text.
        return self._mark + inert(f"…{text}", self._mark)[1:]


def _reach(written: str) -> str:
    """The last line, shortened to what decides whether its continuation is a command."""
    line = written[max(written.rfind("\n"), written.rfind("\r")) + 1 :]
    start, end = line[:-REACH], line[-REACH:]
    return f"…{end}" if start.strip() else end


def _can_write(stream: TextIO, character: str) -> bool:
    try:
        character.encode(getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True

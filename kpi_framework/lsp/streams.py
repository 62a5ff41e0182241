"""Standard output carries frames and nothing else: one stray word there, and an editor drops the connection.

This file stands alone: it runs before any other import, so that nothing of ours or of a library's can print first.
"""

from __future__ import annotations

import os
import sys
from typing import BinaryIO

_IN, _OUT, _ERROR = 0, 1, 2


class Frames:
    """Standard output as it was, and what is read from standard input until the editor is gone."""

    output: BinaryIO | None = None


def reserve() -> None:
    """Keep standard output for frames; whatever else is written there goes to standard error from now on."""
    Frames.output = os.fdopen(os.dup(_OUT), "wb")
    os.dup2(_ERROR, _OUT)
    sys.stdout = sys.stderr


class EditorInput:
    """Standard input. Where it ends the editor is gone, and so is this process, whatever it was doing.

    Waiting for a command that still computes would leave a process that nobody talks to.
    """

    def __init__(self) -> None:
        self._stream = os.fdopen(os.dup(_IN), "rb")

    def readline(self) -> bytes:
        """The next line."""
        return self._or_leave(self._stream.readline())

    def read(self, size: int) -> bytes:
        """So many bytes."""
        content = self._stream.read(size)
        return self._or_leave(content if len(content) == size else b"")

    def _or_leave(self, content: bytes) -> bytes:
        if not content:
            os._exit(1)
        return content

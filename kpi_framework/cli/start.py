"""The entry point: how a short process starts, before anything else is imported, and how it ends."""

from __future__ import annotations

import errno
import gc
import importlib
import io
import os
import signal
import sys
from contextlib import suppress
from typing import NoReturn

_ENGINED = frozenset({"test", "check", "ci"})
"""The commands that will need an engine: its process starts while ours still reads its files."""

_EDITOR = "lsp"
"""The command of which standard output carries frames alone, from its first byte on."""
_INTERRUPTED = 130
_LAST_STANDARD = 2


class InterruptedRunError(BaseException):
    """Ctrl-C; not KeyboardInterrupt, which a library on the way turns into words and an exit code of its own."""


class ClosedStream(io.TextIOBase):
    """A standard stream that was closed before the process began."""

    def write(self, _text: str) -> int:
        """Refuse it, as the system would. Raises OSError."""
        raise OSError(errno.EBADF, "it is closed")


def run() -> None:
    """`kpi`, without what would take half of its time."""
    with suppress(ValueError):  # whoever calls this in a thread handles signals himself
        signal.signal(signal.SIGINT, _interrupt)
    code = 0
    try:
        _open_closed_streams()
        _run()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # a library on the way may have put the interrupt into an error of its own
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            raise
        with suppress(OSError):
            sys.stderr.write("kpi: interrupted\n")
        code = _INTERRUPTED
    _leave(code)


def _run() -> None:
    # Looking for cycles among the trees of a process that ends soon is in vain.
    gc.disable()
    # pydantic would look through every installed package for plugins; none has a say in what a file means.
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    if sys.argv[1:] == [_EDITOR]:
        importlib.import_module("kpi_framework.lsp.streams").reserve()
    if _ENGINED.intersection(sys.argv[1:2]):
        importlib.import_module("kpi_framework.cli.engine").start_early()
    importlib.import_module("kpi_framework.cli.main").run()


def _interrupt(_number: int, _frame: object) -> NoReturn:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # once is enough: what is open is closed now
    raise InterruptedRunError


def _open_closed_streams() -> None:
    """Let no file that is opened later take the place of a closed standard stream."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= _LAST_STANDARD:
        continue
    os.close(descriptor)
    sys.stdin = sys.stdin or io.StringIO()
    sys.stdout = sys.stdout or ClosedStream()
    sys.stderr = sys.stderr or io.StringIO()


def _leave(code: int) -> None:
    """End at once: all is closed and written, and freeing a hundred thousand objects one by one takes its time."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            code = code or 1
    os._exit(code)

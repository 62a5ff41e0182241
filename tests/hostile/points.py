"""Every system call by which a process writes, as a point at which it may be killed.

`watch` replaces the calls in this process, a forked child. At the chosen point the process kills itself: before
the call, or, where a call writes bytes, when half of them are written. What the operating system then has is what
a power cut or a cancelled job would have left.
"""

from __future__ import annotations

import builtins
import fcntl
import io
import os
import signal
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

_CALLS = ("mkdir", "rmdir", "unlink", "remove", "rename", "replace", "link", "symlink", "chmod", "fsync", "fdatasync",
          "truncate", "ftruncate", "utime", "sendfile", "copy_file_range")  # fmt: skip
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Points:
    """Counts the points that are passed; at the chosen one (from 1 on) this process is killed."""

    def __init__(self, kill_at: int, counter: Path) -> None:
        self.kill_at = kill_at
        self.counter = os.open(counter, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.number = 0
        self.process = os.getpid()
        self.write = os.write
        self.lock = threading.RLock()

    def passed(self, what: str) -> bool:
        """Note a point; whether it is the one that ends the process."""
        if os.getpid() != self.process:
            return False
        with self.lock:
            self.number += 1
            self.write(self.counter, f"{what}\n".encode())
            return self.number == self.kill_at

    def before(self, what: str) -> None:
        """A point before a call."""
        if self.passed(what):
            die()


def die() -> None:
    """End at once, as by a power cut: nothing is flushed, no handler runs."""
    os.kill(os.getpid(), signal.SIGKILL)


def watch(kill_at: int, counter: Path) -> None:
    """Count the points of this process from now on, and be killed at one; at 0, at none."""
    points = Points(kill_at, counter)
    for name in _CALLS:
        if hasattr(os, name):
            setattr(os, name, _counted(points, name, getattr(os, name)))
    os.open = _opened(points, os.open)
    os.write = _written(points, os.write)
    for name in ("flock", "lockf"):
        setattr(fcntl, name, _counted(points, name, getattr(fcntl, name)))
    opened = _file(points, io.open)
    io.open = builtins.open = opened
    vars(__import__("_io"))["open"] = opened  # what tempfile calls


def _counted(points: Points, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    def counted(*arguments: Any, **named: Any) -> Any:
        points.before(f"{name} {_shown(arguments)}")
        return call(*arguments, **named)

    return counted


def _opened(points: Points, call: Callable[..., int]) -> Callable[..., int]:
    """Opening to write is a point before and one after, when the file may be there and empty."""

    def opened(path: Any, flags: int, *arguments: Any, **named: Any) -> int:
        if not flags & _WRITING:
            return call(path, flags, *arguments, **named)
        points.before(f"open {path}")
        descriptor = call(path, flags, *arguments, **named)
        points.before(f"opened {path}")
        return descriptor

    return opened


def _written(points: Points, call: Callable[[int, Any], int]) -> Callable[[int, Any], int]:
    """Writing is a point before the first byte and one after half of them."""

    def written(descriptor: int, content: Any) -> int:
        if not _is_kept(descriptor):
            return call(descriptor, content)
        points.before("write")
        if points.passed("half written"):
            call(descriptor, bytes(content)[: len(content) // 2])
            die()
        return call(descriptor, content)

    return written


def _file(points: Points, call: Callable[..., Any]) -> Callable[..., Any]:
    """`open` whose files write through `os.write`, as counted; reading is left alone."""

    def opened(file: Any, mode: str = "r", buffering: int = -1, encoding: str | None = None, errors: str | None = None,
               newline: str | None = None, closefd: bool = True, opener: Any = None) -> Any:  # fmt: skip
        if not set(mode) & set("wax+") or points.process != os.getpid():
            return call(file, mode, buffering, encoding, errors, newline, closefd, opener)
        if not isinstance(file, int):
            points.before(f"open {file}")
        raw = _Raw(points, file, mode.replace("b", "").replace("t", ""), closefd, opener)
        if not isinstance(file, int):
            points.before(f"opened {file}")
        buffer = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return buffer if "b" in mode else io.TextIOWrapper(buffer, encoding or "utf-8", errors, newline)

    return opened


class _Raw(io.FileIO):
    """A file whose writes are points."""

    def __init__(self, points: Points, file: Any, mode: str, closefd: bool, opener: Any) -> None:
        super().__init__(file, mode, closefd, opener)
        self.points = points

    def write(self, content: Any, /) -> int:
        """Write, unless this is the end."""
        if not _is_kept(self.fileno()):
            return super().write(content)
        self.points.before(f"write {self.name}")
        if self.points.passed(f"half written {self.name}"):
            super().write(bytes(content)[: len(content) // 2])
            die()
        return super().write(content)


def _is_kept(descriptor: int) -> bool:
    """Whether what is written there stays when the process ends: in a file, not in a pipe."""
    return stat.S_ISREG(os.fstat(descriptor).st_mode)


def _shown(arguments: tuple[Any, ...]) -> str:
    return " ".join(str(a) for a in arguments if isinstance(a, str | bytes | os.PathLike))

"""Work in a forked child: what it printed, how it ended, and whether anything of it lives on.

Each child leads a session of its own, so that a hang can be ended with all that it started, and so that what
outlives it can be found. The time limit is generous; a child that passes it is asked once more before it
counts as a hang, since other work on the machine may have held it up.
"""

from __future__ import annotations

import os
import resource
import select
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

LIMIT = 20.0
GRACE = 5.0
MEMORY = 6 * 1024**3
SPOILED = 70
"""The exit code of a child whose work raised what the command line did not catch."""
Work = Callable[[], object]


@dataclass(frozen=True)
class Ended:
    """How a child ended: its exit code, or the signal that ended it, or at the limit; what it wrote; what lives on."""

    code: int | None
    signal: int | None
    hung: bool
    out: str
    err: str
    seconds: float
    orphans: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """All that it wrote."""
        return f"{self.out}\n{self.err}"


def child(work: Work, limit: float = LIMIT) -> Ended:
    """Do the work in a child; one that seems to hang is asked again."""
    ended = _child(work, limit)
    return _child(work, limit) if ended.hung else ended


def _child(work: Work, limit: float) -> Ended:
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        pid, alive, began = start(work, out, err)
        hung = not select.select([alive], [], [], limit)[0]
        if hung:
            os.killpg(pid, signal.SIGKILL)
        os.close(alive)
        _, status = os.waitpid(pid, 0)
        seconds = time.monotonic() - began
        code = os.waitstatus_to_exitcode(status)
        orphans = () if hung else outlived(pid)
        return Ended(
            None if hung or code < 0 else code, -code if code < 0 and not hung else None, hung,
            _read(out), _read(err), seconds, orphans,
        )  # fmt: skip


def start(work: Work, out: Path, err: Path) -> tuple[int, int, float]:
    """Fork; the child's id, a descriptor that closes when it ends, and the moment it began."""
    sys.stdout.flush()
    sys.stderr.flush()
    alive, held = os.pipe()
    began = time.monotonic()
    pid = os.fork()
    if pid == 0:
        os.close(alive)
        _live(work, out, err)
    os.close(held)
    return pid, alive, began


def _live(work: Work, out: Path, err: Path) -> NoReturn:
    """The child's life: its own session, its output in files, and an end that runs no handler of ours."""
    code = 0
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
        for path, stream in ((out, 1), (err, 2)):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), stream)
        work()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - whatever it is, it is what this looks for
        traceback.print_exc()
        code = SPOILED
    finally:
        for text in (sys.stdout, sys.stderr):
            text.flush()
        os._exit(code)


def lines(descriptor: int, limit: float) -> Iterator[str | None]:
    """The lines that a child writes to a pipe; "" once it has ended, None where it writes none in time."""
    text = b""
    while True:
        while b"\n" not in text:
            ready = select.select([descriptor], [], [], limit)[0]
            block = os.read(descriptor, 65_536) if ready else b""
            if not block:
                yield "" if ready else None
                return
            text += block
        line, _, text = text.partition(b"\n")
        yield line.decode()


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="replace") if path.exists() else ""


# what outlives it


def outlived(session: int, grace: float = GRACE) -> tuple[int, ...]:
    """The processes of a session that still live when the grace is over; those are then ended."""
    until = time.monotonic() + grace
    while (living := _living(session)) and time.monotonic() < until:
        time.sleep(0.01)
    for pid in living:
        os.kill(pid, signal.SIGKILL)
    return living


def _living(session: int) -> tuple[int, ...]:
    """The processes of a session, without those that have ended and wait to be taken note of."""
    return tuple(int(path.name) for path in Path("/proc").glob("[0-9]*") if _is_of(path, session))


def _is_of(process: Path, session: int) -> bool:
    try:
        state, _, _, its_session = (process / "stat").read_text().rpartition(")")[2].split()[:4]
    except OSError:  # it has just ended
        return False
    return int(its_session) == session and state not in "ZX"

"""A process that publishes again and again, each time in a fork of itself that something happens to.

`python -m tests.history.interrupted` reads one Order a line from its input and answers each with a line. What is
counted is every call of the system that a publication makes and that changes a file or opens one; a kill in the middle
of a `write` comes after half of it was written. The check itself is computed once: it is the same each time.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

from kpi_framework.cli import options
from kpi_framework.model.diagnostic import KpiError
from kpi_framework.model.record import replace
from kpi_framework.workflow.checking.check import check as run_check
from kpi_framework.workflow.ledger import ledger_files, publish
from kpi_framework.workflow.run import Options, Outcome

COUNTED = (
    "open", "write", "fsync", "rename", "replace", "link", "mkdir", "unlink", "remove", "rmdir",
    "chmod", "chown", "utime",
)  # fmt: skip
SOURCES = Path(__file__).parents[2]


class _Stopped(dt.datetime):
    """A clock that stands still: a line holds the instant of its publication."""

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> _Stopped:
        """Always the same instant."""
        return cls(2026, 11, 20, 12, tzinfo=tz)


STOPPED_CLOCK = SimpleNamespace(datetime=_Stopped, date=dt.date, UTC=dt.UTC)
"""What stands in the place of `datetime` where options are read."""


@dataclass(frozen=True)
class Order:
    """Publish in a folder; at the call of this number, counted from 1, do something."""

    folder: str
    at: int = 0
    deed: str = "kill"
    """kill, stop (until SIGCONT), or the number of an error that the call then fails with."""
    exchanges: bool = True
    """Whether the system can exchange two folders."""
    as_of: str = "2026-04-02"
    anchor: str = ""


@dataclass(frozen=True)
class Answer:
    """How it ended: the exit code, or minus the signal; what it said; the process; the call it was at."""

    code: int
    err: str
    process: int
    call: str


class Interrupted:
    """The process, as a test sees it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.history.interrupted"],
            cwd=SOURCES,
            env={**os.environ, "PYTHONPATH": str(SOURCES)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def publish(self, folder: Path, at: int = 0, **order: Any) -> Answer:
        """Carry out an order."""
        return self._ask(asdict(Order(str(folder), at, **order)))

    def resume(self, stopped: Answer) -> Answer:
        """Let a stopped publication go on to its end."""
        return self._ask({"resume": stopped.process})

    def _ask(self, order: dict[str, Any]) -> Answer:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return Answer(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()


# the other side


def _serve(orders: IO[str], answers: IO[str]) -> None:
    outcomes = dict[dt.date | None, Outcome]()
    vars(options)["dt"] = STOPPED_CLOCK
    vars(publish)["check_loaded"] = lambda asked, *_: outcomes[asked.as_of]
    gc.disable()
    gc.freeze()  # a fork does not copy what nobody touches
    with tempfile.TemporaryFile("w+") as note:
        for line in orders:
            order = json.loads(line)
            if process := order.get("resume"):
                os.kill(process, signal.SIGCONT)
            else:
                asked = Order(**order)
                chosen = options.options(Path(asked.folder), as_of=asked.as_of)
                if chosen.as_of not in outcomes:
                    outcomes[chosen.as_of] = run_check(replace(chosen, fingerprint=True))
                process = _fork(asked, chosen, note)
            answers.write(json.dumps(asdict(_ended(process, note))) + "\n")
            answers.flush()


def _fork(order: Order, chosen: Options, note: IO[str]) -> int:
    note.seek(0)
    note.truncate()
    process = os.fork()
    if process:
        return process
    code = 70
    try:
        if not order.exchanges:
            vars(ledger_files)["exchange"] = lambda *_: False
        _count(order, note)
        code = int(bool(publish.publish(chosen, anchor=Path(order.anchor) if order.anchor else None).diagnostics))
    except KpiError as error:
        code = 2
        note.write(f"\n{error.message}: {error.hint}")
    except Exception:  # noqa: BLE001 - a test shows it
        note.write(f"\n{traceback.format_exc()}")
    finally:
        note.flush()
        os._exit(code)


def _ended(process: int, note: IO[str]) -> Answer:
    _, status = os.waitpid(process, os.WUNTRACED)
    note.seek(0)
    call, _, err = note.read().partition("\n")
    code = -os.WSTOPSIG(status) if os.WIFSTOPPED(status) else os.waitstatus_to_exitcode(status)
    return Answer(code, err, process, call)


def _count(order: Order, note: IO[str]) -> None:
    """Have the calls of the system counted, and the deed done at its number."""
    calls = 0

    def counted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == order.at:
                _do(order.deed, name, real, arguments, note)
            return real(*arguments, **options)

        return call

    if order.at:
        for name in COUNTED:
            setattr(os, name, counted(name, getattr(os, name)))
        vars(ledger_files)["exchange"] = counted("exchange", vars(ledger_files)["exchange"])


def _do(deed: str, name: str, real: Callable[..., Any], arguments: tuple[Any, ...], note: IO[str]) -> None:
    note.write(f"{name} {arguments}")
    note.flush()
    if deed == "kill":
        if name == "write":
            real(arguments[0], arguments[1][: len(arguments[1]) // 2])
        os.kill(os.getpid(), signal.SIGKILL)
    elif deed == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    else:
        raise OSError(int(deed), os.strerror(int(deed)), "it")


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        _serve(sys.stdin, sys.stdout)

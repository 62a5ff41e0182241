"""A worker gone bad: it stands between the product and the right worker, passes lines on, and at one of them errs.

It is run as the worker is, by its file alone, with `PLAN` written in front: what to do (`act`), at which of all
lines that pass in either direction (`at`), and whether each later worker does so, too (`for_good`). How many
lines have passed is kept in a file (`counter`), since one command may start several workers.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from typing import IO, NoReturn

plan = json.loads(PLAN)  # type: ignore[name-defined]  # noqa: F821 - written in front of this file
GARBAGE = {
    "no JSON": b"not json\n",
    "a list": b"[]\n",
    "nothing": b"\n",
    "no rows": b'{"ok": true}\n',
    "empty rows": b'{"ok": true, "columns": [], "rows": []}\n',
    "short rows": b'{"ok": true, "columns": [["a", "INTEGER"]], "rows": [[]]}\n',
    "rows of objects": b'{"ok": true, "rows": [[{"a": 1}]]}\n',
    "rows that are no rows": b'{"ok": true, "rows": "x"}\n',
    "no number": b'{"ok": true, "rows": [[NaN, Infinity, 1e999]]}\n',
    "words for numbers": b'{"ok": true, "rows": [["x", "y", "z", "x", "y", "z"]]}\n',
    "no UTF-8": b'{"ok": true, "rows": [["\xff\xfe"]]}\n',
    "deep": b"[" * 100_000 + b"\n",
    "an error of no kind": b'{"ok": false}\n',
    "an odd error": b'{"ok": false, "kind": 5, "line": "x", "encoding": "y"}\n',
    "a long line": b'{"ok": true, "rows": [["' + b"x" * (70 << 20) + b'"]]}\n',
    "two answers": b'{"ok": true, "rows": []}\n{"ok": true, "rows": []}\n',
}
lock = threading.Lock()


def passed() -> int:
    """Count one more line, and say how many have passed."""
    with lock:
        counter = os.open(plan["counter"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(counter, b".")
        number = os.fstat(counter).st_size
        os.close(counter)
    return number


def end() -> NoReturn:
    """Go, and take the right worker along."""
    worker.kill()
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("it was killed")


def err(line: bytes, onward: IO[bytes]) -> None:
    """What this plan does with the line."""
    act = plan["act"]
    if act == "die before":
        end()
    elif act == "die after":
        onward.write(line)
        onward.flush()
        end()
    elif act == "die within":
        onward.write(line[: len(line) // 2])
        onward.flush()
        end()
    elif act == "close":
        for descriptor in (0, 1):
            os.close(descriptor)
        time.sleep(3600)
    elif act == "hang":
        time.sleep(3600)
    elif act == "hang within":
        onward.write(line[: len(line) // 2])
        onward.flush()
        time.sleep(3600)
    else:  # whichever way the line went: it is lost, and this is what the product hears
        sys.stdout.buffer.write(GARBAGE[act])
        sys.stdout.buffer.flush()


def carry(source: IO[bytes], onward: IO[bytes]) -> None:
    """Pass lines on until the source ends or the plan's line comes."""
    for line in iter(source.readline, b""):
        number = passed()
        if number == plan["at"] or (plan["for_good"] and number > plan["at"] > 0):
            err(line, onward)
        else:
            onward.write(line)
            onward.flush()


def carry_answers() -> NoReturn:
    """Pass the answers on; where the right worker has ended, so does this one."""
    assert worker.stdout is not None
    carry(worker.stdout, sys.stdout.buffer)
    os._exit(1)


def child_arguments() -> list[str]:
    """The arguments of the right worker, whose parent is this process."""
    mine, parents = str(os.getpid()), str(os.getppid())
    return [mine if argument == parents else argument for argument in sys.argv[1:]]


if plan["act"] == "never start":
    sys.exit(3)
worker = subprocess.Popen(
    [plan["python"], "-I", plan["worker"], *child_arguments()], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    stderr=subprocess.DEVNULL, env={},
)  # fmt: skip
assert worker.stdin is not None
threading.Thread(target=carry_answers, daemon=True).start()
with contextlib.suppress(OSError):  # the right worker may have ended
    carry(sys.stdin.buffer, worker.stdin)
worker.kill()

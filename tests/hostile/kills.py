"""Real processes of `kpi check` and `kpi publish`, killed at a moment that chance picks; some get Ctrl-C instead.

What the kill at every system call cannot meet: imports, the engine's start, a worker that is loading or computing.
The same is asked of what is left, and of the next run. After Ctrl-C there is no traceback, and the exit code is 130.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from random import Random

from tests.hostile import desk, seams
from tests.hostile.children import Ended, outlived
from tests.hostile.commands import CODES, Fault, faults_of
from tests.hostile.figures import Figures
from tests.hostile.parents import COMMANDS, Clean, clean_run, failures, left_behind, project, works_again

NAME = "kills"
SMALL, LARGE = 3, 200
NAMES = ("check", "publish")
INTERRUPTED = 130
_INTERRUPTS = 5
"""Every so many-th process is interrupted as by Ctrl-C."""


def cases(_seed: int, place: Path, *, large: bool) -> list[str]:
    """The numbers of the kills."""
    desk.built(place.parent)
    return [str(number) for number in range(LARGE if large else SMALL)]


def run(names: Sequence[str], seed: int, place: Path) -> Figures:
    """Start a process for each number, and end it."""
    figures, source, room = Figures(), desk.built(place.parent), place / "run"
    clean = cache(lambda command: clean_run(source, room, command))
    lasts = cache(lambda command: _unkilled(project(source, room, command), command))
    for name in names:
        random = Random(f"{NAME} {seed} {name}")
        command, part = NAMES[int(name) % len(NAMES)], random.random() * 1.1
        number = signal.SIGKILL if int(name) % _INTERRUPTS else signal.SIGINT
        moment, good = part * lasts(command), clean(command)
        root = project(source, room, command)
        ended = _ended(root, command, number, moment)
        figures.inputs[f"{command}: {number.name}"] += 1
        figures.codes[f"{command} {number.name if ended.signal else ended.code}"] += 1
        faults = [*_judged(root, command, number, ended, good)]
        figures.outcomes["broke" if faults else "kept"] += 1
        what = f"{command}, {number.name} after {moment:.2f} s, {part:.0%} of its time"
        figures.fail(failures(faults, command, f"{NAME}:{name} --seed {seed}", what))
    return figures


def _unkilled(root: Path, command: str) -> float:
    """The seconds that the process takes when it is let be."""
    return _ended(root, command, signal.SIGKILL, 120).seconds


def _ended(root: Path, command: str, number: signal.Signals, moment: float) -> Ended:
    """A process that gets a signal at a moment, unless it has ended by then."""
    environment = {**os.environ, "PYTHONPATH": str(seams.ROOT)}
    out, err, began = root.parent / "out", root.parent / "err", time.monotonic()
    with out.open("w") as output, err.open("w") as errors:
        process = subprocess.Popen(
            [*seams.REAL_COMMAND, *COMMANDS[command].words], cwd=root, env=environment, stdin=subprocess.DEVNULL,
            stdout=output, stderr=errors, start_new_session=True,
        )  # fmt: skip
        try:
            code = process.wait(moment)
        except subprocess.TimeoutExpired:
            process.send_signal(number)
            code = process.wait()
    seconds = time.monotonic() - began
    orphans = outlived(process.pid)
    return Ended(
        code if code >= 0 else None,
        -code if code < 0 else None,
        False,
        out.read_text(),
        err.read_text(),
        seconds,
        orphans,
    )


def _judged(root: Path, command: str, number: signal.Signals, ended: Ended, good: Clean) -> Iterator[Fault]:
    if ended.orphans:
        yield Fault("orphan", "workers outlive the command by five seconds", str(len(ended.orphans)))
    if ended.signal is None:
        yield from faults_of(ended, codes=(*CODES, INTERRUPTED))
    elif number is signal.SIGINT and seams.PACKAGE in ended.err:  # else it was Python itself that was starting
        yield Fault("exit code", f"Ctrl-C ends it by signal {ended.signal}", ended.text[-800:])
    yield from left_behind(root, good.before, good.after, COMMANDS[command].needs_git)
    yield from works_again(root, command, good)

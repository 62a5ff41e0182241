"""The harness itself: every detector catches a fake that breaks its promise, and lets a good one pass.

A run that finds nothing has shown nothing unless what it looks with can see.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from tests.hostile import canaries, formulas, points, seams, workers
from tests.hostile.children import child
from tests.hostile.commands import Fault, changed, faults_of, snapshot
from tests.hostile.figures import Failure, Figures
from tests.hostile.files import scorecard_faults
from tests.hostile.parents import left_behind, tree

NAME = "detectors"
Fake = Callable[[Path], Iterable[Fault]]
_CARD: dict[str, Any] = {
    "measurements": [
        {"kpi": "a", "period": {"start": "2026-01-01"}, "segment": {}, "status": "met", "value": 1.0, "reason": None,
         "judged": True},
    ],
    "diagnostics": [], "verdict": {"passed": True},
}  # fmt: skip


def cases(_seed: int, _place: Path, *, large: bool) -> list[str]:
    """The names of the fakes; each is quick."""
    return [*CAUGHT, *PASSING] if large else [name for name in (*CAUGHT, *PASSING) if name not in _SLOW]


def run(names: Sequence[str], _seed: int, place: Path) -> Figures:
    """Ask each detector about its fake."""
    figures = Figures()
    for name in names:
        shutil.rmtree(place / "fake", ignore_errors=True)
        (place / "fake").mkdir(parents=True)
        kind, fake = CAUGHT.get(name) or ("", PASSING.get(name, _nothing))
        kinds = {fault.kind for fault in fake(place / "fake")}
        figures.inputs["to be caught" if kind else "to be let pass"] += 1
        is_right = kind in kinds if kind else not kinds
        figures.outcomes["right" if is_right else "wrong"] += 1
        if not is_right:
            figures.fail(
                [Failure("detector", f"{name}: expected {kind or 'nothing'}, told {kinds}", f"{NAME}:{name}", name)]
            )
    return figures


# fakes of a command


def _command(work: Callable[[], object], form: str = "text", *, on_github: bool = False) -> Fake:
    return lambda _folder: faults_of(child(work, 5.0), form, on_github=on_github)


def _raise() -> None:
    raise ValueError("what no command may let out")


def _hang(_folder: Path) -> list[Fault]:
    return faults_of(child(partial(time.sleep, 60), 0.2))


def _read_environment() -> None:
    print(f"not a date: {os.environ[canaries.VARIABLE].upper()}")


def _read_outside(folder: Path) -> list[Fault]:
    secret = canaries.outside(folder / "outside") / "secret.txt"
    return faults_of(child(lambda: print(secret.read_text()), 5.0))


def _leave_a_process() -> None:
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], stdin=subprocess.DEVNULL)


# fakes of what writes


def _change(folder: Path) -> list[Fault]:
    (folder / "kpi.yaml").write_text("version: 1\n")
    before = snapshot(folder)
    (folder / "kpi.yaml").write_text("version: 2\n")
    (folder / "scorecard").mkdir()
    (folder / "scorecard" / "scorecard.json").write_text("{}")
    return changed(before, snapshot(folder), ("scorecard",))


def _killed_everywhere(write: Callable[[Path], object]) -> Fake:
    """What is left of this way of writing, killed at each of its points."""

    def fake(folder: Path) -> list[Fault]:
        faults: list[Fault] = []
        before, after, count = _written(folder, write, 0)
        for at in range(1, count + 1):
            _written(folder, write, at)
            faults += left_behind(folder / "project", before, after, is_repository=False)
        assert count > 3, "what writes passes some points"
        return faults

    return fake


def _written(folder: Path, write: Callable[[Path], object], at: int) -> tuple[dict[str, bytes], dict[str, bytes], int]:
    root, counter = folder / "project", folder / "points"
    shutil.rmtree(root, ignore_errors=True)
    counter.unlink(missing_ok=True)
    (root / "ledger").mkdir(parents=True)
    for name in ("a", "b"):
        (root / "ledger" / f"{name}.jsonl").write_text("old\n")
    before = tree(root)

    def work() -> None:
        points.watch(at, counter)
        write(root)

    child(work, 5.0)
    return before, tree(root), len(counter.read_text().splitlines())


def _in_place(root: Path) -> None:
    (root / "ledger" / "a.jsonl").write_text("a text that is new\n")


def _aside(root: Path) -> None:
    path = root / "ledger" / ".a.jsonl.tmp"
    path.write_text("a text that is new\n")
    path.replace(root / "ledger" / "a.jsonl")


def _one_by_one(root: Path) -> None:
    for name in ("a", "b"):
        path = root / "ledger" / f".{name}.jsonl.tmp"
        path.write_text("a text that is new\n")
        path.replace(root / "ledger" / f"{name}.jsonl")


def _stray(root: Path) -> None:
    path = root / "ledger" / "temporary.jsonl"
    path.write_text("a text that is new\n")
    path.replace(root / "ledger" / "a.jsonl")


def _torn_card(folder: Path) -> list[Fault]:
    (folder / "scorecard.json").write_text('{"schema_version": 1, "measure')
    return scorecard_faults(folder / "scorecard.json")


def _odd_card(folder: Path) -> list[Fault]:
    (folder / "scorecard.json").write_text("{}")
    return scorecard_faults(folder / "scorecard.json")


# fakes of a run whose worker went bad


def _card(**changes: object) -> Fake:
    """A scorecard whose one measurement differs in this from what a good worker gives."""

    def fake(_folder: Path) -> Iterable[Fault]:
        findings = changes.pop("diagnostics", [])
        measured = {**_CARD["measurements"][0], **changes}
        ended = child(lambda: None, 5.0)
        good = workers.Good(ended, {}, _CARD, 0)
        return workers.of_scorecard(
            workers.Good(ended, {}, {**_CARD, "measurements": [measured], "diagnostics": findings}, 0), good
        )

    return fake


def _unclosed(_folder: Path) -> list[Fault]:
    return [] if formulas.is_whole("sum(cast(cost as double)") else [Fault("unfinished", "seen")]


def _closed(_folder: Path) -> list[Fault]:
    return [] if formulas.is_whole("count_if(priority in ('(', \"[\")) -- (") else [Fault("unfinished", "seen")]


def _nothing(_folder: Path) -> list[Fault]:
    return []


_BLAMING = {"rule": "formula-failed", "path": "kpis/a.yaml"}
_UNKNOWN = {"status": "unknown", "value": None, "reason": seams.WORKER_ERROR}
CAUGHT: dict[str, tuple[str, Fake]] = {
    "a variable of the environment is printed": ("leak", _command(_read_environment)),
    "a file outside is printed": ("leak", _read_outside),
    "a person is named": ("leak", _command(lambda: print(f"'{canaries.WORDS['a personal value']} 3' is no number"))),
    "a traceback": ("traceback", _command(_raise)),
    "a hang": ("hang", _hang),
    "a crash": ("crash", _command(os.abort)),
    "an exit code of one's own": ("exit code", _command(lambda: sys.exit(3))),
    "an exit code without a word": ("silence", _command(lambda: sys.exit(2))),
    "JSON that breaks off": ("malformed", _command(lambda: print('{"a": '), "json")),
    "XML that breaks off": ("malformed", _command(lambda: print("<a>"), "junit")),
    "a workflow command": ("workflow command", _command(lambda: print(canaries.COMMANDS[0]), on_github=True)),
    "a process that stays": ("orphan", _command(_leave_a_process)),
    "a file that is changed": ("files changed", _change),
    "a file that is written in place": ("torn", _killed_everywhere(_in_place)),
    "ledgers that are written one by one": ("torn", _killed_everywhere(_one_by_one)),
    "a file aside that is taken for a ledger": ("stray", _killed_everywhere(_stray)),
    "half a scorecard": ("torn", _torn_card),
    "a scorecard that is none": ("malformed", _odd_card),
    "a value that nobody computed": ("green", _card(value=2.0)),
    "a reason that is another": ("reason", _card(status="unknown", value=None, reason="definition_error")),
    "a definition that is blamed": ("blame", _card(**_UNKNOWN, diagnostics=[_BLAMING])),
    "an unknown value that passes": ("green", _card(**_UNKNOWN)),
    "a bracket that is not closed": ("unfinished", _unclosed),
}  # fmt: skip
"""Fakes, each with the kind of fault that has to be told."""
PASSING: dict[str, Fake] = {
    "a command that does nothing": _command(lambda: None),
    "a workflow command where nobody obeys": _command(lambda: print(canaries.COMMANDS[0])),
    "a file that is written aside": _killed_everywhere(_aside),
    "the same scorecard": _card(),
    "brackets in quotes and comments": _closed,
    "JSON": _command(lambda: print(json.dumps({"a": 1})), "json"),
}
"""What breaks no promise."""
_SLOW = frozenset({"a process that stays"})
"""What waits for seconds."""

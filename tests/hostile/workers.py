"""The worker ends, hangs or lies at every message of a command: what was not computed is unknown, and said so.

A program that stands in the worker's place passes its messages on and errs at one of them (bad_worker.py). Whatever
it does: a documented exit code, a whole scorecard that fits its schema, and nothing green but what a good worker
computes. What is unknown since no worker answered says so by its own reason, and no definition is blamed.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Any

from tests.hostile import desk, seams
from tests.hostile.children import Ended, child
from tests.hostile.commands import Fault, faults_of
from tests.hostile.figures import Failure, Figures
from tests.hostile.files import scorecard_faults

NAME = "worker"
SMALL = 10
DEADLINE = 2.0
LIMIT = 60.0
COMMANDS = {
    "check": ("check", "--format", "json", "--periods", "3"),
    "test": ("test", "--format", "json"),
    "freeze": ("baseline", "freeze"),
}
_BAD = Path(__file__).with_name("bad_worker.py")
ENDS = ("die before", "die after", "die within")
"""At every message, in both directions: before it is passed on, when half of it was, and right after."""
RARE = ("close", "hang", "hang within")
"""At some messages, since each costs a deadline."""
LIES = (
    "no JSON", "a list", "nothing", "no rows", "empty rows", "short rows", "rows of objects", "rows that are no rows",
    "no number", "words for numbers", "no UTF-8", "deep", "an error of no kind", "an odd error", "a long line",
    "two answers",
)  # fmt: skip
STARTS = ("never start", "no Python")
_STATES = frozenset({"met", "near", "missed", "informative"})


@dataclass(frozen=True)
class Plan:
    """A command, and what its worker does at which message; for good: each later worker, too."""

    command: str
    act: str
    at: int
    for_good: bool = False

    def __str__(self) -> str:
        return f"{self.command}@{self.at}@{self.act}{'@for good' if self.for_good else ''}"

    @classmethod
    def of(cls, text: str) -> Plan:
        """The plan that a text names."""
        command, at, act, *rest = text.replace("_", " ").split("@")
        return cls(command, act, int(at), bool(rest))


@dataclass(frozen=True)
class Good:
    """A command with a good worker: how it ends, what it leaves, and how many messages pass."""

    ended: Ended
    left: dict[str, str]
    card: dict[str, Any]
    messages: int


def cases(seed: int, place: Path, *, large: bool) -> list[str]:
    """The plans, by their texts: all of them, or a few of each kind."""
    good = desk.built(place.parent)
    counts = {command: _run(good, place / "run", Plan(command, "none", 0)).messages for command in COMMANDS}
    plans = [*_plans(counts)]
    if large:
        return [str(plan) for plan in plans]
    random = Random(f"{NAME} {seed}")
    kinds = (ENDS, LIES, RARE, STARTS)
    each = [[p for p in plans if p.act in kind] for kind in kinds]
    few = [
        p for some, many in zip(each, (SMALL // 2, SMALL // 3, 1, 1), strict=True) for p in random.sample(some, many)
    ]
    return [str(plan) for plan in few]


def _plans(counts: dict[str, int]) -> Iterator[Plan]:
    for command, messages in counts.items():
        for at in range(1, messages + 1):
            yield from (Plan(command, act, at) for act in ENDS)
            yield Plan(command, "die before", at, for_good=True)
            yield Plan(command, LIES[at % len(LIES)], at)
        for number, act in enumerate((*RARE, *LIES)):
            at = 1 + (number + 1) * (messages - 1) // (len(RARE) + len(LIES))
            yield Plan(command, act, at)
            yield Plan(command, act, at, for_good=True)
        yield from (Plan(command, act, 1, for_good=True) for act in STARTS)


def run(names: Sequence[str], seed: int, place: Path) -> Figures:
    """Run each plan's command with its worker."""
    figures, source = Figures(), desk.built(place.parent)
    good = cache(lambda command: _run(source, place / "run", Plan(command, "none", 0)))
    for plan in map(Plan.of, names):
        figures.inputs[f"{plan.command}: {plan.act}"] += 1
        right, result = good(plan.command), _run(source, place / "run", plan)
        figures.codes[f"{plan.command} {'hung' if result.ended.hung else result.ended.code}"] += 1
        faults = {(f.kind, f.where): f for f in _judged(plan, result, right)}
        figures.outcomes["broke" if faults else "kept"] += 1
        case = f"{NAME}:{str(plan).replace(' ', '_')} --seed {seed}"
        figures.fail(
            Failure(f.kind, f"{plan.command}: {f.where}", case, str(plan), f.evidence) for f in faults.values()
        )
    return figures


def _run(source: Path, place: Path, plan: Plan) -> Good:
    """A command over a copy of the project, with this worker."""
    shutil.rmtree(place, ignore_errors=True)
    root = desk.copy(source, place / "project", repository=False)
    shutil.rmtree(root / "scorecard", ignore_errors=True)
    shutil.rmtree(root / "baselines", ignore_errors=plan.command == "freeze")
    script, counter = place / "worker.py", place / "passed"
    content = {"act": plan.act, "at": plan.at, "for_good": plan.for_good, "counter": str(counter)}
    script.write_text(seams.worker_script(content, _BAD.read_text()))
    ended = child(partial(_inside, root, script, plan), LIMIT)
    left = {p.relative_to(root).as_posix(): p.read_text() for p in sorted((root / "baselines").glob("**/*"))}
    path = root / "scorecard" / "scorecard.json"
    card = json.loads(path.read_text()) if path.exists() and not scorecard_faults(path) else {}
    return Good(ended, left, card, counter.stat().st_size if counter.exists() else 0)


def _inside(root: Path, script: Path, plan: Plan) -> None:
    desk.enter(root)
    if plan.act == "no Python":
        seams.use_python(str(root / "no" / "python"))
    seams.use_worker(script)
    if plan.act in RARE:
        seams.shorten_deadlines(DEADLINE)
    seams.command(COMMANDS[plan.command])


# what may have come of it


def _judged(plan: Plan, result: Good, good: Good) -> Iterator[Fault]:
    """The promises that were broken."""
    form = "" if plan.command == "freeze" else "json"
    yield from faults_of(result.ended, form)
    if result.ended.code not in (0, 1):
        if result.ended.code == 2:
            yield Fault("exit code", "2, though the project is sound", result.ended.text[-600:])
        return
    if plan.command == "check":
        yield from of_scorecard(result, good)
    elif plan.command == "freeze":
        yield from _of_baselines(result, good)
    elif result.ended.code == 0 and _examples(result) != _examples(good):
        yield Fault("green", "exit code 0, and examples differ from a good run's", result.ended.out[-1500:])


def of_scorecard(result: Good, good: Good) -> Iterator[Fault]:
    """What a scorecard claims that no good worker gave, or says for a wrong reason."""
    if not result.card:
        yield Fault("torn", "no whole scorecard is left", result.ended.text[-1000:])
        return
    before, after = _measured(good.card), _measured(result.card)
    if lost := [key for key in before if not key[2] and key not in after]:
        yield Fault("torn", "the scorecard lacks a whole", str(lost[0]))
    for key, (status, value, reason) in after.items():
        if (status, value, reason) == before.get(key):
            continue
        shown = f"{key}: {before.get(key)} became {(status, value, reason)}"
        if status in _STATES and value is not None:
            yield Fault("green", "a value that no good worker gave", shown)
        elif reason not in seams.NOT_COMPUTED:
            yield Fault("reason", f"`{reason}`, not `{seams.WORKER_ERROR}`", shown)
    rules = {d["rule"] for d in result.card["diagnostics"] if d["path"].startswith("kpis/")}
    known = {d["rule"] for d in good.card["diagnostics"]}
    if blamed := rules - known:
        yield Fault("blame", f"definitions are blamed: {', '.join(sorted(blamed))}", json.dumps(sorted(blamed)))
    if result.card["verdict"]["passed"] and _measured(result.card) != before:
        judged = [m for m in result.card["measurements"] if m["judged"] and m["status"] == "unknown"]
        if judged:
            yield Fault("green", "it passed, though a judged value is unknown", json.dumps(judged[0])[:800])


def _measured(card: dict[str, Any]) -> dict[tuple[str, str, str], tuple[str, Any, str | None]]:
    """What a scorecard says of each definition, period and segment."""
    return {
        (m["kpi"], m["period"]["start"], json.dumps(m["segment"]) if m["segment"] else ""):
            (m["status"], m["value"], m["reason"])
        for m in card["measurements"]
    }  # fmt: skip


def _of_baselines(result: Good, good: Good) -> Iterator[Fault]:
    for path, text in result.left.items():
        if text != good.left.get(path):
            yield Fault("green", f"{path} holds what no good worker gave", text)
    missing = [path for path in good.left if path not in result.left]
    if missing and result.ended.code == 0:
        yield Fault("green", "exit code 0, and a baseline is not written", str(missing))


def _examples(result: Good) -> Any:
    return json.loads(result.ended.out).get("examples")

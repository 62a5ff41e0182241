"""The command itself is killed at every system call of a write: each file is its old self or its new one.

A clean run counts the points (points.py) and gives the new content of every file. Then a run is killed at each of
them: no file may be torn, what is left aside must be no definition, no worker may live on, and the same command must
work afterwards and leave what a clean run leaves. Of publishing, all ledgers are written or none.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from random import Random

from tests.hostile import desk, points, seams
from tests.hostile.children import Ended, child
from tests.hostile.commands import Fault, faults_of
from tests.hostile.figures import Failure, Figures

NAME = "parent"
SMALL = 8
LIMIT = 60.0
TREE = Mapping[str, bytes]
_READ = (".yaml", ".yml", ".jsonl", ".json", ".csv", ".md", ".html", ".parquet")
"""Endings that make a file mean something to somebody: what is left aside has none of them."""
_MANY = 120
"""Where there are more points than this, one file is written as another is: every third kill is followed by a run."""
_ASIDE = (".kpi/",)
"""Where things are put aside: nothing there is read, and git ignores it."""
_INSTANT = re.compile(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?")
_HASH = re.compile(rb"\b[0-9a-f]{40,64}\b")


@dataclass(frozen=True)
class Command:
    """A command that writes, what makes room for it, and whether it may refuse to do over again what is done."""

    words: tuple[str, ...]
    prepare: Callable[[Path], object] = lambda _root: None
    is_done_once: bool = False
    """A second run says that it is there already: that is well once all of it is there."""
    needs_git: bool = False


def _without(*names: str) -> Callable[[Path], None]:
    """Take away what the command is to write."""

    def remove(root: Path) -> None:
        for name in names:
            path = root / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    return remove


def _begun(root: Path) -> None:
    """Two exports, and no project yet."""
    for path in root.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for name in ("tickets", "costs"):
        shutil.copy(seams.ROOT / "data" / f"{name}.csv", root / f"{name}.csv")


def _late_rows(root: Path) -> None:
    """A month more to publish in each ledger."""
    desk.git(root, "checkout", "-q", "-B", "main")


COMMANDS = {
    "check": Command(("check", "--periods", "3", "--output", "out.json", "--format", "json")),
    "freeze": Command(("baseline", "freeze"), _without("baselines")),
    "add": Command(("add", "cost_per_ticket", "--as", "unit_cost", "--currency", "GBP", "--yes"), is_done_once=True),
    "review": Command(("review", "fix_time", "--note", "all is well", "--by", "ada@example.com")),
    "init": Command(("init", ".", "--from", "tickets.csv", "--timezone", "Europe/London"), _begun, is_done_once=True),
    "schema": Command(("schema",), _without("schemas")),
    "publish": Command(("publish", "--anchor", "anchor.json"), _late_rows, needs_git=True),
    "audit": Command(("audit", "--since", "2026-01-01", "--until", "2026-12-31", "--out", "bundle"), is_done_once=True,
                     needs_git=True),
}  # fmt: skip
COMPUTING = "worker"
"""The case in which the command is killed while its worker computes."""


@dataclass(frozen=True)
class Clean:
    """A command that nobody killed: the files before and after, how it ended, and its points."""

    before: TREE
    after: TREE
    ended: Ended
    points: tuple[str, ...]


def cases(seed: int, place: Path, *, large: bool) -> list[str]:
    """Every command and point, as `publish@37`; or a few of them."""
    names = [*COMMANDS] if large else ["publish", "freeze", "review"]
    counts = {name: len(clean_run(desk.built(place.parent), place / "run", name).points) for name in names}
    every = [f"{name}@{at}" for name, count in counts.items() for at in range(1, count + 1)]
    return [*(every if large else Random(f"{NAME} {seed}").sample(every, SMALL)), COMPUTING]


def run(names: Sequence[str], seed: int, place: Path) -> Figures:
    """Kill each command at its point, and look at what is left."""
    figures, source = Figures(), desk.built(place.parent)
    clean = cache(partial(clean_run, source, place / "run"))
    for name in names:
        command, _, at = name.partition("@")
        figures.inputs[command] += 1
        faults = [*(_killed(source, place / "run", command, int(at), clean(command)) if at else _computing())]
        figures.outcomes["broke" if faults else "kept"] += 1
        point = clean(command).points[int(at) - 1] if at else "while the worker computes"
        figures.fail(
            failures(faults, command, f"{NAME}:{name} --seed {seed}", f"{name}: {point.replace(str(place), '')}")
        )
    return figures


def failures(faults: Iterable[Fault], command: str, case: str, what: str) -> Iterator[Failure]:
    """The faults of a case, each kind once."""
    for fault in {(f.kind, f.where): f for f in faults}.values():
        yield Failure(fault.kind, f"{command}: {fault.where}", case, what, fault.evidence)


def clean_run(source: Path, place: Path, name: str) -> Clean:
    """A command that nobody kills. Its project is left in `place`."""
    root = project(source, place, name)
    before = tree(root)
    ended = _run(root, COMMANDS[name], 0, place / "points")
    assert ended.code in (0, 1), ended.text
    passed = (place / "points").read_text().splitlines()
    return Clean(before, tree(root), ended, tuple(passed))


def project(source: Path, place: Path, name: str) -> Path:
    """A copy of the project, with room for what the command writes."""
    shutil.rmtree(place, ignore_errors=True)
    root = desk.copy(source, place / "project", repository=COMMANDS[name].needs_git)
    COMMANDS[name].prepare(root)
    return root


def _run(root: Path, command: Command, kill_at: int, counter: Path) -> Ended:
    return child(partial(_inside, root, command.words, kill_at, counter), LIMIT)


def _inside(root: Path, words: Sequence[str], kill_at: int, counter: Path) -> None:
    desk.enter(root)
    if counter != Path(os.devnull):
        points.watch(kill_at, counter)
    seams.command(words)


# what a kill may leave


def _killed(source: Path, place: Path, name: str, at: int, clean: Clean) -> Iterator[Fault]:
    root = project(source, place, name)
    ended = _run(root, COMMANDS[name], at, place / "points")
    if ended.signal is None:
        return  # this run had fewer points: threads pass theirs in another order
    if ended.orphans:
        yield Fault("orphan", f"{len(ended.orphans)} workers outlive their parent by five seconds")
    yield from left_behind(root, clean.before, clean.after, COMMANDS[name].needs_git)
    if len(clean.points) <= _MANY or at % 3 == 0:
        yield from works_again(root, name, clean)


def left_behind(root: Path, before: TREE, after: TREE, is_repository: bool) -> Iterator[Fault]:
    """What is torn, or lies about and will be taken for something."""
    left = tree(root)
    for path, content in left.items():
        if path not in before and path not in after:
            if path.endswith(_READ) and not path.startswith(_ASIDE):
                yield Fault("stray", "a file that is no other run's", path)
        elif alike(content) not in (alike(before.get(path)), alike(after.get(path))):
            yield Fault("torn", f"{_where(path)} is neither old nor new", f"{path}: {content[:300]!r}")
    if lost := [path for path in before if path not in left and path in after]:
        yield Fault("torn", f"{_where(lost[0])} is gone", lost[0])
    ledgers = {path for path in after if path.startswith("ledger/") and before.get(path) != after[path]}
    new = {path for path in ledgers if alike(left.get(path)) == alike(after[path])}
    if new and new != ledgers:
        yield Fault("torn", "some ledgers are written, and others not", f"{sorted(new)} of {sorted(ledgers)}")
    if is_repository:
        desk.git(root, "add", "ledger")
        staged = desk.git(root, "diff", "--cached", "--name-only").stdout.splitlines()
        if odd := [path for path in staged if not path.endswith(".jsonl")]:
            yield Fault("stray", "`git add ledger` takes what is no ledger", odd[0])
        desk.git(root, "reset", "-q")


def works_again(root: Path, name: str, clean: Clean) -> Iterator[Fault]:
    """The same command, after the kill: it works, and leaves what a clean run leaves."""
    command, was_done = COMMANDS[name], done(tree(root), clean)
    ended = _run(root, command, 0, Path(os.devnull))
    yield from faults_of(ended)
    if command.is_done_once and was_done and ended.code == 2:
        return
    if ended.code != clean.ended.code:
        yield Fault("blocked", f"the next run ends with {ended.code}", ended.text[-800:])
        return
    left = tree(root)
    for path in sorted({*left, *clean.after}):
        if path not in clean.after:
            if path.startswith("ledger/"):
                yield Fault("litter", "the next run leaves what was put aside", path)
        elif alike(left.get(path)) != alike(clean.after[path]):
            yield Fault("blocked", f"after the next run, {_where(path)} is not what a clean run leaves", path)


def done(left: TREE, clean: Clean) -> bool:
    """Whether all that a clean run leaves is there."""
    return all(alike(left.get(path)) == alike(content) for path, content in clean.after.items())


def _computing() -> Iterator[Fault]:
    ended = child(seams.leave_while_it_computes, LIMIT)
    if ended.orphans:
        yield Fault("orphan", "a worker computes on without its parent")
    if ended.signal is None:
        yield Fault("malformed", "the command was not killed", ended.text[-500:])


def tree(root: Path) -> dict[str, bytes]:
    """Every file's content, but git's own."""
    files = (p for p in root.rglob("*") if p.is_file() and ".git" not in p.relative_to(root).parts)
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in files}


def alike(content: bytes | None) -> bytes | None:
    """A file's content without instants and hashes, which no two runs have in common."""
    return None if content is None else _HASH.sub(b"#", _INSTANT.sub(b"@", content))


def _where(path: str) -> str:
    return path if "/" not in path else f"{path.partition('/')[0]}/"

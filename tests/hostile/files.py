"""Project files, each spoiled in one way, through the commands: told with its place, and nothing else breaks.

A case is a copy of the good project in which one file is mutated. Whatever it holds: exit code 0, 1 or 2, no
traceback, no hang, no hidden word, JSON that parses, a whole scorecard, and no file changed that a command has
no business with.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

from jsonschema import Draft7Validator
from tests.hostile import canaries, desk, mutations, seams
from tests.hostile.children import Ended, child
from tests.hostile.commands import Fault, changed, faults_of, mark, snapshot
from tests.hostile.figures import Failure, Figures

NAME = "files"
SMALL, LARGE = 14, 2_000
_OF_SAMPLE = 10
"""Every so many-th case spoils the sample project instead."""
_WRITTEN = {
    "check": ("scorecard",), "freeze": ("baselines",), "publish": ("ledger", "anchor.json", ".kpi"),
    "review": ("kpis",), "audit": ("bundle",), "add": ("kpis",),
}  # fmt: skip
"""What a command may write, by the beginnings of paths."""
_IN_THE_OPEN = frozenset({"a personal value", "a file beside the data"})
"""What a project may show if its own kpi.yaml says so: there a case is no leak."""


@dataclass(frozen=True)
class Command:
    """A command line, and the formats that it offers."""

    name: str
    words: tuple[str, ...]
    formats: tuple[str, ...] = ()
    needs_git: bool = False


REPORTS = ("text", "json", "markdown", "junit", "sarif", "github", "gitlab")
COMMANDS = (
    Command("lint", ("lint",), REPORTS),
    Command("check", ("check", "--periods", "3"), REPORTS),
    Command("test", ("test",), REPORTS),
    Command("show", ("show", "fix_time"), ("text", "json", "markdown")),
    Command("sql", ("show", "fix_time", "--sql")),
    Command("freeze", ("baseline", "freeze")),
    Command("baselines", ("baseline", "verify"), REPORTS),
    Command("due", ("due",), ("text", "json", "markdown")),
    Command("schema", ("schema", "--check")),
    Command("view", ("show", "--view", "executive"), REPORTS),
    Command("review", ("review", "fix_time", "--note", "well", "--by", "ada@example.com", "--date", "2026-04-01")),
    Command("add", ("add", "reopened_rate", "--owner", "ada@example.com", "--yes")),
    Command("from", ("diff", "--from", "diff.json"), ("text", "json", "markdown")),
    Command("diff", ("diff", "HEAD~1"), ("text", "json", "markdown"), needs_git=True),
    Command("history", ("history",), ("text", "json", "markdown"), needs_git=True),
    Command("verify", ("verify", "--anchor", "anchor.json"), ("text", "json"), needs_git=True),
    Command("publish", ("publish", "--anchor", "anchor.json"), ("text", "json"), needs_git=True),
    Command("audit", ("audit", "--since", "2026-01-01", "--until", "2026-12-31", "--out", "bundle"), needs_git=True),
)  # fmt: skip
LINT, CHECK = COMMANDS[:2]
_READERS = {"ledger": ("verify", "publish", "audit", "history"), "diff.json": ("from",), "anchor.json": ("verify",),
            "schemas": ("schema",), "baselines": ("baselines", "freeze", "check", "diff"), ".github": ("lint", "check"),
            "data": ("check", "show", "freeze", "test", "publish", "sql")}  # fmt: skip
"""Who reads what: these come first where one of these files is spoiled."""


def cases(_seed: int, place: Path, *, large: bool) -> list[str]:
    """The numbers of the mutations; in a large run, each meets more commands."""
    desk.built(place.parent)
    return [f"{number}{'+' if large else ''}" for number in range(LARGE if large else SMALL)]


def run(names: Sequence[str], seed: int, place: Path) -> Figures:
    """Spoil a file for each number, and run commands."""
    figures, good = Figures(), desk.built(place.parent)
    for name in names:
        _try(figures, good, place / "case", name, seed)
    return figures


def _try(figures: Figures, good: Path, folder: Path, name: str, seed: int) -> None:
    random = Random(f"{NAME} {seed} {name.rstrip('+')}")
    canaries.outside(folder / "outside")
    is_sample = random.randrange(_OF_SAMPLE) == 0
    root = _sample(folder / "project") if is_sample else desk.copy(good, folder / "project", repository=True)
    path = random.choice(_victims(root))
    where = path.relative_to(root).as_posix()
    kind, what = mutations.mutated(random, path)
    figures.inputs[f"{_kind_of(where)}: {kind}"] += 1
    commands = _chosen(random, where, 3 if name.endswith("+") else 1, is_sample=is_sample)
    if any(c.needs_git for c in commands) and random.random() < 0.5:
        desk.commit(root, "Spoiled")
    in_the_open = where == "kpi.yaml" and kind not in ("link", "name")
    for command in commands:
        for fault in _ran(figures, root, command, random):
            if not (in_the_open and fault.kind == "leak" and fault.where in _IN_THE_OPEN):
                case = f"{NAME}:{name} --seed {seed}"
                figures.fail(
                    [Failure(fault.kind, fault.where, case, f"kpi {command.name}: {where}: {what}", fault.evidence)]
                )
    shutil.rmtree(folder)


def _victims(root: Path) -> list[Path]:
    """The files to choose from, those that decide most several times."""
    weights = {"kpi.yaml": 8, "kpis": 3, "ledger": 2, "data": 2}
    files = [p for p in sorted(root.rglob("*")) if p.is_file() and not {".git", "scorecard"} & set(p.parts)]
    kept = [p for p in files if p.parent.name != "datasets" and p.name != ".gitignore"]
    return [p for p in kept for _ in range(weights.get(p.relative_to(root).parts[0], 1))]


def _kind_of(where: str) -> str:
    return where if "/" not in where else where.partition("/")[0] + Path(where).suffix


def _sample(folder: Path) -> Path:
    """The sample project, without history."""
    folder.mkdir(parents=True)
    for name in seams.SAMPLE:
        source = seams.ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copy(source, folder / name)
    return folder


def _chosen(random: Random, where: str, many: int, *, is_sample: bool) -> list[Command]:
    """Lint, then so many others, those first that read what was spoiled."""
    usable = [
        c for c in COMMANDS[1:] if not (is_sample and (c.needs_git or c.name in ("from", "review", "show", "sql")))
    ]
    readers = [c for c in usable if c.name in _READERS.get(where.partition("/")[0], ("check",))]
    first = [random.choice(readers)] if readers else []
    others = random.sample([c for c in usable if c not in first], many - 1 if first else many)
    return [LINT, *first, *others]


def _ran(figures: Figures, root: Path, command: Command, random: Random) -> list[Fault]:
    form = random.choice(command.formats) if command.formats else ""
    on_github = random.random() < 0.5
    before, around = snapshot(root, (".git",)), snapshot(root.parent, ("project",))
    words = (*command.words, *(("--format", form) if form else ()))
    ended = child(partial(_inside, root, words, on_github=on_github))
    figures.codes[f"{command.name} {'hung' if ended.hung else ended.code}"] += 1
    figures.outcomes[
        {0: "taken", 1: "told by findings", 2: "refused"}.get(-1 if ended.code is None else ended.code, "ended badly")
    ] += 1
    allowed = _WRITTEN.get(command.name, ())
    changes = [
        *changed(before, snapshot(root, (".git",)), allowed),
        *changed(around, snapshot(root.parent, ("project",))),
    ]
    return [*faults_of(ended, form, on_github=on_github), *changes, *_scorecard(root, command, ended)]


def _inside(root: Path, words: Sequence[str], *, on_github: bool) -> None:
    if on_github:
        os.environ["GITHUB_ACTIONS"] = "true"
    desk.enter(root)
    seams.command(words)


def _scorecard(root: Path, command: Command, ended: Ended) -> list[Fault]:
    """A check that came to an end leaves a whole scorecard, which fits its schema."""
    path = root / "scorecard" / "scorecard.json"
    if command is not CHECK or ended.code not in (0, 1) or not mark(root / "kpi.yaml") or not path.exists():
        return []
    return scorecard_faults(path)


def scorecard_faults(path: Path) -> list[Fault]:
    """What is wrong with a scorecard: it is torn, or does not fit its schema, or holds a hidden word."""
    text = path.read_text(encoding="utf-8")
    faults = [Fault("leak", what, "in scorecard.json") for what in canaries.leaks(text)]
    try:
        errors = [*Draft7Validator(json.loads(seams.SCORECARD_SCHEMA.read_text())).iter_errors(json.loads(text))]
    except ValueError as error:
        return [*faults, Fault("torn", "scorecard.json is no JSON", str(error))]
    return [
        *faults,
        *(Fault("malformed", "scorecard.json does not fit its schema", e.message[:500]) for e in errors[:1]),
    ]

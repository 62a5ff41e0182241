"""Random repositories: lines that part and meet, evil merges, reverts, renames, broken files, folders that move.

A repository is made by `git fast-import` from states that are plain Python: so what the last commit says is known
without asking anything that is tested.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Definition = Mapping[str, Any]
Files = Mapping[str, Definition | None]
"""The files of a project by their path; None stands for one that cannot be read."""
CONFIG = "kpi.yaml"
FORMULAS = ("count(*)", "count_if(priority = 'high')", "median(hours_between(created_at, resolved_at))", "share(late)")
UNITS = {FORMULAS[0]: "count", FORMULAS[1]: "count", FORMULAS[2]: "hours", FORMULAS[3]: "percent"}
_EXPORT = "ticket_id,created_at,resolved_at,priority,late\n1,2026-01-01 10:00,2026-01-01 12:00,high,true\n"


@dataclass(frozen=True)
class Commit:
    """A node of the graph: its parents, and what the project says there."""

    parents: tuple[int, ...]
    files: Files
    folder: str


@dataclass
class RandomStory:
    """Makes a graph of commits; the last one has all others behind it."""

    random: random.Random
    commits: list[Commit] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)
    names: int = 0

    def told(self, length: int) -> list[Commit]:
        """So many steps, then all lines meet, and what was broken is mended."""
        self._add((), {CONFIG: _CONFIG, **{f"kpis/k{n}.yaml": self._definition(f"k{n}") for n in range(3)}}, "")
        for _ in range(length):
            self._step()
        while len(self.heads) > 1:
            self._merge()
        last = self.commits[self.heads[0]]
        mended = {p: d if d is not None else self._mended(p) for p, d in last.files.items()}
        self._add((self.heads[0],), mended, last.folder)
        return self.commits

    def _step(self) -> None:
        kind = self.random.random()
        if kind < 0.15 and len(self.heads) < 4:
            self.heads.append(self.random.choice(self.heads))
        elif kind < 0.35 and len(self.heads) > 1:
            self._merge()
        else:
            head = self.random.choice(self.heads)
            commit = self.commits[head]
            files, folder = self._edited(head, dict(commit.files)), commit.folder
            moves = self.random.random() < 0.04
            self._add((head,), files, self._fresh("desk") + "/" if moves else folder)

    def _add(self, parents: tuple[int, ...], files: Files, folder: str) -> None:
        self.commits.append(Commit(parents, files, folder))
        if parents and parents[0] in self.heads:
            self.heads.remove(parents[0])
        self.heads.append(len(self.commits) - 1)

    def _fresh(self, stem: str) -> str:
        self.names += 1
        return f"{stem}{self.names}"

    def _definition(self, name: str) -> Definition:
        formula = self.random.choice(FORMULAS)
        return {"version": 1, "kind": "metric", "id": name, "name": f"Name {name}", "dataset": "tickets",
                "formula": formula, "unit": UNITS[formula]}  # fmt: skip

    def _mended(self, path: str) -> Definition:
        return _CONFIG if path == CONFIG else self._definition(Path(path).stem)

    # one line

    def _edited(self, head: int, files: dict[str, Definition | None]) -> Files:
        kind, paths = self.random.random(), sorted(p for p in files if p != CONFIG)
        path = self.random.choice(paths) if paths else None
        if kind < 0.1 or path is None:
            name = self._fresh("n")
            files[f"kpis/{name}.yaml"] = self._definition(name)
        elif kind < 0.2:
            del files[path]
        elif kind < 0.3 and files[path] is not None:
            name, former = self._fresh("r"), files.pop(path) or {}
            files[f"kpis/{name}.yaml"] = {**self._changed(former), "id": name, "renamed_from": former["id"]}
        elif kind < 0.37:
            files[self.random.choice([path, CONFIG])] = None
        elif kind < 0.5:
            files.update(self._reverted(head, path))
        elif kind < 0.62:
            files[CONFIG] = self._config(files[CONFIG] or _CONFIG)
        else:
            files[path] = self._changed(files[path] or self._definition(Path(path).stem))
        return files

    def _reverted(self, head: int, path: str) -> Files:
        """A file as some commit before had it."""
        at = head
        for _ in range(self.random.randrange(1, 6)):
            at = next(iter(self.commits[at].parents), at)
        files = self.commits[at].files
        return {path: files[path]} if path in files else {}

    def _changed(self, definition: Definition) -> Definition:
        formula = self.random.choice(FORMULAS)
        settles = ["1 day", "3 days", None]
        wheres = ["priority = 'high'", "late", None]
        edits: list[Mapping[str, Any]] = [
            {"name": f"Name {self._fresh('x')}"}, {"owner": self.random.choice(["a@x.org", "b@x.org", None])},
            {"min_sample": self.random.choice([2, 5, 9, None])}, {"settle": self.random.choice(settles)},
            {"where": self.random.choice(wheres)}, {"formula": formula, "unit": UNITS[formula]},
        ]  # fmt: skip
        changed = {**definition, **self.random.choice(edits), **self.random.choice(edits)}
        return {key: value for key, value in changed.items() if value is not None}

    def _config(self, config: Definition) -> Definition:
        tickets = {**config["datasets"]["tickets"], "freshness": f"{self.random.randrange(1, 9)} days"}
        edits: list[Mapping[str, Any]] = [
            {"name": self._fresh("Desk ")}, {"week_starts": self.random.choice(["saturday", "sunday"])},
            {"datasets": {"tickets": tickets}},
        ]  # fmt: skip
        return {**config, **self.random.choice(edits)}

    # several lines

    def _merge(self) -> None:
        first, *others = self.random.sample(self.heads, self.random.choice([2, 2, 2, 3]) if len(self.heads) > 2 else 2)
        parents = (first, *others)
        self.heads = [head for head in self.heads if head not in others]
        sides = [self.commits[p] for p in parents]
        folder = self.random.choice(sides).folder
        kind = self.random.random()
        if kind < 0.2:
            files: Files = sides[0].files  # -s ours
        elif kind < 0.35:
            files = sides[1].files  # the other side's, whole
        else:
            files = self._joined(sides)
            files = self._edited(first, dict(files)) if kind < 0.6 else files
        self._add(parents, files, folder)

    def _joined(self, sides: list[Commit]) -> Files:
        """Each file, and where both sides have one each field of it, from one side or the other."""
        files: dict[str, Definition | None] = {}
        for path in sorted({path for side in sides for path in side.files}):
            having = [side.files[path] for side in sides if path in side.files]
            if len(having) == len(sides) or path == CONFIG or self.random.random() < 0.5:
                files[path] = self._fields(having)
        return files

    def _fields(self, having: list[Definition | None]) -> Definition | None:
        chosen = self.random.choice(having)
        other = self.random.choice(having)
        if chosen is None or other is None or chosen.get("id") != other.get("id") or self.random.random() < 0.5:
            return chosen
        free = ("name", "owner", "min_sample", "settle", "where", "week_starts")
        mixed = {k: v for k, v in chosen.items() if k not in free}
        taken = {k: side[k] for k in free for side in [self.random.choice([chosen, other])] if k in side}
        return {**mixed, **taken}


_CONFIG: Definition = {
    "version": 1, "name": "Desk", "timezone": "Europe/London",
    "datasets": {"tickets": {"source": "tickets.csv", "time": "created_at", "freshness": "2 days"}},
}  # fmt: skip


def written(definition: Definition | None) -> str:
    """The text of a file."""
    if definition is None:
        return "<<<<<<< HEAD\n"
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in definition.items())


def make(root: Path, commits: list[Commit], randomness: random.Random) -> None:
    """The repository of a graph, with dates that claim anything."""
    pieces = []
    for number, commit in enumerate(commits, 1):
        when = 1_750_000_000 + randomness.randrange(40_000_000)
        message = f"step {number}"
        parents = [f"{'from' if n == 0 else 'merge'} :{p + 1}\n" for n, p in enumerate(commit.parents)]
        pieces.append(f"commit refs/heads/main\nmark :{number}\ncommitter Ada <ada@example.com> {when} +0000\n")
        pieces.append(f"data {len(message)}\n{message}\n{''.join(parents)}deleteall\n")
        texts = {path: written(definition) for path, definition in commit.files.items()}
        for path, text in {**texts, "tickets.csv": _EXPORT}.items():
            pieces.append(f"M 100644 inline {commit.folder}{path}\ndata {len(text.encode())}\n{text}\n")
    pieces.append(f"reset refs/heads/main\nfrom :{len(commits)}\n")
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    for words, stdin in ((("init", "-q", "-b", "main"), ""), (("fast-import", "--quiet", "--force"), "".join(pieces)),
                         (("checkout", "-q", "-f", "main"), "")):  # fmt: skip
        command = [str(shutil.which("git")), "-C", str(root), *words]
        subprocess.run(command, input=stdin.encode(), check=True, capture_output=True, env=environment)

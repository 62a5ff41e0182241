"""`kpi history` over ten thousand commits, as a whole process."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .table import Row, timed

COMMITS = 10_000
_FILES = 20
_KPI = """version: 1
id: kpi_{file}
name: {name}
owner: {owner}
dataset: tickets
time: resolved_at
where: {where}
formula: median(hours_between(created_at, resolved_at))
unit: hours
segments: [priority]
settle: {settle} days
baseline: {{from: 2026-01-01, to: 2026-02-28}}
target: {{at_most: {limit} h}}
review: {{cadence: monthly}}
action: {{do: Look at it.}}
"""
_CONFIG = """version: 1
name: Many
gate: {{governance: {weight}}}
datasets:
  tickets: {{source: tickets.csv, freshness: {days} days, derive: {{late: "hours_between(created_at, resolved_at) > {hours}"}}}}
"""


def history(_rows: int) -> Iterator[Row]:
    """Seconds of `kpi history --no-values`, of commits of every kind: goalposts, formulas, prose, data, merges."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        made = repository(root, COMMITS)
        command = [str(Path(sys.executable).with_name("kpi")), "history", "--no-values", "--format", "json"]
        told: list[bytes] = []
        took = timed(lambda: told.append(subprocess.run(command, cwd=root, check=True, capture_output=True).stdout))
        found = len({c["commit"] for c in json.loads(told[0])["changes"]})
        assert found == made, f"{found} commits changed something, and {made} should have"
        yield Row(f"kpi history, {COMMITS:,} commits, s", took, 1, "at most", 20)


def repository(root: Path, commits: int) -> int:
    """A repository of so many commits, made by `git fast-import`; how many of them change what a definition means."""
    _git(root, "init", "-q", "-b", "main")
    story = _Stream()
    files = [{"file": n, "name": f"KPI {n}", "owner": "desk", "where": "priority <> 'p'", "settle": 1, "limit": 0.5}
             for n in range(_FILES)]  # fmt: skip
    config = {"weight": "warning", "days": 2, "hours": 4}
    story.commit("The project", {"kpi.yaml": _CONFIG.format(**config), "tickets.csv": "ticket_id,created_at\n"} | {
        f"kpis/kpi_{n}.yaml": _KPI.format(**one) for n, one in enumerate(files)
    })  # fmt: skip
    meant = 1
    for n in range(1, commits):
        one, kind = files[n % _FILES], (n * 7) % 50
        texts: dict[str, str] = {}
        if kind < 25:
            one["limit"] = n
        elif kind < 31:
            one["where"] = f"priority <> 'p{n}'"
        elif kind < 34:
            one["name"] = f"KPI, said for the {n}th time"
        elif kind < 37:
            one["owner"] = f"team {n}"
        elif kind < 40:
            one["settle"] = n
        elif kind == 40:
            config["weight"] = "error" if config["weight"] == "warning" else "warning"
        elif kind == 41:
            config["days"] = n
        elif kind == 42 and n % 8 == 0:
            config["hours"] = n
        else:
            texts = {"tickets.csv": f"ticket_id,created_at\n{n},2026-01-01\n"}
        meant += not texts
        texts = texts or {"kpi.yaml": _CONFIG.format(**config), f"kpis/kpi_{one['file']}.yaml": _KPI.format(**one)}
        story.commit(f"Change {n} (#{n})", texts, beside=n % 40 == 0)
    _git(root, "fast-import", "--quiet", given=story.text().encode())
    _git(root, "checkout", "-q", "main")
    return meant


def _git(root: Path, *words: str, given: bytes | None = None) -> None:
    subprocess.run([str(shutil.which("git")), "-C", str(root), *words], input=given, check=True)


class _Stream:
    """Commits as `git fast-import` reads them."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._mark = 0

    def commit(self, message: str, texts: dict[str, str], *, beside: bool = False) -> None:
        """A commit on the main line, or on a side branch that is merged at once."""
        if beside and self._mark:
            self._one("side", message, texts, f"from :{self._mark}\n")
            side, main = self._mark, self._mark - 1
            self._one("main", f"Merge side {side}", texts, f"from :{main}\nmerge :{side}\n")
        else:
            self._one("main", message, texts, "")

    def _one(self, branch: str, message: str, texts: dict[str, str], parents: str) -> None:
        self._mark += 1
        when = f"{1_600_000_000 + self._mark * 3600} +0000"
        said = f"{message}\n\nReason: number {self._mark}\n"
        self._pieces.append(
            f"commit refs/heads/{branch}\nmark :{self._mark}\ncommitter Ada <ada@example.com> {when}\n{_data(said)}{parents}"
        )
        self._pieces += [f"M 100644 inline {path}\n{_data(text)}" for path, text in texts.items()]

    def text(self) -> str:
        """The whole stream."""
        return "".join(self._pieces)


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}\n"

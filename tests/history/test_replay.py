"""History adds up: whoever replays all changes that `kpi history` lists has the project of the last commit.

The short form tries a few repositories; `make replay` tries three hundred.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cli.projects import kpi
from tests.history.stories import CONFIG, Files, RandomStory, make

SEEDS = range(int(os.environ.get("KPI_REPLAYS", "12")))
State = dict[str | None, dict[str, Any]]


def replayed(changes: Iterable[Mapping[str, Any]]) -> State:
    """What the changes come to, from nothing: as docs/changes.md tells an auditor to do it."""
    state: State = {}
    for change in changes:
        kpi_id, field, before, after = (change[key] for key in ("kpi", "field", "before", "after"))
        if field in ("definition", "kpi.yaml") and change["class"] in ("added", "removed"):
            state.pop(kpi_id, None)
            if after is not None:
                state[kpi_id] = dict(after)
        elif change["class"] == "renamed":
            if before in state:
                state[kpi_id] = {**state.pop(before), "id": after, "renamed_from": before}
        elif field not in ("file", "kpi.yaml") and kpi_id in state:
            put(state[kpi_id], field.split("."), after)
    return state


def put(mapping: dict[str, Any], path: list[str], value: object) -> None:
    """Set what stands at a path of nested mappings; None takes it away."""
    for key in path[:-1]:
        mapping[key] = dict(mapping.get(key, {}))
        mapping = mapping[key]
    mapping[path[-1]] = value
    if value is None:
        del mapping[path[-1]]


def stated(files: Files) -> State:
    """What the last commit says."""
    return {None if path == CONFIG else Path(path).stem: dict(said or {}) for path, said in files.items()}


@pytest.mark.parametrize("seed", SEEDS)
def test_all_changes_replayed_give_the_last_commit(seed: int, tmp_path: Path) -> None:
    """Merges that take one side, or neither; reverts, renames, files that break, folders that move: nothing is lost."""
    randomness = random.Random(seed)  # noqa: S311 - the same stories each time
    commits = RandomStory(randomness).told(randomness.randrange(4, 24))
    make(tmp_path, commits, randomness)
    last = commits[-1]
    ended = kpi(tmp_path / last.folder, "history", "--no-values", "--format", "json")
    assert ended.code == 0, ended.err
    assert _plain(replayed(ended.json["changes"])) == _plain(stated(last.files))


def _plain(state: State) -> State:
    """Without a default that is written out: it says nothing."""
    return {i: {k: v for k, v in said.items() if (k, v) != ("week_starts", "monday")} for i, said in state.items()}

"""The sample's data: made by the generator beside them, the same on every machine."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

DATA = Path(__file__).parent.parent.parent / "data"
FILES = ("tickets.csv", "surveys.csv", "self_service_sessions.csv", "costs.csv")


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_the_generator_gives_the_committed_bytes(tmp_path: Path, hash_seed: str) -> None:
    """Nobody edits the data by hand, and neither the clock nor the order of a hash is in them."""
    command = [sys.executable, str(DATA / "generate.py"), str(tmp_path)]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": "Asia/Tokyo"})
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)
    differing = [name for name in FILES if (tmp_path / name).read_bytes() != (DATA / name).read_bytes()]
    assert differing == []


def test_the_readme_counts_the_rows() -> None:
    """What the README says of the files is what is in them."""
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    for name in FILES:
        with (DATA / name).open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        assert f"**{name}**: {len(rows):,} " in readme


def test_the_sample_has_its_warts() -> None:
    """The sample shows what real exports have: each wart of the README is there, as often as it says."""
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    with (DATA / "tickets.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    tickets = {row["number"]: row for row in rows}
    live = [row for row in tickets.values() if row["u_merged"] == "false"]
    said = [
        f"- {len(rows) - len(tickets)} tickets stand twice",
        f"count once: {len(tickets):,} tickets",
        f"- {sum(not row['resolved_at'] for row in live)} tickets are open",
        f"- {len(tickets) - len(live)} tickets were merged",
        f"- {sum(row['reopen_count'] != '0' for row in tickets.values())} were reopened",
        f"- {sum(not row['u_first_reply_at'] for row in tickets.values())} have no first reply",
        f"- {sum(not row['category'] for row in tickets.values())} tickets have no category",
        f"{sum(not row['sla_due'] for row in tickets.values())} have no due time",
    ]
    assert [line for line in said if line not in readme] == []
    assert len({row["priority"] for row in rows}) == 9

"""`kpi diff` of one changed KPI among many, as a whole process, beside the check of that one."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from .table import ROUNDS, Row, timed

_KPIS = 300
_ONE = "kpi_7"
_CONFIG = """version: 1
name: Many
timezone: UTC
as_of: 2026-04-01
datasets: {tickets: {source: tickets.csv, key: ticket_id, time: created_at}}
"""
_KPI = """version: 1
id: kpi_{n}
name: KPI {n}
owner: desk@example.com
dataset: tickets
where: priority <> 'p{n}'
formula: median(minutes_between(created_at, resolved_at)) + {n} - {n}
unit: minutes
segments: [priority]
baseline: {{from: 2026-01-01, to: 2026-02-28}}
target: {{at_most: {n} min}}
review: {{cadence: monthly}}
action: {{do: Look at it.}}
"""


def diff(_rows: int) -> Iterator[Row]:
    """Seconds of both, measured in turn."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _project(root)
        program = str(Path(sys.executable).with_name("kpi"))
        seconds = {
            words: [timed(lambda words=words: subprocess.run([program, *words], cwd=root, capture_output=True, check=False))
                    for _ in range(ROUNDS)]
            for words in (("diff",), ("check", "--only", _ONE))
        }  # fmt: skip
        ours, check = (median(times) for times in seconds.values())
        yield Row(f"kpi diff, one changed KPI of {_KPIS}, against its check, s", ours, check, "at most", 2)


def _project(root: Path) -> None:
    """So many KPIs in a commit, and a looser target of one of them on disk."""
    (root / "kpis").mkdir()
    (root / "kpi.yaml").write_text(_CONFIG)
    lines = (
        f"{n},2026-0{n % 3 + 1}-0{n % 9 + 1} 09:00,2026-0{n % 3 + 1}-0{n % 9 + 1} 1{n % 9}:00,p{n % 4}"
        for n in range(5_000)
    )
    (root / "tickets.csv").write_text("\n".join(["ticket_id,created_at,resolved_at,priority", *lines]) + "\n")
    for n in range(_KPIS):
        (root / f"kpis/kpi_{n}.yaml").write_text(_KPI.format(n=n))
    for words in (
        ("init", "-q"),
        ("add", "."),
        ("-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "x"),
    ):
        subprocess.run([str(shutil.which("git")), *words], cwd=root, check=True)
    (root / f"kpis/{_ONE}.yaml").write_text(_KPI.format(n=7).replace("at_most: 7 min", "at_most: 70 min"))

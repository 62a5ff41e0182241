"""`kpi lint` of few and of many files, as a whole process."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from .table import ROUNDS, Row, timed

SAMPLE = Path(__file__).parent.parent
_KPI = """version: 1
id: kpi_{n}
name: KPI {n}
owner: desk@example.com
dataset: tickets
where: contact_count <> {n}
formula: avg(minutes_between(created_at, first_response_at)) filter (where priority = 'p{n}' and reopen_count < {n})
unit: minutes
segments: [priority, channel]
baseline: {{from: 2026-01-01, to: 2026-02-28}}
target: {{at_most: {n} min}}
review: {{cadence: monthly}}
action: {{do: Look at it.}}
"""


def lint(_rows: int) -> Iterator[Row]:
    """Seconds of `kpi lint` over the sample's files, and over a thousand with formulas of their own."""
    few = [str(Path(sys.executable).with_name("kpi")), "lint", "--project", str(SAMPLE)]
    yield Row("kpi lint, the sample's 12 files, s", median(_seconds(few)), 1, "at most", 0.5)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        many(root, 1000)
        yield Row("kpi lint, 1,000 files, s", median(_seconds([*few[:3], str(root)])), 1, "at most", 2.0)


def many(root: Path, count: int) -> None:
    """A project of so many KPIs with formulas of their own."""
    (root / "kpis").mkdir()
    (root / "kpi.yaml").write_text("version: 1\nname: Many\ndatasets: {tickets: {source: tickets.csv}}\n")
    for n in range(1, count + 1):
        (root / f"kpis/kpi_{n}.yaml").write_text(_KPI.format(n=n))


def _seconds(command: list[str]) -> list[float]:
    return [timed(lambda: subprocess.run(command, check=False, capture_output=True)) for _ in range(ROUNDS)]

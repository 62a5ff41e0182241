"""How a repository grows in a year of nightly commits: python -m benchmarks.git_growth

A desk with 50 tickets a day and a year behind it; each night, new tickets come and open ones change. The same rows are
committed as the whole table and as one file of what changed, in CSV and in Parquet.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb

A_DAY, NIGHTS = 50, 365
Ticket = list[str]
HEADER = ["ticket_id", "created_at", "updated_at", "first_response_at", "resolved_at", "status", "priority", "category",
          "channel", "team", "reopen_count", "reassignment_count", "satisfaction_score"]  # fmt: skip


class Desk:
    """Its tickets, and those that changed today."""

    def __init__(self) -> None:
        self.random = random.Random(1)  # noqa: S311 - tickets, no secrets
        self.day = dt.datetime(2025, 1, 1)
        self.tickets: list[Ticket] = []
        self.unsolved: set[int] = set()

    def live(self) -> list[Ticket]:
        """A day: new tickets, and a third of the open ones are solved; what changed."""
        changed = set()
        for number in [n for n in sorted(self.unsolved) if self.random.random() < 0.33]:
            moment = self._moment()
            self.tickets[number][2:6] = [moment, self.tickets[number][3] or moment, moment, "resolved"]
            self.unsolved.remove(number)
            changed.add(number)
        for _ in range(A_DAY):
            number, moment = len(self.tickets), self._moment()
            pick = self.random.choice
            self.tickets.append([
                f"INC{number:07}", moment, moment, moment if pick([0, 1]) else "", "", "open", pick(["low", "high", "medium"]),
                pick(["network", "hardware", "mail", "password"]), pick(["email", "phone", "portal"]),
                pick(["first", "second", "field"]), "0", str(pick([0, 0, 1])), "",
            ])  # fmt: skip
            self.unsolved.add(number)
            changed.add(number)
        self.day += dt.timedelta(days=1)
        return [self.tickets[number] for number in sorted(changed)]

    def _moment(self) -> str:
        return f"{self.day + dt.timedelta(seconds=self.random.randrange(86_400)):%Y-%m-%d %H:%M:%S}"


def as_csv(path: Path, rows: list[Ticket]) -> None:
    """Rows as a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])


def as_parquet(path: Path, rows: list[Ticket], compression: str = "zstd") -> None:
    """Rows as a Parquet file."""
    with tempfile.TemporaryDirectory() as name:
        as_csv(Path(name, "rows.csv"), rows)
        options = f"FORMAT parquet, COMPRESSION {compression}"
        duckdb.execute(f"COPY (FROM read_csv('{name}/rows.csv')) TO '{path}' ({options})")


def as_plain_parquet(path: Path, rows: list[Ticket]) -> None:
    """Rows as a Parquet file whose pages are not compressed: git can see what two nights have in common."""
    as_parquet(path, rows, "uncompressed")


FORMATS: tuple[tuple[str, Callable[[Path, list[Ticket]], None], str], ...] = (
    ("CSV", as_csv, "csv"), ("Parquet", as_parquet, "parquet"), ("Parquet, uncompressed", as_plain_parquet, "parquet"),
)  # fmt: skip


def size(folder: Path) -> float:
    """MB of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def grown(write: Callable[[Path, list[Ticket]], None], ending: str, is_whole: bool) -> Iterator[float]:
    """MB of .git packed, and of the files checked out, after the first night and after the last."""
    with tempfile.TemporaryDirectory() as name:
        folder, desk = Path(name), Desk()
        git = ["git", "-C", name, "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "gc.auto=0"]
        subprocess.run([*git, "init", "-q"], check=True)
        (folder / "data").mkdir()
        for _ in range(NIGHTS):
            desk.live()
        for night in range(NIGHTS):
            changed = desk.live()
            rows = desk.tickets if is_whole or not night else changed
            write(folder / "data" / (f"tickets.{ending}" if is_whole else f"{night:03}.{ending}"), rows)
            subprocess.run([*git, "add", "data"], check=True)
            subprocess.run([*git, "commit", "-q", "-m", "night"], check=True)
            if night in (0, NIGHTS - 1):
                subprocess.run([*git, "gc", "-q"], check=True)
                yield size(folder / ".git/objects")
        yield size(folder / "data")


def main() -> None:
    """Print the table."""
    print("| committed every night | .git after one night | after a year | files checked out |\n|---|--:|--:|--:|")
    for words, write, ending in FORMATS:
        for is_whole, what in ((True, "the whole table"), (False, "one file of what changed")):
            first, last, files = grown(write, ending, is_whole)
            print(f"| {what}, {words} | {first:.1f} MB | {last:.1f} MB | {files:.1f} MB |", flush=True)


if __name__ == "__main__":
    sys.exit(main())

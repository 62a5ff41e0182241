"""Print the speed table: python -m benchmarks [--rows N] [--only WORD]."""

from __future__ import annotations

import argparse
import compileall
from collections.abc import Callable, Iterator
from pathlib import Path

import kpi_framework

from .check import twenty_five, whole_process
from .diff import diff
from .editing import editing
from .history import history
from .lint import lint
from .spanning import spanning
from .table import Row
from .worktime import calendars, clocks

SUBJECTS: dict[str, Callable[[int], Iterator[Row]]] = {
    "check": twenty_five,
    "process": whole_process,
    "lint": lint,
    "editing": editing,
    "history": history,
    "diff": diff,
    "spanning": spanning,
    "calendars": calendars,
    "clocks": clocks,
}
_SMALL, _LARGE = 1_000_000, 10_000_000
_ALSO_LARGE = frozenset({"spanning", "calendars", "clocks"})


def main() -> None:
    """Run the subjects, some at ten million rows too; exit 1 where a promise is not kept."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int)
    options.add_argument("--only", choices=SUBJECTS)
    chosen = options.parse_args()
    # As an installer does, whatever this shell says about bytecode.
    compileall.compile_dir(Path(kpi_framework.__file__).parent, quiet=1)
    print(f"{'medians of five':62} {'ours':>9} {'against':>9} {'ratio':>8}   promised")
    kept = True
    for name, subject in SUBJECTS.items():
        if chosen.only not in (None, name):
            continue
        sizes = (_SMALL, _LARGE) if name in _ALSO_LARGE else (_SMALL,)
        for row in (r for size in ((chosen.rows,) if chosen.rows else sizes) for r in subject(size)):
            kept &= row.holds
            sign = "✓" if row.holds else "✗"
            promised = f"{row.side} {row.promised:g}"
            print(f"{row.what:62} {row.ours:9.3f} {row.against:9.3f} {row.ratio:8.2f} {sign} {promised}", flush=True)
    raise SystemExit(not kept)


if __name__ == "__main__":
    main()

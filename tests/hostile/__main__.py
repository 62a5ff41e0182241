"""`python -m tests.hostile`: all parts, or those that are named, small or large; the figures at the end.

    python -m tests.hostile --large                        everything, as `make hostile` does
    python -m tests.hostile files --seed 7                 one part, with other inputs
    python -m tests.hostile formulas:1234 --seed 9         one input again, as a failure names it

It ends with 1 if any promise was broken. Each input follows from the seed and its own number alone.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests.hostile import canaries, desk, detectors, files, formulas, kills, parents, seams, workers
from tests.hostile.figures import Figures, grouped, table

PARTS = {part.NAME: part for part in (detectors, formulas, files, workers, parents, kills)}
SEED = 9
CHUNK = 200
"""After so many inputs a process says how far it is."""


def main() -> int:
    """Run what the arguments name; 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description="Bad input, and kills.")
    parser.add_argument("what", nargs="*", help=f"parts ({', '.join(PARTS)}) or single inputs, PART:INPUT")
    parser.add_argument("--large", action="store_true", help="many inputs instead of few")
    parser.add_argument("--seed", type=int, default=int(os.environ.get("KPI_HOSTILE_SEED", SEED)))
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="so many processes at once")
    parser.add_argument("--json", type=Path, help="also write all figures and failures to this file")
    parser.add_argument("--desk", type=Path, help="keep the good project in this folder, for other runs, too")
    chosen = parser.parse_args()
    prepare()
    desk.kept += [chosen.desk] if chosen.desk else []
    with tempfile.TemporaryDirectory() as folder:
        results = {}
        for name, inputs in _wanted(chosen, Path(folder)).items():
            results[name] = _run(name, inputs, chosen, Path(folder))
            print(table(name, results[name]), flush=True)
    failures = [failure for figures in results.values() for failure in figures.failures]
    print(grouped(failures) if failures else "\nevery promise was kept")
    if chosen.json:
        chosen.json.write_text(json.dumps({n: f.plain() for n, f in results.items()}, indent=1))
    return int(bool(failures))


def prepare() -> None:
    """What every child begins with: all imports, and a hidden word in the environment."""
    os.environ[canaries.VARIABLE] = canaries.WORDS["the environment"]
    os.environ["NO_COLOR"] = "1"
    os.environ["GIT_CONFIG_GLOBAL"] = os.environ["GIT_CONFIG_SYSTEM"] = os.devnull
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
        os.environ.pop(name, None)
    seams.warm()


def _wanted(chosen: argparse.Namespace, folder: Path) -> dict[str, list[str]]:
    """The inputs of each part."""
    wanted: dict[str, list[str]] = {}
    for word in chosen.what or PARTS:
        name, _, one = word.partition(":")
        inputs = [one] if one else PARTS[name].cases(chosen.seed, folder / "wanted", large=chosen.large)
        wanted.setdefault(name, []).extend(inputs)
    return wanted


def _run(name: str, inputs: list[str], chosen: argparse.Namespace, folder: Path) -> Figures:
    """A part's inputs, in so many processes, each in a folder of its own."""
    began, total = time.monotonic(), Figures()
    places = [folder / f"{name}-{number}" for number in range(max(1, chosen.jobs))]
    pids = [_shard(name, inputs[n :: len(places)], chosen.seed, place) for n, place in enumerate(places)]
    for pid, place in zip(pids, places, strict=True):
        _, status = os.waitpid(pid, 0)
        if status:
            raise SystemExit(f"{name}: the harness itself failed")
        total.add(Figures.of(json.loads((place / "figures.json").read_text())))
    total.seconds = time.monotonic() - began
    return total


def _shard(name: str, inputs: list[str], seed: int, place: Path) -> int:
    """A process that tries these inputs and writes its figures."""
    sys.stdout.flush()
    if pid := os.fork():
        return pid
    try:
        place.mkdir()
        figures = Figures()
        for first in range(0, len(inputs), CHUNK):
            figures.add(PARTS[name].run(inputs[first : first + CHUNK], seed, place))
            tried = min(first + CHUNK, len(inputs))
            print(
                f"{name}: {tried:,} of {len(inputs):,}, {len(figures.failures):,} failures", file=sys.stderr, flush=True
            )
        (place / "figures.json").write_text(json.dumps(figures.plain()))
    except BaseException:  # noqa: BLE001 - a forked process ends here, whatever happens
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())

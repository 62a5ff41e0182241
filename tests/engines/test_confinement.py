"""What the kernel keeps the worker from, whatever SQL it is given and whatever code would run in it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kpi_framework.evaluate.engine import duckdb
from kpi_framework.evaluate.engine.duckdb import DuckWorker, WorkerLimits
from kpi_framework.evaluate.engine.file_names import engine_name
from kpi_framework.evaluate.engine.interface import EngineError
from tests.cli.projects import kpi, project

WORKER = Path(duckdb.__file__).with_name("worker.py")
ENDLESS = "SELECT count(*) FROM range(1000000) a, range(1000000) b, range(99) c WHERE a.range % 7 = b.range % 5"

_TRIALS = """
import json, os, runpy, socket, subprocess, sys, threading
worker = runpy.run_path(sys.argv[1])
allowed, other, parent = sys.argv[2:5]
walls = worker["confine"]([allowed], [])
found = {}
def trial(name, work):
    try:
        work()
        found[name] = "done"
    except OSError as error:
        found[name] = type(error).__name__
def run_thread():
    thread = threading.Thread(target=lambda: found.update(threaded="done"))
    thread.start()
    thread.join()
trial("read its file", lambda: open(allowed).read())
trial("read another file", lambda: open(other).read())
trial("list a folder", lambda: os.listdir(os.path.dirname(other)))
trial("change its file", lambda: open(allowed, "a"))
trial("make a file", lambda: open(other + ".new", "w"))
trial("remove a file", lambda: os.unlink(other))
trial("rename a file", lambda: os.rename(other, other + ".moved"))
trial("make a link", lambda: os.symlink("/etc", other + ".link"))
trial("start a process", lambda: os.fork() or os._exit(0))
trial("run a program", lambda: os.execv("/bin/true", ["true"]))
trial("run a command", lambda: subprocess.run(["/bin/true"]))
trial("open a socket", lambda: socket.socket())
trial("signal its parent", lambda: os.kill(int(parent), 0))
run_thread()
worker["_filtered"](worker["_OPENING"], 13)
trial("read its file after the lock", lambda: open(allowed).read())
threading.Thread(target=lambda: trial("read it in a thread", lambda: open(allowed).read())).run()
print(json.dumps({"walls": walls, "found": found}))
"""


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a process that confined itself as the worker does could still do."""
    folder = tmp_path_factory.mktemp("trials")
    for name in ("allowed.csv", "other.csv"):
        (folder / name).write_text("a\n1\n")
    done = subprocess.run(
        [sys.executable, "-I", "-c", _TRIALS, str(WORKER), str(folder / "allowed.csv"),
         str(folder / "other.csv"), str(os.getpid())],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert sorted(p.name for p in folder.iterdir()) == ["allowed.csv", "other.csv"]
    found: dict[str, Any] = json.loads(done.stdout)
    if found["walls"] != ["no new privileges", "landlock", "seccomp"]:
        pytest.skip(f"this kernel has only these walls: {found['walls']}")
    outcomes: dict[str, Any] = found["found"]
    return outcomes


@pytest.mark.parametrize("what", ["read its file", "threaded"])
def test_a_confined_process_still_works(trials: dict[str, str], what: str) -> None:
    """It reads its files and starts threads: the engine does both."""
    assert trials[what] == "done"


@pytest.mark.parametrize("what", [
    "read another file", "list a folder", "change its file", "make a file", "remove a file", "rename a file",
    "make a link", "start a process", "run a program", "run a command", "open a socket", "signal its parent",
    "read its file after the lock", "read it in a thread",
])  # fmt: skip
def test_a_confined_process_does_nothing_else(trials: dict[str, str], what: str) -> None:
    """The kernel refuses it, even to code that would run inside the worker."""
    assert trials[what] == "PermissionError"


def _read(path: Path) -> str:
    options = "auto_detect=false, header=true, columns={'a': 'VARCHAR'}"
    return f"SELECT * FROM read_csv('{engine_name(str(path))}', {options})"  # noqa: S608 - our own names


@pytest.fixture
def walled() -> Iterator[DuckWorker]:
    """A worker that has not been told anything yet."""
    with DuckWorker(WorkerLimits(deadline=20)) as worker:
        yield worker


def test_a_worker_reads_its_files_and_no_other_even_before_the_lock(walled: DuckWorker, tmp_path: Path) -> None:
    """SQL that no gate has seen reaches only the files that were named."""
    for name in ("x[1].csv", "x1.csv", "secret.csv"):
        (tmp_path / name).write_text(f"a\n{name}\n")
    walled.admit([str(tmp_path / "x[1].csv")])
    if "landlock" not in walled.isolation:
        pytest.skip("this kernel has no Landlock")
    assert walled.fetch(_read(tmp_path / "x[1].csv")) == [("x[1].csv",)]
    for name in ("x1.csv", "secret.csv"):
        with pytest.raises(EngineError):
            walled.fetch(_read(tmp_path / name))


@pytest.mark.parametrize("name", ["x[1].csv", "a*b.csv", "q?.csv", "c].csv", "[!a].csv", "d[ab]/t.csv", "*/[x]/?.csv"])
def test_a_name_stands_for_its_own_file_only(name: str, walled: DuckWorker, tmp_path: Path) -> None:
    """A name that is a pattern as well is expanded to nothing else, in folders too."""
    decoys = ("x1.csv", "aXb.csv", "qq.csv", "b.csv", "da/t.csv", "k/x/y.csv")
    for each in (*decoys, name):
        (tmp_path / each).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / each).write_text(f"a\n{each}\n")
    walled.admit([str(tmp_path / name)])
    assert walled.fetch(_read(tmp_path / name)) == [(name,)]


def test_the_result_says_which_walls_stood(tmp_path: Path) -> None:
    """A scorecard names what kept the engine from this machine, as the worker found it."""
    with DuckWorker(WorkerLimits()) as worker:
        expected = worker.isolation
    assert expected.split(", ")[0] == "process"
    assert kpi(project(tmp_path), "check", "--format", "json").json["isolation"] == expected


_PARENT = """
import sys
from kpi_framework.evaluate.engine import duckdb
from kpi_framework.evaluate.engine.duckdb import DuckWorker, WorkerLimits
worker = DuckWorker(WorkerLimits())
assert worker.name
print(worker._process.pid, flush=True)
worker.fetch(sys.argv[1])
"""


@pytest.mark.parametrize("query", [ENDLESS, "SELECT 1"])
def test_a_worker_dies_with_its_parent(query: str) -> None:
    """Also in the middle of a query that never ends: nothing is left behind on the runner."""
    command = [sys.executable, "-c", _PARENT + ("" if query == ENDLESS else "\nimport time; time.sleep(60)"), query]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        time.sleep(0.5)
        parent.send_signal(signal.SIGKILL)
        parent.wait(timeout=10)
        until = time.monotonic() + 5
        while _lives(worker) and time.monotonic() < until:
            time.sleep(0.05)
        assert not _lives(worker)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process}/stat")
    try:
        return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False

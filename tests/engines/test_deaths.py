"""A worker that dies, hangs or never starts: values stay right or become unknown, and nobody else is blamed."""

from __future__ import annotations

import datetime as dt
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kpi_framework.evaluate.engine.duckdb import DuckWorker, WorkerLimits
from kpi_framework.evaluate.engine.interface import EngineError
from kpi_framework.evaluate.session import Session
from kpi_framework.model.measurement import Reason, Status
from kpi_framework.workflow.checking.check import Options, Outcome, check, run_tests
from kpi_framework.workflow.project import ProjectRoot
from tests.cli.projects import kpi, project

Blow = Callable[[DuckWorker], None]


def kill(worker: DuckWorker) -> None:
    """End the process as the system does that has no memory left."""
    os.kill(worker._process.pid, signal.SIGKILL)


def stop(worker: DuckWorker) -> None:
    """Let it hang for ever."""
    os.kill(worker._process.pid, signal.SIGSTOP)


class Struck(DuckWorker):
    """A worker that is struck at its n-th request: before it is sent, when it was sent, or after its answer."""

    count = 0
    at = -1
    blow: Blow = staticmethod(kill)
    when = "before"

    def _ask(self, request: dict[str, object]) -> dict[str, object]:
        Struck.count += 1
        is_struck = Struck.count == Struck.at
        if is_struck and Struck.when == "before":
            assert self.name
            Struck.blow(self)
        answer = super()._ask(request)
        if is_struck and Struck.when == "after":
            Struck.blow(self)
            self._process.wait()
        return answer

    def _send(self, request: dict[str, object]) -> None:
        super()._send(request)
        if Struck.count == Struck.at and Struck.when == "during" and "files" not in request:
            Struck.blow(self)


def struck(root: Path, at: int, *, when: str = "before", blow: Blow = kill, deadline: float = 60) -> Outcome:
    """A check whose worker is struck at a request."""
    Struck.count, Struck.at, Struck.blow, Struck.when = 0, at, staticmethod(blow), when
    return check(_options(root, lambda: Struck(WorkerLimits(deadline=deadline))))


def _options(root: Path, open_engine: Callable[[], Any]) -> Options:
    return Options(ProjectRoot(root), dt.datetime(2026, 4, 2, 12, tzinfo=dt.UTC), open_engine=open_engine)


def values(outcome: Outcome) -> dict[object, object]:
    """What was measured: value, status and reason of every measurement."""
    assert outcome.scorecard is not None
    return {(m.kpi, m.period, m.segment): (m.value, m.status, m.reason) for m in outcome.scorecard.measurements}


@pytest.mark.parametrize("when", ["before", "during", "after"])
def test_a_process_that_others_kill_costs_no_value(when: str, tmp_path: Path) -> None:
    """Killed once, at any request of a check, it is brought back: every value, finding and example is the same."""
    root = project(tmp_path)
    calm = struck(root, -1)
    requests = Struck.count
    assert requests > 5
    for at in range(1, requests + 1):
        outcome = struck(root, at, when=when)
        assert values(outcome) == values(calm), at
        assert outcome.diagnostics == calm.diagnostics, at
        assert outcome.examples == calm.examples, at


def test_what_hangs_past_its_deadline_is_unknown_and_nobody_is_blamed(tmp_path: Path) -> None:
    """A worker that stops while it reads: worker_error, one finding at the dataset, and a whole scorecard."""
    root = project(tmp_path)
    outcome = struck(root, 2, blow=stop, deadline=2)
    assert outcome.scorecard is not None
    judged = [m for m in outcome.scorecard.measurements if m.judged]
    assert judged
    assert {m.reason for m in judged} == {Reason.WORKER_ERROR}
    assert {m.status for m in judged} <= {Status.UNKNOWN, Status.INFORMATIVE}
    assert "worker-failed" in {d.rule for d in outcome.diagnostics}
    assert not {"formula-failed", "source-unreadable", "example-failed"} & {d.rule for d in outcome.diagnostics}
    assert outcome.exit_code == 1


def _never() -> DuckWorker:
    raise EngineError("worker-not-started", died=True)


class _Mute(DuckWorker):
    """A process that ends before it is ready."""

    def __init__(self) -> None:
        super().__init__(WorkerLimits(address_space=1_000_000))


class _Babbling(DuckWorker):
    """A process that says what no worker says."""

    def _receive(self) -> dict[str, object]:
        self._give_up()


@pytest.mark.parametrize("open_engine", [_never, _Mute, lambda: _Babbling(WorkerLimits())])
def test_an_engine_that_never_starts_leaves_a_whole_scorecard(open_engine: Any, tmp_path: Path) -> None:
    """All that is judged is unknown for the reason worker_error; it is told once; no example is said to have failed."""
    outcome = check(_options(project(tmp_path), open_engine))
    assert outcome.scorecard is not None
    assert {m.reason for m in outcome.scorecard.measurements} == {Reason.WORKER_ERROR}
    assert [d.rule for d in outcome.diagnostics if d.rule == "worker-failed"] == ["worker-failed"]
    assert "example-failed" not in {d.rule for d in outcome.diagnostics}
    tests = run_tests(_options(project(tmp_path), open_engine))
    assert [d.rule for d in tests.diagnostics] == ["worker-failed"]
    assert (tests.exit_code, tests.examples) == (1, ())


def test_a_run_has_one_deadline_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When its time is over, nothing more is computed, and what was not is unknown."""
    made = Session.__init__
    monkeypatch.setattr(Session, "__init__", lambda self, open_engine: made(self, open_engine, seconds=-1))
    outcome = check(_options(project(tmp_path), lambda: DuckWorker(WorkerLimits())))
    assert outcome.scorecard is not None
    assert {m.reason for m in outcome.scorecard.measurements} == {Reason.WORKER_ERROR}
    assert any("time" in d.message for d in outcome.diagnostics if d.rule == "worker-failed")


def test_no_python_for_the_worker_is_no_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the interpreter cannot be run, the command ends with exit code 1 and its scorecard."""
    monkeypatch.setattr("sys.executable", str(tmp_path / "no-such-python"))
    ended = kpi(project(tmp_path / "p"), "check", "--format", "json")
    assert (ended.code, "Traceback" in ended.err) == (1, False)
    assert {m["reason"] for m in ended.json["measurements"]} == {"worker_error"}

"""What is put off is done once, while something else waits."""

from __future__ import annotations

from threading import Event

import pytest

from kpi_framework.evaluate.early import EarlyWork
from kpi_framework.evaluate.engine.interface import EngineError


def test_each_waits_for_neither() -> None:
    """The reading ends only after the work has begun, and the work only after the reading has."""
    begun, worked = Event(), Event()

    def reading() -> str:
        begun.set()
        assert worked.wait(30)
        return "rows"

    def work() -> None:
        assert begun.wait(30)
        worked.set()

    early = EarlyWork()
    early.put_off(work)
    assert early.beside(reading) == "rows"


def test_work_is_done_once() -> None:
    """Beside the first reading, or when nothing was read; never again."""
    done: list[int] = []
    early = EarlyWork()
    early.put_off(lambda: done.append(1), lambda: done.append(2))
    early.beside(int)
    early.beside(int)
    early.catch_up()
    assert done == [1, 2]


def test_the_failure_of_a_reading_is_the_callers() -> None:
    """An engine that dies meanwhile is told where it was asked; the work is done."""
    done: list[int] = []
    early = EarlyWork()
    early.put_off(lambda: done.append(1))

    def reading() -> None:
        raise EngineError("worker-died", died=True)

    with pytest.raises(EngineError):
        early.beside(reading)
    assert done == [1]


def test_the_failure_of_the_work_is_the_callers_at_once() -> None:
    """It does not wait for an answer that nobody reads."""
    never = Event()
    early = EarlyWork()
    early.put_off(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        early.beside(never.wait)
    never.set()

"""What needs no engine is done while one reads data, so that neither waits for the other."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

T = TypeVar("T")
Work = Callable[[], object]


class EarlyWork:
    """Work that is put off until the engine is busy."""

    def __init__(self) -> None:
        self._work: list[Work] = []

    def put_off(self, *work: Work) -> None:
        """Have this done beside the next reading."""
        self._work += work

    def catch_up(self) -> None:
        """Do what was put off, each once."""
        while self._work:
            self._work.pop(0)()

    def beside(self, reading: Callable[[], T]) -> T:
        """What `reading` gives; it waits for an engine in a thread while what was put off is done here."""
        if not self._work:
            return reading()
        answer: Future[T] = Future()
        # A daemon: where this side fails, nobody waits for an answer that nobody reads.
        Thread(target=_answered, args=(answer, reading), daemon=True).start()
        self.catch_up()
        return answer.result()


def _answered(answer: Future[T], reading: Callable[[], T]) -> None:
    try:
        answer.set_result(reading())
    except BaseException as error:  # noqa: BLE001 - handed to the other thread, which raises it
        answer.set_exception(error)

"""A service desk of the tests' own: its tickets in plain Python, and the figures that a person would count."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from statistics import median

from kpi_framework.model.record import Record

EXPORTED = dt.datetime(2026, 4, 3, 18, 0)
MARCH, APRIL = dt.datetime(2026, 3, 1), dt.datetime(2026, 4, 1)
PRIORITIES = ("critical", "high", "medium", "low")


class Ticket(Record):
    """What happened to one ticket until the export."""

    number: int
    created: dt.datetime
    replied: dt.datetime | None
    resolved: dt.datetime | None
    closed: dt.datetime | None
    updated: dt.datetime
    priority: str
    kind: str
    agent: str
    requester: str

    @property
    def status(self) -> str:
        """Where it stands."""
        if self.closed is not None:
            return "closed"
        return "resolved" if self.resolved is not None else "open" if self.replied is not None else "new"


def tickets(seed: int = 7, count: int = 260) -> list[Ticket]:
    """The tickets of a desk from 1 January to the export, in the order of their creation."""
    source = random.Random(seed)  # noqa: S311 - nothing secret
    start = dt.datetime(2026, 1, 1, 8, 0)
    span = (EXPORTED - start).total_seconds() / 60
    moments = sorted({0, *(int(source.uniform(0, span - 60)) for _ in range(count))})
    return [_ticket(source, 1000 + n, start + dt.timedelta(minutes=m)) for n, m in enumerate(moments)]


def _ticket(source: random.Random, number: int, created: dt.datetime) -> Ticket:
    replied = created + dt.timedelta(minutes=5 + int(source.expovariate(1 / 50)))
    resolved = replied + dt.timedelta(minutes=30 + int(source.expovariate(1 / 2400)))
    closed = resolved + dt.timedelta(days=3)
    first, end, final = (moment if moment <= EXPORTED else None for moment in (replied, resolved, closed))
    updated = max(moment for moment in (created, first, end, final) if moment is not None)
    agent, requester = f"Agent {source.randrange(6)}", f"user{source.randrange(60)}@example.com"
    kind, priority = source.choice(("incident", "request")), source.choice(PRIORITIES)
    return Ticket(number, created, first, end, final, updated, priority, kind, agent, requester)


class Figures(Record):
    """What a person counts for March."""

    volume: int
    hours: float | None
    backlog: int | None
    reply: float | None


def figures(desk: Sequence[Ticket], *, ends: str = "resolved", has_reply: bool = True) -> Figures:
    """The figures of these tickets; `ends` is the time that stands for the end of a ticket."""
    opened = [t for t in desk if MARCH <= t.created < APRIL]
    done = [(t.created, end) for t in desk if (end := getattr(t, ends)) is not None]
    hours = [(end - created).total_seconds() / 3600 for created, end in done if MARCH <= end < APRIL]
    still = [t for t in desk if t.created < APRIL and ((end := getattr(t, ends)) is None or end >= APRIL)]
    replies = [(t.replied - t.created).total_seconds() / 60 for t in opened if t.replied is not None]
    return Figures(len(opened), median(hours), len(still), median(replies) if has_reply else None)

"""A help desk of two nights, in plain Python: what its tickets are, and what their figures must be."""

from __future__ import annotations

import datetime as dt
import random
import statistics
from collections.abc import Iterable
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/London")
DAYS = 74
PERSON = "canary-person"
"""Stands in every text and address of a person: none may reach a repository."""


@dataclass(frozen=True)
class Ticket:
    """One ticket as its product knows it."""

    number: int
    created: dt.datetime
    updated: dt.datetime
    replied: dt.datetime | None = None
    solved: dt.datetime | None = None
    urgent: bool = False
    deleted: bool = False
    archived: bool = False

    @property
    def requester(self) -> str:
        """Who asked."""
        return f"{PERSON}-{self.number}@example.org"


class Desk:
    """Its tickets, and its clock: the stand-ins answer with what is there at that moment."""

    def __init__(self, size: int = 230, seed: int = 7) -> None:
        self.random = random.Random(seed)  # noqa: S311 - tickets, no secrets
        self.tickets: dict[int, Ticket] = {}
        # The loaders' clock is the machine's: the second night is today's.
        self.now = dt.datetime.now(dt.UTC).replace(second=0, microsecond=0) - dt.timedelta(days=1)
        for number in range(1, size + 1):
            self.open(number, self.now - dt.timedelta(minutes=self.random.randrange(60, DAYS * 24 * 60)))
        # Forty that one import changed at one moment: more than fit on a page of the stand-ins.
        imported = self.now - dt.timedelta(days=DAYS // 2)
        for number in range(1, 41):
            ticket = self.tickets[number]
            if ticket.updated < imported:
                self.tickets[number] = replace(ticket, updated=imported)
        # Within the last minute: an export by time leaves it out until the next night.
        self.tickets[size + 1] = Ticket(
            size + 1, self.now - dt.timedelta(seconds=30), self.now - dt.timedelta(seconds=30)
        )

    def open(self, number: int, created: dt.datetime) -> None:
        """A new ticket; three of four have been answered, two of four solved."""
        replied = created + dt.timedelta(minutes=self.random.randrange(1, 600))
        solved = replied + dt.timedelta(minutes=self.random.randrange(5, 6000))
        fate = self.random.randrange(4)
        ticket = Ticket(number, created, created, urgent=number % 5 == 0)
        if fate and replied < self.now:
            ticket = replace(ticket, replied=replied, updated=replied)
        if fate > 1 and solved < self.now:
            ticket = replace(ticket, replied=replied, solved=solved, updated=solved)
        self.tickets[number] = ticket

    def change(self, number: int, **values: object) -> None:
        """Something happens to a ticket now."""
        moment = self.now - dt.timedelta(minutes=5)
        self.tickets[number] = replace(self.tickets[number], updated=moment, **values)  # type: ignore[arg-type]

    def next_day(self) -> None:
        """Open tickets are solved, some are deleted, one is archived, new ones come."""
        self.now += dt.timedelta(days=1)
        for ticket in list(self.tickets.values()):
            if ticket.solved is None and self.random.random() < 0.5:
                moment = self.now - dt.timedelta(minutes=self.random.randrange(2, 1000))
                solved = max(moment, ticket.created + dt.timedelta(minutes=3))
                changed = replace(ticket, replied=ticket.replied or solved, solved=solved, updated=solved)
                self.tickets[ticket.number] = changed
        for number in (3, 77, 120, 200):
            self.change(number, deleted=True)
        self.tickets[50] = replace(self.tickets[50], archived=True)
        for number in range(1000, 1012):
            self.open(number, self.now - dt.timedelta(minutes=self.random.randrange(120, 1300)))

    def figures(self, merged: Iterable[int] = ()) -> dict[tuple[str, str], float]:
        """Value by KPI and month: tickets opened, median minutes to the reply, median hours to the solution."""
        living = [ticket for ticket in self.tickets.values() if not ticket.deleted and ticket.number not in merged]
        values: dict[tuple[str, str], float] = {}
        for month in sorted({start_of_month(ticket.created) for ticket in living}):
            opened = [ticket for ticket in living if start_of_month(ticket.created) == month]
            replies = [(t.replied - t.created) / dt.timedelta(minutes=1) for t in opened if t.replied]
            ends = [
                (t.solved - t.created) / dt.timedelta(hours=1)
                for t in living
                if t.solved and start_of_month(t.solved) == month
            ]
            values["opened", month] = len(opened)
            values |= {
                (kpi, month): statistics.median(times)
                for kpi, times in (("reply", replies), ("solution", ends))
                if times
            }
        return values


def start_of_month(moment: dt.datetime) -> str:
    """The first day of a moment's month, where the desk is."""
    return f"{moment.astimezone(ZONE):%Y-%m}-01"

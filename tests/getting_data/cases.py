"""Tickets with a history, in plain Python, and how GLPI, osTicket and Zammad store them."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.getting_data.databases import insert
from tests.getting_data.desk import PERSON

DONE = ("resolved", "closed")
PRIORITIES = ("low", "medium", "high", "critical")
AGENT, ASKER = 40, 70
"""Numbers of users: agents from the first on, people who ask from the second on."""


@dataclass
class Comment:
    """Something written on a ticket."""

    at: dt.datetime
    by: str
    public: bool


@dataclass
class Case:
    """A ticket, with all that happened to it."""

    number: int
    created: dt.datetime
    priority: str
    due: dt.datetime | None
    merged: bool
    agent: int
    asker: int
    states: list[tuple[dt.datetime, str]] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    score: int | None = None
    asked: dt.datetime | None = None

    @property
    def status(self) -> str:
        """Where it stands."""
        return self.states[-1][1]

    @property
    def solved(self) -> dt.datetime | None:
        """When it was last resolved, if it still is."""
        ends = [at for at, word in self.states if word == "resolved"]
        return ends[-1] if self.status in DONE else None

    @property
    def reopened(self) -> int:
        """How often it was opened again."""
        words = [word for _, word in self.states]
        return sum(old in DONE and new not in DONE for old, new in itertools.pairwise(words))

    @property
    def last(self) -> dt.datetime:
        """When anything last happened."""
        return max(at for at in (*(s[0] for s in self.states), *(c.at for c in self.comments)))

    def replies(self, solutions: bool) -> list[dt.datetime]:
        """When agents wrote in public; where solutions are texts, with those."""
        ends = [at for at, word in self.states if word == "resolved"] if solutions else []
        return sorted([*ends, *(c.at for c in self.comments if c.by == "agent" and c.public)])


def cases(count: int = 60, seed: int = 3) -> list[Case]:
    """Tickets of every kind in the last eight weeks, no two moments of one ticket alike."""
    draw = random.Random(seed)  # noqa: S311 - tickets, no secrets
    begin = dt.datetime.combine(dt.datetime.now(dt.UTC).date() - dt.timedelta(days=55), dt.time(6))
    made = []
    for number in range(1, count + 1):
        created = begin + dt.timedelta(minutes=draw.randrange(40 * 24 * 60))
        due = created + dt.timedelta(hours=30) if number % 3 else None
        agents, askers = AGENT + number % 4, ASKER + number % 9
        case = Case(number, created, PRIORITIES[number % 4], due, number % 11 == 0, agents, askers)
        words = ["new", *draw.choice([[], ["open"], ["open", "pending"], ["open", "resolved"], ["open", "resolved", "closed"],
                                      ["open", "resolved", "open"], ["open", "resolved", "open", "resolved"]])]  # fmt: skip
        moment = created
        for place, word in enumerate(words):
            case.states.append((moment, word))
            for _ in range(draw.randrange(3) if place else 0):
                moment += dt.timedelta(minutes=draw.randrange(1, 300))
                case.comments.append(Comment(moment, draw.choice(["agent", "requester"]), draw.random() < 0.7))
            moment += dt.timedelta(minutes=draw.randrange(1, 900))
        if case.solved and number % 2:
            case.asked = case.last + dt.timedelta(hours=1)
            case.score = number % 5 + 1 if number % 4 == 1 else None
        made.append(case)
    return made


def stamp(moment: dt.datetime | None) -> str | None:
    """A moment as SQL writes it."""
    return moment.strftime("%Y-%m-%d %H:%M:%S") if moment else None


def glpi(case: Case) -> Iterator[str]:
    """Numbers for words, the trash for merged tickets, solutions beside follow-ups, and a log of statuses."""
    numbers = {"new": 1, "open": 2, "pending": 4, "resolved": 5, "closed": 6}
    number = case.number
    yield insert(
        "glpi_tickets", id=number, name=PERSON, content=PERSON, date=stamp(case.created), date_mod=stamp(case.last),
        solvedate=stamp(case.solved), closedate=stamp(case.last if case.status == "closed" else None),
        status=numbers[case.status], requesttypes_id=1, priority=PRIORITIES.index(case.priority) + 2, itilcategories_id=7,
        type=1 + number % 2, time_to_resolve=stamp(case.due), actiontime=number * 90, is_deleted=int(case.merged),
        locations_id=3,
    )  # fmt: skip
    yield insert("glpi_tickets_users", tickets_id=number, users_id=case.asker, type=1, alternative_email=PERSON)
    yield insert("glpi_tickets_users", tickets_id=number, users_id=case.agent, type=2)
    yield insert("glpi_groups_tickets", tickets_id=number, groups_id=1, type=2)
    for comment in case.comments:
        yield insert(
            "glpi_itilfollowups", itemtype="Ticket", items_id=number, date=stamp(comment.at), content=PERSON,
            users_id=case.agent if comment.by == "agent" else case.asker, is_private=int(not comment.public),
        )  # fmt: skip
    for (_, old), (moment, new) in zip(case.states, case.states[1:], strict=False):
        values: dict[str, str | int | bool | None] = {"itemtype": "Ticket", "items_id": number}
        if new == "resolved":
            yield insert(
                "glpi_itilsolutions", **values, date_creation=stamp(moment), content=PERSON, users_id=case.agent
            )
        yield insert(
            "glpi_logs", **values, date_mod=stamp(moment), id_search_option=12, user_name=PERSON,
            old_value=str(numbers[old]), new_value=str(numbers[new]),
        )  # fmt: skip
    if case.asked:
        answered = stamp(case.asked + dt.timedelta(hours=2)) if case.score else None
        yield insert(
            "glpi_ticketsatisfactions", tickets_id=number, date_begin=stamp(case.asked), date_answered=answered,
            satisfaction=case.score, comment=PERSON,
        )  # fmt: skip


def osticket(case: Case) -> Iterator[str]:
    """Open or closed, threads with entries, and events by the numbers of their names."""
    number, over = case.number, case.status in DONE
    status = {"resolved": 2, "closed": 3}.get(case.status, 1)
    yield insert(
        "ost_ticket", ticket_id=number, ticket_pid=1 if case.merged else None, number=f"{number:06}", user_id=case.asker,
        status_id=status, dept_id=1, topic_id=5, staff_id=case.agent, team_id=number % 2, flags=2 if case.merged else 0,
        source="Email", duedate=None, est_duedate=stamp(case.due), closed=stamp(case.solved) if over else None,
        lastupdate=stamp(case.last), created=stamp(case.created), updated=stamp(case.last),
    )  # fmt: skip
    yield insert(
        "ost_ticket__cdata", ticket_id=number, subject=PERSON, priority=str(PRIORITIES.index(case.priority) + 1)
    )
    yield insert("ost_thread", id=number, object_id=number, object_type="T")
    opening = [Comment(case.created, "requester", True)]
    for comment in (*opening, *case.comments):
        kind = "M" if comment.by == "requester" else "R" if comment.public else "N"
        yield insert(
            "ost_thread_entry", thread_id=number, staff_id=0 if kind == "M" else case.agent, type=kind, poster=PERSON,
            user_id=case.asker if kind == "M" else 0, body=PERSON, created=stamp(comment.at),
        )  # fmt: skip
    for moment, event in ends(case):
        yield insert(
            "ost_thread_event", thread_id=number, event_id=2 if event == "closed" else 3, staff_id=case.agent,
            uid=case.agent, uid_type="S", username=PERSON, timestamp=stamp(moment),
        )  # fmt: skip


def ends(case: Case) -> Iterator[tuple[dt.datetime, str]]:
    """When it was closed and reopened, where resolving is closing."""
    for (_, old), (moment, new) in zip(case.states, case.states[1:], strict=False):
        if old not in DONE and new in DONE:
            yield moment, "closed"
        elif old in DONE and new not in DONE:
            yield moment, "open"


def zammad(case: Case) -> Iterator[str]:
    """States with types, articles with senders, and a history of attributes."""
    words = {"new": "new", "open": "open", "pending": "pending reminder", "resolved": "closed", "closed": "closed"}
    names = ("new", "open", "pending reminder", "closed", "merged")
    state = "merged" if case.merged else words[case.status]
    solved, number = case.solved, case.number
    left = int((case.due - solved) / dt.timedelta(minutes=1)) if case.due and solved else None
    yield insert(
        "tickets", id=number, group_id=1, priority_id=min(PRIORITIES.index(case.priority), 2) + 1,
        state_id=names.index(state) + 1, organization_id=1 if number % 2 else None, number=f"9{number:04}", title=PERSON,
        owner_id=case.agent, customer_id=case.asker, first_response_at=stamp(next(iter(case.replies(False)), None)),
        close_at=stamp(solved), close_escalation_at=stamp(case.due), close_diff_in_min=left, last_close_at=stamp(solved),
        create_article_type_id=1, created_at=stamp(case.created), updated_at=stamp(case.last),
    )  # fmt: skip
    for comment in (Comment(case.created, "requester", True), *case.comments):
        yield insert(
            "ticket_articles", ticket_id=number, type_id=1, sender_id=1 if comment.by == "agent" else 2, body=PERSON,
            internal=not comment.public, created_at=stamp(comment.at),
        )  # fmt: skip
    for (_, old), (moment, new) in zip(case.states, case.states[1:], strict=False):
        if words[old] != words[new]:
            yield insert(
                "histories", history_type_id=1, history_object_id=1, history_attribute_id=1, o_id=number,
                value_from=words[old], value_to=words[new], created_at=stamp(moment),
            )  # fmt: skip


LISTS = {
    "glpi": insert("glpi_groups", id=1, completename="Desk") + insert("glpi_itilcategories", id=7, completename="Network")
    + insert("glpi_locations", id=3, completename="Leeds") + insert("glpi_requesttypes", id=1, name="Phone"),
    "osticket": "".join(
        insert("ost_ticket_status", id=place, name=name, state=state)
        for place, (name, state) in enumerate([("Open", "open"), ("Resolved", "closed"), ("Closed", "closed")], 1)
    ) + "".join(insert("ost_ticket_priority", priority_id=place, priority=name)
                for place, name in enumerate(["low", "normal", "high", "emergency"], 1))
    + insert("ost_help_topic", topic_id=5, topic="Network") + insert("ost_team", team_id=1, name="Level I")
    + insert("ost_department", id=1, name="Support") + insert("ost_event", id=2, name="closed")
    + insert("ost_event", id=3, name="reopened") + insert("ost_event", id=4, name="edited"),
    "zammad": "".join(
        insert("ticket_state_types", name=name) + insert("ticket_states", state_type_id=place, name=name)
        for place, name in enumerate(["new", "open", "pending reminder", "closed", "merged"], 1)
    ) + "".join(insert("ticket_priorities", name=name) for name in ("1 low", "2 normal", "3 high"))
    + insert("groups", name="Desk") + insert("organizations", name="Sales") + insert("ticket_article_types", name="email")
    + insert("ticket_article_senders", name="Agent") + insert("ticket_article_senders", name="Customer")
    + insert("history_types", name="updated") + insert("history_objects", name="Ticket")
    + insert("history_attributes", name="state"),
}  # fmt: skip

SCHEMAS = Path(__file__).parent / "schemas"
STORES = {"glpi": glpi, "osticket": osticket, "zammad": zammad}


def stored(product: str, tickets: Iterable[Case]) -> str:
    """The product's tables with the tickets in them, as SQL."""
    schema = (SCHEMAS / f"{product}.sql").read_text(encoding="utf-8")
    return schema + LISTS[product] + "".join(line for case in tickets for line in STORES[product](case))

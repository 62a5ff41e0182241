"""The sample's data: fourteen months of a small service desk, made from a seed.

    python data/generate.py [FOLDER]

writes tickets.csv, surveys.csv, self_service_sessions.csv and costs.csv into FOLDER, by default the one
this file lies in. The bytes are the same on every machine and every Python from 3.11 on.
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from desk import (
    AGENCY,
    BOT_STARTS,
    CATEGORIES,
    CHANNEL_REPLY,
    CHANNELS,
    COSTS,
    DAY,
    DEPARTMENTS,
    DUE,
    EXPORTED,
    FIRST_DAY,
    FIX,
    FIX_MINUTES,
    GRUMBLES,
    HOUR,
    MINUTE,
    MONTHS,
    PRAISE,
    PRIORITIES,
    REPLY,
    SEED,
    SESSION_CHANNELS,
    SPELLINGS,
    TICKETS_A_DAY,
    Dice,
    known,
    later,
    moments,
    month_of,
    whole,
)

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Traits:
    """What kind of ticket it is, and how often it changed hands."""

    priority: str
    category: str
    channel: str
    contacts: int
    escalated: bool
    reopened: int


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as it will have gone in the end; the export knows what happened until then."""

    number: str
    opened: dt.datetime
    traits: Traits
    caller: int
    merged: bool
    replied: dt.datetime
    resolved: dt.datetime | None
    due: dt.datetime | None


def traits(dice: Dice) -> Traits:
    """Draw what kind of ticket comes in."""
    category = dice.pick({name: kind.weight for name, kind in CATEGORIES.items()})
    kind = CATEGORIES[category]
    escalated = dice.chance(kind.escalated)
    contacts = 1 if dice.chance(kind.first_contact) and not escalated else dice.number(2, 4)
    reopened = dice.number(1, 2) if dice.chance(0.03 if contacts == 1 else 0.12) else 0
    return Traits(dice.pick(PRIORITIES), category, dice.pick(CHANNELS), contacts, escalated, reopened)


def reply(dice: Dice, opened: dt.datetime, kind: Traits) -> dt.datetime:
    """When a person first answers; somebody is on call for critical tickets around the clock."""
    on_call = kind.priority == "critical"
    factor = month_of(opened).reply * (1 if on_call else CHANNEL_REPLY[kind.channel])
    return later(opened, dice.spread(REPLY[kind.priority] * factor), on_call)


def resolution(dice: Dice, replied: dt.datetime, kind: Traits) -> dt.datetime:
    """When it is resolved for good: further contacts, a handover and a reopening take their time."""
    slower = (1.0 if kind.contacts == 1 else 3.5) * (1.8 if kind.escalated else 1.0)
    median = FIX_MINUTES * CATEGORIES[kind.category].effort * FIX[kind.priority] * slower
    minutes = dice.spread(median * month_of(replied).fix) + kind.reopened * dice.between(60, 900)
    return later(replied, minutes, kind.priority == "critical")


def ticket(dice: Dice, number: int, opened: dt.datetime) -> Ticket:
    """Draw one ticket's whole life."""
    kind = traits(dice)
    replied = reply(dice, opened, kind)
    resolved = resolution(dice, replied, kind)
    merged, forgotten, unbound = dice.chance(0.02), dice.chance(0.006), dice.chance(0.06)
    due = later(opened, DUE[kind.priority] * 60, kind.priority == "critical")
    return Ticket(
        f"INC{number:07d}", opened, kind, dice.number(1, 240), merged, replied,
        None if merged or forgotten else resolved, None if unbound else due,
    )  # fmt: skip


def ticket_row(dice: Dice, one: Ticket) -> Row:
    """The ticket as the vendor's export has it, with that export's warts."""
    kind, resolved = one.traits, known(one.resolved)
    replied = None if dice.chance(0.012) else known(one.replied)
    closed = known(one.opened + 2 * HOUR if one.merged else resolved and whole(resolved + 3 * DAY))
    open_state = "On Hold" if one.resolved is None else "In Progress"
    return {
        "number": one.number,
        "opened_at": one.opened,
        "u_first_reply_at": replied,
        "resolved_at": resolved,
        "closed_at": closed,
        "sla_due": one.due,
        "state": "Closed" if closed else "Resolved" if resolved else open_state if replied else "New",
        "priority": dice.pick(SPELLINGS[kind.priority]),
        "category": "" if dice.chance(0.006) else kind.category,
        "contact_type": kind.channel,
        "u_department": DEPARTMENTS[one.caller % len(DEPARTMENTS)],
        "assignment_group": "second line" if kind.escalated else "service desk",
        "assigned_to": f"agent{dice.number(1, 6)}",
        "caller_id": f"user{one.caller:03d}",
        "short_description": dice.any_of(CATEGORIES[kind.category].subjects),
        "u_contacts": kind.contacts,
        "reassignment_count": dice.number(1, 3) if kind.escalated else int(dice.chance(0.08)),
        "reopen_count": kind.reopened if resolved else 0,
        "u_escalated": kind.escalated,
        "u_merged": one.merged,
        "time_worked": int(dice.spread(16 * kind.contacts)) + 2,
    }


def survey_rows(dice: Dice, tickets: Iterable[Ticket]) -> list[Row]:
    """About every fourth resolved ticket is rated, a few hours or days later, worse the longer it took."""
    rated = [one for one in tickets if one.resolved and dice.chance(0.27)]
    answers = [(whole(one.resolved + dice.between(1, 70) * HOUR), one) for one in rated if one.resolved]
    answers.sort(key=lambda answer: (answer[0], answer[1].number))
    listed = [(when, one) for when, one in answers if known(when)]
    return [survey_row(dice, f"A{n:06d}", when, one) for n, (when, one) in enumerate(listed, 1)]


def survey_row(dice: Dice, number: str, when: dt.datetime, one: Ticket) -> Row:
    """One answer: out of 5 points, in the chat out of 10; sometimes the question is skipped."""
    kind = one.traits
    most = 10 if kind.channel == "chat" else 5
    mood = 0.93 - month_of(when).sour - 0.09 * (kind.contacts > 1) - 0.1 * (kind.reopened > 0)
    share = min(1.0, max(0.2, mood + dice.between(-0.28, 0.2)))
    score = int(share * most + 0.5)
    words = dice.any_of(PRAISE if share > 0.7 else GRUMBLES) if dice.chance(0.15) else ""
    return {
        "answer_id": number,
        "answered_at": when,
        "ticket_id": one.number,
        "score": "" if dice.chance(0.015) else score,
        "max_score": most,
        "question": "csat",
        "category": kind.category,
        "channel": kind.channel,
        "priority": kind.priority,
        "comment": words,
    }


def session_rows(dice: Dice, tickets: Sequence[Ticket], days: Sequence[dt.date]) -> list[Row]:
    """Visits that stood alone, and those that led to a ticket opened in the portal or the chat."""
    visits: list[tuple[dt.datetime, Ticket | None]] = []
    for day in days:
        visits += [(moment, None) for moment in moments(dice, month_of(day).visits, day)]
    for one in tickets:
        if one.traits.channel in ("portal", "chat") and dice.chance(0.4):
            visits.append((whole(one.opened - dice.between(2, 25) * MINUTE), one))
    visits.sort(key=lambda visit: (visit[0], visit[1].number if visit[1] else ""))
    return [session_row(dice, f"S{n:06d}", when, one) for n, (when, one) in enumerate(visits, 1)]


def session_row(dice: Dice, number: str, when: dt.datetime, one: Ticket | None) -> Row:
    """One visit; where nobody pressed a button at its end, whether it solved anything is not known."""
    channels = {name: w for name, w in SESSION_CHANNELS.items() if name != "bot" or when >= BOT_STARTS}
    kinds = {name: kind.weight * (1.5 - kind.effort / 2) for name, kind in CATEGORIES.items()}
    solved = one is None and dice.chance(0.66)
    length = min(dice.spread(6.0), 40.0) if one is None else dice.between(0.5, 1.9)
    return {
        "session_id": number,
        "started_at": when,
        "ended_at": known(whole(when + length * MINUTE)),
        "channel": dice.pick(channels),
        "category": one.traits.category if one else dice.pick(kinds),
        "solved": "" if one is None and dice.chance(0.03) else solved,
        "ticket_id": one.number if one else "",
        "visitor": f"user{one.caller if one else dice.number(1, 240):03d}",
    }


def cost_rows(dice: Dice) -> list[Row]:
    """What each whole month cost, by kind; the migration and the empty posts were covered by an agency."""
    rows: list[Row] = []
    for month in list(MONTHS)[:-1]:
        for kind, usual in COSTS.items():
            pence = int(usual * 100 * dice.between(0.96, 1.05))
            rows.append({"month": f"{month}-01", "kind": kind, "cost": pounds(pence)})
        if month in AGENCY:
            rows.append({"month": f"{month}-01", "kind": "agency, by the day", "cost": pounds(AGENCY[month])})
    return rows


def pounds(pence: int) -> str:
    """Pence as pounds."""
    return f"{pence // 100}.{pence % 100:02d}"


def cell(value: object) -> str:
    """A value as the files spell it."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def write(path: Path, rows: Sequence[Row]) -> None:
    """Write rows as CSV, quoted where needed."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(rows[0])
        writer.writerows([cell(value) for value in row.values()] for row in rows)


def generate(folder: Path) -> None:
    """Write the four files."""
    dice = Dice(SEED)
    days = [FIRST_DAY + n * DAY for n in range((EXPORTED.date() - FIRST_DAY).days)]
    opened = [moment for day in days for moment in moments(dice, TICKETS_A_DAY * month_of(day).volume, day)]
    tickets = [ticket(dice, n, moment) for n, moment in enumerate(opened, 10_001)]
    exported = [ticket_row(dice, one) for one in tickets]
    # The export was taken page by page, and a few rows stand on two of them.
    exported += [dice.any_of(exported) for _ in range(6)]
    write(folder / "tickets.csv", exported)
    write(folder / "surveys.csv", survey_rows(dice, tickets))
    write(folder / "self_service_sessions.csv", session_rows(dice, tickets, days))
    write(folder / "costs.csv", cost_rows(dice))


if __name__ == "__main__":
    generate(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)

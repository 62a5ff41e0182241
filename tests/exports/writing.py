"""The file that a shape makes of a desk's tickets."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence

from tests.exports.desk import PRIORITIES, Ticket
from tests.exports.shapes import Cell, Shape
from tests.exports.words import WORDS

STATUSES = ("new", "open", "resolved", "closed")


def written(shape: Shape, desk: Sequence[Ticket]) -> tuple[str, dict[str, str]]:
    """The file, and the header of each canonical column in it."""
    columns = {**{name: (header, _cell(shape, name)) for name, header in shape.header.items()}}
    table: list[tuple[str | None, str, Cell]] = [(name, header, cell) for name, (header, cell) in columns.items()]
    table += [(None, header, cell) for header, cell in shape.extra.items()]
    if shape.is_shuffled:
        random.Random(3).shuffle(table)  # noqa: S311 - nothing secret
        table = [(name, f"col{place}", cell) for place, (name, _, cell) in enumerate(table, 1)]
    rows = [t for ticket in desk for t in (_states(ticket) if shape.repeats else [ticket])]
    lines = [[header for _, header, _ in table], *([_text(cell(ticket)) for _, _, cell in table] for ticket in rows)]
    text = "".join(
        shape.delimiter.join(_quoted(c, shape.delimiter) for c in line) + shape.trailing + "\n" for line in lines
    )
    return text, {name: header for name, header, _ in table if name is not None}


def _states(ticket: Ticket) -> list[Ticket]:
    """A ticket as it stood at its creation and at its end, the latter last."""
    first = Ticket(
        ticket.number, ticket.created, None, None, None, ticket.created, ticket.priority, ticket.kind,
        ticket.agent, ticket.requester,
    )  # fmt: skip
    return [first, ticket] if ticket.updated > ticket.created else [ticket]


def _cell(shape: Shape, name: str) -> Cell:
    times = {"created_at": "created", "first_response_at": "replied", "resolved_at": "resolved",
             "closed_at": "closed", "updated_at": "updated"}  # fmt: skip
    if name in times:
        return lambda ticket: _time(shape, getattr(ticket, times[name]))
    return {
        "ticket_id": lambda ticket: f"T-{ticket.number}",
        "status": lambda ticket: _word(shape, "status", ticket.status, STATUSES),
        "priority": lambda ticket: _word(shape, "priority", ticket.priority, PRIORITIES),
        "type": lambda ticket: ticket.kind.capitalize(),
        "agent": lambda ticket: ticket.agent,
        "requester": lambda ticket: ticket.requester,
        "subject": lambda ticket: f"Something is wrong with {ticket.number % 17}, please help",
    }[name]


def _time(shape: Shape, moment: dt.datetime | None) -> str:
    if moment is None:
        return shape.empty
    if shape.times == "%s":  # seconds since 1970
        return str(int(moment.replace(tzinfo=dt.UTC).timestamp()))
    text = moment.strftime(shape.times)
    return text.replace("/Jan/", "/ene/").replace("/Apr/", "/abr/") if shape.language == "es" else text


def _word(shape: Shape, column: str, word: str, words: Sequence[str]) -> str:
    own = shape.words.get(column)
    return own[word] if own else WORDS[column][shape.language][words.index(word)]


def _text(value: object) -> str:
    return str(value)


def _quoted(cell: str, delimiter: str) -> str:
    return f'"{cell}"' if delimiter in cell else cell

"""What is due: on the terminal, as a page, as a calendar (RFC 5545) and as JSON."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby

from ... import __version__
from ...model.agenda import Agenda, Due, Duty, When
from ...model.measurement import Status
from ...model.record import Record
from ..doc.markdown import markdown
from ..doc.model import Badge, Code, Document, Entry, Paragraph, Section, Strong, Table, Text
from ..doc.terminal import terminal
from ..formats.json import as_text
from ..words.escape import clean
from ..words.phrases import counted, day_text
from ..words.workflow_commands import is_obeyed

_NOTHING = "Nothing is due this week or this month."
_NO_OWNER = "no owner"
_FOLD = 75


class DueView(Record):
    """The agenda, and the screen it is shown on."""

    agenda: Agenda
    color: bool = False
    width: int = 100


def due_screen(agenda: Agenda) -> Document:
    """What is due, one duty under the other."""
    sections = (
        Section(when.value.capitalize(), tuple(_entry(duty, agenda.today) for duty in duties))
        for when, duties in _sorted(agenda)
    )
    title = f"{agenda.project}: as of {day_text(agenda.today)}"
    return Document(title, (*sections, Paragraph("" if agenda.items else _NOTHING)))


def _sorted(agenda: Agenda) -> Iterator[tuple[When, Iterator[Due]]]:
    return groupby(agenda.items, key=lambda d: d.when)


def _entry(duty: Due, today: dt.date) -> Entry:
    day: Text = duty.day.isoformat()
    late = Badge(_late(duty, today), Status.MISSED) if duty.when is When.OVERDUE else ""
    words = (duty.what, " · ", duty.who or _NO_OWNER, " · ", _location(duty))
    return Entry((Strong(day), duty.duty.value, Strong(duty.name), late), (Paragraph(words),))


def _late(duty: Due, today: dt.date) -> str:
    return f"{counted((today - duty.day).days, 'day')} late"


def _location(duty: Due) -> str:
    return f"{duty.span.path}:{duty.span.line}"


def due_page(agenda: Agenda) -> Document:
    """A table for each stretch of time."""
    columns = ("Day", "Kind", "KPI", "What", "Who", "Where")
    sections = [
        Section(when.value.capitalize(), (Table(columns, tuple(map(_row, duties))),))
        for when, duties in _sorted(agenda)
    ]
    when = Paragraph(f"As of {day_text(agenda.today)}.{'' if agenda.items else f' {_NOTHING}'}")
    return Document((agenda.project, ": what is due"), (when, *sections))


def _row(duty: Due) -> tuple[Text, ...]:
    about = (duty.day.isoformat(), duty.duty.value, duty.name, duty.what)
    return (*about, Code(duty.who or ""), Code(_location(duty)))


def due_json(view: DueView) -> str:
    """For programs."""
    agenda = view.agenda
    return as_text({
        "schema_version": 1, "project": agenda.project, "as_of": agenda.as_of.isoformat(),
        "today": agenda.today.isoformat(),
        "items": [
            {
                "when": d.when.value, "day": d.day.isoformat(), "kind": d.duty.value, "kpi": d.kpi, "name": d.name,
                "what": d.what, "who": d.who, "path": d.span.path, "line": d.span.line,
            }
            for d in agenda.items
        ],
    })  # fmt: skip


# a calendar


def due_ics(view: DueView) -> str:
    """For a calendar: a day-long event each, which keeps its identity from run to run. Lines end in CRLF."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//kpi//kpi {__version__}//EN", "CALSCALE:GREGORIAN"]
    lines += [line for duty in view.agenda.items for line in _event(view.agenda, duty)]
    return "".join(f"{folded(line)}\r\n" for line in (*lines, "END:VCALENDAR"))


def _event(agenda: Agenda, duty: Due) -> Iterator[str]:
    stamp = agenda.as_of.astimezone(dt.UTC)
    yield "BEGIN:VEVENT"
    yield f"UID:{_identity(agenda, duty)}"
    yield f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{duty.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{duty.day + dt.timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{escaped(f'{duty.name}: {_SUMMARIES[duty.duty]}')}"
    yield f"DESCRIPTION:{escaped(f'{duty.what} ({duty.who or _NO_OWNER}; {_location(duty)})')}"
    yield f"CATEGORIES:{duty.duty.value.upper()}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


_SUMMARIES = {
    Duty.REVIEW: "review", Duty.ACTION: "action due", Duty.WAIVER: "waiver ends", Duty.TARGET: "target begins",
}  # fmt: skip


def _identity(agenda: Agenda, duty: Due) -> str:
    """The same for the same duty, whatever day it is moved to."""
    identity = "\0".join((agenda.project, duty.duty.value, duty.kpi, duty.key)).encode("utf-8", "backslashreplace")
    return f"{duty.duty.value}-{hashlib.sha256(identity).hexdigest()[:32]}@kpi"


def escaped(text: str) -> str:
    """A TEXT value: no control characters; backslash, semicolon and comma escaped."""
    cleaned = clean(text).replace("\\", "\\\\")
    return cleaned.replace(";", "\\;").replace(",", "\\,")


def folded(line: str) -> str:
    """A content line in pieces of at most 75 octets, no character cut in two; none has a command for a runner in it."""
    pieces, room = [""], _FOLD
    for character in line:
        size = len(character.encode("utf-8", "replace"))
        if size > room or is_obeyed(pieces[-1] + character):
            pieces.append("")
            room = _FOLD - 1
        pieces[-1] += character
        room -= size
    return "\r\n ".join(pieces)


DUE_FORMATS: Mapping[str, Callable[[DueView], str]] = {
    "text": lambda view: terminal(due_screen(view.agenda), color=view.color, width=view.width),
    "markdown": lambda view: markdown(due_page(view.agenda)),
    "ics": due_ics,
    "json": due_json,
}

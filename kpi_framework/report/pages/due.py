"""What is due: on the terminal, as a page, as a calendar (RFC 5545) and as JSON."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby

from rich.console import RenderableType
from rich.text import Text

from ... import __version__
from ...model.agenda import Agenda, Due, Duty, When
from ...model.record import Record
from ..doc.markdown import Section, table, write
from ..doc.terminal import below, draw, heading, plain
from ..formats.json import as_text
from ..words.escape import clean, code, prose
from ..words.markup import PLAIN
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


def due_text(view: DueView) -> str:
    """On the terminal."""
    return draw(_text(view.agenda), color=view.color, width=view.width)


def _text(agenda: Agenda) -> Iterator[RenderableType]:
    yield plain(f"{agenda.project}: as of {day_text(agenda.today)}", "bold")
    if not agenda.items:
        yield Text(_NOTHING)
    for when, duties in groupby(agenda.items, key=lambda d: d.when):
        yield heading(when.value.capitalize())
        for duty in duties:
            gap = " " * (8 - len(duty.duty.value))
            late = _late(duty, agenda.today) if when is When.OVERDUE else ""
            yield Text.assemble(
                plain(duty.day.isoformat(), "bold red" if late else "bold"), "  ", plain(duty.duty.value),
                gap, plain(duty.name, "bold"), "  " if late else "", plain(late, "bold red"),
            )  # fmt: skip
            yield below(f"{PLAIN.prose(duty.what)} · {PLAIN.prose(duty.who or _NO_OWNER)} · {_location(duty)}")


def _late(duty: Due, today: dt.date) -> str:
    return f"{counted((today - duty.day).days, 'day')} late"


def _location(duty: Due) -> str:
    return f"{duty.span.path}:{duty.span.line}"


def due_markdown(view: DueView) -> str:
    """As a page."""
    agenda = view.agenda
    head = f"# {prose(agenda.project)}: what is due\n\nAs of {day_text(agenda.today)}."
    sections = [Section("", (head if agenda.items else f"{head} {_NOTHING}",))]
    for when, duties in groupby(agenda.items, key=lambda d: d.when):
        rows = [
            (duty.day.isoformat(), duty.duty.value, prose(duty.name), prose(duty.what), code(duty.who or ""),
             code(_location(duty)))
            for duty in duties
        ]  # fmt: skip
        sections.append(table(when.value.capitalize(), ("Day", "Kind", "KPI", "What", "Who", "Where"), rows))
    return write(sections)


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
    "text": due_text,
    "markdown": due_markdown,
    "ics": due_ics,
    "json": due_json,
}

"""What a site shows: a scorecard, how it came to be, and what is due."""

from __future__ import annotations

from .agenda import Agenda
from .change import HistoryEvent
from .diagnostic import Diagnostic
from .ledger import Published
from .measurement import Scorecard
from .record import Record


class Site(Record):
    """A project, seen at one time."""

    scorecard: Scorecard
    findings: tuple[Diagnostic, ...] = ()
    agenda: Agenda | None = None
    """What is due until the end of the month."""
    calendar: Agenda | None = None
    """What is due on any day."""
    events: tuple[HistoryEvent, ...] = ()
    """The changes of its definitions, oldest first; none where git tells nothing."""
    published: tuple[Published, ...] = ()
    """The lines of its ledgers."""
    commit: str = ""
    """The commit of the definitions; empty outside a repository."""
    is_clean: bool = True
    """Whether the files are as that commit has them."""

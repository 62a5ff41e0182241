"""Which changes between two revisions have a reason: each from the commits that made it, or by name from later ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ...compile.language.canonical import one_text
from ...history.changes import changes
from ...history.comparison import Comparison, Side
from ...history.git import Repository
from ...history.log import read_log
from ...history.reasons import is_reason
from ...history.trees import Place
from ...model.change import Change, ChangeClass, HistoryEvent
from ...model.record import Record, field
from ..project import ProjectRoot
from .revisions import FILES, Revision
from .story import Story, with_later_reasons

Key = tuple[str | None, str]


class Explanations(Record):
    """The reasons of a range of commits, and the one given beside them, which holds for all changes."""

    given: str | None
    events: tuple[HistoryEvent, ...] = ()
    uncommitted: frozenset[Key] = field(default_factory=frozenset)

    def covers(self, change: Change) -> bool:
        """Whether everybody who made a change said why."""
        if self.given:
            return True
        if (change.kpi, change.field) in self.uncommitted:
            return False
        ids = self._ids(change.kpi)
        events = [e for e in self.events if e.change.kpi in ids and e.change.field == change.field]
        weighty = [e for e in events if e.change.cls.needs_reason]
        return all(e.reason for e in weighty) and any(e.reason for e in events)

    def _ids(self, kpi: str | None) -> set[str | None]:
        """What a definition is called, and was called in this range."""
        ids = {kpi}
        for event in reversed(self.events):
            if event.change.cls is ChangeClass.RENAMED and event.change.after in ids:
                ids.add(str(event.change.before))
        return ids

    @property
    def reasons(self) -> tuple[str, ...]:
        """All of them, each once."""
        given = (self.given,) if self.given else ()
        return tuple(dict.fromkeys((*given, *(e.reason for e in self.events if e.reason))))


def explanations(
    project_root: ProjectRoot, repository: Repository, ends: tuple[Revision, Revision], given: str | None
) -> Explanations:
    """The reasons for what lies between two revisions. Raises KpiError."""
    before, after = ends
    reason = given.strip() if given and is_reason(given) else None
    head = after.commit or repository.commit("HEAD")
    prefixes = tuple(dict.fromkeys((repository.prefix, before.repository.prefix)))
    log = read_log(repository, head, Place(prefixes, FILES), (before.commit or head,))
    events = with_later_reasons(Story(project_root, repository, log).events(), log)
    uncommitted = _uncommitted(Revision(project_root, repository, head), after) if after.commit is None else ()
    return Explanations(reason, events, frozenset((c.kpi, c.field) for c in uncommitted))


def _uncommitted(head: Revision, disk: Revision) -> Iterator[Change]:
    """What the files on disk say otherwise than the last commit, however little it means."""
    if head.is_there:
        before, after = (Side(revision.catalog, {}, one_text) for revision in (head, disk))
        yield from changes(Comparison(before, after, dt.date.min))

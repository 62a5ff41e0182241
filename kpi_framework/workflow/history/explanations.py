"""Which changes between two revisions have a reason: each from the commits that made it, or by name from later ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ...compile.language.canonical import one_text
from ...compile.language.signal import one_condition
from ...history.changes import changes as changes_of
from ...history.comparison import Comparison, Side
from ...history.log import CommitLog, read_log
from ...history.reasons import is_reason, named_reason, own_reason
from ...history.trees import Place
from ...model.change import Change, ChangeClass, HistoryEvent
from ...model.record import Record, field
from ..project import ProjectRoot
from .revisions import FILES, Revision, data_roots
from .story import Story, with_later_reasons

Key = tuple[str | None, str]


class Explanations(Record):
    """The reasons of a range of commits, and the one given beside them, which holds for all changes."""

    given: str | None
    events: tuple[HistoryEvent, ...] = ()
    uncommitted: frozenset[Key] = field(default_factory=frozenset)
    of_data: CommitLog | None = None
    """The commits that touch tracked data."""

    def reason(self, change: Change) -> str | None:
        """Why a change was made; None unless everybody who made it said why."""
        if self.given:
            return self.given
        if (change.kpi, change.field) in self.uncommitted:
            return None
        if change.cls is ChangeClass.DATA:
            return self._of_data(change)
        ids = self._ids(change.kpi)
        events = [e for e in self.events if e.change.kpi in ids and e.change.field == change.field]
        reasons = [e.reason for e in events if e.reason]
        is_covered = all(e.reason for e in events if e.change.needs_reason)
        return " ".join(dict.fromkeys(reasons)) or None if is_covered else None

    def _of_data(self, change: Change) -> str | None:
        """What the commits that touch data say of a value that data changed."""
        log = self.of_data or CommitLog((), {})
        merged = ((s.commit, log.commits.get(log.merges.get(s.commit.name, ""))) for s in log.steps)
        reasons = [own_reason(change.kpi, commit, merge) for commit, merge in merged]
        named = named_reason(change, log.commits.values())
        return " ".join(dict.fromkeys(r for r in (*reasons, named) if r)) or None

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
    project_root: ProjectRoot, ends: tuple[Revision, Revision], changes: tuple[Change, ...], given: str | None
) -> Explanations:
    """The reasons for what lies between two revisions. Raises KpiError."""
    before, after = ends
    repository = after.repository
    reason = given.strip() if given and is_reason(given) else None
    if not changes or repository.is_shallow:
        return Explanations(reason)
    head = after.commit or repository.commit("HEAD")
    base = (before.commit or head,)
    prefixes = tuple(dict.fromkeys((repository.prefix, before.repository.prefix)))
    log = read_log(repository, head, Place(prefixes, FILES), base)
    events = with_later_reasons(Story(project_root, repository, log).events(), log)
    uncommitted = _uncommitted(Revision(project_root, repository, head), after) if after.commit is None else ()
    of_data = None
    if any(change.cls is ChangeClass.DATA for change in changes):
        of_data = read_log(repository, head, Place(prefixes, tuple(data_roots(after.catalog))), base)
    return Explanations(reason, events, frozenset((c.kpi, c.field) for c in uncommitted), of_data)


def _uncommitted(head: Revision, disk: Revision) -> Iterator[Change]:
    """What the files on disk say otherwise than the last commit, however little it means."""
    if head.is_there:
        before, after = (Side(revision.catalog, {}, one_text, condition=one_condition) for revision in (head, disk))
        yield from changes_of(Comparison(before, after, dt.date.min))

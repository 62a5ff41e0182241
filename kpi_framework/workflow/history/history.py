"""The history of definitions: git's commits → events, each with what it changed, why, and what it did to the values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from ...history.git import find_repository
from ...history.log import read_log
from ...history.surroundings import BESIDE
from ...history.trees import Place, former_prefixes
from ...model.change import ChangeClass, HistoryEvent
from ...model.record import Record, replace
from ..project import ProjectRoot, load, name_known
from ..run import Options
from .event_effects import EventEffects, has_effect
from .revisions import FILES
from .story import Story, with_later_reasons

_MOST_EFFECTS = 200


class Query(Record):
    """Which part of history is asked for: from a day on, or from what a revision does not hold (`after`)."""

    ids: tuple[str, ...] = ()
    since: dt.date | None = None
    until: dt.date | None = None
    with_values: bool = True
    after: str | None = None


def history(options: Options, query: Query) -> tuple[HistoryEvent, ...]:
    """Every change of every definition, oldest first. Raises KpiError."""
    repository = find_repository(options.project_root.folder)
    tip = repository.commit("HEAD")
    known = frozenset(repository.behind(repository.commit(query.after))) if query.after else frozenset()
    log = read_log(repository, tip, Place(former_prefixes(repository, tip), FILES, BESIDE))
    story = Story(options.project_root, repository, log)
    events = with_later_reasons(story.events(), log)
    name_known(query.ids, _ever(events, options.project_root))
    names = _names(events, query.ids)
    wanted = [e for e in events if _is_wanted(e, names, query) and e.commit.name not in known]
    wanted = [_dated(e, query) for e in wanted]
    if not query.with_values:
        return tuple(wanted)
    if sum(map(has_effect, wanted)) > _MOST_EFFECTS:
        return tuple(map(_without_value, wanted))
    options.progress("computing values under old and new definitions")
    effects = EventEffects(options, story)
    return tuple(effects.of(e) for e in wanted)


def _without_value(event: HistoryEvent) -> HistoryEvent:
    if not has_effect(event):
        return event
    doubt = f"values not computed for more than {_MOST_EFFECTS} changes: ask for one KPI or a shorter time"
    return replace(event, doubts=(*event.doubts, doubt))


def _ever(events: Iterable[HistoryEvent], project_root: ProjectRoot) -> set[str]:
    """Every id that a definition has or had."""
    catalog, _ = load(project_root)
    ids = {*catalog.definitions, *catalog.broken} if catalog is not None else set()
    for event in events:
        ids |= {event.change.kpi or "", *event.change.touches}
        if event.change.cls is ChangeClass.RENAMED:
            ids.add(str(event.change.before))
    return ids - {""}


def _names(events: tuple[HistoryEvent, ...], ids: tuple[str, ...]) -> frozenset[str]:
    """The ids that were asked for, and all that they were called before."""
    names = set(ids)
    for event in reversed(events):
        change = event.change
        if change.cls is ChangeClass.RENAMED and change.after in names:
            names.add(str(change.before))
    return frozenset(names)


def _is_wanted(event: HistoryEvent, names: frozenset[str], query: Query) -> bool:
    if not event.is_within(query.since, query.until):
        return False
    return not names or event.change.kpi in names or bool(names & set(event.change.touches))


def _dated(event: HistoryEvent, query: Query) -> HistoryEvent:
    """An event that claims another day than those it was made between says so."""
    day = event.commit.committed_at.date()
    if (query.since and day < query.since) or (query.until and day > query.until):
        doubt = "it claims a day outside of those that were asked for, and what is before or after it in git does not"
        return replace(event, doubts=(*event.doubts, doubt))
    return event

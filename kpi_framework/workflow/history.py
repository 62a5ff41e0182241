"""The history of definitions: git's commits → events, each with what it changed, why, and what it did to the value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ..compile.canonical import one_text
from ..compile.only import narrowed
from ..evaluate.evaluate import Setting, evaluate
from ..history.changes import changes
from ..history.git import Repository, find_repository
from ..history.log import Line, Step, approvals, doubts, pull_request, read_line, reason
from ..history.sides import Side, Sides
from ..load.catalog import load_catalog
from ..load.contracts import shipped_contracts
from ..model.catalog import Catalog
from ..model.change import Change, ChangeClass, Event
from ..model.diagnostic import KpiError
from .project import window_of
from .revisions import FILES, Revision, side_of
from .run import Options

_EMPTY = "version: 1\nname: nothing\n"
_CONTRACTS = shipped_contracts()
_WHOLE = ("min_measured",)
"""Fields whose weight hangs on the project's gate."""
_MOST_VALUES = 50


@dataclass(frozen=True)
class Query:
    """Which part of history is asked for."""

    ids: tuple[str, ...] = ()
    since: dt.date | None = None
    until: dt.date | None = None
    with_values: bool = True


def history(options: Options, query: Query) -> tuple[Event, ...]:
    """Every change of every definition, oldest first. Raises KpiError."""
    repository = find_repository(options.place.root)
    story = _Story(options, repository, read_line(repository, FILES))
    events = [e for step in story.line.steps for e in story.events(step)]
    names = _names(events, query.ids)
    kept = [e for e in events if _is_wanted(e, names, query)]
    if not query.with_values or sum(_has_value(e) for e in kept) > _MOST_VALUES:
        return tuple(kept)
    options.progress("computing values under old and new definitions")
    return tuple(story.with_values(e) for e in kept)


def _names(events: list[Event], ids: tuple[str, ...]) -> frozenset[str]:
    """The ids that were asked for, and all that they were called before."""
    found = set(ids)
    for event in reversed(events):
        change = event.change
        if change.cls is ChangeClass.RENAMED and change.after in found:
            found.add(str(change.before))
    return frozenset(found)


def _is_wanted(event: Event, names: frozenset[str], query: Query) -> bool:
    day = event.commit.committed_at.date()
    if (query.since and day < query.since) or (query.until and day > query.until):
        return False
    return not names or event.change.kpi in names or bool(names & set(event.change.touches))


def _has_value(event: Event) -> bool:
    return event.change.kpi is not None and event.change.cls is ChangeClass.RESTATING


@dataclass
class _Story:
    """One reading of a history: texts and catalogs are kept, since commits share most of them."""

    options: Options
    repository: Repository
    line: Line
    _texts: dict[str, str] = field(default_factory=dict)
    _values: dict[tuple[str, str], float | int | None] = field(default_factory=dict)

    def events(self, step: Step) -> Iterator[Event]:
        """What a commit changed, by meaning."""
        merge = self.line.commits.get(self.line.merges.get(step.commit.name, ""))
        landed = self._landed(step)
        for change in self._changes(step):
            yield Event(
                change, step.commit, reason(step.commit, merge), merge, pull_request(step.commit, merge),
                approvals(step.commit, merge), landed, doubts(step, self.line, landed=landed),
            )  # fmt: skip

    def _changes(self, step: Step) -> tuple[Change, ...]:
        if not step.touched:
            return ()
        blobs = [{t.path: n for t in step.touched if (n := getattr(t, side))} for side in ("before", "after")]
        config = [b.get("kpi.yaml") for b in blobs]
        if "kpi.yaml" in (t.path for t in step.touched) and None in config:
            # The project begins or ends here: its settings are no changes one by one.
            kept = next(n for n in config if n)
            found = changes(self._sides(step, [{**b, "kpi.yaml": kept} for b in blobs]))
            cls, name = (ChangeClass.ADDED, "kpi.yaml") if config[0] is None else (ChangeClass.REMOVED, "kpi.yaml")
            before, after = ("there" if n else None for n in config)
            return (*found, Change(None, cls, name, before, after, "kpi.yaml"))
        found = changes(self._sides(step, blobs))
        needs_rest = any(c.cls is ChangeClass.RESTATING or c.field in _WHOLE for c in found) or config[0] is not None
        return changes(self._whole_sides(step)) if needs_rest and self._is_whole(step) else found

    # the files a commit touched, without the rest of the project

    def _sides(self, step: Step, blobs: list[dict[str, str]]) -> Sides:
        before, after = map(self._side, blobs)
        return Sides(before, after, step.commit.committed_at.date())

    def _side(self, blobs: dict[str, str]) -> Side:
        missing = [name for name in blobs.values() if name not in self._texts]
        for name, content in self.repository.contents(missing).items():
            self._texts[name] = content.decode("utf-8", errors="surrogateescape")
        texts = {path: self._texts[name] for path, name in blobs.items() if path.endswith((".yaml", ".yml"))}
        catalog, _ = load_catalog({"kpi.yaml": _EMPTY, **texts}, _CONTRACTS)
        if catalog is None:
            catalog, _ = load_catalog({**texts, "kpi.yaml": _EMPTY}, _CONTRACTS)
        assert catalog is not None, "an empty project can be read"
        return Side(catalog, {}, one_text)

    # the whole project, where meaning needs it

    def _is_whole(self, step: Step) -> bool:
        """Whether both sides have a project that can be read."""
        pair = self._pair(step)
        try:
            return len(pair) == 2 and all(self._revision(name).loaded[0] is not None for name in pair)
        except KpiError:
            return False

    def _pair(self, step: Step) -> tuple[str, ...]:
        return (*step.commit.parents[:1], step.commit.name)

    def _whole_sides(self, step: Step) -> Sides:
        before, after = (side_of(self._revision(n).catalog, self.options.place) for n in self._pair(step))
        return Sides(before, after, step.commit.committed_at.date())

    def _revision(self, name: str) -> Revision:
        return Revision(self.options.place, self.repository, name)

    def _landed(self, step: Step) -> bool:
        """Whether the main line took the commit's files, or a merge kept what it had."""
        merge = self.line.merges.get(step.commit.name)
        if merge is None or not step.touched:
            return True
        kept = self.repository.blobs(self.line.parents[merge][0], FILES)
        taken = self.repository.blobs(merge, FILES)
        return any(kept.get(t.path) != taken.get(t.path) for t in step.touched)

    # values

    def with_values(self, event: Event) -> Event:
        """The event with the judged value under the former and the new definition, on today's data."""
        if not _has_value(event) or event.change.kpi is None or not event.commit.parents:
            return event
        before, after = event.commit.parents[0], event.commit.name
        return replace(event, before=self._value(before, event.change.kpi), after=self._value(after, event.change.kpi))

    def _value(self, name: str, kpi: str) -> float | int | None:
        try:
            catalog = self._revision(name).catalog
        except KpiError:
            return None
        meaning = side_of(catalog, self.options.place).hashes.get(kpi, "")
        if not meaning:
            return None
        if (kpi, meaning) not in self._values:
            self._values[kpi, meaning] = self._computed(catalog, kpi)
        return self._values[kpi, meaning]

    def _computed(self, catalog: Catalog, kpi: str) -> float | int | None:
        options = self.options
        window = window_of(catalog, options.as_of, options.now)
        setting = Setting(options.place.root, window, options.open_engine, options.place.allowed)
        found = evaluate(narrowed(catalog, (kpi,)), setting).measurements
        return next((m.value for m in found if m.kpi == kpi and m.judged and m.is_whole), None)

"""kpi.yaml, field by field: its gate, its required KPIs, its datasets. Each change lists the KPIs that it touches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath

from ..model.change import Change, ChangeClass
from ..model.diagnostic import Severity
from ..model.project import Column, DataRule, Dataset, Project
from ..model.quantity import Written
from ..model.record import Record
from ..model.rule import RULES
from ..model.source import BucketSource, DatabaseSource
from .comparison import Comparison, Side, location

C = ChangeClass
Value = object


class ProjectPair(Record):
    """kpi.yaml on both sides, and the definitions that mean something else, or perhaps do."""

    comparison: Comparison
    restated: frozenset[str]
    renamed: Mapping[str, str]
    """Former ids and what they became."""

    @property
    def projects(self) -> tuple[Project, Project]:
        """kpi.yaml before and after."""
        return self.comparison.before.catalog.project.noun, self.comparison.after.catalog.project.noun

    def change(self, cls: ChangeClass, path: tuple[str | int, ...], before: Value, after: Value,
               touches: frozenset[str] = frozenset()) -> Change:  # fmt: skip
        """A change of kpi.yaml at a path."""
        located = (self.comparison.after.catalog.project.at, self.comparison.before.catalog.project.at)
        file, line = location(located, path)
        return Change(None, cls, ".".join(map(str, path)), before, after, file, line, tuple(sorted(touches)))

    @property
    def sides(self) -> tuple[Side, Side]:
        """Before and after."""
        return self.comparison.before, self.comparison.after

    def readers(self, dataset: str) -> frozenset[str]:
        """The definitions that stand on a dataset, on either side."""
        return self.sides[0].readers(dataset) | self.sides[1].readers(dataset)

    @property
    def judged(self) -> frozenset[str]:
        """The KPIs that a gate judges, on either side."""
        return frozenset(i for s in self.sides for i, kpi in s.catalog.kpis.items() if kpi.is_active)

    def restated_by(self, setting: str) -> frozenset[str]:
        """The restated definitions that take something else from a setting (or from one beneath it) than before."""
        return frozenset(i for i in self.restated if self._takes_otherwise(i, setting))

    def _takes_otherwise(self, definition_id: str, setting: str) -> bool:
        """Whether this is so, or nobody knows: where nothing accounts for what is restated, anything may."""
        taken = self._taken(definition_id)
        if taken is None or (taken[0] == taken[1] and self._is_unaccounted(definition_id)):
            return True
        paths = {p for side in taken for p in side if p == setting or p.startswith(f"{setting}.")}
        return any(taken[0].get(path) != taken[1].get(path) for path in paths)

    def _taken(self, definition_id: str) -> tuple[Mapping[str, str], Mapping[str, str]] | None:
        former = {new: old for old, new in self.renamed.items()}.get(definition_id, definition_id)
        before, after = self.sides[0].settings.get(former), self.sides[1].settings.get(definition_id)
        return (before, after) if before is not None and after is not None else None

    def _is_unaccounted(self, definition_id: str) -> bool:
        """Whether a definition over rows is restated though neither its own fields nor time as it is read changed."""
        before, after = (s.catalog for s in self.sides)
        if definition_id not in before.definitions or after.definitions[definition_id].noun.is_derived:
            return False
        same = before.definitions[definition_id].noun == after.definitions[definition_id].noun
        return same and all(getattr(self.projects[0], name) == getattr(self.projects[1], name) for name in _TIMES)


def changed_project(pair: ProjectPair) -> Iterator[Change]:
    """Every field of kpi.yaml that means something else."""
    for name, classify in FIELDS.items():
        before, after = (getattr(p, name) for p in pair.projects)
        if before != after:
            yield from classify(pair, name, before, after)


Classify = Callable[[ProjectPair, str, "object", "object"], Iterator[Change]]


def _publish(pair: ProjectPair, name: str, before: object, after: object) -> Iterator[Change]:
    """Only the commits of one branch publish; of another one, or of any, those of nobody's review can."""
    yield pair.change(C.TIGHTENED if before is None else C.LOOSENED, (name,), _plain(before), _plain(after))


def _always(cls: ChangeClass) -> Classify:
    def classify(pair: ProjectPair, name: str, before: object, after: object) -> Iterator[Change]:
        yield pair.change(cls, (name,), _plain(before), _plain(after))

    return classify


def _events(pair: ProjectPair, name: str, before: object, after: object) -> Iterator[Change]:
    """Words explain; a rebase lets the limits of a definition begin anew, so that a worsening one looks steady."""
    old, new = ({(event.date, kpi) for event in p.events for kpi in event.rebase} for p in pair.projects)
    touched = frozenset(kpi for _, kpi in old ^ new)
    cls = C.LOOSENED if touched else C.COSMETIC
    yield pair.change(cls, (name,), _plain(before), _plain(after), touched)


def _views(pair: ProjectPair, name: str, before: object, after: object) -> Iterator[Change]:
    """A definition that a group of readers no longer sees is a matter of governance; all else is only shown."""
    old, new = (
        {(view, shown) for view, v in p.views.items() for shown in (v.kpis if isinstance(v.kpis, tuple) else ("all",))}
        for p in pair.projects
    )
    hidden = {shown for _, shown in old - new}
    touched = pair.judged if "all" in hidden else frozenset(hidden)
    yield pair.change(C.GOVERNANCE if hidden else C.COSMETIC, (name,), _plain(before), _plain(after), touched)


def _time(pair: ProjectPair, name: str, before: object, after: object) -> Iterator[Change]:
    """The zone, the week, the fiscal year and the engine are part of every value."""
    yield pair.change(C.RESTATING, (name,), before, after, frozenset(pair.comparison.after.catalog.definitions))


_TIMES = ("timezone", "week_starts", "fiscal_year_starts")


def _calendars(pair: ProjectPair, name: str, before: object, after: object) -> Iterator[Change]:
    """Hours, zones and holidays are part of every definition that runs by them."""
    old, new = pair.projects[0].calendars, pair.projects[1].calendars
    for calendar in sorted({*old, *new}):
        if old.get(calendar) != new.get(calendar):
            touched = pair.restated_by(f"{name}.{calendar}")
            checks = [s.checks for s in (pair.comparison.before, pair.comparison.after)]
            cls = C.RESTATING if touched else (C.COSMETIC if checks[0] == checks[1] else C.LOOSENED)
            yield pair.change(cls, (name, calendar), _plain(old.get(calendar)), _plain(new.get(calendar)), touched)


def _as_of(pair: ProjectPair, name: str, before: object, after: object) -> Iterator[Change]:
    """A fixed day holds all later misses back; an earlier one takes judged periods away."""
    held = isinstance(after, dt.date) and (not isinstance(before, dt.date) or after < before)
    freed = isinstance(before, dt.date) and not isinstance(after, dt.date)
    cls = C.LOOSENED if held else (C.TIGHTENED if freed else C.GOVERNANCE)
    yield pair.change(cls, (name,), str(before), str(after), frozenset(pair.comparison.after.catalog.kpis))


def _required(pair: ProjectPair, name: str, before: object, after: object) -> Iterator[Change]:
    old = {pair.renamed.get(kpi_id, kpi_id) for kpi_id in pair.projects[0].required}
    new = set(pair.projects[1].required)
    for kpi_id in sorted(old - new):
        yield pair.change(C.LOOSENED, (name, kpi_id), kpi_id, None, frozenset({kpi_id}))
    for kpi_id in sorted(new - old):
        yield pair.change(C.TIGHTENED, (name, kpi_id), None, kpi_id, frozenset({kpi_id}))


def _gate(pair: ProjectPair, name: str, before: object, after: object) -> Iterator[Change]:
    old, new = pair.projects[0].gate, pair.projects[1].gate
    for field in type(old).model_fields:
        touched = pair.judged if field != "signals" else frozenset()
        yield from _severity(pair, (name, field), getattr(old, field), getattr(new, field), touched)


def _rules(pair: ProjectPair, name: str, before: object, after: object) -> Iterator[Change]:
    old, new = pair.projects[0].rules, pair.projects[1].rules
    for rule in sorted({*old, *new}):
        usual = RULES[rule].severity if rule in RULES else Severity.ERROR
        yield from _severity(pair, (name, rule), old.get(rule, usual), new.get(rule, usual), pair.judged)


def _severity(
    pair: ProjectPair, path: tuple[str, ...], before: Severity, after: Severity, touched: frozenset[str]
) -> Iterator[Change]:
    if before is not after:
        cls = C.LOOSENED if after.rank < before.rank else C.TIGHTENED
        yield pair.change(cls, path, before.value, after.value, touched)


def _privacy(pair: ProjectPair, name: str, before: object, after: object) -> Iterator[Change]:
    """A personal column shown openly no longer fails; parts that are hidden are not judged."""
    old, new = pair.projects[0].privacy, pair.projects[1].privacy
    for column in sorted(set(old.segment_by) ^ set(new.segment_by)):
        is_segment = column in new.segment_by
        cls = C.LOOSENED if is_segment else C.TIGHTENED
        before, after = (None, column) if is_segment else (column, None)
        yield pair.change(cls, (name, "segment_by"), before, after, _shown_by(pair, {column}))
    if old.min_rows != new.min_rows:
        cls = C.LOOSENED if new.min_rows > old.min_rows else C.TIGHTENED
        touched = _shown_by(pair, {*old.segment_by, *new.segment_by})
        yield pair.change(cls, (name, "min_rows"), old.min_rows, new.min_rows, touched)
    if old.reason.split() != new.reason.split():
        yield pair.change(C.COSMETIC, (name, "reason"), old.reason, new.reason)


def _shown_by(pair: ProjectPair, columns: set[str]) -> frozenset[str]:
    """The definitions that are broken down by one of these columns."""
    nouns = ((i, e.noun) for s in pair.sides for i, e in s.catalog.definitions.items())
    return frozenset(i for i, metric in nouns if any(columns & set(b) for b in metric.breakdowns))


def _datasets(pair: ProjectPair, name: str, before: object, after: object) -> Iterator[Change]:
    old, new = pair.projects[0].datasets, pair.projects[1].datasets
    for dataset in sorted({*old, *new}):
        if dataset not in new:
            yield pair.change(C.REMOVED, (name, dataset), _plain(old[dataset]), None, pair.readers(dataset))
        elif dataset not in old:
            yield pair.change(C.ADDED, (name, dataset), None, _plain(new[dataset]), pair.readers(dataset))
        else:
            yield from _dataset(DatasetPair(pair, dataset, old[dataset], new[dataset]))


class DatasetPair(Record):
    """A dataset on both sides."""

    pair: ProjectPair
    name: str
    before: Dataset
    after: Dataset

    @property
    def readers(self) -> frozenset[str]:
        """The definitions that read it."""
        return self.pair.readers(self.name)

    def restated_by(self, field: str = "") -> frozenset[str]:
        """The readers that one of its fields restates; without a field, that any of them does."""
        setting = f"datasets.{self.name}.{field}".removesuffix(".")
        return self.pair.restated_by(setting) & self.readers

    @property
    def is_checked_alike(self) -> bool:
        """Whether the rules look at the same: its own, and those of the datasets whose history it is."""
        before, after = self.pair.sides
        named = {n for s in self.pair.sides for n, d in s.catalog.datasets.items() if self.name in d.histories}
        return all(before.checks.get(name) == after.checks.get(name) for name in (self.name, *named))

    def change(self, cls: ChangeClass, field: str, touches: frozenset[str] | None = None) -> Change:
        """A change of one of its fields; it touches all readers, unless said otherwise."""
        before, after = (_plain(getattr(d, field)) for d in (self.before, self.after))
        touched = self.readers if touches is None else touches
        return self.pair.change(cls, ("datasets", self.name, field), before, after, touched)


def _dataset(dataset: DatasetPair) -> Iterator[Change]:
    for field, classify in DATASET_FIELDS.items():
        if getattr(dataset.before, field) != getattr(dataset.after, field):
            yield from classify(dataset, field)


DatasetClassify = Callable[[DatasetPair, str], Iterator[Change]]


def _read(dataset: DatasetPair, field: str) -> Iterator[Change]:
    """What definitions reach is restating for them; what only the dataset's rules look at weakens those."""
    touched = dataset.restated_by(field)
    unseen = C.COSMETIC if dataset.is_checked_alike else C.LOOSENED
    yield dataset.change(C.RESTATING if touched else unseen, field, touched)


def _timed(dataset: DatasetPair, field: str) -> Iterator[Change]:
    """What is computed from a history; another history is other data, whatever the hashes say."""
    before, after = (getattr(d, field) for d in (dataset.before, dataset.after))
    if any(set(before[name].history) != set(after[name].history) for name in {*before} & {*after}):
        yield dataset.change(C.RESTATING, field)
    else:
        yield from _read(dataset, field)


def _contract(dataset: DatasetPair, field: str) -> Iterator[Change]:
    """Another contract, where it changes no number, allows other cells; one of the dataset's name may go unsaid."""
    if field == "contract" and len({d.contract or dataset.name for d in (dataset.before, dataset.after)}) == 1:
        yield dataset.change(C.COSMETIC, field, frozenset())
        return
    touched = dataset.restated_by()
    yield dataset.change(C.RESTATING if touched else C.LOOSENED, field, touched)


def _columns(dataset: DatasetPair, field: str) -> Iterator[Change]:
    """The mapping; a column that no longer names a person may be shown, and files may lack one that is optional."""
    before, after = dataset.before, dataset.after
    is_freed = _marked(before, "personal") - _marked(after, "personal")
    is_spared = _marked(after, "optional") - _marked(before, "optional")
    if (is_freed or is_spared) and not dataset.restated_by(field):
        yield dataset.change(C.LOOSENED, field)
    else:
        yield from _read(dataset, field)


def _marked(dataset: Dataset, field: str) -> set[str]:
    return {n for n, c in dataset.columns.items() if isinstance(c, Column) and getattr(c, field)}


def _source(dataset: DatasetPair, field: str) -> Iterator[Change]:
    """Another file, table or bucket is other data, whatever the hashes say."""
    old, new = (_origin(d) for d in (dataset.before, dataset.after))
    moved = [part for part in sorted({*old, *new}) if old.get(part) != new.get(part)]
    for part in moved:
        path = ("datasets", dataset.name, field, part)
        yield dataset.pair.change(C.RESTATING, path, old.get(part), new.get(part), dataset.readers)
    if moved:
        return
    if dataset.before.reading != dataset.after.reading:
        yield from _read(dataset, field)


def _origin(dataset: Dataset) -> Mapping[str, str]:
    """Where the rows come from: `./data` is `data`, and another copy of a table or bucket is another file."""
    source = dataset.source
    path = str(PurePosixPath(dataset.reading.path))
    if isinstance(source, DatabaseSource):
        return {"connection": source.connection, "table": source.table, "into": path}
    return {"connection": source.connection, "path": path} if isinstance(source, BucketSource) else {"path": path}


def _through(dataset: DatasetPair, field: str) -> Iterator[Change]:
    """A later stated day, or another way to say it, can call data complete that were not."""
    old, new = dataset.before.complete_through, dataset.after.complete_through
    is_earlier = isinstance(old, dt.date) and isinstance(new, dt.date) and new < old
    yield dataset.change(C.TIGHTENED if is_earlier else C.LOOSENED, field)


def _from(dataset: DatasetPair, field: str) -> Iterator[Change]:
    """From an earlier day on, nothing is a zero that can meet a target; before a later one, a miss is unknown."""
    yield dataset.change(C.LOOSENED, field)


def _freshness(dataset: DatasetPair, field: str) -> Iterator[Change]:
    old, new = dataset.before.freshness.microseconds, dataset.after.freshness.microseconds
    if old != new:
        yield dataset.change(C.LOOSENED if new > old else C.TIGHTENED, field)


def _bad_rows(dataset: DatasetPair, field: str) -> Iterator[Change]:
    yield dataset.change(C.LOOSENED if dataset.after.max_bad_rows > dataset.before.max_bad_rows else C.TIGHTENED, field)


def _tracked(dataset: DatasetPair, field: str) -> Iterator[Change]:
    """Data outside git can be exchanged without a trace."""
    yield dataset.change(C.TIGHTENED if dataset.after.tracked else C.LOOSENED, field)


def _erased(dataset: DatasetPair, field: str) -> Iterator[Change]:
    """A declared erasure excuses published values that cannot be verified."""
    more = [erasure for erasure in dataset.after.erased if erasure not in dataset.before.erased]
    yield dataset.change(C.LOOSENED if more else C.TIGHTENED, field)


def _grain(dataset: DatasetPair, field: str) -> Iterator[Change]:
    """A coarser grain makes one row speak for more days; a finer one, or none, allows finer periods."""
    yield dataset.change(C.LOOSENED, field)


def _data_rules(dataset: DatasetPair, field: str) -> Iterator[Change]:
    for rule in sorted({*dataset.before.rules, *dataset.after.rules}):
        old, new = dataset.before.rules.get(rule), dataset.after.rules.get(rule)
        cls = _rule_class(dataset.pair.comparison, old, new)
        if cls is not None:
            path = ("datasets", dataset.name, field, rule)
            yield dataset.pair.change(cls, path, _plain(old), _plain(new), dataset.readers)


def _rule_class(comparison: Comparison, old: DataRule | None, new: DataRule | None) -> ChangeClass | None:
    if old is None or new is None:
        return C.TIGHTENED if old is None else C.LOOSENED
    if not comparison.same_sql(old.holds, new.holds):
        return C.LOOSENED
    before, after = old.at_least.fraction, new.at_least.fraction
    return None if before == after else (C.LOOSENED if after < before else C.TIGHTENED)


def _plain(value: object) -> Value:
    """As JSON would say it."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", by_alias=True, exclude_unset=True)
    if isinstance(value, Written):
        return value.written
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return value.isoformat() if isinstance(value, dt.date) else value


DATASET_FIELDS: Mapping[str, DatasetClassify] = {
    "source": _source, "contract": _contract, "columns": _columns, "derive": _read, "key": _read, "latest_by": _read,
    "first_by": _read,
    "time": _read, "complete_through": _through, "complete_from": _from, "freshness": _freshness, "grain": _grain,
    "max_bad_rows": _bad_rows,
    "preset": _contract, "rules": _data_rules, "clocks": _timed, "policies": _timed, "opening": _read, "final": _read,
    "tracked": _tracked, "erased": _erased,
}  # fmt: skip
"""How a change of each field of a dataset is judged."""

FIELDS: Mapping[str, Classify] = {
    "name": _always(C.COSMETIC), "objectives": _always(C.COSMETIC), "events": _events,
    "meta": _always(C.COSMETIC), "timezone": _time, "week_starts": _time, "fiscal_year_starts": _time, "engine": _time,
    "as_of": _as_of, "required": _required, "datasets": _datasets, "privacy": _privacy, "gate": _gate, "rules": _rules,
    "version": _always(C.COSMETIC), "calendars": _calendars, "views": _views, "publish": _publish,
}  # fmt: skip
"""How a change of each field of kpi.yaml is judged."""

"""kpi.yaml, field by field: its gate, its required KPIs, its datasets. Each change lists the KPIs that it touches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping

from ..model.change import Change, ChangeClass
from ..model.diagnostic import Severity
from ..model.project import Column, DataRule, Dataset, Project, Source
from ..model.record import Record
from ..model.rule import RULES
from ..model.unit import read_microseconds, read_share
from .comparison import Comparison, place

C = ChangeClass
Value = object


class Desk(Record):
    """kpi.yaml on both sides, and the definitions that mean something else, or perhaps do."""

    sides: Comparison
    restated: frozenset[str]
    renamed: Mapping[str, str]
    """Former ids and what they became."""

    @property
    def projects(self) -> tuple[Project, Project]:
        """kpi.yaml before and after."""
        return self.sides.before.catalog.project.noun, self.sides.after.catalog.project.noun

    def change(self, cls: ChangeClass, path: tuple[str | int, ...], before: Value, after: Value,
               touches: frozenset[str] = frozenset()) -> Change:  # fmt: skip
        """A change of kpi.yaml at a path."""
        located = (self.sides.after.catalog.project.at, self.sides.before.catalog.project.at)
        file, line = place(located, path)
        return Change(None, cls, ".".join(map(str, path)), before, after, file, line, tuple(sorted(touches)))

    def readers(self, dataset: str) -> frozenset[str]:
        """The definitions that read a dataset, on either side."""
        both = (self.sides.before, self.sides.after)
        direct = {i for s in both for i, e in s.catalog.definitions.items() if e.noun.dataset == dataset}
        return frozenset(direct | {i for s in both for i, inputs in s.inputs.items() if direct & set(inputs)})


def changed_project(desk: Desk) -> Iterator[Change]:
    """Every field of kpi.yaml that means something else."""
    for name, classify in FIELDS.items():
        before, after = (getattr(p, name) for p in desk.projects)
        if before != after:
            yield from classify(desk, name, before, after)


Classify = Callable[[Desk, str, "object", "object"], Iterator[Change]]


def _always(cls: ChangeClass) -> Classify:
    def classify(desk: Desk, name: str, before: object, after: object) -> Iterator[Change]:
        yield desk.change(cls, (name,), _plain(before), _plain(after))

    return classify


def _time(desk: Desk, name: str, before: object, after: object) -> Iterator[Change]:
    """The zone, the week and the fiscal year are part of every definition."""
    yield desk.change(C.RESTATING, (name,), before, after, frozenset(desk.sides.after.catalog.definitions))


def _calendars(desk: Desk, name: str, before: object, after: object) -> Iterator[Change]:
    """Hours, zones and holidays are part of every definition that runs by them."""
    old, new = desk.projects[0].calendars, desk.projects[1].calendars
    for one in sorted({*old, *new}):
        if old.get(one) != new.get(one):
            touched = desk.restated
            checks = [s.checks for s in (desk.sides.before, desk.sides.after)]
            cls = C.RESTATING if touched else (C.COSMETIC if checks[0] == checks[1] else C.LOOSENED)
            yield desk.change(cls, (name, one), _plain(old.get(one)), _plain(new.get(one)), touched)


def _as_of(desk: Desk, name: str, before: object, after: object) -> Iterator[Change]:
    """A fixed day holds all later misses back; an earlier one takes judged periods away."""
    held = isinstance(after, dt.date) and (not isinstance(before, dt.date) or after < before)
    freed = isinstance(before, dt.date) and not isinstance(after, dt.date)
    cls = C.LOOSENED if held else (C.TIGHTENED if freed else C.GOVERNANCE)
    yield desk.change(cls, (name,), str(before), str(after), frozenset(desk.sides.after.catalog.kpis))


def _required(desk: Desk, name: str, before: object, after: object) -> Iterator[Change]:
    old = {desk.renamed.get(one, one) for one in desk.projects[0].required}
    new = set(desk.projects[1].required)
    for one in sorted(old - new):
        yield desk.change(C.LOOSENED, (name, one), one, None, frozenset({one}))
    for one in sorted(new - old):
        yield desk.change(C.TIGHTENED, (name, one), None, one, frozenset({one}))


def _gate(desk: Desk, name: str, before: object, after: object) -> Iterator[Change]:
    old, new = desk.projects[0].gate, desk.projects[1].gate
    for field in type(old).model_fields:
        yield from _severity(desk, (name, field), getattr(old, field), getattr(new, field))


def _rules(desk: Desk, name: str, before: object, after: object) -> Iterator[Change]:
    old, new = desk.projects[0].rules, desk.projects[1].rules
    for rule in sorted({*old, *new}):
        usual = RULES[rule].severity if rule in RULES else Severity.ERROR
        yield from _severity(desk, (name, rule), old.get(rule, usual), new.get(rule, usual))


def _severity(desk: Desk, path: tuple[str, ...], before: Severity, after: Severity) -> Iterator[Change]:
    if before is not after:
        cls = C.LOOSENED if after.rank < before.rank else C.TIGHTENED
        yield desk.change(cls, path, before.value, after.value)


def _privacy(desk: Desk, name: str, before: object, after: object) -> Iterator[Change]:
    """A personal column shown openly no longer fails; parts that are hidden are not judged."""
    old, new = desk.projects[0].privacy, desk.projects[1].privacy
    for column in sorted(set(old.segment_by) ^ set(new.segment_by)):
        shown = column in new.segment_by
        yield desk.change(C.LOOSENED if shown else C.TIGHTENED, (name, "segment_by"), not shown or None, shown or None)
    if old.min_rows != new.min_rows:
        cls = C.LOOSENED if new.min_rows > old.min_rows else C.TIGHTENED
        yield desk.change(cls, (name, "min_rows"), old.min_rows, new.min_rows)
    if old.reason.split() != new.reason.split():
        yield desk.change(C.COSMETIC, (name, "reason"), old.reason, new.reason)


def _datasets(desk: Desk, name: str, before: object, after: object) -> Iterator[Change]:
    old, new = desk.projects[0].datasets, desk.projects[1].datasets
    for one in sorted({*old, *new}):
        if one not in new:
            yield desk.change(C.REMOVED, (name, one), _plain(old[one]), None, desk.readers(one))
        elif one not in old:
            yield desk.change(C.ADDED, (name, one), None, _plain(new[one]), desk.readers(one))
        else:
            yield from _dataset(Feed(desk, one, old[one], new[one]))


class Feed(Record):
    """A dataset on both sides."""

    desk: Desk
    name: str
    before: Dataset
    after: Dataset

    @property
    def readers(self) -> frozenset[str]:
        """The definitions that read it."""
        return self.desk.readers(self.name)

    def change(self, cls: ChangeClass, field: str, touches: frozenset[str] | None = None) -> Change:
        """A change of one of its fields; it touches all readers, unless said otherwise."""
        before, after = (_plain(getattr(d, field)) for d in (self.before, self.after))
        touched = self.readers if touches is None else touches
        return self.desk.change(cls, ("datasets", self.name, field), before, after, touched)


def _dataset(feed: Feed) -> Iterator[Change]:
    for field, classify in DATASET_FIELDS.items():
        if getattr(feed.before, field) != getattr(feed.after, field):
            yield from classify(feed, field)


DatasetClassify = Callable[[Feed, str], Iterator[Change]]


def _read(feed: Feed, field: str) -> Iterator[Change]:
    """What definitions reach is restating for them; what only the dataset's rules look at weakens those."""
    touched = feed.desk.restated & feed.readers
    before, after = (s.checks.get(feed.name) for s in (feed.desk.sides.before, feed.desk.sides.after))
    unseen = C.COSMETIC if before == after else C.LOOSENED
    yield feed.change(C.RESTATING if touched else unseen, field, touched)


def _contract(feed: Feed, field: str) -> Iterator[Change]:
    """Another contract, where it changes no number, allows other cells."""
    touched = feed.desk.restated & feed.readers
    yield feed.change(C.RESTATING if touched else C.LOOSENED, field, touched)


def _columns(feed: Feed, field: str) -> Iterator[Change]:
    """The mapping; a column that no longer names a person may be shown."""
    before, after = (_personal(d) for d in (feed.before, feed.after))
    if before - after and not feed.desk.restated & feed.readers:
        yield feed.change(C.LOOSENED, field)
    else:
        yield from _read(feed, field)


def _personal(dataset: Dataset) -> set[str]:
    return {n for n, c in dataset.columns.items() if isinstance(c, Column) and c.personal}


def _source(feed: Feed, field: str) -> Iterator[Change]:
    """Another file is other data, whatever the hashes say."""
    old, new = _path(feed.before), _path(feed.after)
    if old != new:
        yield feed.desk.change(C.RESTATING, ("datasets", feed.name, field, "path"), old, new, feed.readers)
    elif _options(feed.before) != _options(feed.after):
        yield from _read(feed, field)


def _path(dataset: Dataset) -> str:
    return dataset.source.path if isinstance(dataset.source, Source) else dataset.source


def _options(dataset: Dataset) -> object:
    source = dataset.source
    return (source if isinstance(source, Source) else Source(path=source)).model_dump()


def _through(feed: Feed, field: str) -> Iterator[Change]:
    """A later stated day, or another way to say it, can call data complete that were not."""
    old, new = feed.before.complete_through, feed.after.complete_through
    is_earlier = isinstance(old, dt.date) and isinstance(new, dt.date) and new < old
    yield feed.change(C.TIGHTENED if is_earlier else C.LOOSENED, field)


def _freshness(feed: Feed, field: str) -> Iterator[Change]:
    old, new = read_microseconds(feed.before.freshness), read_microseconds(feed.after.freshness)
    if old != new:
        yield feed.change(C.LOOSENED if new > old else C.TIGHTENED, field)


def _bad_rows(feed: Feed, field: str) -> Iterator[Change]:
    yield feed.change(C.LOOSENED if feed.after.max_bad_rows > feed.before.max_bad_rows else C.TIGHTENED, field)


def _grain(feed: Feed, field: str) -> Iterator[Change]:
    """A coarser grain makes one row speak for more days; a finer one, or none, allows finer periods."""
    yield feed.change(C.LOOSENED, field)


def _data_rules(feed: Feed, field: str) -> Iterator[Change]:
    for rule in sorted({*feed.before.rules, *feed.after.rules}):
        old, new = feed.before.rules.get(rule), feed.after.rules.get(rule)
        cls = _rule_class(feed.desk.sides, old, new)
        if cls is not None:
            yield feed.desk.change(cls, ("datasets", feed.name, field, rule), _plain(old), _plain(new))


def _rule_class(sides: Comparison, old: DataRule | None, new: DataRule | None) -> ChangeClass | None:
    if old is None or new is None:
        return C.TIGHTENED if old is None else C.LOOSENED
    if not sides.same_sql(old.holds, new.holds):
        return C.LOOSENED
    before, after = read_share(old.at_least), read_share(new.at_least)
    return None if before == after else (C.LOOSENED if after < before else C.TIGHTENED)


def _plain(value: object) -> Value:
    """As JSON would say it."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", by_alias=True, exclude_unset=True)
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return value.isoformat() if isinstance(value, dt.date) else value


DATASET_FIELDS: Mapping[str, DatasetClassify] = {
    "source": _source, "contract": _contract, "columns": _columns, "derive": _read, "key": _read, "latest_by": _read,
    "time": _read, "complete_through": _through, "freshness": _freshness, "grain": _grain, "max_bad_rows": _bad_rows,
    "preset": _contract, "rules": _data_rules, "clocks": _read, "policies": _read,
}  # fmt: skip
"""How a change of each field of a dataset is judged."""

FIELDS: Mapping[str, Classify] = {
    "name": _always(C.COSMETIC), "objectives": _always(C.COSMETIC), "events": _always(C.COSMETIC),
    "meta": _always(C.COSMETIC), "timezone": _time, "week_starts": _time, "fiscal_year_starts": _time,
    "as_of": _as_of, "required": _required, "datasets": _datasets, "privacy": _privacy, "gate": _gate, "rules": _rules,
    "version": _always(C.COSMETIC), "calendars": _calendars, "views": _always(C.COSMETIC),
}  # fmt: skip
"""How a change of each field of kpi.yaml is judged."""

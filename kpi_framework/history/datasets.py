"""A dataset of kpi.yaml, field by field: what a change of each does to the definitions that read it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath

from ..model.change import Change, ChangeClass
from ..model.project import Column, DataRule, Dataset
from ..model.record import Record
from ..model.source import BucketSource, DatabaseSource
from .comparison import Comparison
from .project_pair import ProjectPair, plain

C = ChangeClass


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
        before, after = (plain(getattr(d, field)) for d in (self.before, self.after))
        touched = self.readers if touches is None else touches
        return self.pair.change(cls, ("datasets", self.name, field), before, after, touched)


def changed_dataset(dataset: DatasetPair) -> Iterator[Change]:
    """Every field of a dataset that means something else."""
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
            yield dataset.pair.change(cls, path, plain(old), plain(new), dataset.readers)


def _rule_class(comparison: Comparison, old: DataRule | None, new: DataRule | None) -> ChangeClass | None:
    if old is None or new is None:
        return C.TIGHTENED if old is None else C.LOOSENED
    if not comparison.same_sql(old.holds, new.holds):
        return C.LOOSENED
    before, after = old.at_least.fraction, new.at_least.fraction
    return None if before == after else (C.LOOSENED if after < before else C.TIGHTENED)


DATASET_FIELDS: Mapping[str, DatasetClassify] = {
    "source": _source, "contract": _contract, "columns": _columns, "derive": _read, "key": _read, "latest_by": _read,
    "first_by": _read,
    "time": _read, "complete_through": _through, "complete_from": _from, "freshness": _freshness, "grain": _grain,
    "max_bad_rows": _bad_rows,
    "preset": _contract, "rules": _data_rules, "clocks": _timed, "policies": _timed, "opening": _read, "final": _read,
    "tracked": _tracked, "erased": _erased,
}  # fmt: skip
"""How a change of each field of a dataset is judged."""

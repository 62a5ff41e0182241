"""Everything a KPI repository says, with the place of every value."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Generic, TypeVar

from .baseline import BaselineFile
from .diagnostic import Span
from .kpi import Kpi, Lifecycle, Metric
from .preset import Preset, completed
from .project import Contract, Dataset, Project
from .record import Record, field
from .signal import Signal

Path = tuple[str | int, ...]
"""The keys and indexes that lead to a value: `("target", 0, "at_most")`."""


class Ignore(Record):
    """A `# kpi: ignore[rule] reason` comment: it suppresses that rule's findings on its line or the next."""

    rule: str
    reason: str
    span: Span


class Located(Record):
    """The places of one file's keys (and values, for what has no key of its own)."""

    path: str
    spans: Mapping[Path, Span] = field(default_factory=dict)
    value_spans: Mapping[Path, Span] = field(default_factory=dict)

    def key(self, *path: str | int) -> Span:
        """Where the key at `path` stands, or its nearest parent that stands somewhere."""
        return self._nearest(self.spans, path)

    def value(self, *path: str | int) -> Span:
        """Where the value at `path` begins, or its nearest parent's."""
        return self._nearest(self.value_spans, path)

    def _nearest(self, spans: Mapping[Path, Span], path: Path) -> Span:
        while path:
            if path in spans:
                return spans[path]
            # One mapping stands for a list of one: its index has no place of its own.
            bare = tuple(step for step in path if not isinstance(step, int))
            if bare in spans:
                return spans[bare]
            path = path[:-1]
        return Span(self.path)


T_co = TypeVar("T_co", covariant=True)


class Entry(Record, Generic[T_co]):
    """A noun and the places of the file it was read from."""

    noun: T_co
    at: Located


class Catalog(Record, dict=True):
    """All files of one KPI repository, read and placed."""

    project: Entry[Project]
    entries: tuple[Entry[Metric], ...] = ()
    signals: tuple[Entry[Signal], ...] = ()
    baselines: Mapping[str, Entry[BaselineFile]] = field(default_factory=dict)
    contracts: Mapping[str, Contract] = field(default_factory=dict)
    presets: Mapping[str, Preset] = field(default_factory=dict)
    ignores: tuple[Ignore, ...] = ()
    broken: Mapping[str, Span] = field(default_factory=dict)
    """Definitions whose files cannot be read, by the id that the file's name gives."""
    broken_signals: Mapping[str, Span] = field(default_factory=dict)
    """The same of signals."""
    broken_baselines: Mapping[str, Span] = field(default_factory=dict)
    """The same of frozen baselines."""

    @cached_property
    def definitions(self) -> Mapping[str, Entry[Metric]]:
        """Every definition by id; of two with one id, the first file's."""
        by_id: dict[str, Entry[Metric]] = {}
        for definition in self.entries:
            by_id.setdefault(definition.noun.id, definition)
        return by_id

    @cached_property
    def metrics(self) -> Mapping[str, Metric]:
        """Every definition's noun by id."""
        return {i: e.noun for i, e in self.definitions.items()}

    @cached_property
    def live(self) -> Mapping[str, Entry[Metric]]:
        """The definitions that are evaluated: all but retired ones."""
        return {i: e for i, e in self.definitions.items() if e.noun.status is not Lifecycle.RETIRED}

    @cached_property
    def kpis(self) -> Mapping[str, Kpi]:
        """The KPIs by id, without the metrics."""
        return {i: e.noun for i, e in self.definitions.items() if isinstance(e.noun, Kpi)}

    def baseline_of(self, definition_id: str) -> Entry[BaselineFile] | None:
        """The frozen baseline of a definition, under its id or the one it had before."""
        former = self.definitions[definition_id].noun.renamed_from if definition_id in self.definitions else None
        return self.baselines.get(definition_id) or (self.baselines.get(former) if former else None)

    def dataset(self, name: str) -> Dataset | None:
        """A dataset of kpi.yaml, read as its preset says where it does not say itself."""
        dataset, preset = self.project.noun.datasets.get(name), self.preset(name)
        return completed(dataset, preset) if dataset is not None and preset is not None else dataset

    def preset(self, name: str) -> Preset | None:
        """The preset that a dataset of kpi.yaml names."""
        dataset = self.project.noun.datasets.get(name)
        return self.presets.get(dataset.preset) if dataset is not None and dataset.preset is not None else None

    @cached_property
    def datasets(self) -> Mapping[str, Dataset]:
        """Every dataset of kpi.yaml, read as its preset says."""
        datasets = {name: self.dataset(name) for name in self.project.noun.datasets}
        return {name: dataset for name, dataset in datasets.items() if dataset is not None}

    def contract(self, name: str) -> Contract | None:
        """The contract of a dataset: the one it names, or the shipped one of its own name."""
        dataset = self.dataset(name)
        return self.contracts.get((dataset.contract if dataset else None) or name)

"""Columns → loaded datasets: all are read, the door is locked, and only then is anything computed over them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ..compile.clocks.events import declared_statuses, unknown_statuses
from ..compile.dataset.dedupe import check_own, rule_query
from ..compile.dataset.table import Table
from ..compile.sql.errors import FormulaError
from ..compile.time.working_time import WorkingTime
from ..model.catalog import Catalog
from ..model.diagnostic import Diagnostic
from ..model.measurement import Reason
from ..model.record import Record, field
from . import findings
from .columns import DataColumns
from .completion import Loaded, Wanted
from .computable import Computable
from .currencies import mixed_currencies
from .engine.interface import EngineError
from .run import Run
from .sources.interface import SourceError
from .words import check_words


class Datasets(Record):
    """The datasets that were loaded, and the definitions that have no value because of them."""

    loaded: Mapping[str, Loaded]
    failures: Mapping[str, Reason]


def load(run: Run, computable: Computable, data: DataColumns) -> tuple[Datasets, tuple[Diagnostic, ...]]:
    """Read and complete every dataset that something is computed over."""
    loading = _Loading(run, computable, data)
    loaded = loading.loaded()
    return Datasets(loaded, loading.failures), tuple(loading.diagnostics)


class _Loading(Record):
    run: Run
    computable: Computable
    data: DataColumns
    failures: dict[str, Reason] = field(default_factory=dict)
    absent: dict[str, Reason] = field(default_factory=dict)
    """The datasets that could not be loaded, and why."""
    diagnostics: list[Diagnostic] = field(default_factory=list)

    @property
    def catalog(self) -> Catalog:
        return self.computable.catalog

    def loaded(self) -> dict[str, Loaded]:
        """The loaded datasets; one that could not be loaded is not there."""
        self._keep_calendars()
        wanted = {name: dataset for name in self._histories_first() if (dataset := self._read(name)) is not None}
        loaded: dict[str, Loaded] = {}
        for name, dataset in wanted.items():
            with self._failing(name):
                self._complete(name, dataset, loaded)
        for name in loaded:
            self._check_words(name)
            self._check_currencies(name)
            self._check_rules(name)
        return loaded

    @contextmanager
    def _failing(self, name: str) -> Iterator[None]:
        """Whatever goes wrong inside makes the dataset's definitions unknown and is reported once."""
        try:
            yield
        except (SourceError, FormulaError) as error:
            self._fail(name, Reason.SOURCE_ERROR, findings.unreadable(self.catalog, name, error))
        except EngineError as error:
            self._fail(name, findings.why_not_computed(error), findings.of_engine(self.catalog, name, error))

    def _fail(self, name: str, reason: Reason, finding: Diagnostic) -> None:
        self.diagnostics.append(finding)
        self.absent[name] = reason
        self.failures.update({i: reason for i, e in self.catalog.live.items() if e.noun.dataset == name})

    def _keep_calendars(self) -> None:
        needed: dict[str, WorkingTime] = {}
        for name in self.computable.tables:
            with self._failing(name):
                needed[name] = self.computable.working_time(name)
        calendars = frozenset().union(*(working_time.calendars for working_time in needed.values()))
        for name in (name for name, working_time in needed.items() if working_time.calendars):
            with self._failing(name):
                self.run.session.keep_calendars(self.run.reporting.almanac, calendars)

    def _histories_first(self) -> list[str]:
        """The datasets in the order of loading: clocks are computed over what is there already."""
        tables = self.computable.tables
        histories = {h for table in tables.values() for h in table.dataset.histories}
        return sorted(tables, key=lambda name: name not in histories)

    # load

    def _read(self, name: str) -> Wanted | None:
        """Read the needed columns of a dataset; None where none is needed, or it cannot be read."""
        table = self.computable.tables[name]
        self.run.setting.progress(f"reading {name}")
        with self._failing(name):
            columns = self.computable.columns(name)
            if columns:
                check_own(table)
                lookups = self.computable.working_time(name).lookups
                as_of = self.run.reporting.as_of
                pulled = self.data.pulled.get(name)
                wanted = Wanted(
                    table, self.data.files[name], columns, as_of, self.computable.tables, lookups,
                    pulled.pulled_at if pulled is not None else None, self.run.setting.tells_flaws,
                )  # fmt: skip
                self.run.session.read(wanted)
                return wanted
        return None

    # compute

    def _complete(self, name: str, wanted: Wanted, loaded: dict[str, Loaded]) -> None:
        """Make the table that formulas see. Raises SourceError, EngineError."""
        dataset = self.run.session.complete(wanted, self._clocks(name, loaded))
        loaded[name] = dataset
        if dataset.is_flawed:
            self.diagnostics.extend(self._of_cells(wanted, dataset))
        self.diagnostics.extend(findings.of_loading(self.catalog, name, dataset))
        self.diagnostics.extend(findings.of_drift(self.catalog, wanted.table, wanted.columns, wanted.files.paths))
        self._fail_unsure(name, dataset)

    def _of_cells(self, wanted: Wanted, dataset: Loaded) -> Iterator[Diagnostic]:
        """The findings on cells that do not fit, by their places in the files."""
        from .bad_cells import of_cells  # noqa: PLC0415 - 5 ms that a run over sound data does not need
        from .cell_locations import locate  # noqa: PLC0415 - the same

        locations = locate(self.run.session, wanted, dataset, self.run.setting.root)
        return of_cells(self.catalog, wanted.table, dataset, locations)

    def _clocks(self, name: str, loaded: Mapping[str, Loaded]) -> frozenset[str]:
        """The clocks to compute; what stands on a history that is not there, or not sure, has no value."""
        table = self.computable.tables[name]
        wanted: set[str] = set()
        every = table.dataset.timed
        for metric_id, clocks in self.computable.clocks(name).items():
            histories = {h for c in clocks for h in every[c].history}
            if all(h in loaded and self._is_sure(h, name, loaded[h]) for h in histories):
                wanted |= clocks
            else:
                reasons = (self.absent[h] for h in sorted(histories) if h in self.absent)
                self.failures[metric_id] = next(reasons, Reason.SOURCE_ERROR)
        self._note_statuses(table, {h for c in wanted for h in every[c].history})
        of_rules = {c for _, rule in self.computable.rules(name) for c in table.clocks_of(rule.used)}
        return frozenset(wanted | of_rules)

    def _note_statuses(self, table: Table, histories: set[str]) -> None:
        """Statuses in a history that the dataset's contract does not know: no clock can tell what they mean."""
        for history in sorted(histories):
            query = unknown_statuses(table, self.computable.tables[history])
            rows = self.run.session.fetch_again(query)[0][0] if query is not None else 0
            if isinstance(rows, int) and rows:
                self.diagnostics.append(findings.of_statuses(self.catalog, history, rows, declared_statuses(table)))

    def _is_sure(self, history: str, dataset: str, loaded: Loaded) -> bool:
        """Whether clocks may stand on a history: on its columns, whatever else is loaded of it."""
        reached = self.computable.of_history(history, dataset)
        clashing = {*loaded.clashes, *self.computable.tables[history].lacking(reached)}
        return reached.isdisjoint(self._bad(history, loaded) | clashing)

    def _bad(self, name: str, loaded: Loaded) -> frozenset[str]:
        return loaded.bad(self.catalog.project.noun.datasets[name].max_bad_rows)

    def _fail_unsure(self, name: str, loaded: Loaded) -> None:
        """Definitions have no value that use a column with too many bad cells, or in which rows of one key differ.

        Nor have those whose rows some files leave without a key or a date.
        """
        table, bad, clashing = self.computable.tables[name], self._bad(name, loaded), set(loaded.clashes)
        for compiled in self.computable.over(name):
            is_bad = bad and self.computable.reached(name, compiled) & bad
            is_torn = clashing and table.source_columns(compiled.used, own=False) & clashing
            if is_bad or is_torn or self.computable.undated(name, compiled):
                self.failures[compiled.id] = Reason.SOURCE_ERROR

    def _check_currencies(self, name: str) -> None:
        mixed = mixed_currencies(self.run.session, self.computable, name)
        self.diagnostics.extend(mixed.values())
        self.failures.update({i: Reason.SOURCE_ERROR for i in mixed if i not in self.failures})

    def _check_words(self, name: str) -> None:
        words = check_words(self.run.session, self.computable, name)
        self.diagnostics.extend(words.findings)
        self.failures.update({i: reason for i, reason in words.failures.items() if i not in self.failures})

    def _check_rules(self, name: str) -> None:
        table = self.computable.tables[name]
        for rule_name, rule in self.computable.rules(name):
            try:
                held, known = self.run.session.fetch_again(rule_query(table, rule.condition))[0]
            except EngineError:
                continue  # an engine that fails here fails again below
            assert isinstance(held, int)
            assert isinstance(known, int)
            if held < table.dataset.rules[rule_name].at_least.fraction * known:
                self.diagnostics.append(findings.of_rule(self.catalog, table, rule_name, held, known))

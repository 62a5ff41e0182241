"""Files → loaded datasets: all are read, the door is locked, and only then is anything computed over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from ..compile.clocks.events import check_clocks, declared_statuses, unknown_statuses
from ..compile.dataset.dedupe import rule_query
from ..compile.dataset.table import Table
from ..compile.language.formula import compile_condition
from ..compile.sql.errors import FormulaError
from ..compile.sql.render import render
from ..model.catalog import Catalog
from ..model.diagnostic import Diagnostic
from ..model.measurement import Reason
from ..model.record import Record, field
from ..model.unit import read_share
from . import findings
from .compiled import Compilation, used_columns
from .completion import Loaded, Wanted
from .engine import EngineError
from .reporting_periods import ReportingPeriods
from .session import Session
from .sources import Files, SourceError


class Loading(Record):
    """The datasets of one evaluation; `failures` and `diagnostics` name what could not be loaded."""

    catalog: Catalog
    reporting: ReportingPeriods
    session: Session
    files: Mapping[str, Files]
    compilation: Compilation
    progress: Callable[[str], None]
    failures: dict[str, Reason] = field(default_factory=dict)
    """The definitions that have no value, and why."""
    absent: dict[str, Reason] = field(default_factory=dict)
    """The datasets that could not be loaded, and why."""
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def loaded(self) -> dict[str, Loaded]:
        """The loaded datasets; one that could not be loaded is not there."""
        self._keep_calendars()
        wanted = {name: dataset for name in self._histories_first() if (dataset := self._read(name)) is not None}
        loaded: dict[str, Loaded] = {}
        for name, dataset in wanted.items():
            with self._failing(name):
                self._complete(name, dataset, loaded)
        for name in loaded:
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
            if error.died or error.lost:
                self._fail(
                    name, Reason.WORKER_ERROR, findings.of_worker(self.catalog, error, None if error.lost else name)
                )
            else:
                self._fail(name, Reason.SOURCE_ERROR, findings.not_computed(self.catalog, name, error))

    def _fail(self, name: str, reason: Reason, finding: Diagnostic) -> None:
        self.diagnostics.append(finding)
        self.absent[name] = reason
        self.failures.update({i: reason for i, e in self.catalog.live.items() if e.noun.dataset == name})

    def _keep_calendars(self) -> None:
        calendars = {c for table in self.compilation.tables.values() for c in table.calendars}
        for name, table in self.compilation.tables.items():
            if table.calendars:
                with self._failing(name):
                    self.session.keep_calendars(self.reporting.almanac, calendars)

    def _histories_first(self) -> list[str]:
        """The datasets in the order of loading: clocks are computed over what is there already."""
        tables = self.compilation.tables
        histories = {h for table in tables.values() for h in table.dataset.histories}
        return sorted(tables, key=lambda name: name not in histories)

    # load

    def _read(self, name: str) -> Wanted | None:
        """Read the needed columns of a dataset; None where none is needed, or it cannot be read."""
        table = self.compilation.tables[name]
        self.progress(f"reading {name}")
        with self._failing(name):
            columns = self.compilation.columns(self.catalog, name) | self._rule_columns(table)[0]
            if columns:
                table.check_own()
                wanted = Wanted(table, self.files[name], columns, self.reporting.as_of, self.compilation.tables)
                self.session.read(wanted)
                return wanted
        return None

    # compute

    def _complete(self, name: str, wanted: Wanted, loaded: dict[str, Loaded]) -> None:
        """Make the table that formulas see. Raises SourceError, EngineError."""
        clocks = self._clocks(name, loaded) | self._rule_columns(wanted.table)[1]
        dataset = self.session.complete(wanted, clocks)
        self._check_bad_rows(name, dataset)
        loaded[name] = dataset
        self.diagnostics.extend(findings.of_loading(self.catalog, name, dataset))
        self._fail_clashing(name, dataset)

    def _clocks(self, name: str, loaded: Mapping[str, Loaded]) -> frozenset[str]:
        """The clocks to compute; what stands on a history that is not there, or not sure, has no value."""
        table = self.compilation.tables[name]
        wanted: set[str] = set()
        every = table.dataset.timed
        for metric_id, clocks in self.compilation.clocks(self.catalog, name).items():
            histories = {h for c in clocks for h in every[c].history}
            if all(h in loaded and not loaded[h].clashes for h in histories):
                wanted |= clocks
            else:
                lost = Reason.WORKER_ERROR in {self.absent.get(h) for h in histories}
                self.failures[metric_id] = Reason.WORKER_ERROR if lost else Reason.SOURCE_ERROR
        self._note_statuses(table, {h for c in wanted for h in every[c].history})
        return frozenset(wanted)

    def _note_statuses(self, table: Table, histories: set[str]) -> None:
        """Statuses in a history that the dataset's contract does not know: no clock can tell what they mean."""
        for history in sorted(histories):
            query = unknown_statuses(table, self.compilation.tables[history])
            rows = self.session.fetch_again(render(query))[0][0] if query is not None else 0
            if isinstance(rows, int) and rows:
                self.diagnostics.append(findings.of_statuses(self.catalog, history, rows, declared_statuses(table)))

    def _check_bad_rows(self, name: str, dataset: Loaded) -> None:
        """More bad rows than the dataset allows: nothing of it is believed. Raises SourceError."""
        most = self.catalog.project.noun.datasets[name].max_bad_rows
        if dataset.bad_rows > most:
            self.diagnostics.extend(findings.of_loading(self.catalog, name, dataset))
            rows = findings.counted_rows(dataset.bad_rows)
            raise SourceError(
                f"in {rows}, a cell does not fit or is missing, but `max_bad_rows` allows {most:,}",
                "Correct the export, or raise `max_bad_rows` in kpi.yaml.",
            )

    def _fail_clashing(self, name: str, dataset: Loaded) -> None:
        """Definitions that use a column in which rows of one key differ have no value."""
        table = self.compilation.tables[name]
        for metric_id, compiled in self.compilation.metrics.items():
            metric = self.catalog.definitions[metric_id].noun
            if metric.dataset != name or not dataset.clashes:
                continue
            if table.source_columns(used_columns(metric, compiled, table), own=False) & set(dataset.clashes):
                self.failures[metric_id] = Reason.SOURCE_ERROR

    # data rules

    def _rule_columns(self, table: Table) -> tuple[frozenset[str], frozenset[str]]:
        """The base columns and the clocks that the dataset's rules need."""
        used: set[str] = set()
        clocks: set[str] = set()
        for rule in table.dataset.rules.values():
            scope = table.fresh_scope()
            try:
                compile_condition(rule.holds, scope)
                behind = table.clocks_of(frozenset(scope.used))
                check_clocks(table, self.compilation.tables, behind)
                used |= table.source_columns(frozenset(scope.used))
                clocks |= behind
            except FormulaError:
                continue  # lint reports it
        return frozenset(used), frozenset(clocks)

    def _check_rules(self, name: str) -> None:
        table = self.compilation.tables[name]
        for rule_name, rule in table.dataset.rules.items():
            try:
                condition, _ = compile_condition(rule.holds, table.fresh_scope())
                held, known = self.session.fetch_again(render(rule_query(table, condition)))[0]
            except (FormulaError, EngineError):
                continue  # lint reports the formula; an engine that fails here fails again below
            assert isinstance(held, int)
            assert isinstance(known, int)
            if held < read_share(rule.at_least) * known:
                self.diagnostics.append(findings.of_rule(self.catalog, table, rule_name, held, known))

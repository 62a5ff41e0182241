"""From a measurement back to its rows: those that count, those that missed, those that are left out, and why.

The data are loaded, locked in and measured as in every check; then the rows of a number are looked at in the same
loaded table. Nothing of it is written anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..compile.catalog import Compilation
from ..compile.dataset.dedupe import table_name
from ..compile.dataset.loading import Flaw
from ..compile.dataset.table import Table
from ..compile.definition import dating_columns
from ..compile.plan.axis import CompiledMetric
from ..compile.plan.cube import AxisPlan
from ..compile.plan.rows import TRACED, RowsPlan
from ..compile.sql.statements import drop
from ..model.diagnostic import Diagnostic
from ..model.kpi import Metric
from ..model.measurement import Goal, Measurement
from ..model.record import Record, replace
from ..model.rows import InputRows, RowCounts, Standing, TracedRow, TracedRows
from .columns import columns_of
from .engine.interface import Row
from .evaluate import Judged, judged_over
from .observe import axis_of
from .run import Run

_WORDS = {
    Flaw.MISFIT: "the cell in {} does not fit its type or its bounds",
    Flaw.SWAP: "{} lies before the time that it must follow",
}


class Tracing(Record):
    """A run that has measured, and whose session still holds the data."""

    run: Run
    judged: Judged
    unread: tuple[Diagnostic, ...]

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What was found on the way."""
        return (*self.unread, *self.judged.diagnostics)

    def rows_of(self, measurement: Measurement, limit: int) -> TracedRows | InputRows | None:
        """The rows of a measurement, at most `limit` of each standing; None where none could be counted.

        Raises EngineError.
        """
        computable = self.judged.wanted.computable
        if measurement.kpi in computable.derived:
            inputs = tuple(i for i in computable.behind(measurement.kpi) if i not in computable.derived)
            own = {i: self.judged.wanted.metrics[i].period for i in inputs}
            others = {i: grain.value for i, grain in own.items() if grain is not measurement.period.grain}
            return InputRows(measurement, inputs, measurement.inputs or {}, others)
        compiled = computable.metrics.get(measurement.kpi)
        if compiled is None or measurement.population is None:
            return None
        metric = computable.catalog.definitions[measurement.kpi].noun
        return self._traced(measurement, metric, compiled, limit)

    def _traced(self, measurement: Measurement, metric: Metric, compiled: CompiledMetric, limit: int) -> TracedRows:
        table = self.judged.wanted.computable.tables[metric.dataset or ""]
        columns, personal = _columns(metric, compiled, table)
        axis = axis_of(compiled, table.name, (measurement.period,), self.judged.coverages)
        part = tuple(column for column, _ in measurement.segment)
        plan = AxisPlan(axis, (replace(compiled, breakdowns=(part,)),), table_name(table), TRACED)
        goal = measurement.target or self._overall_goal(measurement)
        parts = self._parts(measurement)
        rows_plan = RowsPlan(plan, table, measurement.segment, columns, metric.formula or "", goal, parts)
        session = self.run.session
        session.make(TRACED, [rows_plan.traced_query()])
        numbers = [int(str(cell)) for cell in session.fetch(rows_plan.counts_query())[0]]
        rows = tuple(
            row
            for standing in Standing
            for cells in session.fetch(rows_plan.list_query(standing, limit))
            for row in [_row(cells, standing, rows_plan, has_spans=compiled.has_spans)]
        )
        session.run(drop(TRACED))
        return TracedRows(
            measurement, columns, RowCounts(*numbers[:4]), dict(zip(Standing, numbers[4:], strict=True)), rows,
            personal, goal, "" if rows_plan.tells_misses else _why_no_misses(goal),
            compiled.formula.shape.kind == "share", metric.where or "",
        )  # fmt: skip

    def _overall_goal(self, measurement: Measurement) -> Goal | None:
        """The target of the whole: rows of a segment that has none of its own are compared with it."""
        return next((m.target for m in self._beside(measurement) if m.is_whole), None)

    def _parts(self, measurement: Measurement) -> tuple[tuple[str | None, ...], ...]:
        """The parts that its breakdown shows in its period."""
        columns = [column for column, _ in measurement.segment]
        same = (m for m in self._beside(measurement) if [column for column, _ in m.segment] == columns)
        return tuple(tuple(value for _, value in m.segment) for m in same)

    def _beside(self, measurement: Measurement) -> Iterator[Measurement]:
        """The definition's measurements of the same period."""
        own = (measurement.kpi, measurement.period)
        return (m for m in self.judged.measurements if (m.kpi, m.period) == own)


def trace(run: Run, compilation: Compilation) -> Tracing:
    """Measure and judge, and keep the loaded rows until the session ends."""
    columns, unread = columns_of(run, compilation.catalog)
    return Tracing(run, judged_over(run, compilation.over(columns.natives), columns), unread)


def _columns(metric: Metric, compiled: CompiledMetric, table: Table) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is shown of a row: its key, what dates it, what formula and condition read; and what is personal of that."""
    scope = table.fresh_scope()
    read = sorted(n for n in compiled.formula.columns if not n.startswith(("period_", "_")))
    names = dict.fromkeys((*table.keys, *sorted(dating_columns(metric, table)), *read))
    personal = tuple(n for n in names if _is_personal(n, table))
    return tuple(n for n in names if n not in personal and n in scope.columns), personal


def _is_personal(name: str, table: Table) -> bool:
    """Whether a column names people, or stands on one that does."""
    persons = {base.source for base in table.bases.values() if base.personal}
    behind = table.source_columns(frozenset({name}), own=False)
    return table.fresh_scope().term(name).personal is not None or any(table.base(b).source in persons for b in behind)


def _row(cells: Row, standing: Standing, plan: RowsPlan, *, has_spans: bool) -> TracedRow:
    shown, read = len(plan.columns), len(plan.read)
    texts = tuple(_text(cell, is_number=n) for cell, n in zip(cells[:shown], plan.numbers, strict=True))
    value, empty, flaws = cells[shown], cells[shown + 1 : shown + 1 + read], cells[shown + 1 + read :]
    lacks: tuple[str, ...] = ()
    if standing is Standing.MISSING:
        lacks = tuple(_lacking(plan, empty, flaws)) or (("it ends before it begins",) if has_spans else ())
    return TracedRow(texts, standing, float(value) if isinstance(value, int | float) else None, lacks)


def _text(cell: object, *, is_number: bool) -> str | None:
    """A cell as it is shown: a number without zeros at its end."""
    if cell is None:
        return None
    text = str(cell)
    return text.rstrip("0").rstrip(".") if is_number and "." in text and "e" not in text else text


def _lacking(plan: RowsPlan, empty: Row, flaws: Row) -> Iterator[str]:
    """What is wrong with the cells that the formula reads; a flaw says more than that a cell is empty."""
    flawed = {name: Flaw(str(flaw)) for name, flaw in zip(plan.flawed, flaws, strict=True) if flaw is not None}
    for name, flaw in flawed.items():
        yield _WORDS[flaw].format(name if name in plan.table.bases else plan.table.base(name).source)
    for name, is_empty in zip(plan.read, empty, strict=True):
        behind = plan.table.source_columns(frozenset({name}), own=False)
        if is_empty and not behind & flawed.keys():
            yield f"{name} is empty" if name in plan.table.bases else f"{name} has no value"


def _why_no_misses(goal: Goal | None) -> str:
    if goal is None:
        return "No target is in force, so no row can miss it."
    return "The formula gives one value of many rows, so the target is of all of them: no row misses it alone."

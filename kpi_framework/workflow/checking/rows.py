"""Which rows stand behind a number: one definition, one period, one segment. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence

from ...compile.catalog import Compilation
from ...evaluate.engine.interface import EngineError
from ...evaluate.gate import hindering
from ...evaluate.reporting_periods import ReportingPeriods
from ...evaluate.rows import Tracing, trace
from ...evaluate.run import Run
from ...evaluate.session import Session
from ...model.catalog import Catalog
from ...model.could_not import CouldNot
from ...model.diagnostic import Diagnostic, KpiError
from ...model.kpi import Metric
from ...model.measurement import Measurement, Segment
from ...model.period import Period
from ...model.record import Record, replace
from ...model.rows import InputRows, TracedRows
from ..project import load_unlinked, name_known, reporting_periods_of
from ..run import Options

_NONE = "(none)"


class RowsRequest(Record):
    """Whose rows: a definition's, in a period (None: the judged one) and a segment, so many of each standing."""

    definition_id: str
    period: str | None = None
    segment: tuple[str, ...] = ()
    """`column=value`, one for each column of a breakdown."""
    limit: int = 20


class RowsAnswer(Record):
    """The rows of a measurement; None where none could be counted, which the findings explain."""

    definition: Metric
    measurement: Measurement
    rows: TracedRows | InputRows | None
    findings: tuple[Diagnostic, ...] = ()


def rows_behind(options: Options, request: RowsRequest) -> RowsAnswer:
    """The rows behind one number, by the same steps as a check. Raises KpiError."""
    catalog = load_unlinked(options.project_root)
    metric = known_definition(catalog, request.definition_id)
    reporting = reporting_periods_of(catalog, options.as_of, options.now)
    period = _period(metric, reporting, request.period)
    segment = _segment(metric, catalog, request.segment)
    setting = options.setting(replace(reporting, chosen=(period,)))
    with Session(options.open_engine) as session:
        run = Run(replace(setting, tells_flaws=True), session)
        tracing = trace(run, Compilation(catalog).narrowed((metric.id,)))
        measurement = _measured(tracing, metric, period, segment)
        try:
            rows = tracing.rows_of(measurement, request.limit)
        except EngineError:
            hint = f"Run `kpi show {metric.id}`: it says what the engine can compute of it."
            raise KpiError(f"the rows of {metric.id} could not be listed", hint) from None
    return RowsAnswer(metric, measurement, rows, hindering((measurement,), tracing.diagnostics))


def known_definition(catalog: Catalog, definition_id: str) -> Metric:
    """A live definition that can be read. Raises KpiError."""
    if definition_id in catalog.broken:
        raise KpiError(f"the definition {definition_id} cannot be read", "Run `kpi lint`.")
    name_known((definition_id,), catalog.definitions)
    if definition_id not in catalog.live:
        raise KpiError(f"{definition_id} is retired: it has no value", "Name a definition that is not retired.")
    return catalog.metrics[definition_id]


def _period(metric: Metric, reporting: ReportingPeriods, name: str | None) -> Period:
    """The period that is named, or the judged one. Raises KpiError."""
    hint = f"Name the {metric.period.value} by its first day, or by its month or year, such as 2026-10."
    period = reporting.judged(metric) if name is None else _named(reporting, metric, name, hint)
    if period is None:
        raise KpiError(f"no period of {metric.id} is judged yet", hint)
    if reporting.almanac.instant(period.start) >= reporting.as_of:
        raise KpiError(f"the {metric.period.value} that begins on {period.start} has not begun", hint)
    return period


def _named(reporting: ReportingPeriods, metric: Metric, name: str, hint: str) -> Period:
    parts = name.split("-")
    if not 1 <= len(parts) <= 3 or not all(part.isascii() and part.isdigit() for part in parts):
        raise KpiError(f"--period {name!r} names no period", hint)
    period = reporting.almanac.named(name, metric.period)
    if isinstance(period, CouldNot):
        raise KpiError(f"--period {name}: {period.why}", hint)
    return period


def _segment(metric: Metric, catalog: Catalog, words: Sequence[str]) -> Segment:
    """The segment that `column=value` names, in the order of its breakdown. Raises KpiError."""
    values = {column.strip(): value.strip() for column, _, value in (word.partition("=") for word in words)}
    breakdown = next((b for b in metric.breakdowns if set(b) == set(values)), None)
    if breakdown is None or len(values) != len(words) or not all("=" in word for word in words):
        listed = [" ".join(f"--segment {c}=…" for c in b) for b in metric.breakdowns if b]
        hint = f"Write one of: {'; '.join(listed)}." if listed else "It has none: list the column under `segments:`."
        raise KpiError(f"{metric.id} has no segment {' '.join(words)}", hint)
    hidden = sorted(set(breakdown).intersection(catalog.project.noun.privacy.segment_by))
    if hidden:
        raise KpiError(f"{hidden[0]} names people: rows are not listed by it", "Leave this segment out.")
    return tuple((column, None if values[column] == _NONE else values[column]) for column in breakdown)


def _measured(tracing: Tracing, metric: Metric, period: Period, segment: Segment) -> Measurement:
    """The measurement of the segment; the overall one of a definition that has no value at all. Raises KpiError."""
    columns = tuple(column for column, _ in segment)
    own = [m for m in tracing.judged.measurements if m.kpi == metric.id and m.period == period]
    parts = {m.segment: m for m in own if tuple(column for column, _ in m.segment) == columns}
    if segment in parts:
        return parts[segment]
    overall = next((m for m in own if m.is_whole), None)
    if overall is None or overall.population is not None or overall.inputs is not None:
        listed = ", ".join(sorted({" ".join(_NONE if v is None else v for _, v in part) for part in parts}))
        raise KpiError(f"{metric.id} has no such segment in this period", f"There are: {listed or 'none'}.")
    return overall

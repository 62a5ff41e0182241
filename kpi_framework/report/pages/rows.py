"""The rows behind a number, for a terminal: they are of single things and people, so there is no other form."""

from __future__ import annotations

from collections.abc import Iterator

from ...model.diagnostic import Diagnostic
from ...model.kpi import Metric
from ...model.measurement import Measurement
from ...model.record import Record
from ...model.rows import InputRows, Standing, TracedRow, TracedRows
from ..doc.model import Badge, Block, Code, Document, Facts, Paragraph, Points, Section, Table, Text
from ..doc.terminal import terminal
from ..view.details import headline
from ..words.phrases import counted, period_text, segment_text, standing_text, why_unknown
from ..words.values import NONE, show_target, show_value
from .findings import findings_listed

_TITLES = {
    Standing.MISSED: "Missed the target",
    Standing.MEASURED: "Measured",
    Standing.MISSING: "Left out: a value is missing",
    Standing.FILTERED: "Left out: the formula's own filter",
    Standing.EXCLUDED: "Left out: excluded by `where`",
}


class RowsScreen(Record):
    """The rows of a measurement, or of those it is derived from, and the screen they are shown on."""

    definition: Metric
    measurement: Measurement
    rows: TracedRows | InputRows | None
    findings: tuple[Diagnostic, ...] = ()
    only_misses: bool = False
    color: bool = False
    width: int = 100


def rows_text(screen: RowsScreen) -> str:
    """What a person reads on a terminal."""
    return terminal(rows_page(screen), color=screen.color, width=screen.width)


def rows_page(screen: RowsScreen) -> Document:
    """The value, how its rows count, and the rows of each standing."""
    measurement = screen.measurement
    segment = f", {segment_text(measurement.segment)}" if measurement.segment else ""
    title = (screen.definition.name, " (", Code(measurement.kpi), f"): {period_text(measurement.period)}{segment}")
    status = Badge(standing_text(measurement), measurement.status)
    return Document(title, (Paragraph((status, ": ", _value(measurement))), *_blocks(screen)))


def _value(measurement: Measurement) -> Text:
    if measurement.reason is None:
        return headline(measurement)
    why, remedy = why_unknown(measurement)
    return (why, " ", remedy)


def _blocks(screen: RowsScreen) -> Iterator[Block]:
    match screen.rows:
        case TracedRows() as rows:
            yield Facts(tuple(_facts(rows)))
            for standing, title in _TITLES.items():
                if standing is Standing.MISSED or not screen.only_misses:
                    yield _listed(rows, standing, title)
        case InputRows() as inputs:
            yield from _inputs(inputs)
        case None:
            yield Paragraph("No rows could be counted.")
            yield findings_listed(screen.findings)


def _inputs(inputs: InputRows) -> Iterator[Block]:
    """Where the rows of a derived value are."""
    yield Paragraph("It is derived from other definitions and has no rows of its own.")
    values = ((Code(name), f" = {NONE if value is None else f'{value:,}'}") for name, value in inputs.values.items())
    yield Section("Its inputs", (Points(tuple(values)),))
    yield Section("Their rows", (Points(tuple(_where_rows_are(i, inputs) for i in inputs.inputs)),))


def _where_rows_are(definition_id: str, inputs: InputRows) -> Text:
    """The command that lists the same rows; there is none where the input's own periods are of another length."""
    grain = inputs.other_periods.get(definition_id)
    if grain is None:
        return Code(_command(definition_id, inputs.measurement))
    period = period_text(inputs.measurement.period)
    return (Code(definition_id), f": all its rows of {period}. By itself it is counted by the {grain}: ",
            Code(f"kpi rows {definition_id} --period …"))  # fmt: skip


def _command(definition_id: str, measurement: Measurement) -> str:
    segment = "".join(f" --segment '{c}={'(none)' if v is None else v}'" for c, v in measurement.segment)
    return f"kpi rows {definition_id} --period {measurement.period.start}{segment}"


def _facts(rows: TracedRows) -> Iterator[tuple[str, Text]]:
    counts = rows.counts
    yield "Population", f"{counts.population:,}"
    yield "Measured", f"{counts.measured:,}"
    yield "Missing", f"{counts.missing:,}"
    yield "Excluded", f"{counts.excluded:,}"
    yield "Missed", rows.no_misses or _missed(rows)
    if rows.where:
        yield "Where", Code(rows.where)
    if rows.personal:
        yield "Not shown", f"{', '.join(rows.personal)} (personal)"


def _missed(rows: TracedRows) -> str:
    target = show_target(rows.goal, rows.measurement.unit)
    name = "the target" if rows.measurement.target is not None else "the overall target"
    limit = f"rows on the losing side of {name}" if rows.of_conditions else f"rows past {name}, {target}"
    return f"{rows.standings[Standing.MISSED]:,} of {rows.counts.measured:,} ({limit})"


def _listed(rows: TracedRows, standing: Standing, title: str) -> Section:
    """The rows of one standing, and how many more there are."""
    traced = [row for row in rows.rows if row.standing is standing]
    has_values = not rows.no_misses and standing in (Standing.MISSED, Standing.MEASURED)
    is_missing = standing is Standing.MISSING
    columns = (*rows.columns, *(("Its value",) if has_values else ()), *(("Why",) if is_missing else ()))
    cells = tuple(_cells(row, rows, has_values=has_values, is_missing=is_missing) for row in traced)
    total = rows.standings[standing]
    more = f"… and {counted(total - len(traced), 'more row')}: see --limit." if total > len(traced) else ""
    # A narrow screen keeps the key, which names the row, and what is said of it.
    spare = tuple(reversed(rows.columns[1:]))
    table = Table(columns, cells, folding=columns[0] if columns else "", spare=spare)
    return Section(f"{title} ({total:,})", (table, Paragraph(more)))


def _cells(row: TracedRow, rows: TracedRows, *, has_values: bool, is_missing: bool) -> tuple[Text, ...]:
    texts = tuple(NONE if cell is None else cell for cell in row.cells)
    value = (_own_value(row, rows),) if has_values else ()
    return (*texts, *value, *(("; ".join(row.lacks) or "a value that the formula needs",) if is_missing else ()))


def _own_value(row: TracedRow, rows: TracedRows) -> str:
    """A row's value in the KPI's unit; of a share, whether the condition holds."""
    if row.value is None:
        return NONE
    if rows.of_conditions:
        return "yes" if row.value else "no"
    return show_value(row.value, rows.measurement.unit, rows.goal)

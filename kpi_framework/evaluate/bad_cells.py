"""Cells that do not fit, as findings: in which column, how many, where the first of them stand, what they look like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..compile.dataset.flawed_rows import Flawed
from ..compile.dataset.loading import Flaw
from ..compile.dataset.table import Table
from ..model.catalog import Catalog
from ..model.diagnostic import Diagnostic, Span
from ..model.quoting import shown
from ..model.record import Record, replace
from ..model.rule import RULES
from .beginning import Beginning
from .cell_locations import Located, Locations
from .cell_shapes import Context, likely_cause, no_value_cause, shape
from .completion import Loaded
from .findings import CORRECT, counted_rows, dataset_span, of_backward_time

_WORDS: Mapping[Flaw, tuple[str, str, str]] = {
    Flaw.MISFIT: (
        "contract-violation", "the value does not fit the column's type and is read as missing",
        "Correct the export, or the column's `type`, `nulls` or `timestamps`.",
    ),
    Flaw.EMPTY: (
        "contract-violation", "the cell is empty, but the contract requires a value",
        "Fill the cells in the export or remove these rows; or use a `contract:` that allows empty cells.",
    ),
    Flaw.WORD: (
        "contract-violation", "the value is not one that the contract knows",
        "Map the value under `values:`, or give the dataset its own `contract:`.",
    ),
    Flaw.ODD_HOUR: (
        "impossible-time", "the time is in an hour that a clock change skips or repeats",
        "A repeated hour is read as the first, a skipped one is moved forward. Export in UTC or with offsets.",
    ),
}  # fmt: skip
"""For each flaw of one cell: its rule, what is wrong, and what to do where the cells' shapes tell nothing."""
_MOST_SHAPES = 2


def of_cells(catalog: Catalog, table: Table, loaded: Loaded, locations: Locations) -> Iterator[Diagnostic]:
    """The findings on the cells of a loaded dataset; those of a row that adds the others up are one."""
    cells = _Cells(catalog, table, loaded, locations)
    counts = {Flaw.MISFIT: loaded.misfits, Flaw.EMPTY: loaded.empties, Flaw.WORD: loaded.words,
              Flaw.ODD_HOUR: loaded.odds}  # fmt: skip
    totals: dict[str, None] = {}
    for flaw, by_column in counts.items():
        for column, rows in by_column.items():
            if cells.is_of_totals(flaw, column, rows):
                totals |= dict.fromkeys(locations.in_totals[Flawed(flaw, column)])
            else:
                yield cells.finding(flaw, column, rows)
    yield from (cells.of_order(pair, rows) for pair, rows in loaded.swaps.items())
    yield from map(cells.of_total, totals)
    if loaded.beginning is not None and loaded.beginning.strays:
        yield cells.of_strays(loaded.beginning)


class _Cells(Record):
    catalog: Catalog
    table: Table
    loaded: Loaded
    locations: Locations

    def finding(self, flaw: Flaw, column: str, rows: int) -> Diagnostic:
        """A column's cells that are wrong in one way."""
        rule, what, hint = _WORDS[flaw]
        base, located = self.table.base(column), self.locations.of(flaw, column)
        header = "" if base.source == column else f" ({shown(base.source)} in the file)"
        message = f"{self.table.name}.{column}{header}: in {counted_rows(rows)}, {what}{places(located, rows)}"
        if flaw in (Flaw.MISFIT, Flaw.WORD):
            message += _shapes(located)
        if flaw in (Flaw.MISFIT, Flaw.EMPTY) and column in self.loaded.bad(self._allowed):
            message += f". `max_bad_rows` allows {self._allowed:,}: the KPIs that use the column are unknown"
        cause = self._cause(flaw, column, rows) if flaw is Flaw.MISFIT else None
        return RULES[rule].finding(self._span("columns", column), message, cause or hint)

    def _span(self, *path: str) -> Span:
        return dataset_span(self.catalog, self.table.name, *path)

    @property
    def _allowed(self) -> int:
        return self.table.dataset.max_bad_rows

    def _cause(self, flaw: Flaw, name: str, rows: int) -> str | None:
        """What the cells that are wrong look like, and what to write then."""
        source, base = self.table.source, self.table.base(name.rsplit(maxsplit=1)[-1])
        timestamps = base.timestamps or source.timestamps or ()
        context = Context(base, timestamps, source.nulls, source.decimal, rows < self.loaded.rows)
        cells = self.locations.of(flaw, name).cells
        return likely_cause(cells, context) if flaw is Flaw.MISFIT else no_value_cause(cells, context)

    def of_order(self, pair: str, rows: int) -> Diagnostic:
        """Rows that turn an ordered pair of the contract round: an end before its start, or more than there can be."""
        first, second = pair.split()
        contract, where = self.table.contract, places(self.locations.of(Flaw.SWAP, pair), rows)
        if contract is not None and contract.columns[second].type in ("date", "timestamp"):
            cause = self._cause(Flaw.SWAP, pair, rows)
            finding = of_backward_time(self.catalog, self.table.name, (first, second), rows)
            return replace(finding, message=finding.message + where, hint=cause or finding.hint)
        message = f"{self.table.name}.{first}: in {counted_rows(rows)}, the value is above `{second}`{where}"
        return RULES["contract-violation"].finding(self._span("columns", first), message, CORRECT)

    def is_of_totals(self, flaw: Flaw, column: str, rows: int) -> bool:
        """Whether all cells of a column that are wrong in one way stand in rows that add the others up."""
        return len(self.locations.in_totals.get(Flawed(flaw, column), ())) == rows

    def of_total(self, place: str) -> Diagnostic:
        """A row that adds the others up."""
        message = f"{self.table.name}: {place} looks like a total row, of which cells do not fit"
        hint = "Remove the row from the export: a sum over all tickets is no ticket."
        return RULES["contract-violation"].finding(self._span("source"), message, hint)

    def of_strays(self, beginning: Beginning) -> Diagnostic:
        """impossible-time: rows that are dated long before all others."""
        located = self.locations.of(Flaw.STRAY, str(self.table.time))
        message = (
            f"{self.table.name}: {counted_rows(beginning.strays)} dated long before all others, from "
            f"{beginning.first_stray} on; the data are taken to begin on {beginning.oldest:%Y-%m-%d}"
        ) + places(located, beginning.strays)
        cause = self._cause(Flaw.STRAY, str(self.table.time), beginning.strays) if located.cells else None
        hint = cause or "Correct the dates, or name the date that stands for none under `nulls:`."
        return RULES["impossible-time"].finding(self._span("time"), message, hint)


def places(located: Located, rows: int) -> str:
    """The first places of some rows, to be put after what is wrong with them: `: data/tickets.csv:202 and 3 more`."""
    if not located.locations:
        return ""
    more = rows - len(located.locations)
    return f": {', '.join(located.locations)}" + (f" and {more:,} more" if more > 0 else "")


def _shapes(located: Located) -> str:
    """How the cells are written, each digit and letter masked."""
    shapes = sorted({shape(cell) for cell in located.cells})[:_MOST_SHAPES]
    return f"; written like {' or '.join(f'`{s}`' for s in shapes)}" if shapes else ""

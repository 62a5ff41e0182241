"""Findings on rows that last: those that end before they begin, and those that a definition does not cut."""

from __future__ import annotations

from collections.abc import Iterator

from ..compile.spans import backward_query, crossing_query, uncut_ends, unordered_ends
from ..compile.sql.tree import Query
from ..model.diagnostic import Diagnostic
from ..model.record import Record
from . import findings
from .computable import Computable
from .coverage import Coverages
from .engine.interface import EngineError
from .run import Run


def of_lasting_rows(run: Run, ready: Computable, coverages: Coverages) -> tuple[Diagnostic, ...]:
    """The findings on the loaded datasets. They look at all rows, whatever periods are shown."""
    return tuple(f for name in coverages.datasets for f in _Lasting(run, ready, coverages, name).findings())


class _Lasting(Record):
    run: Run
    ready: Computable
    coverages: Coverages
    dataset: str

    def findings(self) -> Iterator[Diagnostic]:
        yield from self._backward()
        yield from self._crossing()

    def _backward(self) -> Iterator[Diagnostic]:
        """Spans that end before they begin: they are missing."""
        catalog, table = self.ready.catalog, self.ready.tables[self.dataset]
        nouns = (catalog.definitions[c.id].noun for c in self.ready.over(self.dataset))
        for ends in sorted({ends for m in nouns if (ends := unordered_ends(m, table)) is not None}):
            if rows := self._count(backward_query(table, ends)):
                yield findings.of_backward_time(catalog, self.dataset, ends, rows)

    def _crossing(self) -> Iterator[Diagnostic]:
        """Rows whose whole time counts in the one period that dates them, though they go on past its end."""
        catalog, table = self.ready.catalog, self.ready.tables[self.dataset]
        for compiled in self.ready.over(self.dataset):
            metric = catalog.definitions[compiled.id].noun
            ends = uncut_ends(metric, compiled, table)
            if ends is None:
                continue
            lasting = self.coverages.lasting(self.dataset)
            if rows := self._count(crossing_query(metric, compiled, table, ends, lasting)):
                yield findings.of_uncut_rows(catalog, metric, ends, rows)

    def _count(self, query: Query) -> int:
        try:
            rows = self.run.session.fetch_again(query)[0][0]
        except EngineError:
            return 0  # an engine that fails here fails again when it computes
        return rows if isinstance(rows, int) else 0

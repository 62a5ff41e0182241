"""Words that definitions compare a column with, and that its rows do not hold: a 0 that proves nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..compile.words import Compared, compared_words, counting_variants, counting_words, text_columns
from ..model.diagnostic import Diagnostic
from ..model.measurement import Reason
from ..model.quoting import listed
from ..model.record import Record, field
from ..model.rule import RULES
from .computable import Computable
from .engine.interface import EngineError
from .findings import counted_rows, dataset_span
from .session import Session


class WordCheck(Record):
    """What the words of a dataset show: findings, and the definitions that have no value because of them."""

    findings: tuple[Diagnostic, ...] = ()
    failures: Mapping[str, Reason] = field(default_factory=dict)


class _Counts(Record):
    """The rows with a value, with one of the words, and with one but for case or blanks."""

    filled: int
    equal: int
    near: int


def check_words(session: Session, computable: Computable, dataset: str) -> WordCheck:
    """Compare the words of every definition over a loaded dataset with what its rows hold."""
    by_id = {m.id: _compared(computable, dataset, m.id) for m in computable.over(dataset)}
    every = tuple(dict.fromkeys(comparison for compared in by_id.values() for comparison in compared))
    try:
        counts = _counts(session, computable, dataset, every)
        variants = tuple(_variants(session, computable, dataset))
    except EngineError:
        return WordCheck()  # an engine that fails here fails again below
    empty = {comparison.column for comparison, rows in counts.items() if not rows.filled}
    failures = {
        i: Reason.SOURCE_ERROR
        for i, compared in by_id.items()
        if empty & {comparison.column for comparison in compared}
    }
    told = [_finding(computable, dataset, comparison, rows) for comparison, rows in counts.items()]
    return WordCheck((*dict.fromkeys(f for f in told if f is not None), *variants), failures)


def _compared(computable: Computable, dataset: str, definition: str) -> list[Compared]:
    """The texts of the source that a definition compares with words."""
    words = compared_words(computable.catalog.definitions[definition].noun)
    texts = text_columns(computable.tables[dataset], (comparison.column for comparison in words))
    return [comparison for comparison in words if comparison.column in texts]


def _counts(
    session: Session, computable: Computable, dataset: str, every: tuple[Compared, ...]
) -> dict[Compared, _Counts]:
    if not every:
        return {}
    row = session.fetch_again(counting_words(computable.tables[dataset], every))[0]
    numbers = [n if isinstance(n, int) else 0 for n in row]
    return {c: _Counts(*numbers[3 * i : 3 * i + 3]) for i, c in enumerate(every)}


def _finding(computable: Computable, dataset: str, comparison: Compared, counts: _Counts) -> Diagnostic | None:
    span = dataset_span(computable.catalog, dataset, "columns", comparison.column)
    what, words = f"{dataset}.{comparison.column}", f"`{listed(comparison.words)}`"
    if not counts.filled:
        message = f"{what}: every cell is empty, so comparing it with {words} proves nothing"
        hint = "Correct the export, or the column that it is mapped to."
        return RULES["contract-violation"].finding(span, message, hint)
    if counts.near:
        rows = counted_rows(counts.near)
        message = f"{what}: in {rows}, the word differs from {words} only in case or in blanks around it"
        return RULES["unmatched-word"].finding(span, message)
    if not counts.equal:
        return RULES["unmatched-word"].finding(span, f"{what}: no row holds any of these words: {words}")
    return None


def _variants(session: Session, computable: Computable, dataset: str) -> Iterator[Diagnostic]:
    """Segments that fall apart because their values are written in several ways."""
    table = computable.tables[dataset]
    columns = text_columns(table, (c for m in computable.over(dataset) for b in m.breakdowns for c in b))
    if not columns:
        return
    row = session.fetch_again(counting_variants(table, columns))[0]
    for column, variants in zip(columns, row, strict=True):
        if isinstance(variants, int) and variants > 0:
            values = "1 value differs" if variants == 1 else f"{variants:,} values differ"
            yield RULES["unmatched-word"].finding(
                dataset_span(computable.catalog, dataset, "columns", column),
                f"{dataset}.{column}: {values} from another one only in case or in blanks around it",
            )

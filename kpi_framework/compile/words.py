"""The words that definitions compare a column with, and how many rows of a dataset hold them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlglot import exp

from ..model.kpi import Metric
from ..model.record import Record
from .dataset.dedupe import table_name
from .dataset.table import Table
from .language.canonical import canonical_of
from .sql.typed_sql import conjunction, filtered, is_one_of

_ROWS = exp.Count(this=exp.Star())


class Compared(Record):
    """A column, and the words that a definition compares it with."""

    column: str
    words: tuple[str, ...]


def compared_words(metric: Metric) -> tuple[Compared, ...]:
    """The columns that a definition compares with words, without those that it asks whether they are empty.

    Raises FormulaError.
    """
    return words_in(metric.formula, metric.where)


def words_in(*texts: str | None) -> tuple[Compared, ...]:
    """The same of formulas and conditions. Raises FormulaError."""
    words: dict[str, set[str]] = {}
    asked: set[str] = set()
    for text in filter(None, texts):
        tree = canonical_of(text)
        for test in tree.find_all(exp.EQ, exp.NEQ, exp.In):
            sides = [test.this, *(test.expressions if isinstance(test, exp.In) else [test.expression])]
            for column in (side.name for side in sides if isinstance(side, exp.Column)):
                literals = {s.name for s in sides if isinstance(s, exp.Literal) and s.is_string}
                if literals:
                    words.setdefault(column, set()).update(literals)
        asked |= {t.this.name for t in tree.find_all(exp.Is) if isinstance(t.expression, exp.Null)}
    return tuple(Compared(c, tuple(sorted(w))) for c, w in sorted(words.items()) if c not in asked)


def counting_words(table: Table, compared: Sequence[Compared]) -> exp.Select:
    """For each column: the rows with any value, with one of its words, and with one but for case or outer blanks."""
    counts: list[exp.Expr] = []
    for comparison in compared:
        cell = exp.column(comparison.column)
        equal = is_one_of(cell, comparison.words)
        alike = is_one_of(_plain(cell), sorted({_plain_word(w) for w in comparison.words}))
        near = conjunction(alike, exp.Not(this=exp.Paren(this=equal.copy())))
        counts += [exp.Count(this=cell.copy()), filtered(_ROWS.copy(), equal), filtered(_ROWS.copy(), near)]
    return exp.select(*counts).from_(table_name(table))


def counting_variants(table: Table, columns: Iterable[str]) -> exp.Select:
    """For each column: how many of its values differ from another comparison in case or outer blanks only."""
    variants = [exp.Sub(this=_distinct(exp.column(c)), expression=_distinct(_plain(exp.column(c)))) for c in columns]
    return exp.select(*variants).from_(table_name(table))


def text_columns(table: Table, names: Iterable[str]) -> tuple[str, ...]:
    """Those of the columns that the source has as text."""
    return tuple(sorted({n for n in names if n in table.bases and table.bases[n].type == "text"}))


def _distinct(cell: exp.Expr) -> exp.Expr:
    return exp.Count(this=exp.Distinct(expressions=[cell]))


def _plain(cell: exp.Expr) -> exp.Expr:
    return exp.Lower(this=exp.Trim(this=cell.copy()))


def _plain_word(word: str) -> str:
    return word.strip(" ").lower()

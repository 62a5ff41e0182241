"""A source's rows → a snapshot: typed, without names of people, and joined with the snapshot before it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from ...model.record import Record
from ...model.source import Source
from ..sql.operations import DelimitedRows, ParquetRows
from ..sql.tree import Query, Tree
from ..sql.typed_sql import alias, cast, try_cast
from .pulling import MOMENTS, RemoteColumn, Selection

ARRIVING = "arriving"
"""The name by which the engine sees rows that a driver streams to it."""
_BLOCK = 64
_INNER, _OUTER = 0x36, 0x5C
SEPARATOR = "\x1f"
"""What stands between the cells of rows that are written to a file on their way: hardly any text holds it."""
_PLAIN = Source(path="spool.csv", format="csv", delimiter=SEPARATOR)


class Arriving(Record):
    """Rows as a driver hands them over: a stream of typed columns, or a file of texts."""

    spool: str | None = None

    def relation(self, columns: Sequence[str]) -> exp.Expr:
        """The rows as a relation."""
        if self.spool is None:
            return exp.to_table(ARRIVING)
        return DelimitedRows(paths=[self.spool], source=_PLAIN, header=list(columns))


def snapshot_query(selection: Selection, arriving: Arriving, key: bytes | None) -> Query:
    """The rows as the snapshot has them. `key` hashes the personal columns."""
    cells = []
    for name, column in selection.columns.items():
        if key is not None and name in selection.hashed:
            cell = _hashed(_column(name), key)
        else:
            cell = _typed(name, column, is_text=arriving.spool is not None)
        cells.append(alias(cell, exp.to_identifier(name, quoted=True)))
    return exp.select(*cells).from_(arriving.relation(list(selection.columns)))


def _typed(name: str, column: RemoteColumn, *, is_text: bool) -> exp.Expr:
    """A day that is none, such as 0000-00-00, is no value; any other text of a database fits its type."""
    read = try_cast if is_text and column.stored in MOMENTS else cast
    return _column(name) if column.stored == "VARCHAR" and is_text else read(_column(name), column.stored)


def _hashed(cell: exp.Expr, key: bytes) -> exp.Expr:
    """HMAC-SHA-256 of a text, as RFC 2104 builds it: hash(outer, hash(inner, text)). No text has no hash."""
    text = exp.Nullif(this=cast(cell, "VARCHAR"), expression=exp.Literal.string(""))
    block = (_digest(key) if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    inner = _sha256(_bytes(block, _INNER), exp.Anonymous(this="encode", expressions=[text]))
    return _sha256(_bytes(block, _OUTER), exp.Anonymous(this="unhex", expressions=[inner]))


def _digest(key: bytes) -> bytes:
    import hashlib  # noqa: PLC0415 - only a long key needs it

    return hashlib.sha256(key).digest()


def _bytes(block: bytes, pad: int) -> exp.Expr:
    text = exp.Literal.string(bytes(byte ^ pad for byte in block).hex())
    return exp.Anonymous(this="unhex", expressions=[text])


def _sha256(first: exp.Expr, second: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="sha256", expressions=[exp.DPipe(this=first, expression=second)])


def copied(query: Query, path: str) -> Tree:
    """Write the rows of a query to a Parquet file."""
    # Not compressed: git keeps once what two versions have in common. A year of nights takes 3 MB there, not 169.
    options = {"FORMAT": "parquet", "COMPRESSION": "uncompressed"}
    return exp.Copy(
        this=exp.Subquery(this=query), kind=False, files=[exp.Literal.string(path)],
        params=[exp.CopyParameter(this=exp.Var(this=k), expression=exp.Var(this=v)) for k, v in options.items()],
    )  # fmt: skip


def joined(selection: Selection, earlier: str, later: str, by: Sequence[str]) -> Query:
    """The rows of an earlier snapshot that a later one does not have by these columns, and all of the later one."""
    same = [_is_same(name) for name in by]
    again = exp.select(exp.Literal.number(1)).from_(_aliased(later, "later")).where(*same)
    names = list(map(_column, selection.columns))
    older = exp.select(*(exp.column(n.this.copy(), table="earlier") for n in names)).from_(_aliased(earlier, "earlier"))
    newer = exp.select(*(name.copy() for name in names)).from_(ParquetRows(paths=[later]))
    return exp.union(older.where(exp.Not(this=exp.Exists(this=again))), newer, distinct=False)


def _aliased(path: str, name: str) -> exp.Expr:
    return exp.select("*").from_(ParquetRows(paths=[path])).subquery(name)


def _is_same(name: str) -> exp.Expr:
    sides = (exp.column(exp.to_identifier(name, quoted=True), table=side) for side in ("earlier", "later"))
    return exp.NullSafeEQ(this=next(sides), expression=next(sides))


def is_unique(path: str, key: Sequence[str]) -> Query:
    """Whether no two rows of a snapshot have one key."""
    groups = exp.select(*map(_column, key)).from_(ParquetRows(paths=[path])).group_by(*map(_column, key))
    twice = groups.having(exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(1))).limit(1)
    return exp.select(exp.EQ(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(0))).from_(
        twice.subquery("twice")
    )


def ends(paths: Sequence[str], time: str | None) -> Query:
    """How many rows Parquet files have, and the first and the last time of them."""
    bounds = [f(this=_column(time)) if time else exp.Null() for f in (exp.Min, exp.Max)]
    return exp.select(exp.Count(this=exp.Star()), *(cast(bound, "VARCHAR") for bound in bounds)).from_(
        ParquetRows(paths=list(paths))
    )


def last(path: str, column: str) -> Query:
    """The largest value of a column of a snapshot, as text."""
    return exp.select(cast(exp.Max(this=_column(column)), "VARCHAR")).from_(ParquetRows(paths=[path]))


def no_days(selection: Selection, arriving: Arriving) -> Query | None:
    """For each column of days and times that arrive as text, how many are none; None where all are."""
    names = [n for n, c in selection.columns.items() if c.stored in MOMENTS and n not in selection.hashed]
    if not names or arriving.spool is None:
        return None
    counts = (
        exp.Sub(this=exp.Count(this=_column(n)), expression=exp.Count(this=try_cast(_column(n), _stored(selection, n))))
        for n in names
    )
    return exp.select(*(alias(count, exp.to_identifier(n, quoted=True)) for n, count in zip(names, counts, strict=True))
    ).from_(arriving.relation(list(selection.columns)))  # fmt: skip


def _stored(selection: Selection, name: str) -> str:
    return selection.columns[name].stored


def _column(name: str) -> exp.Expr:
    return exp.column(exp.to_identifier(name, quoted=True))

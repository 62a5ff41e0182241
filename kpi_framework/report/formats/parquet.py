"""Parquet: a row a measurement, every column of its own type. Written here, so that no engine has to be started.

Each column of a row group is one page: which rows have a value, then the values one after the other (encoding PLAIN),
packed with gzip. Thrift structures describe them. https://parquet.apache.org/docs/file-format/
"""

from __future__ import annotations

import datetime as dt
import gzip
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from ...model.measurement import Scorecard
from ...model.record import Record
from .measurement_table import COLUMNS, Cell, Column, ColumnKind, rows
from .thrift import ThriftType, binary, i32, i64, listing, nested, structure, text, varint, whole

_MAGIC = b"PAR1"
_ROWS = 50_000
"""The most rows of a group."""
_PLAIN, _RLE, _GZIP, _OPTIONAL, _DATA_PAGE = 0, 3, 2, 1, 0
_EPOCH = dt.date(1970, 1, 1).toordinal()

Row = tuple[Cell, ...]


class _Type(Record):
    """How a column is stored: Parquet's number of the type, what it stands for, and its values as bytes."""

    number: int
    stands_for: int | None
    encoded: Callable[[Sequence[Cell]], bytes]


class _Chunk(Record):
    """A column of a row group as it was written."""

    column: Column
    offset: int
    rows: int
    packed: int
    unpacked: int


def scorecard_parquet(scorecard: Scorecard) -> bytes:
    """All measurements of a scorecard; the same ones give the same bytes."""
    file = bytearray(_MAGIC)
    groups: list[list[_Chunk]] = []
    for group in _groups(rows(scorecard.measurements, scorecard.definitions)):
        columns = zip(*group, strict=True)
        groups.append([_append(file, column, cells) for column, cells in zip(COLUMNS, columns, strict=True)])
    footer = _footer(groups)
    return bytes(file) + footer + struct.pack("<I", len(footer)) + _MAGIC


def _groups(table: Iterator[Row]) -> Iterator[list[Row]]:
    while group := list(islice(table, _ROWS)):
        yield group


def _append(file: bytearray, column: Column, cells: Sequence[Cell]) -> _Chunk:
    """Write a column of a row group behind what is there."""
    known = [cell for cell in cells if cell is not None]
    levels = _bits([cell is not None for cell in cells])
    page = struct.pack("<I", len(levels)) + levels + _TYPES[column.kind].encoded(known)
    packed = gzip.compress(page, mtime=0)
    about = nested(5, structure(i32(1, len(cells)), i32(2, _PLAIN), i32(3, _RLE), i32(4, _RLE)))
    head = structure(i32(1, _DATA_PAGE), i32(2, len(page)), i32(3, len(packed)), about)
    offset = len(file)
    file += head + packed
    return _Chunk(column, offset, len(cells), len(head) + len(packed), len(head) + len(page))


def _bits(flags: Sequence[bool]) -> bytes:
    """Flags in groups of eight, behind the number of the groups."""
    return varint((len(flags) + 7) // 8 << 1 | 1) + _packed(flags)


def _packed(flags: Sequence[Cell]) -> bytes:
    """Eight flags a byte, the first one lowest."""
    digits = "".join("1" if flag else "0" for flag in reversed(flags))
    return int(digits or "0", 2).to_bytes((len(flags) + 7) // 8, "little")


def _texts(cells: Sequence[Cell]) -> bytes:
    encoded = [_text(cell).encode("utf-8", "backslashreplace") for cell in cells]
    return b"".join(struct.pack("<I", len(word)) + word for word in encoded)


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else repr(cell)


def _doubles(cells: Sequence[Cell]) -> bytes:
    return struct.pack(f"<{len(cells)}d", *cells)


def _counts(cells: Sequence[Cell]) -> bytes:
    return struct.pack(f"<{len(cells)}q", *cells)


def _days(cells: Sequence[Cell]) -> bytes:
    days = [cell.toordinal() - _EPOCH for cell in cells if isinstance(cell, dt.date)]
    return struct.pack(f"<{len(days)}i", *days)


_TYPES: Mapping[ColumnKind, _Type] = {
    ColumnKind.TEXT: _Type(6, 0, _texts),
    ColumnKind.NUMBER: _Type(5, None, _doubles),
    ColumnKind.COUNT: _Type(2, None, _counts),
    ColumnKind.FLAG: _Type(0, None, _packed),
    ColumnKind.DAY: _Type(1, 6, _days),
}


# what describes them


def _footer(groups: Sequence[Sequence[_Chunk]]) -> bytes:
    schema = [structure(text(4, "measurements"), i32(5, len(COLUMNS))), *map(_element, COLUMNS)]
    total = sum(group[0].rows for group in groups)
    return structure(
        i32(1, 1), listing(2, ThriftType.STRUCT, schema), i64(3, total),
        listing(4, ThriftType.STRUCT, [_group(group) for group in groups]), text(6, "kpi-framework"),
    )  # fmt: skip


def _element(column: Column) -> bytes:
    kind = _TYPES[column.kind]
    stands_for = () if kind.stands_for is None else (i32(6, kind.stands_for),)
    return structure(i32(1, kind.number), i32(3, _OPTIONAL), text(4, column.name), *stands_for)


def _group(chunks: Sequence[_Chunk]) -> bytes:
    columns = [structure(i64(2, chunk.offset), nested(3, _chunk(chunk))) for chunk in chunks]
    size = sum(chunk.unpacked for chunk in chunks)
    return structure(listing(1, ThriftType.STRUCT, columns), i64(2, size), i64(3, chunks[0].rows))


def _chunk(chunk: _Chunk) -> bytes:
    return structure(
        i32(1, _TYPES[chunk.column.kind].number), listing(2, ThriftType.I32, [whole(_PLAIN), whole(_RLE)]),
        listing(3, ThriftType.BINARY, [binary(chunk.column.name)]), i32(4, _GZIP), i64(5, chunk.rows),
        i64(6, chunk.unpacked), i64(7, chunk.packed), i64(9, chunk.offset),
    )  # fmt: skip

"""DuckDB's names of types, as far as a source's columns have them."""

from __future__ import annotations

from ...dataset.source_type import SourceType

_KINDS = {
    "VARCHAR": SourceType.TEXT, "BOOLEAN": SourceType.BOOLEAN, "DATE": SourceType.DATE,
    "TIMESTAMP WITH TIME ZONE": SourceType.INSTANT, "DOUBLE": SourceType.DOUBLE, "FLOAT": SourceType.DOUBLE,
    "TIMESTAMP_NS": SourceType.NANO_TIMESTAMP, "TIMESTAMPTZ_NS": SourceType.NANO_INSTANT,
    "BIGINT": SourceType.INTEGER,
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT"), SourceType.NARROW_INTEGER),
}  # fmt: skip


def source_type(name: str) -> SourceType:
    """What a type's name says of a column; `TIMESTAMP_S` is a timestamp, `UHUGEINT` a whole number."""
    if name in _KINDS:
        return _KINDS[name]
    if name.startswith("DECIMAL"):
        return SourceType.DECIMAL
    if name.startswith("TIMESTAMP"):
        return SourceType.TIMESTAMP
    return SourceType.WIDE_INTEGER if name.endswith("INT") or name == "UINTEGER" else SourceType.OTHER

"""The types that the columns of a source have in their file."""

from __future__ import annotations

from enum import StrEnum


class SourceType(StrEnum):
    """A column's own type; of the canonical types some by the same name."""

    TEXT = "text"
    """All columns of CSV and JSON files."""
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    """A wall time, or an instant in UTC: it names no zone."""
    INSTANT = "instant"
    """A timestamp with its offset."""
    NANO_TIMESTAMP = "timestamp in nanoseconds"
    """The same, finer than a moment is told here: what is below a microsecond is cut."""
    NANO_INSTANT = "instant in nanoseconds"
    DOUBLE = "double"
    DECIMAL = "decimal"
    INTEGER = "integer"
    """A whole number of 64 bits."""
    NARROW_INTEGER = "narrow integer"
    """One of fewer bits: kept as narrow as the source has it, and widened where a formula reads it."""
    WIDE_INTEGER = "wide integer"
    """One that may be too large for 64 bits."""
    OTHER = "other"
    """A type that nothing is computed with: read as text."""

    @property
    def cut(self) -> SourceType:
        """The type of its cells once they are cut to microseconds."""
        return _CUT.get(self, self)

    @property
    def canonical(self) -> str:
        """The type that a column has where nothing types it otherwise."""
        if self in (SourceType.NARROW_INTEGER, SourceType.WIDE_INTEGER):
            return "integer"
        if self.cut in (SourceType.TIMESTAMP, SourceType.INSTANT):
            return "timestamp"
        return "text" if self is SourceType.OTHER else self.value


_CUT = {SourceType.NANO_TIMESTAMP: SourceType.TIMESTAMP, SourceType.NANO_INSTANT: SourceType.INSTANT}

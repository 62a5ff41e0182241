"""What every engine computes and each spells in its own way: nodes of our trees that a dialect puts into words.

Whatever all engines spell alike is a node of sqlglot. A node here says what is meant, never how an engine says it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from ...model.source import Source


class Operation(exp.Expression, exp.Func):
    """Something an engine does with its arguments, `expressions`."""

    arg_types = {"expressions": False}  # noqa: RUF012 - as sqlglot declares nodes
    is_var_len_args = True


# time


class Micros(Operation):
    """The microseconds from 1970 to an instant: whole, and negative before."""


class AtMicros(Operation):
    """The instant that is so many microseconds after 1970 began."""


class AsUtc(Operation):
    """A timestamp with an offset as a time in UTC; a time in UTC as a timestamp with that offset."""


class CutToMicros(Operation):
    """A timestamp in nanoseconds, without what is below a microsecond: a cast rounds, into the next day as well."""


class ReadTime(Operation):
    """A text as a timestamp, by the first of some formats that fits; NULL where none does."""


class Boundaries(Operation):
    """How many beginnings of a unit, such as `month`, lie between two times."""


class StartOf(Operation):
    """The beginning of the unit, such as `month`, in which a day stands; weeks begin on Monday."""


class ZoneOperation(Operation):
    """A time as one zone's clocks show it: the zone's name, then the time."""

    @property
    def zone(self) -> str:
        """The zone's name."""
        return str(self.expressions[0].name)

    @property
    def time(self) -> exp.Expr:
        """What is read."""
        time: exp.Expr = self.expressions[1]
        return time


class WallOf(ZoneOperation):
    """An instant as the zone's wall clock shows it."""


class InstantOf(ZoneOperation):
    """A wall time of the zone as an instant: of two, the first; one that is skipped moves forward."""


class IsOddHour(ZoneOperation):
    """Whether a wall time stands in an hour that the zone's clocks skip or repeat."""


class Worked(Operation):
    """The working time of a calendar, by its name, from 1990 up to an instant, in microseconds."""


def of_zone(kind: type[ZoneOperation], zone: str, time: exp.Expr) -> exp.Expr:
    """The time as a zone's clocks show it; in UTC it is what it is."""
    if zone == "UTC" and kind is not IsOddHour:
        return time
    return kind(expressions=[exp.Literal.string(zone), time])


# texts and numbers


class FullyMatches(Operation):
    """Whether a whole text matches a regular expression."""


class MatchedPart(Operation):
    """What the group of a number matched in a text; empty where nothing did."""


class Without(Operation):
    """A text without all that matches a regular expression."""


class Replaced(Operation):
    """A text with another in every place of a part."""


class IsFinite(Operation):
    """Whether a number is neither infinite nor not-a-number."""


class TextAt(Operation):
    """What a JSON object holds under a name, and names in that, as text; NULL where it has no such name."""


class NamesAt(Operation):
    """All names that JSON objects of some rows have, or the objects under these names in them, in one list."""


class HashOf(Operation):
    """A whole number that is the same for the same value, and evenly spread."""


# rows


class Numbers(Operation):
    """A row for each whole number from one up to, not including, another."""


class ItemOf(Operation):
    """The item of a list at a number, counted from 1."""


class SummedOver(Operation):
    """Under grouping sets: a bit for each column, the first one highest; 1 where the row is summed over it."""


class Aggregation(Operation):
    """An aggregate function by our name of it, a text, over its arguments."""

    @property
    def function(self) -> str:
        """Our name of it."""
        return str(self.expressions[0].name)

    @property
    def arguments(self) -> list[exp.Expr]:
        """What it is taken of; for several quantiles, their levels come last, in one list."""
        return list(self.expressions[1:])


def aggregation(function: str, *arguments: exp.Expr) -> exp.Expr:
    """An aggregate function over its arguments."""
    return Aggregation(expressions=[exp.Literal.string(function), *arguments])


class FirstValues(Operation):
    """Of a column, its values in the first rows by another one, and how many at most: a list, in that order."""


def first_values(values: exp.Expr, order: exp.Expr, most: int) -> exp.Expr:
    """So many values in the first rows by an order."""
    return FirstValues(expressions=[values, order, exp.Literal.number(most)])


# files


class FileRows(Operation):
    """The rows of files, all cells text: `source` says how they are written, `columns` are wanted.

    Parquet files type their cells themselves.
    """

    arg_types = {"paths": True, "columns": False, "source": False, "header": False}  # noqa: RUF012

    @property
    def paths(self) -> Sequence[str]:
        """The files as an engine is given them."""
        return tuple(self.args["paths"])

    @property
    def columns(self) -> Sequence[str] | None:
        """The wanted columns."""
        columns = self.args.get("columns")
        return None if columns is None else tuple(columns)

    @property
    def source(self) -> Source:
        """How the files are written."""
        source: Source = self.args["source"]
        return source

    @property
    def header(self) -> Sequence[str]:
        """All columns of a delimited file, in their order."""
        return tuple(self.args.get("header") or ())


class DelimitedRows(FileRows):
    """Of files whose cells a character separates."""


class ParquetRows(FileRows):
    """Of Parquet files, joined by the names of their columns."""


class JsonRows(FileRows):
    """Of JSON files, an object a row."""


class JsonObjects(FileRows):
    """The same with the whole object in the column `json`."""

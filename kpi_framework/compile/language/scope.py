"""What the names of a formula stand for, and the zone its days are read in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from sqlglot import exp

from ...model.diagnostic import did_you_mean
from ...model.period import Almanac
from ...model.quoting import listed, shown
from ...model.record import Record, field
from ..sql.errors import FormulaError
from ..sql.operations import InstantOf, WallOf, Worked, of_zone
from ..sql.size import LEAF, Size
from ..sql.typed_sql import Term
from ..time.working_time import Lookup, sound_calendar

PERIOD = ("period_start", "period_end")
"""The ends of the period that a row is counted in."""
OVERLAP = ("_overlap_start", "_overlap_end")
"""The ends of the part of a row's span that lies in the period."""
EDGES = frozenset((*PERIOD, *OVERLAP))
"""What is known of a row only together with a period."""


class Scope(Record):
    """The columns an expression may name.

    `columns` gives the term of a column when it is asked for, so that a derived column is compiled only
    where it is used. `used` collects the columns that were reached. `lookups` collects what is to be computed of
    working time, row by row, before anything reads it. `spans`: each row lasts, so a part of it lies in its period.
    """

    columns: Mapping[str, Callable[[], Term]]
    almanac: Almanac
    what: str = "column"
    place: str = "the dataset"
    allow_personal: bool = False
    spans: bool = False
    used: set[str] = field(default_factory=set)
    lookups: dict[str, Lookup] = field(default_factory=dict)
    order: tuple[tuple[str, ...], ...] = ()
    """Pairs of columns of which the second is never before the first."""
    meanings: Collection[str] = ()
    """Names that have a meaning of their own, whether or not there are such columns: no other column is meant."""
    advice: str = ""
    """What to do where a column is missed, beside looking for one of a similar name."""

    def term(self, name: str) -> Term:
        """The term of a column. Raises FormulaError (unknown-column) with the nearest name."""
        if name in self.columns:
            self.used.add(name)
            return self.columns[name]()
        listing = f"It has: {listed(self.columns)}."
        if self.advice:
            hint = self.advice
        elif name in self.meanings:
            hint = f"Map the source's own column to it under `columns`. {listing}"
        else:
            hint = did_you_mean(name, self.columns, listing)
        raise FormulaError("unknown-column", f"{self.place} has no {self.what} {shown(name)}", hint, name)

    def size(self, name: str) -> Size:
        """How large a column is that is computed from others. Raises FormulaError where it does not compile."""
        return self.columns[name]().size if name in self.columns else LEAF

    def local(self, instant: exp.Expr) -> exp.Expr:
        """An instant as wall time in the project's zone."""
        return of_zone(WallOf, self.almanac.zone.key, instant.copy())

    def to_instant(self, wall: exp.Expr) -> exp.Expr:
        """Wall time in the project's zone as an instant."""
        return of_zone(InstantOf, self.almanac.zone.key, wall.copy())

    def calendar(self, name: str | None) -> exp.Expr:
        """A calendar by name, the usual one for None. Raises FormulaError (unknown-reference)."""
        chosen = name or self.almanac.usual_calendar
        if chosen is None:
            several = "several calendars, none of them called `business`" if self.almanac.calendars else "no calendar"
            raise FormulaError(
                "unknown-reference", f"working time needs a calendar, and the project has {several}",
                "Name one as the third argument, or add `calendars: {business: {hours: …}}` to kpi.yaml.",
            )  # fmt: skip
        sound_calendar(self.almanac, chosen)
        return exp.Literal.string(chosen)

    def any_calendar(self) -> None:
        """A column names the calendar of each row: all of them must be sound. Raises FormulaError."""
        for name in self.almanac.calendars:
            sound_calendar(self.almanac, name)

    def worked(self, calendar: exp.Expr, instant: exp.Expr, *, by_row: bool) -> exp.Expr:
        """The calendar's working time up to an instant: a column of the loaded rows, where it can be one."""
        if not by_row or any(c.name in EDGES for c in instant.find_all(exp.Column)):
            return Worked(expressions=[calendar, instant])
        lookup = Lookup(calendar, instant)
        self.lookups[lookup.name] = lookup
        return exp.column(lookup.name)

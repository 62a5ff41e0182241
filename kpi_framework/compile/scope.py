"""What the names of a formula stand for, and the zone its days are read in."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from ..model.period import Almanac
from .syntax import FormulaError
from .term import Term, call
from .zone import macro_name


@dataclass(frozen=True)
class Scope:
    """The columns an expression may name.

    `columns` gives the term of a column when it is asked for, so that a derived column is compiled only
    where it is used. `open_ended` says that names may exist that are not known yet (no data were read).
    `used` collects the base columns that were reached.
    """

    columns: Mapping[str, Callable[[], Term]]
    almanac: Almanac
    what: str = "column"
    place: str = "the dataset"
    allow_personal: bool = False
    used: set[str] = field(default_factory=set)

    def term(self, name: str) -> Term:
        """The term of a column. Raises FormulaError (unknown-column) with the nearest name."""
        if name in self.columns:
            self.used.add(name)
            return self.columns[name]()
        near = difflib.get_close_matches(name, self.columns, n=1)
        hint = f"Did you mean `{near[0]}`?" if near else f"It has: {', '.join(sorted(self.columns))}."
        raise FormulaError("unknown-column", f"{self.place} has no {self.what} `{name}`", hint, name)

    def local(self, instant: exp.Expr) -> exp.Expr:
        """An instant as wall time in the project's zone."""
        return (
            instant.copy()
            if self.almanac.zone.key == "UTC"
            else call(macro_name("wall", self.almanac.zone.key), instant)
        )

    def to_instant(self, wall: exp.Expr) -> exp.Expr:
        """Wall time in the project's zone as an instant."""
        return (
            wall.copy() if self.almanac.zone.key == "UTC" else call(macro_name("instant", self.almanac.zone.key), wall)
        )

"""What the engine has to compute: aggregates, and the formula that is one expression over them."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from functools import cached_property

from sqlglot import exp

from ...model.record import Record, field
from ..sql.spelling import spelling

ROLLUPS = {"count": "sum", "sum": "sum", "fsum": "fsum", "min": "min", "max": "max"}
"""Aggregates whose parts add up to the whole, and by what. All others are computed from the rows."""

SPREADS = frozenset({"stddev_samp", "stddev_pop", "var_samp", "var_pop"})
"""Variances and their roots: of any order of the same values the same, to the last bit."""


class Aggregate(Record, dict=True):
    """One aggregate over the rows of a period: `function` of `arguments` where `condition` holds."""

    function: str
    arguments: tuple[exp.Expr, ...] = ()
    condition: exp.Expr | None = None
    level: Fraction | None = None

    @cached_property
    def key(self) -> str:
        """Equal for equal aggregates, so that all KPIs share them."""
        parts = [self.function, *map(spelling, self.arguments), str(self.level)]
        parts.append(spelling(self.condition) if self.condition is not None else "")
        return "|".join(parts)

    @cached_property
    def name(self) -> str:
        """Its column in the plan."""
        return f"{self.function}_{hashlib.sha256(self.key.encode()).hexdigest()[:10]}"

    @property
    def rollup(self) -> str | None:
        """By what its parts add up, or None if they do not."""
        return ROLLUPS.get(self.function)

    @property
    def column(self) -> exp.Expr:
        """A reference to its column."""
        return exp.column(self.name)


class Shape(Record):
    """What kind of statistic the value is, for its interval: share, mean, quantile, count or other."""

    kind: str
    level: Fraction | None = None
    argument: exp.Expr | None = None
    condition: exp.Expr | None = None
    unit: str | None = None


class Formula(Record):
    """A compiled formula.

    `value` is an expression over the columns of `aggregates`. `population`, `measured` and `missing` count
    rows; `missing` is None where it is what population and measured leave. `text` is the canonical form.
    """

    value: exp.Expr
    type: str
    unit: str | None
    hundredfold: bool
    degree: int | None
    text: str
    where_text: str
    aggregates: dict[str, Aggregate] = field(default_factory=dict)
    population: Aggregate = Aggregate("count")
    measured: Aggregate = Aggregate("count")
    missing: Aggregate | None = None
    shape: Shape = Shape("other")
    squares: Aggregate | None = None
    columns: frozenset[str] = frozenset()

    @property
    def every_aggregate(self) -> dict[str, Aggregate]:
        """The aggregates of the value and those that count its rows, each once, by name."""
        counts = (self.population, self.measured, self.missing, self.squares)
        return {**self.aggregates, **{a.name: a for a in counts if a is not None}}

    @property
    def trees(self) -> list[exp.Expr]:
        """All that is computed of each row."""
        every = self.every_aggregate.values()
        return [t for a in every for t in (*a.arguments, a.condition) if t is not None]

    @property
    def is_range(self) -> bool:
        """Its value does not depend on the length of time: averages, quantiles, shares, sums over sums."""
        return self.degree == 0

"""Lowers a formula's nodes to terms: scalars over the columns of a row, and scalars over aggregates."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import ClassVar

from sqlglot import exp

from ...model.quoting import shown
from ...model.record import replace
from ..sql.errors import FormulaError, mismatch
from ..sql.spelling import as_written
from ..sql.typed_sql import Term, as_double, binary, case, conjunction, disjunction, duration, is_null, not_null, scaled
from .aggregates import Aggregate, Shape
from .scalars import Scalars
from .scope import Scope
from .syntax import forbidden

_SPREADS: dict[type[exp.Expr], str] = {
    exp.Stddev: "stddev_samp", exp.StddevSamp: "stddev_samp", exp.StddevPop: "stddev_pop",
    exp.Variance: "var_samp", exp.VariancePop: "var_pop",
}  # fmt: skip
_QUANTILES: dict[type[exp.Expr], str] = {
    exp.PercentileCont: "quantile_cont", exp.PercentileDisc: "quantile_disc",
    exp.ApproxQuantile: "approx_quantile",
}  # fmt: skip


class RowScalars(Scalars):
    """Scalars over the columns of a row; no aggregate may stand here."""

    by_row: ClassVar[bool] = True

    def lower(self, node: exp.Expr) -> Term:
        """The term of a node. Raises FormulaError."""
        if isinstance(node, exp.AggFunc | exp.Filter) or (isinstance(node, exp.Anonymous) and node.this == "avg_of"):
            raise FormulaError(
                "not-an-aggregate", "an aggregate cannot be inside another aggregate, or in a condition about one row"
            )
        return super().lower(node)

    def _column(self, node: exp.Expr) -> Term:
        term = self.scope.term(node.name)
        if term.personal and not self.scope.allow_personal:
            raise FormulaError(
                "personal-column", f"{shown(node.name)} names people, so it can only be counted", name=node.name
            )
        return term


class Finals(Scalars):
    """Scalars over aggregates: the formula's outermost expression."""

    def __init__(self, scope: Scope, where: exp.Expr | None, *, exact: bool) -> None:
        super().__init__(scope)
        self.rows = RowScalars(scope)
        self.where = where
        self.exact = exact
        self.aggregates: dict[str, Aggregate] = {}
        self.entered: list[exp.Expr | None] = []
        self.missing: list[exp.Expr | None] = []
        self.complement = True
        self.filter: exp.Expr | None = None
        self.shape = Shape("other")

    # aggregates

    def _bare_column(self, node: exp.Expr) -> Term:
        if node.name in ("period_start", "period_end"):
            return Term(exp.column(node.name), "timestamp")
        self.scope.term(node.name)
        raise FormulaError("not-an-aggregate", f"{shown(node.name)} is used outside an aggregate", name=node.name)

    def _filtered(self, node: exp.Expr) -> Term:
        if self.filter is not None:
            raise forbidden("filter in filter", "filter")
        condition = node.expression.this
        self.filter = self.rows.condition_of(self.rows.lower(condition), condition).sql
        try:
            return self.lower(node.this)
        finally:
            self.filter = None

    def _add(self, function: str, *arguments: exp.Expr, level: Fraction | None = None,
             also: exp.Expr | None = None) -> exp.Expr:  # fmt: skip
        """Ask for an aggregate; the reference to its column."""
        condition = conjunction(self.where, self.filter, also)
        aggregate = Aggregate(function, tuple(arguments), condition, level)
        self.aggregates[aggregate.name] = aggregate
        return aggregate.column

    def _note(self, *arguments: exp.Expr) -> None:
        """Note which rows enter the aggregate and which are missing from it."""
        present = conjunction(self.filter, *(not_null(a) for a in arguments))
        self.entered.append(present)
        if arguments:
            self.missing.append(conjunction(self.filter, disjunction(*(is_null(a) for a in arguments))))
        if self.filter is not None or not arguments:
            self.complement = False

    def _shaped(self, kind: str, argument: exp.Expr | None = None, level: Fraction | None = None,
                unit: str | None = None) -> None:  # fmt: skip
        self.shape = Shape(kind, level, argument, conjunction(self.where, self.filter), unit)

    def _count(self, node: exp.Expr) -> Term:
        if isinstance(node.this, exp.Star):
            self._note()
            self._shaped("count")
            return Term(self._add("count"), "integer", "count", degree=1)
        if isinstance(node.this, exp.Distinct):
            return self._distinct(node.this.expressions, "distinct")
        if node.this is None:
            raise mismatch("`count` needs `*` or a column", name="count")
        argument = self._counted(node.this)
        self._note(argument)
        self._shaped("count")
        return Term(self._add("count", also=not_null(argument)), "integer", "count", degree=1)

    def _counted(self, node: exp.Expr) -> exp.Expr:
        """What is counted may be a personal column, if it is nothing but that column."""
        if isinstance(node, exp.Column):
            return self.scope.term(node.name).sql
        return self.rows.lower(node).sql

    def _distinct(self, nodes: list[exp.Expr], function: str) -> Term:
        if len(nodes) != 1:
            raise mismatch("count(distinct …) takes one column", name="count")
        argument = self._counted(nodes[0])
        self._note(argument)
        return Term(self._add(function, argument), "integer", "count", degree=None)

    def _count_if(self, node: exp.Expr) -> Term:
        condition = self.rows.condition_of(self.rows.lower(node.this), node.this).sql
        self._note(condition)
        self._shaped("count")
        return Term(self._add("count", also=condition), "integer", "count", degree=1)

    def _share(self, node: exp.Expr) -> Term:
        if not isinstance(node, exp.Anonymous) or node.this != "avg_of":
            return self._own(node)
        condition = self.rows.condition_of(self.rows.lower(node.expressions[0]), node.expressions[0])
        return self._average_of_condition(condition.sql)

    def _average_of_condition(self, condition: exp.Expr) -> Term:
        self._note(condition)
        self._shaped("share", condition)
        true, known = self._add("count", also=condition), self._add("count", also=not_null(condition))
        return Term(_ratio(true, known), "double", "percent")

    def _argument(self, node: exp.Expr) -> Term:
        """The argument of a numeric aggregate, and which rows it takes in."""
        if isinstance(node.this, exp.Distinct | exp.Order | exp.Star):
            raise forbidden(f"{node.key} of {node.this.key}", node.key)
        term = self.rows.lower(node.this)
        if term.type == "text":
            raise mismatch(f"`{node.key}` needs numbers, and {shown(as_written(node.this))} is text",
                           "Give it a number type in kpi.yaml, or cast it.", node.this.name or None)  # fmt: skip
        return term

    def _summed(self, node: exp.Expr) -> Term:
        term = self._argument(node)
        self._note(term.sql)
        if term.type == "boolean":
            true, known = self._add("count", also=term.sql), self._add("count", also=not_null(term.sql))
            return Term(case(binary(exp.GT, known, exp.Literal.number("0")), true), "integer", "count", degree=1)
        return self._total(term)

    def _total(self, term: Term) -> Term:
        if term.micros is not None and term.unit:
            return duration(self._add("sum", term.micros), term.unit, 1)
        function = "fsum" if term.type == "double" else "sum"
        return Term(self._add(function, term.sql), term.type, term.unit, degree=1, hundredfold=term.hundredfold)

    def _averaged(self, node: exp.Expr) -> Term:
        term = self._argument(node)
        if term.type == "boolean":
            return self._average_of_condition(term.sql)
        self._note(term.sql)
        self._shaped("mean", term.sql, unit=term.unit)
        total = self._total(term)
        known = self._add("count", also=not_null(term.sql))
        sum_sql = total.micros if total.micros is not None else total.sql
        mean = _ratio(sum_sql, known)
        value = scaled(mean, term.unit) if total.micros is not None and term.unit else mean
        return Term(value, "double", term.unit, hundredfold=term.hundredfold)

    def _extremum(self, node: exp.Expr) -> Term:
        term = self._argument(node)
        self._note(term.sql)
        function = "min" if isinstance(node, exp.Min) else "max"
        if term.type == "boolean":
            raise mismatch(f"`{function}` cannot take a condition", "Use bool_and or bool_or.", function)
        if term.micros is not None and term.unit:
            return duration(self._add(function, term.micros), term.unit, None)
        return replace(term, sql=self._add(function, term.sql), number=None, degree=None)

    def _every(self, node: exp.Expr) -> Term:
        """bool_and and bool_or by counting, so that their parts add up."""
        condition = self.rows.condition_of(self.rows.lower(node.this), node.this).sql
        self._note(condition)
        true, known = self._add("count", also=condition), self._add("count", also=not_null(condition))
        some = binary(exp.GT, true, exp.Literal.number("0"))
        test = binary(exp.EQ, true, known) if isinstance(node, exp.LogicalAnd) else some
        return Term(case(binary(exp.GT, known, exp.Literal.number("0")), test), "boolean", degree=None)

    def _quantile(self, node: exp.Expr) -> Term:
        level = node.args.get("expression") or node.args.get("quantile")
        if not isinstance(level, exp.Literal) or level.is_string or not 0 <= Fraction(level.name) <= 1:
            raise mismatch(
                "the level of a quantile must be a number from 0 to 1", "Write for example quantile_cont(x, 0.9)."
            )
        if isinstance(node, exp.ApproxQuantile):
            self._approximate("approx_quantile")
        function = _QUANTILES[type(node)]
        term = self._argument(node)
        if not term.is_number:
            raise mismatch(f"a quantile takes numbers, not a {term.type}")
        self._note(term.sql)
        return self._quantile_of(term, function, Fraction(level.name))

    def _quantile_of(self, term: Term, function: str, level: Fraction) -> Term:
        exact = term.micros if term.micros is not None else as_double(term.sql)
        self._shaped("quantile", exact, level, term.unit if term.micros is not None else None)
        column = self._add(function, exact, level=level)
        value = scaled(column, term.unit) if term.micros is not None and term.unit else as_double(column)
        return Term(value, "double", term.unit, hundredfold=term.hundredfold)

    def _approximate(self, name: str) -> None:
        if self.exact:
            raise FormulaError(
                "forbidden-function",
                f"`{name}` gives an approximate result",
                "Use the exact function, or write `exact: false` in the definition.",
                name,
            )

    def _approximate_distinct(self, node: exp.Expr) -> Term:
        self._approximate("approx_count_distinct")
        return self._distinct([node.this], "approx_count_distinct")

    def _spread(self, node: exp.Expr) -> Term:
        term = self._argument(node)
        if not term.is_number:
            raise mismatch(f"`{node.key}` takes numbers, not a {term.type}")
        self._note(term.sql)
        unit = term.unit if "Stddev" in type(node).__name__ else None
        return Term(self._add(_SPREADS[type(node)], as_double(term.sql)), "double", unit)

    RULES: ClassVar[Mapping[type[exp.Expr], str]] = {
        **Scalars.RULES,
        exp.Column: "_bare_column", exp.Filter: "_filtered", exp.Count: "_count",
        exp.CountIf: "_count_if", exp.Anonymous: "_share", exp.Sum: "_summed", exp.Avg: "_averaged",
        exp.Min: "_extremum", exp.Max: "_extremum", exp.LogicalAnd: "_every",
        exp.LogicalOr: "_every", exp.PercentileCont: "_quantile", exp.PercentileDisc: "_quantile",
        exp.ApproxQuantile: "_quantile", exp.ApproxDistinct: "_approximate_distinct",
        **dict.fromkeys(_SPREADS, "_spread"),
    }  # fmt: skip
    """The aggregates, beside the scalars."""


def _ratio(above: exp.Expr, below: exp.Expr) -> exp.Expr:
    """A mean: NULL over nothing."""
    return exp.Div(this=as_double(above), expression=exp.Nullif(this=below.copy(), expression=exp.Literal.number("0")))

"""Compiles the texts of a definition over a dataset's rows: formulas, conditions, computed columns."""

from __future__ import annotations

from sqlglot import exp

from ...model.record import replace
from ..sql.errors import FormulaError, mismatch
from ..sql.size import deep, sized
from ..sql.typed_sql import Term, as_double, binary, conjunction, disjunction
from .aggregates import Aggregate, Formula, Shape
from .canonical import canonical_of, canonical_text
from .lowering import Finals, RowScalars
from .scope import Scope


@deep()
def compile_formula(
    text: str, where: str | None, scope: Scope, *, exact: bool = True, sound: exp.Expr | None = None
) -> Formula:
    """Compile a formula over a dataset's rows. Raises FormulaError.

    Rows that are not `sound` belong to the population, enter no aggregate and are missing.
    """
    condition, where_text = compile_condition(where, scope) if where else (None, "")
    tree = canonical_of(text)
    sized(tree, scope.size)
    finals = Finals(scope, conjunction(condition, sound), exact=exact)
    term = finals.lower(tree)
    if not finals.aggregates:
        raise FormulaError(
            "not-an-aggregate", "the formula has no aggregate function", "Use count, sum, avg, median or share."
        )
    _publishable(term)
    return Formula(
        value=term.sql, type=term.type, unit=term.unit, hundredfold=term.hundredfold, degree=term.degree,
        text=canonical_text(tree), where_text=where_text, aggregates=finals.aggregates,
        population=Aggregate("count", (), condition), measured=_measured(finals),
        missing=_missing(finals, condition, sound), shape=_shape(tree, finals.shape), squares=_squares(tree, finals),
        columns=frozenset(scope.used),
    )  # fmt: skip


@deep()
def compile_condition(text: str, scope: Scope) -> tuple[exp.Expr, str]:
    """Compile a condition over one row; its SQL and its canonical text. Raises FormulaError."""
    tree = canonical_of(text)
    sized(tree, scope.size)
    rows = RowScalars(scope)
    return rows.condition_of(rows.lower(tree), tree).sql, canonical_text(tree)


@deep()
def compile_column(text: str, scope: Scope) -> tuple[Term, str]:
    """Compile a column computed from others of the same row. Raises FormulaError."""
    tree = canonical_of(text)
    size = sized(tree, scope.size)
    return replace(RowScalars(scope).lower(tree), size=size), canonical_text(tree)


def _publishable(term: Term) -> None:
    if not (term.is_number or term.type == "boolean"):
        raise mismatch(
            f"the formula gives a {term.type}, not a number",
            "The value of a KPI is one number: use an aggregate such as count or avg.",
        )


def _measured(finals: Finals) -> Aggregate:
    if any(e is None for e in finals.entered):
        return Aggregate("count", (), finals.where)
    return Aggregate("count", (), conjunction(finals.where, disjunction(*finals.entered)))


def _missing(finals: Finals, where: exp.Expr | None, sound: exp.Expr | None) -> Aggregate | None:
    entered = set(finals.entered)
    if finals.complement and len(entered) == 1:
        return None
    unsound = exp.Not(this=sound) if sound is not None else None
    nothing = exp.Boolean(this=False)
    return Aggregate("count", (), conjunction(where, disjunction(unsound, *finals.missing) or nothing))


def _shape(tree: exp.Expr, shape: Shape) -> Shape:
    """The shape counts only where the formula is nothing but that aggregate."""
    inner = tree.this if isinstance(tree, exp.Filter) else tree
    simple = (exp.Count, exp.CountIf, exp.Avg, exp.PercentileCont, exp.PercentileDisc)
    share = isinstance(inner, exp.Anonymous) and inner.this == "avg_of"
    return shape if share or isinstance(inner, simple) else Shape("other")


def _squares(tree: exp.Expr, finals: Finals) -> Aggregate | None:
    """The sum of squares of a mean's argument, for its interval."""
    shape = _shape(tree, finals.shape)
    if shape.kind != "mean" or shape.argument is None:
        return None
    value = as_double(shape.argument)
    return Aggregate("fsum", (binary(exp.Mul, value, value),), shape.condition)

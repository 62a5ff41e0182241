"""A derived formula: one scalar expression over metrics and KPIs, with no aggregate."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from zoneinfo import ZoneInfo

from sqlglot import exp

from ...model.kpi import Metric
from ...model.period import Almanac
from ...model.record import Record
from ..sql.errors import FormulaError
from ..sql.size import deep, sized
from ..sql.typed_sql import Term, cast
from .canonical import canonical_of, canonical_text
from .scalars import Scalars
from .scope import Scope

_ANY_ALMANAC = Almanac(ZoneInfo("UTC"))
RELATIVES = ("previous", "year_ago", "baseline")


class InputRef(Record):
    """A number that a derived formula reads: that of a definition, or one relative to it, `previous(id)`."""

    id: str
    relative: str = ""
    """previous, year_ago or baseline; nothing: the definition's own value."""

    @property
    def column(self) -> str:
        """Its column in SQL, and its name in results: `id` or `previous__id`."""
        return f"{self.relative}__{self.id}" if self.relative else self.id

    def __str__(self) -> str:
        """As the formula writes it."""
        return f"{self.relative}({self.id})" if self.relative else self.id


class Derived(Record):
    """A compiled derived formula, and what it reads."""

    value: exp.Expr
    unit: str | None
    hundredfold: bool
    text: str
    inputs: tuple[InputRef, ...]
    tree: exp.Expr

    def degree(self, of_input: Callable[[str], int | None]) -> int | None:
        """How the value grows with the length of time, from how its inputs do; None where it compares periods."""
        if any(ref.relative for ref in self.inputs):
            return None
        columns: dict[str, Callable[[], Term]] = {
            i: partial(Term, exp.column(i), "double", degree=of_input(i)) for i in self.ids
        }
        return DerivedScalars(Scope(columns, _ANY_ALMANAC)).lower(self.tree).degree

    @property
    def reads_baselines(self) -> bool:
        """Whether a baseline is among its inputs."""
        return any(ref.relative == "baseline" for ref in self.inputs)

    @property
    def ids(self) -> tuple[str, ...]:
        """The definitions it reads."""
        return tuple(sorted({ref.id for ref in self.inputs}))


class DerivedScalars(Scalars):
    """Scalars over ids; `previous(id)`, `year_ago(id)` and `baseline(id)` beside them."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.inputs: dict[InputRef, None] = {}

    def lower(self, node: exp.Expr) -> Term:
        """The term of a node. Raises FormulaError."""
        if isinstance(node, exp.AggFunc | exp.Filter) or (isinstance(node, exp.Anonymous) and node.this == "avg_of"):
            raise FormulaError(
                "type-mismatch", "a derived formula cannot use an aggregate: its inputs are already numbers",
                "Add `dataset:` to the definition, or use only the ids of metrics and KPIs.",
            )  # fmt: skip
        return super().lower(node)

    def _column(self, node: exp.Expr) -> Term:
        self.inputs[InputRef(node.name)] = None
        return self.scope.term(node.name)

    def _own(self, node: exp.Expr) -> Term:
        name = str(node.this)
        if name not in RELATIVES:
            return super()._own(node)
        if len(node.expressions) != 1 or not isinstance(node.expressions[0], exp.Column):
            raise FormulaError("type-mismatch", f"`{name}` takes one id", f"Write {name}(ticket_volume).", name)
        term = self.scope.term(node.expressions[0].name)
        ref = InputRef(node.expressions[0].name, name)
        self.inputs[ref] = None
        return term.with_sql(exp.column(ref.column))


class _Inputs(Mapping[str, Callable[[], Term]]):
    """The definitions as columns."""

    def __init__(self, definitions: Mapping[str, Metric]) -> None:
        self._definitions = definitions

    def __getitem__(self, one: str) -> Callable[[], Term]:
        return partial(Term, exp.column(one), "double", self._definitions[one].unit)

    def __iter__(self) -> Iterator[str]:
        return iter(self._definitions)

    def __len__(self) -> int:
        return len(self._definitions)


@deep()
def compile_derived(text: str, definitions: Mapping[str, Metric], almanac: Almanac) -> Derived:
    """Compile a derived formula over the definitions' ids. Raises FormulaError."""
    scope = Scope(_Inputs(definitions), almanac, what="definition", place="the project")
    tree = canonical_of(text)
    sized(tree)
    scalars = DerivedScalars(scope)
    try:
        term = scalars.lower(tree)
    except FormulaError as error:
        if error.rule == "unknown-column":
            raise FormulaError("unknown-reference", error.message, error.hint, error.name) from None
        raise
    if not term.is_number or not scalars.inputs:
        raise FormulaError("type-mismatch", "a derived formula must give one number from metrics and KPIs")
    _check_columns(scalars.inputs)
    return Derived(term.sql, term.unit, term.hundredfold, canonical_text(tree), tuple(scalars.inputs), tree)


def _check_columns(inputs: Mapping[InputRef, None]) -> None:
    """Whether each input has a column of its own. Raises FormulaError."""
    relative = {ref.column: ref for ref in inputs if ref.relative}
    for ref in inputs:
        if not ref.relative and ref.column in relative:
            raise FormulaError(
                "type-mismatch", f"`{ref}` and `{relative[ref.column]}` have the same name in results",
                f"Rename the definition `{ref}`, or read it in a formula of its own.", ref.id,
            )  # fmt: skip


def derived_query(derived: Derived, rows: list[list[float | int | None]]) -> exp.Select:
    """The formula over rows of input values, in order, each with its number first."""
    names = ["_row", *(ref.column for ref in derived.inputs)]
    tuples = [
        exp.Tuple(expressions=[exp.Literal.number(str(i)), *(_literal(v) for v in row)]) for i, row in enumerate(rows)
    ]
    alias = exp.TableAlias(this=exp.to_identifier("inputs"), columns=[exp.to_identifier(n) for n in names])
    values = exp.Values(expressions=tuples, alias=alias)
    value = cast(derived.value.copy(), "DOUBLE")
    return exp.select(value).from_(values).order_by("_row")


def _literal(value: float | int | None) -> exp.Expr:
    if value is None:
        return exp.Null()
    number = exp.Literal.number(repr(abs(value)))
    signed = exp.Neg(this=number) if value < 0 else number
    return cast(signed, "DOUBLE")

"""A signal's condition: its operands taken out of the text, the rest lowered like any other condition.

first_response_time.status = 'met'    →  operand_0 = 'met'
csat['category', 'password'].value    →  operand_1
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from sqlglot import exp

from ...model.kpi import Kpi, Metric
from ...model.period import Almanac
from ...model.quoting import listed, shown
from ...model.record import Record
from ..sql.errors import FormulaError
from ..sql.size import deep, sized
from ..sql.typed_sql import Term, as_double, cast, null
from .canonical import canonical, canonical_text
from .scalars import Scalars
from .scope import Scope
from .syntax import forbidden, parse
from .times import SQL_TYPES

NUMBERS = ("value", "previous", "change", "points", "baseline", "target", "streak")
FIELDS = (*NUMBERS, "status")
JUDGED = ("baseline", "target", "status", "streak")
"""What only a KPI has: a metric is never judged."""
STATUSES = ("met", "near", "missed", "informative")
WORST = "worst_segment"
_UNITLESS = ("change", "streak")


class Operand(Record):
    """One field of a definition: of its whole, of a named segment, or of its worst one."""

    definition: str
    field: str
    segment: tuple[tuple[str, str], ...] = ()
    is_worst: bool = False

    @property
    def text(self) -> str:
        """As it is written in `when`."""
        words = [word for pair in self.segment for word in pair]
        named = ", ".join("'{}'".format(word.replace("'", "''")) for word in words)
        part = f"[{named}]" if words else (f".{WORST}" if self.is_worst else "")
        return f"{self.definition}{part}.{self.field}"


class Condition(Record):
    """A compiled condition over the columns `operand_0`, `operand_1` …"""

    sql: exp.Expr
    text: str
    operands: tuple[Operand, ...]


@deep()
def compile_signal(text: str, definitions: Mapping[str, Metric], almanac: Almanac) -> Condition:
    """Compile a signal's condition. Raises FormulaError."""
    columns_by_operand: dict[Operand, exp.Expr] = {}
    tree = parse(text, lambda parsed: _without_operands(parsed, columns_by_operand))
    operands = tuple(columns_by_operand)
    for operand in operands:
        _check(operand, definitions)
    _check_words(tree, operands)
    tree = canonical(tree)
    sized(tree)
    columns: dict[str, Callable[[], Term]] = {
        f"operand_{n}": partial(_term, n, o, definitions[o.definition].unit) for n, o in enumerate(operands)
    }
    scalars = _Conditions(Scope(columns, almanac, what="operand", place="the signal"))
    sql = scalars.condition_of(scalars.lower(tree), tree).sql
    if not operands:
        raise FormulaError("type-mismatch", "the condition names no KPI", "Write for example csat.status = 'missed'.")
    return Condition(sql, canonical_text(tree), operands)


def one_condition(text: str) -> str:
    """One text for every spelling of a signal's condition; what is none stays as it is."""
    columns: dict[Operand, exp.Expr] = {}
    try:
        tree = parse(text, lambda parsed: _without_operands(parsed, columns))
        names = {column.name: operand.text.encode().hex() for operand, column in columns.items()}
        for column in tree.find_all(exp.Column):
            column.replace(exp.column(names.get(column.name, column.name)))
        return canonical_text(canonical(tree))
    except FormulaError:
        return text.strip()


class _Conditions(Scalars):
    """Scalars over operands."""

    def _column(self, node: exp.Expr) -> Term:
        if not node.name.startswith("operand_"):
            raise FormulaError(
                "unknown-reference", f"{shown(node.name)} names no field",
                f"Write a field, such as {node.name}.value. The fields are: {', '.join(FIELDS)}.", node.name,
            )  # fmt: skip
        return super()._column(node)


def _term(number: int, operand: Operand, unit: str) -> Term:
    column = exp.column(f"operand_{number}")
    if operand.field == "status":
        return Term(column, "text")
    return Term(column, "double", None if operand.field in _UNITLESS else unit)


# operands


def _without_operands(tree: exp.Expr, columns: dict[Operand, exp.Expr]) -> exp.Expr:
    """The tree with a column of its own for each operand, which `found` collects in their order."""
    for node in list(tree.walk(bfs=False)):
        operand = _operand(node)
        if operand is None:
            continue
        column = columns.setdefault(operand, exp.column(f"operand_{len(columns)}"))
        if node is tree:
            return column.copy()
        node.replace(column.copy())
    return tree


def _operand(node: exp.Expr) -> Operand | None:
    if isinstance(node, exp.Column) and node.args.get("table") is not None:
        names = [part.name.lower() for part in node.parts]
        if len(names) == 2:
            return Operand(names[0], names[1])
        if len(names) == 3 and names[1] == WORST:
            return Operand(names[0], names[2], is_worst=True)
        raise forbidden(".".join(names), names[0])
    if isinstance(node, exp.Dot) and not isinstance(node.parent, exp.Dot):
        return _of_segment(node)
    return None


def _of_segment(node: exp.Dot) -> Operand:
    bracket, field = node.this, node.expression
    if not (
        isinstance(bracket, exp.Bracket)
        and isinstance(bracket.this, exp.Column)
        and bracket.this.args.get("table") is None
        and isinstance(field, exp.Identifier)
        and all(isinstance(e, exp.Literal) and e.is_string for e in bracket.expressions)
        and len(bracket.expressions) % 2 == 0
    ):
        raise FormulaError(
            "formula-syntax", "the field of a segment is written csat['category', 'password'].value",
            "Write the column and its value in quotes.",
        )  # fmt: skip
    words = [e.name for e in bracket.expressions]
    pairs = tuple(zip(words[::2], words[1::2], strict=True))
    return Operand(bracket.this.name.lower(), field.name.lower(), pairs)


def _check(operand: Operand, definitions: Mapping[str, Metric]) -> None:
    """Whether the operand exists. Raises FormulaError."""
    definition_id, field = operand.definition, operand.field
    metric = definitions.get(definition_id)
    if metric is None:
        hint = f"The project has: {listed(definitions)}."
        raise FormulaError(
            "unknown-reference", f"there is no KPI or metric {shown(definition_id)}", hint, definition_id
        )
    if field not in FIELDS:
        raise FormulaError(
            "unknown-reference",
            f"{shown(definition_id)} has no {shown(field)}",
            f"The fields are: {', '.join(FIELDS)}.",
            field,
        )
    if field in JUDGED and not isinstance(metric, Kpi):
        hint = "Use value, previous, change or points."
        raise FormulaError(
            "type-mismatch",
            f"`{definition_id}` is a metric: metrics are never judged and have no `{field}`",
            hint,
            definition_id,
        )
    columns = tuple(c for c, _ in operand.segment)
    if columns not in metric.breakdowns or (operand.is_worst and metric.breakdowns == ((),)):
        named = listed(columns) or "its worst one"
        hint = "Add it to `segments` in the definition."
        raise FormulaError("unknown-reference", f"`{definition_id}` has no segments by {named}", hint, definition_id)


def _check_words(tree: exp.Expr, operands: Sequence[Operand]) -> None:
    """A status compared with a word that is none would never hold. Raises FormulaError."""
    statuses = {f"operand_{n}" for n, o in enumerate(operands) if o.field == "status"}
    for node in tree.find_all(exp.EQ, exp.NEQ, exp.In):
        sides = [node.this, *node.expressions] if isinstance(node, exp.In) else [node.this, node.expression]
        if not any(isinstance(s, exp.Column) and s.name in statuses for s in sides):
            continue
        for word in _words(sides):
            if word not in STATUSES:
                hint = f"Use one of: {', '.join(STATUSES)}. Where the status is unknown, the signal is unknown."
                raise FormulaError("type-mismatch", f"'{word}' is not a status", hint, word)


def _words(sides: Sequence[exp.Expr]) -> Iterator[str]:
    return (s.name for s in sides if isinstance(s, exp.Literal) and s.is_string)


# evaluation


def condition_query(condition: Condition, values: Sequence[float | int | str | None]) -> exp.Select:
    """The condition over its operands' values: true, false, or NULL where SQL's logic cannot tell."""
    names = [f"operand_{n}" for n in range(len(values))]
    cells = [
        exp.alias_(_cell(value, o), name) for value, o, name in zip(values, condition.operands, names, strict=True)
    ]
    truth = cast(condition.sql.copy(), "INT")
    return exp.select(truth).from_(exp.select(*cells).subquery("operands"))


def _cell(value: float | int | str | None, operand: Operand) -> exp.Expr:
    if isinstance(value, str):
        return exp.Literal.string(value)
    if value is None:
        kind = "text" if operand.field == "status" else "double"
        return null(SQL_TYPES[kind])
    number: exp.Expr = exp.Literal.number(repr(abs(value)))
    return as_double(exp.Neg(this=number) if value < 0 else number)

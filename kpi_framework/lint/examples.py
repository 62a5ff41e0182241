"""Examples: they give every column that the formula needs, under its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..compile.dataset.table import Table
from ..compile.definition import dating_columns
from ..compile.language.derived import Derived, InputRef
from ..compile.plan.axis import CompiledMetric
from ..compile.sql.errors import FormulaError
from ..model.catalog import Entry
from ..model.diagnostic import Diagnostic
from ..model.kpi import Example, Metric
from ..model.quoting import plain_or
from ..model.rule import RULES
from .context import LintContext
from .references import unknown


def examples(context: LintContext) -> Iterator[Diagnostic]:
    """example-incomplete and unknown-reference: what an example gives is what the formula reads."""
    for definition in context.live:
        compiled = context.compiled.get(definition.noun.id)
        for number, example in enumerate(definition.noun.examples):
            if isinstance(compiled, CompiledMetric):
                yield from _of_rows(context, definition, compiled, number, example)
            elif isinstance(compiled, Derived):
                yield from _incomplete(
                    definition, number, example, [str(ref) for ref in compiled.inputs if not _gives(example, ref)]
                )


def _of_rows(
    context: LintContext, definition: Entry[Metric], compiled: CompiledMetric, number: int, example: Example
) -> Iterator[Diagnostic]:
    table = context.tables[definition.noun.dataset or ""]
    known = {*table.scope.columns, *(table.contract.columns if table.contract else ()), "times"}
    for name in sorted({n for row in example.given for n in row} - known):
        if not context.is_unseen(table.name):
            yield from unknown(
                name, known, definition.at.key("examples", number, "given"), "column", definition.noun.id
            )
    used = compiled.formula.columns
    if example.at is not None:
        used |= dating_columns(definition.noun, table)
    missing = {n for row in example.given for n in _lacking(table, used, row)}
    lacks_moment = definition.noun.is_stock and example.at is None
    yield from _incomplete(definition, number, example, [*sorted(missing), *(["at"] if lacks_moment else [])])


def _lacking(table: Table, used: frozenset[str], row: Mapping[str, object]) -> set[str]:
    """The columns a row leaves out; a computed column is given itself, or through what it is computed from."""
    try:
        return {b for name in used if name not in row for b in table.leaves(name) if b not in row}
    except FormulaError:
        return set()


def _gives(example: Example, ref: InputRef) -> bool:
    row: Mapping[str, object] = example.given[0] if example.given else {}
    return ref.id in {"": row, "previous": example.previous, "baseline": example.baseline}.get(ref.relative, {})


def _incomplete(definition: Entry[Metric], number: int, example: Example, names: list[str]) -> Iterator[Diagnostic]:
    """example-incomplete: the rows of an example lack a column that the formula reads."""
    if names:
        columns = ", ".join(f"`{name}`" for name in names)
        message = f"{definition.noun.id}: the example “{plain_or(example.name, '…')}” leaves out {columns}"
        yield RULES["example-incomplete"].finding(
            definition.at.key("examples", number, "given"), message, kpi=definition.noun.id
        )

"""Examples: they give every column that the formula needs, under its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..compile.dataset.table import Table
from ..compile.definition import dating_columns
from ..compile.language.derived import Derived, split_input
from ..compile.plan.axis import CompiledMetric
from ..compile.sql.errors import FormulaError
from ..model.catalog import Entry
from ..model.diagnostic import Diagnostic
from ..model.kpi import Example, Metric
from ..model.quoting import plain_or
from ..model.rule import RULES
from .context import LintContext
from .references import unknown


def examples(view: LintContext) -> Iterator[Diagnostic]:
    """example-incomplete and unknown-reference: what an example gives is what the formula reads."""
    for entry in view.live:
        compiled = view.compiled.get(entry.noun.id)
        for number, example in enumerate(entry.noun.examples):
            if isinstance(compiled, CompiledMetric):
                yield from _of_rows(view, entry, compiled, number, example)
            elif isinstance(compiled, Derived):
                yield from _incomplete(entry, number, example, [n for n in compiled.inputs if not _gives(example, n)])


def _of_rows(
    view: LintContext, entry: Entry[Metric], measure: CompiledMetric, number: int, example: Example
) -> Iterator[Diagnostic]:
    table = view.tables[entry.noun.dataset or ""]
    known = {*table.scope.columns, *(table.contract.columns if table.contract else ()), "times"}
    for name in sorted({n for row in example.given for n in row} - known):
        if not view.is_unseen(table.name):
            yield from unknown(name, known, entry.at.key("examples", number, "given"), "column", entry.noun.id)
    used = measure.formula.columns
    if example.at is not None:
        used |= dating_columns(entry.noun, table)
    missing = {n for row in example.given for n in _lacking(table, used, row)}
    lacks_moment = entry.noun.is_stock and example.at is None
    yield from _incomplete(entry, number, example, [*sorted(missing), *(["at"] if lacks_moment else [])])


def _lacking(table: Table, used: frozenset[str], row: Mapping[str, object]) -> set[str]:
    """The columns a row leaves out; a computed column is given itself, or through what it is computed from."""
    try:
        return {b for name in used if name not in row for b in table.leaves(name) if b not in row}
    except FormulaError:
        return set()


def _gives(example: Example, name: str) -> bool:
    relative, one = split_input(name)
    given: Mapping[str, object] = example.given[0] if example.given else {}
    return one in {"": given, "previous": example.previous, "baseline": example.baseline}.get(relative, {})


def _incomplete(entry: Entry[Metric], number: int, example: Example, names: list[str]) -> Iterator[Diagnostic]:
    if names:
        lacking = ", ".join(f"`{n.replace('__', '(')})`" if "__" in n else f"`{n}`" for n in names)
        message = f"{entry.noun.id}, “{plain_or(example.name, '…')}” leaves out {lacking}"
        yield RULES["example-incomplete"].finding(entry.at.key("examples", number, "given"), message, kpi=entry.noun.id)

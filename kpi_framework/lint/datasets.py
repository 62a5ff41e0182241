"""Datasets: the columns they name exist, and their SQL compiles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from ..compile.dataset.dedupe import ordering
from ..compile.dataset.table import Table
from ..compile.sql.errors import FormulaError
from ..compile.sql.typed_sql import Term
from ..model.diagnostic import Diagnostic, Span
from ..model.period import is_zone
from ..model.project import Column, Dataset
from ..model.quoting import plain_or, shown
from ..model.rule import RULES
from ..model.unit import MICROSECONDS
from .context import LintContext
from .formulas import is_certain
from .references import UNKNOWN, unknown


def datasets(context: LintContext) -> Iterator[Diagnostic]:
    """unknown-reference, unknown-column and the formula rules, for what kpi.yaml says of each dataset."""
    at = context.catalog.project.at
    for name, table in context.tables.items():
        dataset = table.dataset
        if dataset.contract is not None:
            yield from unknown(
                dataset.contract, context.catalog.contracts, at.key("datasets", name, "contract"), "contract"
            )
        if dataset.preset is not None:
            yield from unknown(dataset.preset, context.catalog.presets, at.key("datasets", name, "preset"), "preset")
        yield from _durations(context, name, dataset)
        if (zone := dataset.reading.timezone) and not is_zone(zone):
            span = at.key("datasets", name, "source", "timezone")
            yield UNKNOWN.finding(
                span,
                f"{shown(zone)} is not an IANA time zone",
                "Write it as Europe/London, or UTC.",
            )
        yield from _orders(context, name, table)
        for span, work in _named(context, name, table):
            yield from _tried(context, name, span, work)
    for number, column in enumerate(context.catalog.project.noun.privacy.segment_by):
        if not any(context.is_unseen(n) or column in t.scope.columns for n, t in context.tables.items()):
            columns = {c for t in context.tables.values() for c in t.bases}
            yield from unknown(column, columns, at.value("privacy", "segment_by", number), "column")


def _orders(context: LintContext, name: str, table: Table) -> Iterator[Diagnostic]:
    """Report an order of rows without what they are rows of, and two orders."""
    dataset, at = table.dataset, context.catalog.project.at
    field = "latest_by" if dataset.latest_by else "first_by"
    if dataset.ordered_by and not table.keys:
        yield UNKNOWN.finding(
            at.key("datasets", name, field),
            f"{name}: `{field}` needs a `key`",
            "Set `key:` to the column that identifies a ticket, or whatever a row is about.",
        )
    if dataset.latest_by and dataset.first_by:
        message = f"{name}: `latest_by` and `first_by` exclude each other"
        hint = "Keep one of them; for both rows, name the source in two datasets."
        yield RULES["type-mismatch"].finding(at.key("datasets", name, "first_by"), message, hint)


def _durations(context: LintContext, name: str, dataset: Dataset) -> Iterator[Diagnostic]:
    """Report as type-mismatch a duration that becomes anything but a number of a unit of time."""
    for column, mapping in dataset.columns.items():
        if not isinstance(mapping, Column) or not mapping.duration:
            continue
        at = context.catalog.project.at.key("datasets", name, "columns", column)
        if mapping.type not in (None, "double"):
            message = f"{name}.{column}: a column with `duration` is a double, but `type` says {mapping.type}"
            yield RULES["type-mismatch"].finding(at, message, "Remove `type`.")
        if mapping.unit not in (None, *MICROSECONDS):
            message = f"{name}.{column}: `{mapping.unit}` is not a unit of time"
            yield RULES["type-mismatch"].finding(at, message, f"Write one of {', '.join(MICROSECONDS)}.")


def _named(context: LintContext, name: str, table: Table) -> Iterator[tuple[Span, Callable[[], object]]]:
    """Everything a dataset names or computes, with its place and what compiles it."""
    at, dataset = context.catalog.project.at, table.dataset
    for column in (*dataset.columns, *dataset.derive):
        part = "columns" if column in dataset.columns else "derive"
        if not table.is_left_out(column):
            yield at.key("datasets", name, part, column), partial(_term, table, column)
    for column, mapping in dataset.columns.items():
        if isinstance(mapping, Column) and mapping.currency is not None:
            yield at.key("datasets", name, "columns", column, "currency"), partial(_currency, table, mapping)
    for number, key in enumerate(table.keys):
        yield at.value("datasets", name, "key", number), partial(_term, table, key)
    for field, columns in (("latest_by", dataset.latest_by), ("first_by", dataset.first_by)):
        for number, column in enumerate(columns):
            yield at.value("datasets", name, field, number), partial(ordering, table, column)
    if dataset.time is not None:
        yield at.key("datasets", name, "time"), partial(_dating, table, dataset.time)
    if table.complete_column is not None:
        yield at.key("datasets", name, "complete_through"), partial(_dating, table, table.complete_column)
    for rule in dataset.rules:
        yield at.key("datasets", name, "rules", rule, "holds"), partial(_rule, context, name, rule)


def _rule(context: LintContext, dataset: str, name: str) -> None:
    """Raises FormulaError where a rule does not compile."""
    rule = context.compilation.rules(dataset)[name]
    if isinstance(rule, FormulaError):
        raise rule


def _term(table: Table, name: str) -> Term:
    return table.fresh_scope().term(name)


def _tried(context: LintContext, dataset: str, span: Span, work: Callable[[], object]) -> Iterator[Diagnostic]:
    try:
        work()
    except FormulaError as error:
        if is_certain(context, dataset, error):
            rule = "unknown-column" if error.rule == "source-unreadable" else error.rule
            yield RULES[rule].finding(span, f"{dataset}: {error.message}", error.hint)


def _currency(table: Table, mapping: Column) -> None:
    """The currency of each row is a text of the source, and nothing else says it. Raises FormulaError."""
    name = mapping.currency or ""
    term = _term(table, name)
    if name not in table.bases or term.type != "text" or term.personal:
        raise FormulaError("type-mismatch", f"{shown(name)} is no text column of the source", "Name one.", name)
    if mapping.unit is not None:
        raise FormulaError("type-mismatch", "`unit` and `currency` are given", "Remove one of them.", "currency")


def _dating(table: Table, name: str) -> None:
    """A column that dates rows is a timestamp or a date. Raises FormulaError."""
    term = _term(table, name)
    if term.type not in ("timestamp", "date"):
        raise FormulaError(
            "type-mismatch", f"{shown(name)} is a {term.type}, not a timestamp",
            f"Map it under columns: `{plain_or(name, 'NAME')}: {{from: …, type: timestamp}}`.", name,
        )  # fmt: skip

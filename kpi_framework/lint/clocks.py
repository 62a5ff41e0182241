"""Clocks and service levels: what they name exists, and a duration says what clock it runs by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..compile.clocks.events import check_clocks, declared_statuses
from ..compile.clocks.final import final_statuses
from ..compile.dataset.table import Table
from ..compile.meaning import reads_elapsed_time
from ..compile.plan.axis import CompiledMetric
from ..compile.sql.errors import FormulaError
from ..model.clock import EVENTS, RESOLVED, Clock, Policy
from ..model.diagnostic import Diagnostic, Span
from ..model.quoting import listed
from ..model.rule import RULES
from ..model.unit import MICROSECONDS
from .context import LintContext
from .formulas import is_certain
from .references import unknown

_SAYS = re.compile(
    r"\b(elapsed|calendar|business|working|work|opening|office|service|desk|clock)[ -]"
    r"(time|hours?|minutes?|days?)\b|round the clock|day and night|24 ?[x/×] ?7|\belapsed\b",
    re.IGNORECASE,
)
"""The words by which a definition says what clock a duration runs by."""


def clocks(context: LintContext) -> Iterator[Diagnostic]:
    """unknown-reference and the formula rules: histories, statuses, calendars and timestamps of clocks."""
    for name, part, clock_name, table, clock in _declared(context):
        yield from _of_clock(context, table, (name, part, clock_name), clock)


def unstated_ends(context: LintContext) -> Iterator[Diagnostic]:
    """unstated-end: the `until` of a policy names `resolved`, but no final status of its histories."""
    for name, part, policy_name, _, policy in _declared(context):
        if not isinstance(policy, Policy) or RESOLVED not in policy.until:
            continue
        final = final_statuses(context.tables[h] for h in policy.history if h in context.tables)
        if set(final).isdisjoint(policy.until):
            span = context.catalog.project.at.value("datasets", name, part, policy_name, "until")
            message = f"{policy_name}: `until` names `{RESOLVED}`, but none of the final statuses {listed(final)}"
            yield RULES["unstated-end"].finding(span, message)


def _declared(context: LintContext) -> Iterator[tuple[str, str, str, Table, Clock | Policy]]:
    """All clocks and policies: dataset, field, name, the dataset's table, and the thing itself."""
    for name, table in context.tables.items():
        for part in ("clocks", "policies"):
            declared: Mapping[str, Clock | Policy] = getattr(table.dataset, part)
            for clock_name, clock in declared.items():
                yield name, part, clock_name, table, clock


def _of_clock(
    context: LintContext, table: Table, path: tuple[str, str, str], clock: Clock | Policy
) -> Iterator[Diagnostic]:
    at = context.catalog.project.at
    missing = False
    for number, history in enumerate(clock.history):
        findings = list(unknown(history, context.tables, at.value("datasets", *path, "history", number), "dataset"))
        missing |= bool(findings)
        yield from findings
    known = declared_statuses(table)
    for field, words in _statuses(clock):
        for number, word in enumerate(words if known else ()):
            span = at.value("datasets", *path, field, number)
            yield from unknown(word, (*known, *(EVENTS if field in _EVENTFUL else ())), span, "status")
    if not missing:
        yield from _checked(context, table, at.key("datasets", *path), path[2])


_EVENTFUL = ("first", "last", "count", "until", "otherwise")


def _statuses(clock: Clock | Policy) -> Iterator[tuple[str, tuple[str, ...]]]:
    fields = ("until", "pausing") if isinstance(clock, Policy) else (clock.kind, "otherwise")
    yield from ((f, words) for f in fields if (words := getattr(clock, f)))


def _checked(context: LintContext, table: Table, span: Span, name: str) -> Iterator[Diagnostic]:
    try:
        check_clocks(table, context.tables, frozenset({name}))
    except FormulaError as error:
        if all(is_certain(context, n, error) for n in (table.name, *table.dataset.timed[name].history)):
            rule = "unknown-column" if error.rule == "source-unreadable" else error.rule
            yield RULES[rule].finding(span, f"{table.name}: {error.message}", error.hint)


def unstated(context: LintContext) -> Iterator[Diagnostic]:
    """unstated-clock: a formula measures elapsed time between two moments, and no text of the definition says
    whether nights and weekends count.
    """
    for definition in context.live:
        metric, compiled = definition.noun, context.compiled.get(definition.noun.id)
        if not isinstance(compiled, CompiledMetric) or metric.unit not in MICROSECONDS:
            continue
        texts = " ".join(t for t in (metric.counts, metric.excludes, metric.description, metric.name) if t)
        if reads_elapsed_time(metric, context.tables[metric.dataset or ""]) and not _SAYS.search(texts):
            message = f"{metric.id}: nothing states whether its {metric.unit} are elapsed time or working time"
            yield RULES["unstated-clock"].finding(definition.at.key("formula"), message, kpi=metric.id)

"""Signals: their conditions compile, over KPIs and metrics that are here and in use."""

from __future__ import annotations

from collections.abc import Iterator

from ..compile.sql.errors import FormulaError
from ..model.diagnostic import Diagnostic
from ..model.kpi import Lifecycle
from ..model.rule import RULES
from .context import LintContext


def signals(context: LintContext) -> Iterator[Diagnostic]:
    """formula-syntax, forbidden-function, type-mismatch, unknown-reference: what a signal's `when` names and says.

    A signal reads KPIs and metrics only, never another signal, so that no two can need each other.
    """
    metrics = context.catalog.metrics
    others = {e.noun.id for e in context.catalog.signals}
    for signal in context.catalog.signals:
        at, signal_id = signal.at.key("when"), signal.noun.id
        condition = context.compilation.condition(signal.noun)
        if isinstance(condition, FormulaError):
            if condition.name in context.catalog.broken:
                continue  # its own file has a finding
            is_other = condition.name in others
            hint = "A signal reads KPIs and metrics, never another signal." if is_other else condition.hint
            yield RULES[condition.rule].finding(at, f"{signal_id}: {condition.message}", hint)
            continue
        for operand_id in dict.fromkeys(o.definition for o in condition.operands):
            if metrics[operand_id].status is Lifecycle.RETIRED:
                message = f"{signal_id}: `{operand_id}` is retired, so the signal stays unknown"
                yield RULES["unknown-reference"].finding(at, message, "Name its replacement, or remove the signal.")

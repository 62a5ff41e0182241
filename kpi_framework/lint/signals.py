"""Signals: their conditions compile, over KPIs and metrics that are here and in use."""

from __future__ import annotations

from collections.abc import Iterator

from ..compile.language.signal import compile_signal
from ..compile.sql.errors import FormulaError
from ..model.diagnostic import Diagnostic
from ..model.kpi import Lifecycle
from ..model.rule import RULES
from .context import LintContext


def signals(context: LintContext) -> Iterator[Diagnostic]:
    """formula-syntax, forbidden-function, type-mismatch, unknown-reference: what a signal's `when` names and says.

    A signal reads KPIs and metrics only, never another signal, so that no two can need each other.
    """
    metrics = {i: e.noun for i, e in context.catalog.definitions.items()}
    others = {e.noun.id for e in context.catalog.signals}
    for signal in context.catalog.signals:
        at, signal_id = signal.at.key("when"), signal.noun.id
        try:
            condition = compile_signal(signal.noun.when, metrics, context.catalog.project.noun.almanac)
        except FormulaError as error:
            if error.name in context.catalog.broken:
                continue  # its own file has a finding
            hint = "A signal reads KPIs and metrics, never another signal." if error.name in others else error.hint
            yield RULES[error.rule].finding(at, f"{signal_id}: {error.message}", hint)
            continue
        for operand_id in dict.fromkeys(o.definition for o in condition.operands):
            if metrics[operand_id].status is Lifecycle.RETIRED:
                message = f"{signal_id}: `{operand_id}` is retired, so the signal stays unknown"
                yield RULES["unknown-reference"].finding(at, message, "Name its replacement, or remove the signal.")

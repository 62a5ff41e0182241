"""Signals: their conditions compile, over KPIs and metrics that are here and in use."""

from __future__ import annotations

from collections.abc import Iterator

from ..compile.language.signal import compile_signal
from ..compile.sql.errors import FormulaError
from ..model.diagnostic import Diagnostic
from ..model.kpi import Lifecycle
from ..model.rule import RULES
from .context import LintContext


def signals(view: LintContext) -> Iterator[Diagnostic]:
    """formula-syntax, forbidden-function, type-mismatch, unknown-reference: what a signal's `when` names and says.

    A signal reads KPIs and metrics only, never another signal, so that no two can need each other.
    """
    metrics = {i: e.noun for i, e in view.catalog.definitions.items()}
    others = {e.noun.id for e in view.catalog.signals}
    for entry in view.catalog.signals:
        at, one = entry.at.key("when"), entry.noun.id
        try:
            condition = compile_signal(entry.noun.when, metrics, view.catalog.project.noun.almanac)
        except FormulaError as error:
            if error.name in view.catalog.broken:
                continue  # its own file has a finding
            hint = "A signal reads KPIs and metrics, never another signal." if error.name in others else error.hint
            yield RULES[error.rule].finding(at, f"{one}: {error.message}", hint)
            continue
        for named in dict.fromkeys(o.definition for o in condition.operands):
            if metrics[named].status is Lifecycle.RETIRED:
                message = f"{one}: `{named}` is retired, and the signal is unknown from then on"
                yield RULES["unknown-reference"].finding(at, message, "Name what replaced it, or remove the signal.")

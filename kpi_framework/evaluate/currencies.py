"""Two currencies are never added: a definition over amounts of several has no value."""

from __future__ import annotations

from ..compile.currencies import Amounts, amounts_of, counting_others
from ..compile.plan.axis import CompiledMetric
from ..model.diagnostic import Diagnostic
from ..model.rule import RULES
from ..model.unit import is_currency
from .computable import Computable
from .engine.interface import EngineError
from .findings import counted_rows
from .session import Session


def mixed_currencies(session: Session, computable: Computable, dataset: str) -> dict[str, Diagnostic]:
    """The definitions over a loaded dataset whose amounts are of other currencies than theirs, and what to say."""
    table = computable.tables[dataset]
    mixed: dict[str, Diagnostic] = {}
    for compiled in computable.over(dataset):
        for amounts in amounts_of(table, compiled):
            finding = _finding(session, computable, compiled, amounts)
            if finding is not None:
                mixed[compiled.id] = finding
    return mixed


def _finding(session: Session, computable: Computable, compiled: CompiledMetric, amounts: Amounts) -> Diagnostic | None:
    definition = computable.catalog.definitions[compiled.id]
    metric, table = definition.noun, computable.tables[definition.noun.dataset or ""]
    try:
        others, kinds = session.fetch_again(counting_others(table, metric, compiled, amounts))[0]
    except EngineError:
        return None  # an engine that fails here fails again below
    what = f"{metric.id}: in {table.name}.{amounts.column}, "
    if isinstance(others, int) and others:
        rows = counted_rows(others)
        told = f"{rows} of another currency than {metric.unit}, or of none" if is_currency(metric.unit) else (
            f"{rows} without a currency"
        )  # fmt: skip
        return RULES["mixed-currency"].finding(definition.at.key("formula"), f"{what}{told}", kpi=metric.id)
    if isinstance(kinds, int) and kinds > 1 and not is_currency(metric.unit):
        return RULES["mixed-currency"].finding(
            definition.at.key("formula"), f"{what}{kinds} currencies stand beside each other", kpi=metric.id
        )
    return None

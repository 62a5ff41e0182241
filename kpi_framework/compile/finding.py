"""A formula's error as a finding, at the field it is about."""

from __future__ import annotations

import re

from ..model.catalog import Catalog
from ..model.diagnostic import Diagnostic
from ..model.kpi import Metric
from ..model.rule import RULES
from .sql.errors import FormulaError


def finding_of(catalog: Catalog, metric: Metric, error: FormulaError) -> Diagnostic:
    """The finding of a definition that does not compile."""
    at = catalog.definitions[metric.id].at
    return RULES[error.rule].finding(at.key(_field(metric, error.name)), error.message, error.hint, metric.id)


def _field(metric: Metric, name: str | None) -> str:
    """The field that holds the word the error is about; the formula, if several do."""
    if name in ("open_between", "spans", "window", "evidence"):
        return name
    for field in ("open_between", "spans"):
        if name in (getattr(metric, field) or ()) and not _names(metric.formula or "", name or ""):
            return field
    if name is None or _names(metric.formula or "", name):
        return "formula"
    if metric.where and _names(metric.where, name):
        return "where"
    if name == metric.time:
        return "time"
    return "segments" if any(name in b for b in metric.breakdowns) else "formula"


def _names(text: str, name: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE) is not None

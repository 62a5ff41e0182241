"""Names: a definition is found where it is looked for, and only once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from ..model.catalog import Entry
from ..model.diagnostic import Diagnostic
from ..model.kpi import Metric
from ..model.quoting import plain_or
from ..model.rule import RULES
from ..model.signal import Signal
from .context import LintContext


def file_names(context: LintContext) -> Iterator[Diagnostic]:
    """id-not-file-name: a file under kpis/ or baselines/ is named differently from the id that stands in it."""
    for definition in _definitions(context):
        stem = PurePosixPath(definition.at.path).stem
        if stem != definition.noun.id:
            message = f"the id is `{definition.noun.id}`, but the file is named {plain_or(stem, '…')}.yaml"
            hint = f"Rename the file to {definition.noun.id}.yaml, or the id to {plain_or(stem, '…')}."
            yield RULES["id-not-file-name"].finding(definition.at.key("id"), message, hint, definition.noun.id)
    for stem, baseline in context.catalog.baselines.items():
        if stem != baseline.noun.kpi:
            message = f"the baseline of `{baseline.noun.kpi}` is in {plain_or(stem, '…')}.yaml"
            yield RULES["id-not-file-name"].finding(baseline.at.key("kpi"), message, kpi=baseline.noun.kpi)


def _definitions(context: LintContext) -> tuple[Entry[Metric] | Entry[Signal], ...]:
    """All that has an id of its own: KPIs, metrics and signals."""
    return (*context.catalog.entries, *context.catalog.signals)


def ids(context: LintContext) -> Iterator[Diagnostic]:
    """duplicate-id: two files have the same id."""
    first: dict[str, str] = {}
    for definition in _definitions(context):
        definition_id = definition.noun.id
        if definition_id in first:
            message = f"`{definition_id}` is also defined in {plain_or(first[definition_id], '…')}"
            yield RULES["duplicate-id"].finding(definition.at.key("id"), message, kpi=definition_id)
        first.setdefault(definition_id, definition.at.path)

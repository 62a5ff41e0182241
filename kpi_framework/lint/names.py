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


def file_names(view: LintContext) -> Iterator[Diagnostic]:
    """id-not-file-name: kpis/**/<id>.yaml holds <id>, and baselines/<id>.yaml its baseline."""
    for entry in _definitions(view):
        stem = PurePosixPath(entry.at.path).stem
        if stem != entry.noun.id:
            message = f"the id is `{entry.noun.id}`, and the file is called {plain_or(stem, '…')}"
            hint = f"Rename the file to {entry.noun.id}.yaml, or the id to {plain_or(stem, '…')}."
            yield RULES["id-not-file-name"].finding(entry.at.key("id"), message, hint, entry.noun.id)
    for stem, baseline in view.catalog.baselines.items():
        if stem != baseline.noun.kpi:
            message = f"the baseline of `{baseline.noun.kpi}` stands in {plain_or(stem, '…')}.yaml"
            yield RULES["id-not-file-name"].finding(baseline.at.key("kpi"), message, kpi=baseline.noun.kpi)


def _definitions(view: LintContext) -> tuple[Entry[Metric] | Entry[Signal], ...]:
    """All that has an id of its own: KPIs, metrics and signals."""
    return (*view.catalog.entries, *view.catalog.signals)


def ids(view: LintContext) -> Iterator[Diagnostic]:
    """duplicate-id: two files with one id."""
    first: dict[str, str] = {}
    for entry in _definitions(view):
        one = entry.noun.id
        if one in first:
            message = f"`{one}` is defined in {plain_or(first[one], '…')} too"
            yield RULES["duplicate-id"].finding(entry.at.key("id"), message, kpi=one)
        first.setdefault(one, entry.at.path)

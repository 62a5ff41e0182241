"""References: every name that is named exists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..model.catalog import Catalog, Entry
from ..model.diagnostic import Diagnostic, Span, nearest
from ..model.kpi import Kpi, Metric
from ..model.quoting import listed, shown
from ..model.rule import RULES
from .context import LintContext

UNKNOWN = RULES["unknown-reference"]


def zones(catalog: Catalog) -> Iterator[Diagnostic]:
    """unknown-reference: the project's time zone."""
    key = catalog.project.noun.timezone
    if not catalog.project.noun.has_days:
        at = catalog.project.at.key("timezone")
        yield UNKNOWN.finding(at, f"{shown(key)} is not an IANA time zone", "Write it as Europe/London, or UTC.")


def rule_names(context: LintContext) -> Iterator[Diagnostic]:
    """unknown-reference: the rules whose severity kpi.yaml sets."""
    project = context.catalog.project
    for name in project.noun.rules:
        yield from unknown(name, RULES, project.at.key("rules", name), "rule")


def references(context: LintContext) -> Iterator[Diagnostic]:
    """unknown-reference: datasets, guards, objectives, successors, views, events, segments of targets and waivers."""
    for definition in context.catalog.definitions.values():
        yield from _of_metric(context, definition)
        if isinstance(definition.noun, Kpi):
            yield from _of_segments(definition, definition.noun)
    project = context.catalog.project
    known = context.named
    for name, view in project.noun.views.items():
        for number, kpi in enumerate(view.kpis if view.kpis != "all" else ()):
            yield from unknown(kpi, known, project.at.value("views", name, "kpis", number), "definition")
    for number, event in enumerate(project.noun.events):
        for place, kpi in enumerate(event.rebase):
            yield from unknown(kpi, known, project.at.value("events", number, "rebase", place), "definition")
    former = {e.noun.renamed_from for e in context.catalog.definitions.values()}
    for stem, baseline in context.catalog.baselines.items():
        if stem == baseline.noun.kpi and stem not in {*context.catalog.kpis, *context.catalog.broken, *former}:
            yield from unknown(stem, context.catalog.kpis, baseline.at.key("kpi"), "KPI")


def _of_metric(context: LintContext, definition: Entry[Metric]) -> Iterator[Diagnostic]:
    metric, at, project = definition.noun, definition.at, context.catalog.project.noun
    known = context.named
    if metric.dataset is not None:
        yield from unknown(metric.dataset, project.datasets, at.key("dataset"), "dataset", metric.id)
    if metric.evidence is not None:
        yield from unknown(metric.evidence, project.datasets, at.key("evidence"), "dataset", metric.id)
    for number, name in enumerate(metric.read_with):
        yield from unknown(name, known, at.value("read_with", number), "definition", metric.id)
    for number, name in enumerate(metric.objectives):
        yield from unknown(name, project.objectives, at.value("objectives", number), "objective", metric.id)
    if metric.retired and metric.retired.replaced_by:
        yield from unknown(metric.retired.replaced_by, known, at.key("retired", "replaced_by"), "definition", metric.id)


def _of_segments(definition: Entry[Metric], kpi: Kpi) -> Iterator[Diagnostic]:
    """What a target or a waiver names has to be a segment: else it would judge nothing, in silence."""
    columns = {b[0]: b for b in kpi.breakdowns if len(b) == 1}
    for number, target in enumerate(kpi.target or ()):
        for column in target.by:
            yield from unknown(column, columns, definition.at.key("target", number, "by", column), "segment", kpi.id)
    for number, waiver in enumerate(kpi.waiver):
        for column in waiver.segment:
            yield from unknown(
                column, columns, definition.at.key("waiver", number, "segment", column), "segment", kpi.id
            )


def unknown(name: str, known: Iterable[str], span: Span, what: str, kpi: str | None = None) -> Iterator[Diagnostic]:
    """A finding if the name is none of the known ones, with the nearest of them."""
    names = known if isinstance(known, Mapping) else tuple(known)
    if name in names:
        return
    near = nearest(name, names)
    here = f"Known: {listed(names)}." if names else ""
    hint = f"Did you mean `{near}`?" if near else here
    yield UNKNOWN.finding(span, f"there is no {what} {shown(name)}", hint, kpi)

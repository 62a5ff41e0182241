"""kpi.yaml, field by field: its gate, its required KPIs, its datasets. Each change lists the KPIs that it touches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping

from ..model.change import Change, ChangeClass
from ..model.diagnostic import Severity
from ..model.rule import RULES
from .datasets import DatasetPair, changed_dataset
from .project_pair import ProjectPair, plain

C = ChangeClass


def changed_project(pair: ProjectPair) -> Iterator[Change]:
    """Every field of kpi.yaml that means something else."""
    for name, classify in FIELDS.items():
        before, after = (getattr(p, name) for p in pair.projects)
        if before != after:
            yield from classify(pair, name, before, after)


Classify = Callable[[ProjectPair, str, "object", "object"], Iterator[Change]]


def _always(cls: ChangeClass) -> Classify:
    def classify(pair: ProjectPair, name: str, before: object, after: object) -> Iterator[Change]:
        yield pair.change(cls, (name,), plain(before), plain(after))

    return classify


def _events(pair: ProjectPair, name: str, before: object, after: object) -> Iterator[Change]:
    """Words explain; a rebase lets the limits of a definition begin anew, so that a worsening one looks steady."""
    old, new = ({(event.date, kpi) for event in p.events for kpi in event.rebase} for p in pair.projects)
    touched = frozenset(kpi for _, kpi in old ^ new)
    yield pair.change(C.LOOSENED if touched else C.COSMETIC, (name,), plain(before), plain(after), touched)


def _publish(pair: ProjectPair, name: str, before: object, after: object) -> Iterator[Change]:
    """Only the commits of one branch publish; of another one, or of any, those of nobody's review can."""
    yield pair.change(C.TIGHTENED if before is None else C.LOOSENED, (name,), plain(before), plain(after))


def _views(pair: ProjectPair, name: str, before: object, after: object) -> Iterator[Change]:
    """A definition that a group of readers no longer sees is a matter of governance; all else is only shown."""
    old, new = (
        {(view, shown) for view, v in p.views.items() for shown in (v.kpis if isinstance(v.kpis, tuple) else ("all",))}
        for p in pair.projects
    )
    hidden = {shown for _, shown in old - new}
    seen = pair.judged if "all" in hidden else frozenset(hidden)
    yield pair.change(C.GOVERNANCE if hidden else C.COSMETIC, (name,), plain(before), plain(after), seen)


def _time(pair: ProjectPair, name: str, before: object, after: object) -> Iterator[Change]:
    """The zone, the week, the fiscal year and the engine are part of every value."""
    yield pair.change(C.RESTATING, (name,), before, after, frozenset(pair.comparison.after.catalog.definitions))


def _calendars(pair: ProjectPair, name: str, before: object, after: object) -> Iterator[Change]:
    """Hours, zones and holidays are part of every definition that runs by them."""
    old, new = pair.projects[0].calendars, pair.projects[1].calendars
    for calendar in sorted({*old, *new}):
        if old.get(calendar) != new.get(calendar):
            touched = pair.restated_by(f"{name}.{calendar}")
            checks = [s.checks for s in (pair.comparison.before, pair.comparison.after)]
            cls = C.RESTATING if touched else (C.COSMETIC if checks[0] == checks[1] else C.LOOSENED)
            yield pair.change(cls, (name, calendar), plain(old.get(calendar)), plain(new.get(calendar)), touched)


def _as_of(pair: ProjectPair, name: str, before: object, after: object) -> Iterator[Change]:
    """A fixed day holds all later misses back; an earlier one takes judged periods away."""
    held = isinstance(after, dt.date) and (not isinstance(before, dt.date) or after < before)
    freed = isinstance(before, dt.date) and not isinstance(after, dt.date)
    cls = C.LOOSENED if held else (C.TIGHTENED if freed else C.GOVERNANCE)
    yield pair.change(cls, (name,), str(before), str(after), frozenset(pair.comparison.after.catalog.kpis))


def _required(pair: ProjectPair, name: str, before: object, after: object) -> Iterator[Change]:
    old = {pair.renamed.get(kpi_id, kpi_id) for kpi_id in pair.projects[0].required}
    new = set(pair.projects[1].required)
    for kpi_id in sorted(old - new):
        yield pair.change(C.LOOSENED, (name, kpi_id), kpi_id, None, frozenset({kpi_id}))
    for kpi_id in sorted(new - old):
        yield pair.change(C.TIGHTENED, (name, kpi_id), None, kpi_id, frozenset({kpi_id}))


def _gate(pair: ProjectPair, name: str, before: object, after: object) -> Iterator[Change]:
    old, new = pair.projects[0].gate, pair.projects[1].gate
    for field in type(old).model_fields:
        touched = pair.judged if field != "signals" else frozenset()
        yield from _severity(pair, (name, field), getattr(old, field), getattr(new, field), touched)


def _rules(pair: ProjectPair, name: str, before: object, after: object) -> Iterator[Change]:
    old, new = pair.projects[0].rules, pair.projects[1].rules
    for rule in sorted({*old, *new}):
        usual = RULES[rule].severity if rule in RULES else Severity.ERROR
        yield from _severity(pair, (name, rule), old.get(rule, usual), new.get(rule, usual), pair.judged)


def _severity(
    pair: ProjectPair, path: tuple[str, ...], before: Severity, after: Severity, touched: frozenset[str]
) -> Iterator[Change]:
    if before is not after:
        cls = C.LOOSENED if after.rank < before.rank else C.TIGHTENED
        yield pair.change(cls, path, before.value, after.value, touched)


def _privacy(pair: ProjectPair, name: str, before: object, after: object) -> Iterator[Change]:
    """A personal column shown openly no longer fails; parts that are hidden are not judged."""
    old, new = pair.projects[0].privacy, pair.projects[1].privacy
    for column in sorted(set(old.segment_by) ^ set(new.segment_by)):
        is_segment = column in new.segment_by
        cls = C.LOOSENED if is_segment else C.TIGHTENED
        before, after = (None, column) if is_segment else (column, None)
        yield pair.change(cls, (name, "segment_by"), before, after, _shown_by(pair, {column}))
    if old.min_rows != new.min_rows:
        cls = C.LOOSENED if new.min_rows > old.min_rows else C.TIGHTENED
        touched = _shown_by(pair, {*old.segment_by, *new.segment_by})
        yield pair.change(cls, (name, "min_rows"), old.min_rows, new.min_rows, touched)
    if old.reason.split() != new.reason.split():
        yield pair.change(C.COSMETIC, (name, "reason"), old.reason, new.reason)


def _shown_by(pair: ProjectPair, columns: set[str]) -> frozenset[str]:
    """The definitions that are broken down by one of these columns."""
    nouns = ((i, e.noun) for s in pair.sides for i, e in s.catalog.definitions.items())
    return frozenset(i for i, metric in nouns if any(columns & set(b) for b in metric.breakdowns))


def _datasets(pair: ProjectPair, name: str, before: object, after: object) -> Iterator[Change]:
    old, new = pair.projects[0].datasets, pair.projects[1].datasets
    for dataset in sorted({*old, *new}):
        if dataset not in new:
            yield pair.change(C.REMOVED, (name, dataset), plain(old[dataset]), None, pair.readers(dataset))
        elif dataset not in old:
            yield pair.change(C.ADDED, (name, dataset), None, plain(new[dataset]), pair.readers(dataset))
        else:
            yield from changed_dataset(DatasetPair(pair, dataset, old[dataset], new[dataset]))


FIELDS: Mapping[str, Classify] = {
    "name": _always(C.COSMETIC), "objectives": _always(C.COSMETIC), "events": _events,
    "meta": _always(C.COSMETIC), "timezone": _time, "week_starts": _time, "fiscal_year_starts": _time, "engine": _time,
    "as_of": _as_of, "required": _required, "datasets": _datasets, "privacy": _privacy, "gate": _gate, "rules": _rules,
    "version": _always(C.COSMETIC), "calendars": _calendars, "views": _views, "publish": _publish,
}  # fmt: skip
"""How a change of each field of kpi.yaml is judged."""

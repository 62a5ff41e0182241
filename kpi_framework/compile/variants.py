"""Other readings of definitions: what a figure could mean that somebody else computes from the same data.

Each is a catalog that differs from the project's own in one point. They are pure: nothing is measured here. Whoever
measures them leaves out those that do not change a definition, which its hash tells.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from itertools import islice

from ..model.calendar import Calendar
from ..model.catalog import Catalog
from ..model.clock import Clock, Policy
from ..model.kpi import Metric
from ..model.project import Column, Dataset, Project
from ..model.record import Record, replace
from .catalog import Compilation
from .rewriting import Rewrite, in_calendar, in_elapsed_time, mentions, named_otherwise, rewritten, untrue

_MOST = 5
"""So many zones and calendars of a project are tried."""
_HISTORY, _RESOLVED, _MERGED = "ticket_events", "resolved_at", "merged"
_DONE = frozenset({"resolved", "closed"})


class Variant(Record):
    """A catalog read in another way: a name for programs, and the words for people."""

    name: str
    words: str
    catalog: Catalog


def variants(compilation: Compilation) -> Iterator[Variant]:
    """The project's definitions, each time with one thing read otherwise; some change nothing."""
    for readings in (_zones, _working_times, _resolutions, _merged, _dates):
        yield from readings(compilation)


# zones


def _zones(compilation: Compilation) -> Iterator[Variant]:
    """Periods that begin in another zone; times without an offset that are read in another zone."""
    catalog = compilation.catalog
    own = catalog.project.noun.timezone
    stated = [zone for dataset in catalog.datasets.values() for zone in _stated_zones(dataset)]
    for zone in islice((z for z in dict.fromkeys(("UTC", *stated)) if z != own), _MOST):
        yield Variant(f"periods:{zone}", f"periods that begin in {zone}", _beginning_in(catalog, zone))
    for zone in islice(dict.fromkeys(("UTC", own)), _MOST):
        words = f"times without an offset read in {zone}"
        yield Variant(f"times:{zone}", words, _over_datasets(catalog, partial(_read_in, zone=zone)))


def _stated_zones(dataset: Dataset) -> Iterator[str]:
    zones = (dataset.reading.timezone, *(c.timezone for c in dataset.columns.values() if isinstance(c, Column)))
    return (zone for zone in zones if zone is not None)


def _beginning_in(catalog: Catalog, zone: str) -> Catalog:
    """The project in a zone; what was on the wall of its own one stays there: times and working hours."""
    own = catalog.project.noun.timezone
    pinned = _over_datasets(catalog, lambda d: _with_zone(d, d.reading.timezone or own))
    calendars = {n: _on_wall(c, own) for n, c in catalog.project.noun.calendars.items()}
    return _of_project(pinned, {"timezone": zone, "calendars": calendars})


def _on_wall(calendar: Calendar, zone: str) -> Calendar:
    return calendar.model_copy(update={"timezone": calendar.timezone or zone})


def _with_zone(dataset: Dataset, zone: str) -> Dataset:
    return dataset.model_copy(update={"source": dataset.reading.model_copy(update={"timezone": zone})})


def _read_in(dataset: Dataset, zone: str) -> Dataset:
    columns = {
        n: c.model_copy(update={"timezone": None}) if isinstance(c, Column) else c for n, c in dataset.columns.items()
    }
    return _with_zone(dataset, zone).model_copy(update={"columns": columns})


# working time or elapsed time


def _working_times(compilation: Compilation) -> Iterator[Variant]:
    """Elapsed time in place of working time; working time of each calendar in place of elapsed time, or of another."""
    catalog = compilation.catalog
    yield Variant("elapsed", "elapsed time", _timed(catalog, in_elapsed_time, None))
    for name in islice(catalog.project.noun.calendars, _MOST):
        words = f"working time of the calendar {name}"
        yield Variant(f"calendar:{name}", words, _timed(catalog, in_calendar(name), name))


def _timed(catalog: Catalog, rewrite: Rewrite, calendar: str | None) -> Catalog:
    """The catalog with its durations in formulas, derived columns, clocks and policies on a calendar, or on none."""

    def on_calendar(timed: Clock | Policy) -> dict[str, object]:
        counts = isinstance(timed, Policy) or timed.running is not None
        return {"calendar": calendar} if counts else {}

    return _over_datasets(_over_texts(catalog, rewrite), lambda d: _over_clocks(d, on_calendar))


# which resolution


def _resolutions(compilation: Compilation) -> Iterator[Variant]:
    """The first resolution, the last one, or the closure."""
    catalog = compilation.catalog
    for kind, other in (("first", "last"), ("last", "first")):
        swapped = _over_datasets(catalog, partial(_over_clocks, change=partial(_moment, kind=kind, other=other)))
        yield Variant(f"{kind}_resolution", f"the {kind} resolution", _from_history(compilation, swapped, kind))
    yield Variant("closure", "the closure in place of the resolution", _renamed(catalog, "closed_at"))


def _moment(timed: Clock | Policy, kind: str, other: str) -> dict[str, object]:
    """What turns a last moment of resolution into the first one, or the other way round."""
    words = getattr(timed, other) if isinstance(timed, Clock) else None
    return {kind: words, other: None} if words and not _DONE.isdisjoint(words) else {}


def _from_history(compilation: Compilation, catalog: Catalog, kind: str) -> Catalog:
    """The catalog with the export's time of resolution replaced by the history's, where it is clear which that is."""
    history = _status_history(catalog)
    if not history:
        return catalog
    name = f"{kind}_{_RESOLVED}"
    clock = Clock.model_validate({"history": history, kind: "resolved", "otherwise": "closed"})
    others = {n for n, table in compilation.tables.items() if n in history or not table.has(_RESOLVED)}
    return _renamed(_over_datasets(catalog, partial(_with_clock, name=name, clock=clock), leaving=others), name)


def _status_history(catalog: Catalog) -> tuple[str, ...]:
    """Where a clock finds resolutions; without such a clock the project's one history, if there is one."""
    clocks = [clock for dataset in catalog.datasets.values() for clock in dataset.clocks.values()]
    stated = [clock.history for clock in clocks if not _DONE.isdisjoint(clock.words)]
    if stated:
        return stated[0]
    histories = [n for n, d in catalog.datasets.items() if _HISTORY in (d.contract, n)]
    return tuple(histories) if len(histories) == 1 else ()


def _with_clock(dataset: Dataset, name: str, clock: Clock) -> Dataset:
    return dataset.model_copy(update={"clocks": {**dataset.clocks, name: clock}})


def _renamed(catalog: Catalog, name: str) -> Catalog:
    """The catalog with another column in the place of the time of resolution, unless that is a clock itself."""
    ticking = {n for n, d in catalog.datasets.items() if _RESOLVED in {*d.clocks, *d.derive}}

    def renamed(metric: Metric) -> Metric:
        if metric.dataset in ticking:
            return metric
        columns = {f: _instead(getattr(metric, f), name) for f in ("time", "open_between", "spans")}
        return metric.model_copy(update=columns)

    return _over_metrics(_over_texts(catalog, named_otherwise(_RESOLVED, name), leaving=ticking), renamed)


def _instead(columns: str | tuple[str, ...] | None, name: str) -> str | tuple[str, ...] | None:
    if isinstance(columns, tuple):
        return tuple(name if column == _RESOLVED else column for column in columns)
    return name if columns == _RESOLVED else columns


# merged tickets


def _merged(compilation: Compilation) -> Iterator[Variant]:
    """Merged tickets left in where a definition takes them out, and left out where it does not."""
    catalog = compilation.catalog
    yield Variant("merged_in", "merged tickets left in", _over_texts(catalog, untrue(_MERGED)))
    having = {name for name, table in compilation.tables.items() if table.has(_MERGED)}
    without = _over_metrics(catalog, lambda m: _unmerged(m) if m.dataset in having else m)
    yield Variant("merged_out", "merged tickets left out", without)


def _unmerged(metric: Metric) -> Metric:
    if any(mentions(text, _MERGED) for text in (metric.formula, metric.where) if text):
        return metric
    condition = f"not coalesce({_MERGED}, false)"
    return metric.model_copy(update={"where": f"({metric.where}) and {condition}" if metric.where else condition})


# which date


def _dates(compilation: Compilation) -> Iterator[Variant]:
    """Rows counted in the period of another of their dates."""
    for column, words in (("created_at", "creation"), (_RESOLVED, "resolution"), ("closed_at", "closure")):
        having = {name for name, table in compilation.tables.items() if table.has(column)}
        dated = _over_metrics(compilation.catalog, partial(_dated, column=column, having=having))
        yield Variant(f"by_{words}", f"counted by {words}", dated)


def _dated(metric: Metric, column: str, having: set[str]) -> Metric:
    is_flow = metric.open_between is None and metric.spans is None
    return metric.model_copy(update={"time": column}) if is_flow and metric.dataset in having else metric


# catalogs with something else in them


def _of_project(catalog: Catalog, update: Mapping[str, object]) -> Catalog:
    project: Project = catalog.project.noun.model_copy(update=dict(update))
    return replace(catalog, project=replace(catalog.project, noun=project))


def _over_datasets(catalog: Catalog, change: Callable[[Dataset], Dataset], leaving: Collection[str] = ()) -> Catalog:
    datasets = {n: d if n in leaving else change(d) for n, d in catalog.project.noun.datasets.items()}
    return _of_project(catalog, {"datasets": datasets})


def _over_clocks(dataset: Dataset, change: Callable[[Clock | Policy], dict[str, object]]) -> Dataset:
    clocks = {n: c.model_copy(update=change(c)) for n, c in dataset.clocks.items()}
    policies = {n: p.model_copy(update=change(p)) for n, p in dataset.policies.items()}
    return dataset.model_copy(update={"clocks": clocks, "policies": policies})


def _over_metrics(catalog: Catalog, change: Callable[[Metric], Metric]) -> Catalog:
    return replace(catalog, entries=tuple(replace(entry, noun=change(entry.noun)) for entry in catalog.entries))


def _over_texts(catalog: Catalog, rewrite: Rewrite, leaving: Collection[str] = ()) -> Catalog:
    """The catalog with the formulas and conditions over rows, and the columns derived from them, rewritten."""

    def over(metric: Metric) -> Metric:
        if metric.dataset is None or metric.dataset in leaving:
            return metric
        texts = {f: rewritten(text, rewrite) for f in ("formula", "where") if (text := getattr(metric, f))}
        return metric.model_copy(update=texts)

    def derived(dataset: Dataset) -> Dataset:
        return dataset.model_copy(update={"derive": {n: rewritten(t, rewrite) for n, t in dataset.derive.items()}})

    return _over_datasets(_over_metrics(catalog, over), derived, leaving)

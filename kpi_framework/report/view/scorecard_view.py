"""What a reader wants to know of a scorecard, before it is put into any format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from ...model.diagnostic import Diagnostic
from ...model.kpi import Action, Kpi, Metric, Note, Waiver
from ...model.measurement import Measurement, Scorecard, Segment, Status, streak
from ...model.period import Period
from ...model.project import ProjectEvent, View
from ...model.record import Record
from ..words.escape import clean, clip
from ..words.trend import trend
from ..words.values import loss

_TROUBLED = (Status.MISSED, Status.NEAR)
_WEIGHTS = (Status.MISSED, Status.NEAR, Status.UNKNOWN, Status.MET, Status.INFORMATIVE)
_LONGEST = 80  # characters of a name


class Standing(Record):
    """How one definition stands: its judged value, and those of the segments that have their own targets.

    The segments stand in order of weight, the missed ones first.
    """

    id: str
    definition: Metric | None
    whole: Measurement | None
    segments: tuple[Measurement, ...]
    trend: str
    worst: Measurement | None = None
    in_a_row: tuple[Measurement, ...] = ()
    """The periods in a row, up to the judged one, with its status."""

    @property
    def name(self) -> str:
        """The name people read, cut where it would fill a page."""
        return clip(clean(self.definition.name if self.definition else self.id), _LONGEST)

    @property
    def owner(self) -> str:
        """Who answers for it; empty if nobody does."""
        return clip(clean((self.definition.owner if self.definition else None) or ""), _LONGEST)

    @property
    def status(self) -> Status:
        """The judgement of the whole; what was not measured is unknown."""
        return self.whole.status if self.whole else Status.UNKNOWN

    @property
    def is_troubled(self) -> bool:
        """Whether the whole or a segment with its own target is missed or at risk."""
        return any(one.status in _TROUBLED for one in self.judged)

    @property
    def judged(self) -> tuple[Measurement, ...]:
        """The whole, then the segments with targets of their own."""
        return (*((self.whole,) if self.whole else ()), *self.segments)

    @property
    def notes(self) -> tuple[Note, ...]:
        """What explains the judged period."""
        if self.definition is None or self.whole is None:
            return ()
        return tuple(n for n in self.definition.notes if n.is_of(self.whole.period.start))

    @property
    def action(self) -> Action | None:
        """What is done when it is missed."""
        return self.definition.action if isinstance(self.definition, Kpi) else None


class Insight:
    """The scorecard, sorted for reading; each question is answered once."""

    def __init__(self, scorecard: Scorecard) -> None:
        self.scorecard = scorecard
        self._series: dict[tuple[str, Segment], list[Measurement]] = {}
        self._judged_parts: dict[str, list[Measurement]] = {}
        for one in scorecard.measurements:
            self._series.setdefault((one.kpi, one.segment), []).append(one)
            if one.judged and one.segment:
                self._judged_parts.setdefault(one.kpi, []).append(one)

    @cached_property
    def standings(self) -> tuple[Standing, ...]:
        """The definitions of the view; without one all that are in use, in the definitions' order."""
        name = self.scorecard.view
        return self.in_view(self.scorecard.views[name]) if name is not None else self.everything

    def in_view(self, view: View) -> tuple[Standing, ...]:
        """The definitions of a view, in its order and up to its limit."""
        chosen = self.by_id if view.kpis == "all" else view.kpis
        return tuple(self.by_id[one] for one in chosen if one in self.by_id)[: view.limit]

    @cached_property
    def everything(self) -> tuple[Standing, ...]:
        """Every definition that is in use, in the definitions' order."""
        live = [i for i, d in self.scorecard.definitions.items() if d.is_active]
        measured = [kpi for kpi, segment in self._series if not segment]
        return tuple(self._standing(one) for one in dict.fromkeys((*live, *measured)))

    @cached_property
    def by_id(self) -> Mapping[str, Standing]:
        """The same, by id."""
        return {one.id: one for one in self.everything}

    @cached_property
    def kpis(self) -> tuple[Standing, ...]:
        """The KPIs that are judged, or would be if they had a value."""
        return tuple(one for one in self.standings if _is_judged(one))

    @cached_property
    def informative(self) -> tuple[Standing, ...]:
        """Metrics and drafts: they inform."""
        return tuple(one for one in self.standings if not _is_judged(one))

    @cached_property
    def troubled(self) -> tuple[Standing, ...]:
        """The KPIs that are missed, then those that are at risk."""
        found = [one for one in self.kpis if one.is_troubled]
        return tuple(sorted(found, key=lambda one: all(m.status is not Status.MISSED for m in one.judged)))

    @cached_property
    def unknown(self) -> tuple[Standing, ...]:
        """The KPIs whose value is unknown, and metrics without one."""
        return tuple(one for one in self.standings if one.status is Status.UNKNOWN or _is_empty(one))

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """The judged periods, each once."""
        return tuple(dict.fromkeys(one.whole.period for one in self.standings if one.whole))

    @cached_property
    def events(self) -> tuple[ProjectEvent, ...]:
        """The events of kpi.yaml that fall into a shown period."""
        shown = {one.period for one in self.scorecard.measurements}
        first = min((p.start for p in shown), default=None)
        last = max((p.end for p in shown), default=None)
        if first is None or last is None:
            return ()
        return tuple(sorted((e for e in self.scorecard.events if first <= e.date < last), key=lambda e: e.date))

    def trend(self, one: Measurement) -> str:
        """The sparkline of the measurement's KPI and segment."""
        return trend(self._series[one.kpi, one.segment])

    def series(self, kpi: str, segment: Segment = ()) -> tuple[Measurement, ...]:
        """The measurements of one KPI and segment, oldest period first."""
        return tuple(self._series.get((kpi, segment), ()))

    def breakdown(self, kpi: str, columns: tuple[str, ...]) -> tuple[Measurement, ...]:
        """The judged measurements of the segments by these columns; with a target, the worst first."""
        parts = [m for m in self._judged_parts.get(kpi, ()) if tuple(c for c, _ in m.segment) == columns]
        whole = self.standing(kpi).whole
        goal = whole.target if whole else None
        if goal is None:
            return tuple(parts)
        known = [(loss(m.value, goal), m) for m in parts if m.value is not None]
        ordered = [m for _, m in sorted(known, key=lambda pair: -pair[0])]
        return (*ordered, *(m for m in parts if m.value is None))

    def streak(self, one: Measurement) -> int:
        """How many periods in a row, up to this one, have its status."""
        series = [m for m in self._series.get((one.kpi, one.segment), ()) if m.period <= one.period]
        return next((n for n, m in enumerate(reversed(series)) if m.status is not one.status), len(series))

    def waiver(self, one: Measurement) -> Waiver | None:
        """The waiver that holds for a waived measurement."""
        definition = self.scorecard.definitions.get(one.kpi)
        if not one.waived or not isinstance(definition, Kpi):
            return None
        today, segment = self.scorecard.today, _texts(one.segment)
        held = [w for w in definition.waiver if w.segment == segment and w.from_ <= today <= w.until]
        return next((w for w in held if w.reason == one.because), held[0] if held else None)

    def standing(self, kpi: str) -> Standing:
        """How one definition stands, in use or not."""
        return self.by_id.get(kpi) or self._standing(kpi)

    def _standing(self, kpi: str) -> Standing:
        series = self._series.get((kpi, ()), [])
        whole = next((one for one in series if one.judged), None)
        parts = self._judged_parts.get(kpi, ())
        own = [one for one in parts if one.target is not None and one.population != 0]
        own.sort(key=lambda one: _WEIGHTS.index(one.status))
        return Standing(
            kpi,
            self.scorecard.definitions.get(kpi),
            whole,
            tuple(own),
            trend(series),
            _worst_segment(whole, parts),
            streak(series),
        )


def _is_judged(one: Standing) -> bool:
    if isinstance(one.definition, Kpi) and one.definition.is_active:
        return one.whole is None or one.status is not Status.INFORMATIVE
    return one.whole is not None and one.status is not Status.INFORMATIVE


def _is_empty(one: Standing) -> bool:
    """A metric that should inform and has nothing to say."""
    return one.whole is None or (one.status is Status.INFORMATIVE and one.whole.value is None)


def _texts(segment: Segment) -> dict[str, str]:
    return {column: "null" if value is None else value for column, value in segment}


def _worst_segment(whole: Measurement | None, parts: Iterable[Measurement]) -> Measurement | None:
    """The known segment of the judged period that lies furthest to the losing side of the KPI's target."""
    if whole is None or whole.target is None:
        return None
    goal = whole.target
    known = [
        (loss(one.value, goal), one)
        for one in parts
        if one.value is not None and one.reason is None and one.period == whole.period
    ]
    return max(known, key=lambda pair: pair[0])[1] if known else None


def by_rule(findings: Iterable[Diagnostic]) -> Mapping[str, list[Diagnostic]]:
    """The findings of each rule, the weightiest rules first."""
    found: dict[str, list[Diagnostic]] = {}
    for one in sorted(findings, key=lambda f: (-f.severity.rank, f.code)):
        found.setdefault(one.rule, []).append(one)
    return found

"""What a reader wants to know of a scorecard, before it is put into any format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from ...model.diagnostic import Diagnostic
from ...model.kpi import Action, Kpi, Metric, Note
from ...model.measurement import Measurement, Scorecard, Segment, Status, streak
from ...model.period import Period
from ...model.project import ProjectEvent, View
from ...model.record import Record
from ..doc.model import Badge
from ..words.escape import clean, clip
from ..words.phrases import status_text
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
    overall: Measurement | None
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
        """The overall status; what was not measured is unknown."""
        return self.overall.status if self.overall else Status.UNKNOWN

    @property
    def badge(self) -> Badge:
        """The status as sign and word, with its waiver."""
        waived = self.overall is not None and self.overall.waived
        return Badge(status_text(self.status, waived=waived), self.status)

    @property
    def is_troubled(self) -> bool:
        """Whether the overall value or a segment with its own target is missed or at risk."""
        return any(measurement.status in _TROUBLED for measurement in self.judged)

    @property
    def judged(self) -> tuple[Measurement, ...]:
        """The overall value, then the segments with targets of their own."""
        return (*((self.overall,) if self.overall else ()), *self.segments)

    @property
    def notes(self) -> tuple[Note, ...]:
        """What explains the judged period."""
        if self.definition is None or self.overall is None:
            return ()
        return tuple(n for n in self.definition.notes if n.is_of(self.overall.period.start))

    @property
    def action(self) -> Action | None:
        """What is done when it is missed."""
        return self.definition.action if isinstance(self.definition, Kpi) else None


class ScorecardView:
    """The scorecard, sorted for reading; each question is answered once."""

    def __init__(self, scorecard: Scorecard) -> None:
        self.scorecard = scorecard
        self._series: dict[tuple[str, Segment], list[Measurement]] = {}
        self._judged_segments: dict[str, list[Measurement]] = {}
        for measurement in scorecard.measurements:
            self._series.setdefault((measurement.kpi, measurement.segment), []).append(measurement)
            if measurement.judged and measurement.segment:
                self._judged_segments.setdefault(measurement.kpi, []).append(measurement)

    @cached_property
    def standings(self) -> tuple[Standing, ...]:
        """The definitions of the view; without one all that are in use, in the definitions' order."""
        name = self.scorecard.view
        return self.in_view(self.scorecard.views[name]) if name is not None else self.everything

    def in_view(self, view: View) -> tuple[Standing, ...]:
        """The definitions of a view, in its order and up to its limit."""
        chosen = self.by_id if view.kpis == "all" else view.kpis
        return tuple(self.by_id[kpi_id] for kpi_id in chosen if kpi_id in self.by_id)[: view.limit]

    @cached_property
    def everything(self) -> tuple[Standing, ...]:
        """Every definition that is in use, in the definitions' order."""
        live = [i for i, d in self.scorecard.definitions.items() if d.is_active]
        measured = [kpi for kpi, segment in self._series if not segment]
        return tuple(self._standing(kpi_id) for kpi_id in dict.fromkeys((*live, *measured)))

    @cached_property
    def by_id(self) -> Mapping[str, Standing]:
        """The same, by id."""
        return {standing.id: standing for standing in self.everything}

    @cached_property
    def kpis(self) -> tuple[Standing, ...]:
        """The KPIs that are judged, or would be if they had a value or were no drafts."""
        return tuple(standing for standing in self.standings if _is_judged(standing))

    @cached_property
    def informative(self) -> tuple[Standing, ...]:
        """Metrics, and drafts without a target: they inform."""
        return tuple(standing for standing in self.standings if not _is_judged(standing))

    @cached_property
    def troubled(self) -> tuple[Standing, ...]:
        """The KPIs that are missed, then those that are at risk."""
        troubled = [standing for standing in self.kpis if standing.is_troubled]
        return tuple(sorted(troubled, key=lambda standing: all(m.status is not Status.MISSED for m in standing.judged)))

    @cached_property
    def unknown(self) -> tuple[Standing, ...]:
        """The KPIs whose value is unknown, and metrics without one."""
        return tuple(s for s in self.standings if s.status is Status.UNKNOWN or _is_empty(s))

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """The judged periods, each once."""
        return tuple(dict.fromkeys(standing.overall.period for standing in self.standings if standing.overall))

    @cached_property
    def events(self) -> tuple[ProjectEvent, ...]:
        """The events of kpi.yaml that fall into a shown period."""
        periods = {measurement.period for measurement in self.scorecard.measurements}
        first = min((p.start for p in periods), default=None)
        last = max((p.end for p in periods), default=None)
        if first is None or last is None:
            return ()
        return tuple(sorted((e for e in self.scorecard.events if first <= e.date < last), key=lambda e: e.date))

    def trend(self, measurement: Measurement) -> str:
        """The sparkline of the measurement's KPI and segment."""
        return trend(self._series[measurement.kpi, measurement.segment])

    def series(self, kpi: str, segment: Segment = ()) -> tuple[Measurement, ...]:
        """The measurements of one KPI and segment, oldest period first."""
        return tuple(self._series.get((kpi, segment), ()))

    def breakdown(self, kpi: str, columns: tuple[str, ...]) -> tuple[Measurement, ...]:
        """The judged measurements of the segments by these columns; with a target, the worst first."""
        segments = [m for m in self._judged_segments.get(kpi, ()) if tuple(c for c, _ in m.segment) == columns]
        overall = self.standing(kpi).overall
        goal = overall.target if overall else None
        if goal is None:
            return tuple(segments)
        known = [(loss(m.value, goal), m) for m in segments if m.value is not None]
        ordered = [m for _, m in sorted(known, key=lambda pair: -pair[0])]
        return (*ordered, *(m for m in segments if m.value is None))

    def standing(self, kpi: str) -> Standing:
        """How one definition stands, in use or not."""
        return self.by_id.get(kpi) or self._standing(kpi)

    def _standing(self, kpi: str) -> Standing:
        series = self._series.get((kpi, ()), [])
        overall = next((measurement for measurement in series if measurement.judged), None)
        segments = self._judged_segments.get(kpi, ())
        own = [
            measurement for measurement in segments if measurement.target is not None and measurement.population != 0
        ]
        own.sort(key=lambda measurement: _WEIGHTS.index(measurement.status))
        return Standing(
            kpi,
            self.scorecard.definitions.get(kpi),
            overall,
            tuple(own),
            trend(series),
            _worst_segment(overall, segments),
            streak(series),
        )


def _is_judged(standing: Standing) -> bool:
    if standing.overall is not None and standing.overall.would_be is not None:
        return True
    if isinstance(standing.definition, Kpi) and standing.definition.is_active:
        return standing.overall is None or standing.status is not Status.INFORMATIVE
    return standing.overall is not None and standing.status is not Status.INFORMATIVE


def _is_empty(standing: Standing) -> bool:
    """A metric that should inform and has nothing to say."""
    return standing.overall is None or (standing.status is Status.INFORMATIVE and standing.overall.value is None)


def _worst_segment(overall: Measurement | None, segments: Iterable[Measurement]) -> Measurement | None:
    """The known segment of the judged period that lies furthest to the losing side of the KPI's target."""
    if overall is None or overall.target is None:
        return None
    goal = overall.target
    known = [
        (loss(segment.value, goal), segment)
        for segment in segments
        if segment.value is not None and segment.reason is None and segment.period == overall.period
    ]
    return max(known, key=lambda pair: pair[0])[1] if known else None


def by_rule(findings: Iterable[Diagnostic]) -> Mapping[str, list[Diagnostic]]:
    """The findings of each rule, the weightiest rules first."""
    findings_of: dict[str, list[Diagnostic]] = {}
    for finding in sorted(findings, key=lambda f: (-f.severity.rank, f.code)):
        findings_of.setdefault(finding.rule, []).append(finding)
    return findings_of

"""What all pages of a site are made from: the scorecard's view, the series of each KPI, and where pages lie."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property

from ...model.change import HistoryEvent
from ...model.ledger import Published
from ...model.measurement import Segment, Status
from ...model.record import Record
from ...model.site import Site
from ..charts.glyph import glyph
from ..doc.model import Badge, Drawing, Page, Text
from ..view.scorecard_view import ScorecardView, Standing
from .series import Series

_PAGE_NAME = re.compile(r"[a-z][a-z0-9_]*")


class SiteContext(Record, dict=True):
    """A site, asked the questions of its pages; each is answered once."""

    site: Site

    @cached_property
    def view(self) -> ScorecardView:
        """The scorecard, sorted for reading."""
        return ScorecardView(self.site.scorecard)

    @cached_property
    def standings(self) -> tuple[Standing, ...]:
        """The definitions with pages of their own, in their order; retired ones, too."""
        ids = dict.fromkeys((*(s.id for s in self.view.everything), *self.site.scorecard.definitions))
        return tuple(self.view.standing(i) for i in ids if _PAGE_NAME.fullmatch(i))

    def series(self, kpi_id: str, segment: Segment = ()) -> Series | None:
        """The periods of a KPI or segment; None where nothing is known of it."""
        definition = self.site.scorecard.definitions.get(kpi_id)
        measurements = self.view.series(kpi_id, segment)
        if definition is None or not measurements:
            return None
        events = () if segment else self.events(kpi_id)
        return Series(definition, measurements, events, self.site.scorecard.events)

    @cached_property
    def _events(self) -> Mapping[str, tuple[HistoryEvent, ...]]:
        events: dict[str, list[HistoryEvent]] = {}
        for event in self.site.events:
            for kpi_id in dict.fromkeys((event.change.kpi, *event.change.touches)):
                if kpi_id is not None:
                    events.setdefault(kpi_id, []).append(event)
        return {kpi_id: tuple(listed) for kpi_id, listed in events.items()}

    def events(self, kpi_id: str) -> tuple[HistoryEvent, ...]:
        """The changes of a definition, and those of kpi.yaml that touch it."""
        return self._events.get(kpi_id, ())

    def published(self, kpi_id: str) -> tuple[Published, ...]:
        """The lines of its ledger."""
        return tuple(line for line in self.site.published if line.kpi == kpi_id)

    def link(self, kpi_id: str, root: str = "") -> Text:
        """The KPI's name, which leads to its page."""
        definition = self.site.scorecard.definitions.get(kpi_id)
        name = definition.name if definition else kpi_id
        return Page(f"{root}kpis/{kpi_id}", name) if definition and _PAGE_NAME.fullmatch(kpi_id) else name


def signed(status: Status, words: str) -> Text:
    """A status as its shape and its word."""
    return (Drawing(glyph(status)), " ", Badge(words.lstrip("✓▲✗?· "), status))

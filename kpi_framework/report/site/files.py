"""Every file of a site by its name. The same results give the same bytes: nothing says when they were written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files

from ...model.site import Site
from ..doc.frame import Frame, print_page, site_page
from ..doc.model import Document
from ..formats.atom import status_feed
from ..formats.badge import badge_json, badge_svg, has_badge, kpi_badge, overall_badge
from ..formats.csv import measurements_csv, scorecard_csv
from ..formats.openmetrics import scorecard_metrics
from ..pages.due import DueView, due_ics
from .context import SiteContext
from .kpi import kpi_page
from .operations import operations
from .others import changes, data, glossary, review, signals
from .overview import overview

_PAGES: Mapping[str, tuple[str, Callable[[SiteContext], Document]]] = {
    "index": ("Overview", overview),
    "operations": ("Operations", operations),
    "signals": ("Signals", signals),
    "changes": ("Changes", changes),
    "data": ("Data quality", data),
    "review": ("Review", review),
    "glossary": ("Glossary", glossary),
}


def site_files(site: Site) -> Iterator[tuple[str, str]]:
    """Names and texts of all files."""
    context = SiteContext(site)
    documents = {name: page(context) for name, (_, page) in _PAGES.items()}
    for name, document in documents.items():
        yield f"{name}.html", site_page(document, _frame(context, "", name))
    details = {standing.id: kpi_page(context, standing) for standing in context.standings}
    for kpi_id, document in details.items():
        yield f"kpis/{kpi_id}.html", site_page(document, _frame(context, "../", f"kpis/{kpi_id}"))
        yield f"kpis/{kpi_id}.csv", _series(site, kpi_id)
    everything = (documents["review"], *(kpi_page(context, standing, "") for standing in context.standings))
    yield "print.html", print_page(f"{site.scorecard.project}: everything", everything, _frame(context, "", "print"))
    yield "measurements.csv", scorecard_csv(site.scorecard)
    yield from _for_programs(context)
    yield "site.css", _resource("report.doc", "style.css") + _resource("report.site", "static", "site.css")
    for name in ("site.js", "site.svg"):
        yield name, _resource("report.site", "static", name)


def _series(site: Site, kpi_id: str) -> str:
    """The rows of one definition."""
    card = site.scorecard
    return measurements_csv((m for m in card.measurements if m.kpi == kpi_id), card.definitions)


def _for_programs(context: SiteContext) -> Iterator[tuple[str, str]]:
    """What readmes, feed readers, calendars and monitors read."""
    badges = {"badge": overall_badge(context.view)}
    badges |= {f"badges/{standing.id}": kpi_badge(standing) for standing in context.standings if has_badge(standing)}
    for name, badge in badges.items():
        yield f"{name}.svg", badge_svg(badge)
        yield f"{name}.json", badge_json(badge)
    yield "feed.xml", status_feed(context.view)
    yield "metrics.txt", scorecard_metrics(context.site.scorecard)
    if context.site.calendar is not None:
        yield "due.ics", due_ics(DueView(context.site.calendar))


def _frame(context: SiteContext, root: str, current: str) -> Frame:
    pages = tuple((name, label) for name, (label, _) in _PAGES.items())
    return Frame(root, context.site.scorecard.project, pages, current)


def _resource(room: str, *path: str) -> str:
    return files(f"kpi_framework.{room}").joinpath(*path).read_text(encoding="utf-8").replace("\r\n", "\n")

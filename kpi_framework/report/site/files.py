"""Every file of a site by its name. The same results give the same bytes: nothing says when they were written."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files

from ...model.measurement import Measurement
from ...model.site import Site
from ..doc.frame import Frame, print_page, site_page
from ..doc.model import Document
from ..words.escape import clean
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
_COLUMNS = (
    "kpi", "period", "start", "end", "segment", "value", "unit", "status", "reason", "target", "population", "measured",
    "missing", "excluded", "definition",
)  # fmt: skip


def site_files(site: Site) -> Iterator[tuple[str, str]]:
    """Names and texts of all files."""
    context = SiteContext(site)
    documents = {name: page(context) for name, (_, page) in _PAGES.items()}
    for name, document in documents.items():
        yield f"{name}.html", site_page(document, _frame(context, "", name))
    details = {standing.id: kpi_page(context, standing) for standing in context.standings}
    for kpi_id, document in details.items():
        yield f"kpis/{kpi_id}.html", site_page(document, _frame(context, "../", f"kpis/{kpi_id}"))
        yield f"kpis/{kpi_id}.csv", measurements_csv(m for m in site.scorecard.measurements if m.kpi == kpi_id)
    everything = (documents["review"], *(kpi_page(context, standing, "") for standing in context.standings))
    yield "print.html", print_page(f"{site.scorecard.project}: everything", everything, _frame(context, "", "print"))
    yield "measurements.csv", measurements_csv(site.scorecard.measurements)
    yield "site.css", _resource("report.doc", "style.css") + _resource("report.site", "static", "site.css")
    for name in ("site.js", "site.svg"):
        yield name, _resource("report.site", "static", name)


def _frame(context: SiteContext, root: str, current: str) -> Frame:
    pages = tuple((name, label) for name, (label, _) in _PAGES.items())
    return Frame(root, context.site.scorecard.project, pages, current)


def _resource(room: str, *path: str) -> str:
    return files(f"kpi_framework.{room}").joinpath(*path).read_text(encoding="utf-8").replace("\r\n", "\n")


def measurements_csv(measurements: Iterator[Measurement] | tuple[Measurement, ...]) -> str:
    """A row a measurement; no text cell is taken for a formula."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(map(_row, measurements))
    return sheet.getvalue()


def _row(m: Measurement) -> list[object]:
    goal = m.target
    limits = (goal.at_most, goal.at_least, *(goal.between or ())) if goal else ()
    target = " to ".join(repr(limit) for limit in limits if limit is not None)
    segment = ", ".join(f"{column}={'' if value is None else value}" for column, value in m.segment)
    grain = m.period.grain.value if m.period.grain else ""
    return [
        m.kpi, grain, m.period.start.isoformat(), m.period.end.isoformat(), _cell(segment), m.value, m.unit,
        m.status.value, m.reason.value if m.reason else "", target, m.population, m.measured, m.missing, m.excluded,
        m.definition,
    ]  # fmt: skip


def _cell(text: str) -> str:
    """A text that a spreadsheet takes for text."""
    words = clean(text)
    return f"'{words}" if words[:1] in ("=", "+", "-", "@") and words else words

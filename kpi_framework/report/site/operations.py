"""All definitions in one table, to sort and to filter."""

from __future__ import annotations

from ...model.measurement import Status
from ..doc.model import Code, Document, Faint, Paragraph, Table, Text
from ..view.rows import cells
from ..view.scorecard_view import Standing
from ..words.values import NONE
from .context import SiteContext, signed

_COLUMNS = ("Status", "KPI", "Family", "Objectives", "Owner", "Value", "Target", "Segments met", "Trend")


def operations(context: SiteContext) -> Document:
    """Every definition; the drafts and the retired ones, too."""
    rows = tuple(_row(context, standing) for standing in context.standings)
    table = Table(_COLUMNS, rows, ("Value", "Target"), "KPI", empty="There are no definitions.", is_sortable=True)
    return Document(
        "Operations", (Paragraph("All definitions. A heading sorts, the fields above the table filter."), table)
    )


def _row(context: SiteContext, standing: Standing) -> tuple[Text, ...]:
    definition, overall = standing.definition, standing.overall
    row = cells(overall)
    state = signed(standing.status, row["Status"]) if overall else _unmeasured(standing)
    named = context.site.scorecard.objectives
    objectives = ", ".join(named.get(o, o) for o in definition.objectives) if definition else ""
    met = sum(m.status is Status.MET for m in standing.segments)
    segments = f"{met} of {len(standing.segments)}" if standing.segments else NONE
    series = context.series(standing.id)
    drawing = series.small() if series else NONE
    family = definition.family if definition and definition.family else NONE
    period = Faint(row["Period"]) if len(context.view.periods) > 1 else ""
    figures = ((row["Value"], period), row["Target"])
    return (
        state, context.link(standing.id), family, objectives, Code(standing.owner), *figures, segments, drawing,
    )  # fmt: skip


def _unmeasured(standing: Standing) -> Text:
    """What a definition without a value is: a draft, retired, or unknown."""
    if standing.definition is not None and not standing.definition.is_active:
        return standing.definition.status.value
    return signed(Status.UNKNOWN, Status.UNKNOWN.word)

"""One definition from near: what it says, its value, its twelve periods, and its parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from rich.console import RenderableType
from rich.text import Text

from ...model.diagnostic import Diagnostic
from ...model.measurement import Scorecard
from ...model.record import Record
from ..doc.markdown import Section, write
from ..doc.terminal import below, draw, heading, indented, plain, status
from ..formats.json import as_text, finding_object, measurement_object
from ..view.details import headline, unknown_text
from ..view.rows import period_rows, segment_rows
from ..view.scorecard_view import Insight, Standing
from ..words.escape import code, prose
from ..words.markup import MARKDOWN, PLAIN, Ink
from ..words.phrases import status_text
from .definition import definition_facts
from .findings import each
from .overview import row_table
from .scorecard_text import findings_text
from .table import period_table, segment_table


class View(Record):
    """One definition of a scorecard, broken down `by` these columns, and the screen it is shown on."""

    scorecard: Scorecard
    id: str
    by: tuple[str, ...] = ()
    color: bool = False
    width: int = 100
    findings: tuple[Diagnostic, ...] = ()
    """Why values could not be computed."""


def show_text(view: View) -> str:
    """On the terminal."""
    return draw(_text(view, Insight(view.scorecard)), color=view.color, width=view.width)


def show_markdown(view: View) -> str:
    """As a page."""
    insight = Insight(view.scorecard)
    one = insight.standing(view.id)
    title = f"# {prose(one.name)} ({code(one.id)})\n\n{_state(one)}: {_value(one, MARKDOWN)}"
    facts = [f"- **{label}:** {text}" for label, text in _facts(one, insight, MARKDOWN)]
    periods = ("Period", "Status", "Value", "Target", "To target", "Change", "Measured")
    return write(
        [
            Section("", (title,)),
            Section("", tuple(facts), noun="item"),
            row_table("Periods", periods, period_rows(insight.series(view.id))),
            _parts(view, insight),
            *([each("Findings", view.findings)] if view.findings else ()),
        ]
    )


def show_json(view: View) -> str:
    """For programs: the definition as written, and its measurements as in scorecard.json."""
    insight = Insight(view.scorecard)
    one = insight.standing(view.id)
    parts = insight.breakdown(view.id, view.by) if view.by else ()
    written = one.definition.model_dump(mode="json", by_alias=True, exclude_unset=True) if one.definition else None
    return as_text(
        {
            "schema_version": 1,
            "kpi": one.id,
            "name": one.definition.name if one.definition else one.id,
            "definition": written,
            "measurements": [measurement_object(m) for m in insight.series(view.id)],
            "by": list(view.by),
            "segments": [measurement_object(m) for m in parts],
            "diagnostics": [finding_object(f) for f in view.findings],
        }
    )


SHOW_FORMATS: Mapping[str, Callable[[View], str]] = {
    "text": show_text,
    "markdown": show_markdown,
    "json": show_json,
}


def _text(view: View, insight: Insight) -> Iterator[RenderableType]:
    one = insight.standing(view.id)
    yield Text.assemble(plain(one.name, "bold"), "  ", plain(one.id, "dim"), "  ", status(_state(one), one.status))
    yield below(_value(one, PLAIN))
    yield Text()
    for label, text in _facts(one, insight, PLAIN):
        yield indented(label, text)
    if series := insight.series(view.id):
        yield heading("Periods")
        yield period_table(series, view.width)
    if view.by:
        yield heading(f"By {PLAIN.prose(', '.join(view.by))}")
        parts = insight.breakdown(view.id, view.by)
        yield segment_table(insight, parts, view.width) if parts else below(_no_parts(view))
    yield from findings_text(view.findings)


def _parts(view: View, insight: Insight) -> Section:
    if not view.by:
        return Section("", ())
    title = f"By {prose(', '.join(view.by))}"
    parts = insight.breakdown(view.id, view.by)
    if not parts:
        return Section(title, (prose(_no_parts(view)),))
    columns = ("Segment", "Status", "Value", "Target", "Change", "Measured", "Trend")
    return row_table(title, columns, segment_rows(insight, parts))


def _no_parts(view: View) -> str:
    return f"No value by {', '.join(view.by)}."


def _facts(one: Standing, insight: Insight, ink: Ink) -> Iterator[tuple[str, str]]:
    if one.definition is not None:
        yield from definition_facts(one.definition, insight.scorecard.today, ink)
    if one.whole is not None:
        yield "Hash", ink.code(one.whole.definition)
        for name, value in (one.whole.inputs or {}).items():
            yield "Input", f"{ink.code(name)} = {'unknown' if value is None else f'{value:,}'}"


def _state(one: Standing) -> str:
    return status_text(one.status, waived=one.whole is not None and one.whole.waived)


def _value(one: Standing, ink: Ink) -> str:
    """The value and its target, or why there is none."""
    if one.whole is None or one.whole.reason is not None:
        return " ".join(unknown_text(one.whole, ink))
    return headline(one.whole, ink)

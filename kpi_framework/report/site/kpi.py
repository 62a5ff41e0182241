"""A page a definition: the number, why and what is done, its parts, what it means, who changed it, and the proof."""

from __future__ import annotations

from collections.abc import Iterator

from ...model.kpi import Example, Expectation, Metric
from ...model.measurement import Measurement
from ..charts.bar import BarRow, bars, intervals
from ..charts.svg import Title
from ..doc.model import (
    Block,
    Chart,
    Code,
    Disclosure,
    Document,
    Facts,
    File,
    Listing,
    Paragraph,
    Points,
    Section,
    Table,
    Text,
    joined,
)
from ..formats.badge import has_badge
from ..pages.definition import definition_facts
from ..pages.diff import parted, shorten
from ..view.details import facts, headline, unknown_text
from ..view.scorecard_view import Standing
from ..words.phrases import period_text, segment_text, standing_text
from ..words.values import show_target, show_value
from .context import SiteContext, signed

_MOST_SEGMENTS = 60
_MOST_CHANGES = 50
_MOST_LINES = 24


def kpi_page(context: SiteContext, standing: Standing, root: str = "../") -> Document:
    """Everything about one definition, on a page from which `root` leads to the site's root."""
    return Document(standing.name, tuple(_blocks(context, standing, root)))


def _blocks(context: SiteContext, standing: Standing, root: str) -> Iterator[Block]:
    yield Paragraph(_first_line(standing))
    series = context.series(standing.id)
    if series is not None:
        label = f"CSV: {standing.name}, by {series.definition.period}"
        yield series.chart(File(f"{root}kpis/{standing.id}.csv", label))
        yield Facts(tuple((f"{n}", " ".join(h.lines)) for n, h in enumerate(series.marks, 1)))
    yield Section("Why, and what is done", (Facts(tuple(facts(standing, context.view))),))
    yield from _segments(context, standing)
    yield _meaning(context, standing)
    yield _changes(context, standing.id)
    yield _ledger(context, standing.id)
    yield _proof(context, standing, root)


def _first_line(standing: Standing) -> Text:
    overall = standing.overall
    if overall is None or overall.reason is not None:
        why, remedy = unknown_text(overall)
        return (signed(standing.status, standing.status.word), ": ", why, " ", remedy)
    return (signed(standing.status, standing_text(overall)), ": ", headline(overall))


def _segments(context: SiteContext, standing: Standing) -> Iterator[Section]:
    """For each breakdown a drawing of its parts, the worst first, beside their table."""
    for columns in standing.definition.breakdowns if standing.definition else ():
        parts = context.view.breakdown(standing.id, columns)[:_MOST_SEGMENTS] if columns else ()
        if not parts:
            continue
        by = " and ".join(columns)
        name = f"{standing.id}-{'-'.join(columns)}"
        rows = tuple(map(_bar, parts))
        order = ", worst first" if standing.overall and standing.overall.target else ""
        best = f"{standing.name} by {by} in {period_text(parts[0].period)}{order}."
        title = Title(name, f"{standing.name} by {by}", best)
        has_intervals = any(row.interval for row in rows)
        svg = intervals(title, rows) if has_intervals else bars(title, rows)
        subtitle = "A dot in its 95 % interval; a tick is the target." if has_intervals else "A tick is the target."
        yield Section(f"By {by}", (Chart(svg, best, _segment_table(context, standing.id, parts), subtitle),))


def _bar(measurement: Measurement) -> BarRow:
    goal = measurement.target
    limits = (goal.at_most, goal.at_least, *(goal.between or ())) if goal else ()
    value = None if measurement.value is None else float(measurement.value)
    reading = show_value(measurement.value, measurement.unit, goal)
    name = ", ".join("(none)" if part is None else part for _, part in measurement.segment)
    targets = tuple(float(limit) for limit in limits if limit is not None)
    return BarRow(name, value, reading, measurement.status.value, targets, measurement.interval)


def _segment_table(context: SiteContext, kpi_id: str, parts: tuple[Measurement, ...]) -> Table:
    rows = []
    for part in parts:
        series = context.series(kpi_id, part.segment)
        trend = series.small() if series else ""
        value, target = show_value(part.value, part.unit, part.target), show_target(part.target, part.unit, part.value)
        counts = f"{part.measured:,} of {part.population or 0:,}" if part.measured is not None else ""
        rows.append(
            (segment_text(part.segment), signed(part.status, standing_text(part)), value, target, counts, trend)
        )
    return Table(
        ("Segment", "Status", "Value", "Target", "Measured", "Last 12 periods"),
        tuple(rows),
        ("Value", "Target"),
        "Segment",
    )


def _meaning(context: SiteContext, standing: Standing) -> Section:
    """What is counted, in words, then as SQL; and the examples that prove it."""
    if standing.definition is None:
        return Section("How it is counted", ())
    said = Facts(tuple(definition_facts(standing.definition, context.site.scorecard.today)))
    return Section("How it is counted", (said, _examples(standing.definition)))


def _examples(definition: Metric) -> Block:
    lines = tuple((example.name, " → ", Code(_expected(example))) for example in definition.examples)
    return Disclosure(f"Examples ({len(lines)})", (Points(lines),))


def _expected(example: Example) -> str:
    expected = example.expect
    if not isinstance(expected, Expectation):
        return str(expected)
    return ", ".join(f"{name} {value}" for name, value in expected.model_dump(exclude_unset=True, mode="json").items())


def _changes(context: SiteContext, kpi_id: str) -> Section:
    rows = []
    for event in reversed(context.events(kpi_id)):
        before, after = parted(event.change.before, event.change.after)
        what: Text = (Code(event.change.field), ": ", Code(shorten(before)), " → ", Code(shorten(after)))
        commit = Code(event.commit.name[:10])
        day = f"{event.commit.committed_at:%Y-%m-%d}"
        rows.append((day, event.change.cls.value, what, event.reason or "none given", event.commit.author, commit))
    columns = ("Day", "Class", "What", "Reason", "Author", "Commit")
    return Section("Who changed what", (Table(columns, tuple(rows[:_MOST_CHANGES]), folding="What"),), name="changes")


def _ledger(context: SiteContext, kpi_id: str) -> Section:
    whole = [line for line in context.published(kpi_id) if not line.segment]
    rows = [
        (f"{line.start} to {line.end}", f"{line.value}", line.status, line.as_of[:10], Code(line.commit[:10]))
        for line in reversed(whole)
    ]
    columns = ("Period", "Value", "Status", "As of", "Commit")
    return Section("What was published", (Table(columns, tuple(rows[:_MOST_LINES]), ("Value",)),), name="ledger")


def _proof(context: SiteContext, standing: Standing, root: str) -> Section:
    """How somebody else gets the same number."""
    overall, commit = standing.overall, context.site.commit
    as_of = context.site.scorecard.today.isoformat()
    lines = [f"git checkout {commit}"] if commit else []
    lines += [f"kpi check --only {standing.id} --as-of {as_of}", f"kpi show {standing.id} --sql"]
    said: list[tuple[str, Text]] = []
    if overall is not None:
        said.append(("Definition", Code(overall.definition)))
        said += [("Input", (Code(n), f" = {'unknown' if v is None else v}")) for n, v in (overall.inputs or {}).items()]
        said.append(("Counted", _counted(overall)))
    guards = standing.definition.read_with if standing.definition else ()
    if guards:
        said.append(("Read it beside", joined(", ", (context.link(guard, root) for guard in guards))))
    if has_badge(standing):
        badge = f"{root}badges/{standing.id}"
        said.append(("Badge", (File(f"{badge}.svg", "picture"), ", ", File(f"{badge}.json", "JSON for shields.io"))))
    return Section("How do we know?", (Facts(tuple(said)), Listing("\n".join(lines), "sh")))


def _counted(measurement: Measurement) -> str:
    if measurement.population is None:
        return "computed from its inputs"
    return (
        f"{measurement.population:,} rows in the population, {measurement.measured or 0:,} measured, "
        f"{measurement.missing or 0:,} without a needed value, {measurement.excluded or 0:,} excluded by its condition"
    )

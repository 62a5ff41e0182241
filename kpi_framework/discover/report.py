"""What a new project says on the terminal: what was understood, what was not, and what needs a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..model.quoting import listed
from ..model.record import Record
from .answers import questions_of
from .export import Export

MOST = 3
"""So many lines ask something of a person; all else stands in kpi.yaml."""
_ENDS = ("resolved_at", "first_response_at", "closed_at")


class Reading(Record):
    """The parts of the report, a sentence each."""

    understood: tuple[str, ...]
    doubts: tuple[str, ...]
    tasks: tuple[str, ...]


def report_of(exports: Sequence[Export], zone: str | None) -> Reading:
    """What to tell of these exports in a project of this time zone; None: nobody has named it."""
    understood = [line for export in exports for line in _understood(export)]
    tasks = [line for export in exports for line in _tasks(export)]
    timed = [e for e in exports if e.timestamps and not e.has_offset and not e.zones]
    if zone is None and timed:
        tasks.append(
            "`timezone`: UTC is assumed. If the desk's clock is another, write it in kpi.yaml, in both places."
        )
    tasks += [line for export in exports for line in _minor(export)]
    left = len(tasks) - MOST
    doubts = [line for export in exports for line in _doubts(export)]
    if left > 0:
        doubts.append(f"{left} more {'doubt is' if left == 1 else 'doubts are'} marked in kpi.yaml.")
    return Reading(tuple(understood), tuple(doubts), tuple(tasks[:MOST]))


def _understood(export: Export) -> Iterator[str]:
    how = f"{export.match.name}, by the header" if export.guesses is None else "told by names and content"
    yield f"{export.dataset}: {export.row_count:,} {'row' if export.row_count == 1 else 'rows'}, {how}"
    if export.span is not None:
        yield f"rows from {export.span.first} to {export.span.last}"
    columns = {name: column.from_ for name, column in export.match.columns.items()}
    columns = {**columns, **dict.fromkeys(_derived(export), "computed")}
    yield f"columns: {', '.join(f'{name} ← {header}' for name, header in columns.items() if name in _SHOWN)}"
    order = export.times.order
    if order is not None and order.day_first is not None:
        which = "the day stands before the month" if order.day_first else "the month stands before the day"
        yield f"{which}: {'; '.join(order.reasons)}"


_SHOWN = frozenset(("ticket_id", "created_at", "first_response_at", "resolved_at", "closed_at", "status", "priority"))


def _tasks(export: Export) -> Iterator[str]:
    """What every number stands on."""
    for question in questions_of(export):
        yield f"`{question.name}`: {question.text} ({' or '.join(question.choices[:4])})"
    if export.guesses is not None:
        unsure = [n for n, g in export.guesses.columns.items() if not g.is_sure and n.endswith("_at")]
        if unsure:
            pairs = [f"{n} = {export.guesses.columns[n].header}" for n in unsure]
            yield f"Check these columns, which content alone told: {', '.join(pairs)}."
    for name in export.match.columns:
        unmapped = export.words(name).unmapped
        if unmapped and name in ("status", "priority"):
            words = listed([f"`{word}`" for word in unmapped[:5]])
            yield f"Map the words {words} of {name} in kpi.yaml."
    if export.shadowed:
        names = listed([f"`{header}`" for header in export.shadowed.values()])
        yield f"Say what the cells of {names} mean: in kpi.yaml, under `columns:`."
    if export.repeats and "updated_at" not in export.match.columns:
        yield f"Several rows have the same {export.key}: write `latest_by:` with the column that tells the last."


def _minor(export: Export) -> Iterator[str]:
    """What is assumed, and may be otherwise."""
    if export.is_capped:
        yield f"{export.dataset} has exactly {export.row_count:,} rows: was the export cut off there?"
    if export.is_open_only:
        yield f"{export.dataset} holds open tickets only: export the closed ones, or no time to resolve can be known."
    span = export.span
    if span is not None and span.complete_from is not None:
        between = f"{span.complete_from} to {span.first}"
        yield f"Is {between} complete, with what was still open then? Else correct `complete_from` in kpi.yaml."


def _doubts(export: Export) -> Iterator[str]:
    """What was not understood, or left out."""
    if export.times.nulls:
        yield f"{export.dataset}: {listed(export.times.nulls)} among times means that there is no value"
    unread = {n: t.cells - t.reading.cells for n, t in export.timestamps.items() if t.cells > t.reading.cells}
    for name, cells in unread.items():
        yield f"{export.dataset}.{name}: {cells:,} cells are no times"
    if export.guesses is not None and export.guesses.satisfaction is not None:
        yield f"{export.dataset}.{export.guesses.satisfaction.computed}: {export.guesses.satisfaction.reason}"
    lacking = [n for n in _ENDS[:2] if n not in export.match.columns and n not in _derived(export)]
    if lacking and export.dataset == "tickets":
        yield f"{export.dataset}: no column for {listed(lacking)}, so the KPIs that need it are left out"


def _derived(export: Export) -> frozenset[str]:
    preset = export.preset.derive if export.preset else ()
    return frozenset((*preset, *(export.guesses.computed if export.guesses else ())))

"""History, for an auditor: a line a change, as text, markdown, JSON, CSV or a page."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping

from ...model.change import HistoryEvent
from ...model.diagnostic import Severity
from ...model.measurement import Status
from ...model.record import Record
from ..doc.html import page
from ..doc.markdown import markdown
from ..doc.model import Badge, Block, Code, Document, Entry, Faint, Paragraph, Strong, Table, Text, joined
from ..doc.terminal import terminal
from ..formats.json import as_text, number
from ..words.escape import clean
from ..words.phrases import counted
from ..words.values import show_value
from .diff import change_object, effects_text, impact_object, parted, shorten

COLUMNS = (
    "committed_at", "commit", "author", "email", "signed", "kpi", "class", "field", "before", "after", "reason",
    "pull_request", "approvals", "merge", "landed", "effective", "value_before", "unit_before", "value_after",
    "unit_after", "doubts", "subject", "signing_key", "status_before", "status_after", "effects",
)  # fmt: skip


class HistoryView(Record):
    """The events, and the screen they are shown on."""

    events: tuple[HistoryEvent, ...]
    color: bool = False
    width: int = 100


def history_screen(view: HistoryView) -> Document:
    """One change under the other, the newest last."""
    blocks: list[Block] = [_entry(event) for event in view.events]
    if not view.events:
        blocks.append(Paragraph("No definition changed its meaning."))
    else:
        blocks.append(Entry((Faint(f"Not proven: {unproven(view.events)}"),), apart=True))
    return Document("", tuple(blocks))


def unproven(events: tuple[HistoryEvent, ...]) -> str:
    """Who wrote what is a claim, unless somebody verifies the signatures."""
    commits = {e.commit.name: e.commit for e in events}
    signed = sum(c.signed != "none" for c in commits.values())
    text = f"who wrote {counted(len(commits), 'commit')}; {signed:,} of them"
    verb = "has" if signed == 1 else "have"
    return f"{text} {verb} a signature, which `git verify-commit` can verify with your keys."


def effects_of(event: HistoryEvent) -> Iterator[str]:
    """What the change does to the numbers, in words; nothing where it was not computed."""
    if event.change.kpi is not None and moved(event) and not any(e.judged and not e.segment for e in event.effects):
        yield moved(event)
    yield from effects_text(event.effects, {})


def _entry(event: HistoryEvent) -> Entry:
    change, commit = event.change, event.commit
    before, after = map(shorten, parted(change.before, change.after))
    head = (
        Strong(f"{commit.committed_at:%Y-%m-%d}"), Faint(commit.name[:10]),
        Badge(change.cls.value, Severity.ERROR) if change.needs_reason else change.cls.value,
        Strong(f"{change.kpi or 'kpi.yaml'} {change.field}"), commit.author,
    )  # fmt: skip
    about = joined(" · ", _about(event))
    effects = (Paragraph(("effect: ", line)) for line in effects_of(event))
    return Entry(head, (Paragraph((before, " → ", after)), *effects, Paragraph(about)))


def moved(event: HistoryEvent) -> str:
    """Value and status under the former definition and under the new one; empty where neither was computed."""
    if (event.before, event.after, event.status_before, event.status_after) == (None,) * 4:
        return ""
    before, after = show_value(event.before, event.unit_before), show_value(event.after, event.unit_after)
    words = [status.word if status else "no status" for status in (event.status_before, event.status_after)]
    values = f"{after} (unchanged)" if before == after else f"{before} → {after}"
    return f"{values}, {' → '.join(dict.fromkeys(words))}"


def _about(event: HistoryEvent) -> Iterator[Text]:
    yield ("reason: ", event.reason) if event.reason else "no reason given"
    if event.pull_request:
        yield f"pull request #{event.pull_request}"
    if event.approvals:
        yield ("approved by ", ", ".join(event.approvals))
    if event.change.effective:
        yield f"in force from {event.change.effective}"
    if event.commit.signed != "none":
        yield (f"signature {event.commit.signed}, key ", event.commit.key or "not named")
    for doubt in event.doubts:
        yield ("not proven: ", doubt)


def history_page(view: HistoryView) -> Document:
    """A row a change."""
    columns = ("Day", "Commit", "Author", "KPI", "Class", "Field", "Before", "After", "Reason", "Effect", "Not proven")
    rows = [
        (
            f"{e.commit.committed_at:%Y-%m-%d}", Code(e.commit.name[:10]), e.commit.author,
            Code(e.change.kpi or "kpi.yaml"), e.change.cls.value, Code(e.change.field), Code(shorten(before)),
            Code(shorten(after)), e.reason or "none given", "; ".join(effects_of(e)), "; ".join(e.doubts),
        )
        for e in view.events
        for before, after in [parted(e.change.before, e.change.after)]
    ]  # fmt: skip
    return Document("History", (Table(columns, tuple(rows)),))


def history_json(view: HistoryView) -> str:
    """For programs: the changes of a diff, with who, when, why and what it did."""
    return as_text({"schema_version": 1, "changes": [event_object(e) for e in view.events]})


def event_object(event: HistoryEvent) -> dict[str, object]:
    """One change and its commit."""
    commit = event.commit
    return {
        **change_object(event.change), "commit": commit.name, "author": commit.author, "email": commit.email,
        "committed_at": commit.committed_at.isoformat(), "authored_at": commit.authored_at.isoformat(),
        "committer": commit.committer, "signed": commit.signed, "signing_key": commit.key, "subject": commit.subject,
        "reason": event.reason,
        "pull_request": event.pull_request, "merge": event.merge.name if event.merge else None,
        "approvals": list(event.approvals), "landed": event.landed, "doubts": list(event.doubts),
        "values": {"before": number(event.before), "after": number(event.after)},
        "units": {"before": event.unit_before or None, "after": event.unit_after or None},
        "statuses": {"before": _status(event.status_before), "after": _status(event.status_after)},
        "effects": [impact_object(effect) for effect in event.effects],
    }  # fmt: skip


def _status(status: Status | None) -> str | None:
    return status.value if status else None


def _cells(event: HistoryEvent) -> list[str]:
    fields = event_object(event)
    fields |= {"value_before": event.before, "value_after": event.after}
    fields |= {"unit_before": event.unit_before, "unit_after": event.unit_after}
    fields |= {"status_before": _status(event.status_before), "status_after": _status(event.status_after)}
    fields |= {"effects": list(effects_of(event))}
    fields |= {side: shorten(fields[side], 500) for side in ("before", "after")}
    return [clean(_plain(fields[c])) for c in COLUMNS]


def _plain(cell: object) -> str:
    """A cell for programs: nothing is empty, a truth is `true` or `false`."""
    if isinstance(cell, list):
        return "; ".join(map(str, cell))
    if cell is None or isinstance(cell, bool):
        return "" if cell is None else str(cell).lower()
    return str(cell)


def history_csv(view: HistoryView) -> str:
    """For a spreadsheet; no cell is taken for a formula."""
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([f"'{c}" if c[:1] in "=+-@\t" and c[:1] else c for c in _cells(e)] for e in view.events)
    return page.getvalue()


def history_html(view: HistoryView) -> str:
    """One page that needs nothing else, with every column of the CSV."""
    heads = tuple(column.replace("_", " ") for column in COLUMNS)
    rows = tuple(tuple(_cells(event)) for event in view.events)
    return page(Document("History of KPI definitions", (Table(heads, rows),)))


HISTORY_FORMATS: Mapping[str, Callable[[HistoryView], str]] = {
    "text": lambda view: terminal(history_screen(view), color=view.color, width=view.width),
    "markdown": lambda view: markdown(history_page(view)),
    "json": history_json,
    "csv": history_csv,
    "html": history_html,
}

"""What was published, and what verifying it came to: on the terminal and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from ...model.diagnostic import Diagnostic
from ...model.ledger import Gap, Unverified
from ...model.measurement import Status
from ...model.record import Record
from ..doc.model import Badge, Block, Document, Paragraph, Strong
from ..doc.terminal import terminal
from ..formats.json import as_text, finding_object
from ..words.phrases import counted
from .findings import entry

_SHOWN = 20


class LedgerView(Record):
    """Counts, what failed, what could not be checked, and the heads of the chains."""

    title: str
    counts: Mapping[str, int]
    failed: Sequence[Diagnostic] = ()
    unverified: Sequence[Unverified] = ()
    heads: Mapping[str, Mapping[str, object]] | None = None
    color: bool = False
    width: int = 100
    gaps: Sequence[Gap] = ()


def ledger_page(view: LedgerView) -> Document:
    """What failed, what could not be checked, and the counts."""
    return Document("", tuple(_blocks(view)))


def _blocks(view: LedgerView) -> Iterator[Block]:
    yield from map(entry, view.failed[:_SHOWN])
    if len(view.failed) > _SHOWN:
        yield Paragraph(f"{len(view.failed) - _SHOWN:,} more findings are not shown.")
    for why, count in Counter(u.why for u in view.unverified).most_common():
        yield Paragraph((f"{counted(count, 'value')} could not be checked: ", why))
    for gap in view.gaps[:_SHOWN]:
        yield Paragraph(gap_text(gap))
    if len(view.gaps) > _SHOWN:
        yield Paragraph(f"{len(view.gaps) - _SHOWN:,} more gaps are not shown.")
    counts = f"{view.title}: {', '.join(f'{count:,} {name}' for name, count in view.counts.items())}"
    yield Paragraph(Strong(Badge(counts, Status.MISSED) if view.failed else counts))


def gap_text(gap: Gap) -> str:
    """Periods that were never published, in words."""
    until = f" to {gap.last}" if gap.last != gap.first else ""
    return f"{gap.kpi}: {counted(gap.count, 'period')} never published ({gap.first}{until})"


def ledger_json(view: LedgerView) -> str:
    """For programs."""
    return as_text({
        "schema_version": 1, "counts": dict(view.counts), "failed": [finding_object(f) for f in view.failed],
        "could_not": [unverified_object(u) for u in view.unverified],
        "heads": {k: dict(v) for k, v in (view.heads or {}).items()}, "gaps": [gap_object(g) for g in view.gaps],
    })  # fmt: skip


def gap_object(gap: Gap) -> dict[str, object]:
    """Periods that were never published."""
    return {"kpi": gap.kpi, "first": gap.first, "last": gap.last, "count": gap.count}


def unverified_object(unverified: Unverified) -> dict[str, object]:
    """A value that could not be checked."""
    because = {"because": unverified.because} if unverified.because else {}
    return {"kpi": unverified.kpi, "line": unverified.line, "why": unverified.why, **because}


LEDGER_FORMATS: Mapping[str, Callable[[LedgerView], str]] = {
    "text": lambda view: terminal(ledger_page(view), color=view.color, width=view.width),
    "json": ledger_json,
}

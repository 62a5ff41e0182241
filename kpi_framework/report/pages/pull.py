"""What `kpi pull` replaced, and what it could not: on the terminal, as a page and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

from ...model.diagnostic import Diagnostic
from ...model.manifest import PulledDataset
from ...model.record import Record
from ..doc.markdown import markdown
from ..doc.model import Code, Document, Entry, Paragraph, Section, Strong, Table, Text, joined
from ..doc.terminal import terminal
from ..formats.json import as_text, finding_object
from ..words.phrases import counted
from .findings import each, findings_listed

_NOTHING = "No snapshot was replaced."


class PullView(Record):
    """The datasets that were pulled, the findings, and the screen they are shown on."""

    pulled: tuple[PulledDataset, ...]
    diagnostics: tuple[Diagnostic, ...]
    color: bool = False
    width: int = 100


def _text(view: PullView) -> str:
    return terminal(_screen(view), color=view.color, width=view.width)


def _screen(view: PullView) -> Document:
    entries = tuple(
        Entry((Strong(("✓ ", d.name, ": ", d.into)),), (Paragraph(joined("; ", _facts(d))),)) for d in view.pulled
    )
    nothing = Paragraph("" if entries else _NOTHING)
    return Document("", (*entries, nothing, findings_listed(view.diagnostics)))


def _facts(dataset: PulledDataset) -> Iterator[Text]:
    """Its rows, what they reach, and what became of personal columns."""
    manifest = dataset.manifest
    if manifest.rows is not None:
        yield counted(manifest.rows, "row")
    if dataset.added is not None:
        yield f"{dataset.added:,} new or changed since the last pull"
    if manifest.oldest is not None:
        yield f"from {manifest.oldest} to {manifest.newest}"
    if manifest.hashed:
        yield ("hashed: ", joined(", ", map(Code, manifest.hashed)))
    if manifest.dropped:
        yield ("left out: ", joined(", ", map(Code, manifest.dropped)))
    yield ("sha256 ", Code(manifest.sha256[:12]))


def _markdown(view: PullView) -> str:
    rows = tuple((Code(d.name), Code(d.into), joined("; ", _facts(d))) for d in view.pulled)
    table = Section("Snapshots", (Table(("Dataset", "File", "What"), rows),))
    return markdown(
        Document("kpi pull", (Paragraph("" if rows else _NOTHING), table, each("Findings", view.diagnostics)))
    )


def _json(view: PullView) -> str:
    """For machines: each snapshot with its manifest."""
    return as_text(
        {
            "pulled": [
                {"dataset": d.name, "into": d.into, "added": d.added, "manifest": json.loads(d.manifest.text)}
                for d in view.pulled
            ],
            "diagnostics": [finding_object(finding) for finding in view.diagnostics],
        }
    )


PULL_FORMATS: Mapping[str, Callable[[PullView], str]] = {"text": _text, "markdown": _markdown, "json": _json}

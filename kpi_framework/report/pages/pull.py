"""What `kpi pull` replaced, and what it could not: on the terminal, as a page and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

from rich.console import RenderableType

from ...model.diagnostic import Diagnostic
from ...model.manifest import PulledDataset
from ...model.record import Record
from ..doc.markdown import Section, table, write
from ..doc.terminal import below, draw, plain
from ..formats.json import as_text, finding_object
from ..words.escape import code
from ..words.markup import PLAIN
from ..words.phrases import counted
from .findings import each
from .scorecard_text import findings_text

_NOTHING = "No snapshot was replaced."


class PullView(Record):
    """The datasets that were pulled, the findings, and the screen they are shown on."""

    pulled: tuple[PulledDataset, ...]
    diagnostics: tuple[Diagnostic, ...]
    color: bool = False
    width: int = 100


def _text(view: PullView) -> str:
    return draw(_parts(view), color=view.color, width=view.width)


def _parts(view: PullView) -> Iterator[RenderableType]:
    for dataset in view.pulled:
        yield plain(f"✓ {dataset.name}: {dataset.into}", "bold")
        yield below(PLAIN.prose("; ".join(_facts(dataset))))
    if not view.pulled:
        yield plain(_NOTHING)
    yield from findings_text(view.diagnostics)


def _facts(dataset: PulledDataset) -> Iterator[str]:
    """Its rows, what they reach, and what became of personal columns."""
    manifest = dataset.manifest
    if manifest.rows is not None:
        yield counted(manifest.rows, "row")
    if dataset.added is not None:
        yield f"{dataset.added:,} new or changed since the last pull"
    if manifest.oldest is not None:
        yield f"from {manifest.oldest} to {manifest.newest}"
    if manifest.hashed:
        yield f"hashed: {', '.join(manifest.hashed)}"
    if manifest.dropped:
        yield f"left out: {', '.join(manifest.dropped)}"
    yield f"sha256 {manifest.sha256[:12]}"


def _markdown(view: PullView) -> str:
    rows = [(code(d.name), code(d.into), "; ".join(map(code, _facts(d)))) for d in view.pulled]
    head = Section("", (f"# kpi pull\n\n{'' if rows else _NOTHING}".strip(),))
    return write([head, table("Snapshots", ("Dataset", "File", "What"), rows), each("Findings", view.diagnostics)])


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

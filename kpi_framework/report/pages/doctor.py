"""A diagnosis, for an issue report: as text and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ...model.diagnosis import DatasetShape, Diagnosis
from ...model.record import asdict
from ..doc.model import Block, Document, Facts, Paragraph, Points, Section
from ..doc.terminal import terminal
from ..formats.json import as_text


def doctor_page(diagnosis: Diagnosis) -> Document:
    """Versions, then the shape of the project without its content."""
    return Document("", tuple(_blocks(diagnosis)))


def _blocks(diagnosis: Diagnosis) -> Iterator[Block]:
    yield Facts(tuple(diagnosis.versions.items()))
    if diagnosis.problem:
        yield Section("", (Paragraph(f"project: {diagnosis.problem}"),))
    elif diagnosis.definitions:
        yield Section("Project", (Facts(tuple(_project(diagnosis).items())),))
        for number, dataset in enumerate(diagnosis.datasets, 1):
            columns = Facts(tuple(dataset.columns.items()))
            yield Section(f"Dataset {number}: {_size(dataset)}", (columns,))
    yield Section("Advice", (Points(tuple(diagnosis.advice)),))


def _project(diagnosis: Diagnosis) -> dict[str, str]:
    return {
        "isolation": diagnosis.isolation or "the engine did not start",
        "definitions": _counts(diagnosis.definitions),
        **{name: f"{seconds:.2f} s" for name, seconds in diagnosis.seconds.items()},
        "findings": _counts(diagnosis.findings) or "none",
    }


def _size(dataset: DatasetShape) -> str:
    problem = f", {dataset.problem}" if dataset.problem else ""
    return f"{dataset.format}, {dataset.files:,} files, {dataset.size:,} bytes{problem}"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)


def doctor_json(diagnosis: Diagnosis) -> str:
    """The same for programs."""
    return as_text({**asdict(diagnosis), "datasets": [asdict(dataset) for dataset in diagnosis.datasets]})


DOCTOR_FORMATS: Mapping[str, Callable[[Diagnosis], str]] = {
    "text": lambda diagnosis: terminal(doctor_page(diagnosis)),
    "json": doctor_json,
}

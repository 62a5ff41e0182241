"""A diagnosis, for an issue report: as text and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ...model.diagnosis import DatasetShape, Diagnosis
from ...model.record import asdict
from ..formats.json import as_text


def doctor_text(diagnosis: Diagnosis) -> str:
    """On the terminal, to be copied into an issue."""
    lines = [f"{name:20} {version}" for name, version in diagnosis.versions.items()]
    if diagnosis.problem:
        lines += ["", f"project: {diagnosis.problem}"]
    elif diagnosis.definitions:
        lines += ["", *_project(diagnosis)]
    lines += [f"advice: {advice}" for advice in diagnosis.advice]
    return "\n".join([*lines, ""])


def _project(diagnosis: Diagnosis) -> Iterator[str]:
    yield f"{'isolation':20} {diagnosis.isolation or 'the engine did not start'}"
    yield f"{'definitions':20} {_counts(diagnosis.definitions)}"
    for name, seconds in diagnosis.seconds.items():
        yield f"{name:20} {seconds:.2f} s"
    yield f"{'findings':20} {_counts(diagnosis.findings) or 'none'}"
    for number, dataset in enumerate(diagnosis.datasets, 1):
        yield ""
        yield f"dataset {number}: {_size(dataset)}"
        for mask, kind in dataset.columns.items():
            yield f"  {mask:40} {kind}"


def _size(dataset: DatasetShape) -> str:
    problem = f", {dataset.problem}" if dataset.problem else ""
    return f"{dataset.format}, {dataset.files:,} files, {dataset.size:,} bytes{problem}"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)


def doctor_json(diagnosis: Diagnosis) -> str:
    """The same for programs."""
    return as_text({**asdict(diagnosis), "datasets": [asdict(dataset) for dataset in diagnosis.datasets]})


DOCTOR_FORMATS: Mapping[str, Callable[[Diagnosis], str]] = {"text": doctor_text, "json": doctor_json}

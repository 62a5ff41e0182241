"""A meaning, sorted by the settings of kpi.yaml that it is taken from: who reads a setting, and what of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from ..model.language import LANGUAGE
from ..model.project import Dataset
from .forms import Forms, formed

Meaning = Mapping[str, object]
Setting = tuple[str, object]
"""The path of a setting of kpi.yaml, and a part of a meaning that is taken from it."""


def settings_of(meaning: Meaning, name: str, datasets: Mapping[str, Dataset]) -> dict[str, str]:
    """What the meaning of a definition over a dataset takes from each setting, by the setting's path."""
    taken: dict[str, list[str]] = {}
    for path, part in _settings(meaning, name, datasets):
        taken.setdefault(path, []).append(repr(formed(part, LANGUAGE)))
    return {path: " ".join(sorted(parts)) for path, parts in taken.items()}


def together(settings: Collection[Mapping[str, str]]) -> dict[str, str]:
    """What a derived definition takes: all that its inputs take."""
    paths = sorted({path for taken in settings for path in taken})
    return {path: " ".join(sorted(taken[path] for taken in settings if path in taken)) for path in paths}


def _settings(meaning: Meaning, name: str, datasets: Mapping[str, Dataset]) -> Iterator[Setting]:
    yield from _of_dataset(meaning, name, datasets[name])
    yield f"datasets.{name}.columns", meaning.get("statuses")
    for clock, part in _named(meaning, "clocks"):
        kind = "policies" if clock in datasets[name].policies else "clocks"
        yield f"datasets.{name}.{kind}", {clock: part}
    for history, part in _named(meaning, "histories"):
        yield from _of_dataset(part, history, datasets[history])
    for evidence, part in _named(meaning, "proof"):
        yield from _of_dataset(part, evidence, datasets[evidence])
    for calendar, part in _named(meaning, "calendars"):
        yield f"calendars.{calendar}", part


def _of_dataset(meaning: Meaning, name: str, dataset: Dataset) -> Iterator[Setting]:
    path = f"datasets.{name}"
    yield f"{path}.columns", [meaning.get("columns"), meaning.get("order")]
    for column, text in _named(meaning, "computed"):
        yield f"{path}.{'derive' if column in dataset.derive else 'columns'}", {column: text}
    for field, part in (*_named(meaning, "dataset"), *((f, meaning.get(f)) for f in ("opening", "final"))):
        yield f"{path}.{field}", part


def _named(meaning: Meaning, part: str) -> Iterable[tuple[str, Meaning]]:
    parts = meaning.get(part)
    parts = parts.former if isinstance(parts, Forms) else parts
    return parts.items() if isinstance(parts, Mapping) else ()

"""What `kpi doctor` finds out of an installation and a project."""

from __future__ import annotations

from collections.abc import Mapping

from .record import Record, field


class DatasetShape(Record):
    """How much there is of a dataset, and its columns as shapes."""

    format: str
    files: int = 0
    size: int = 0
    """Bytes."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """The shape of each header, which is no name, and the type that the source gives it."""
    problem: str = ""
    """The kind of what cannot be read; empty where all can."""


class Diagnosis(Record):
    """What was found out."""

    versions: Mapping[str, str]
    isolation: str = ""
    """How the engine is kept apart; empty where there is no project."""
    definitions: Mapping[str, int] = field(default_factory=dict)
    """How many there are, by kind."""
    datasets: tuple[DatasetShape, ...] = ()
    findings: Mapping[str, int] = field(default_factory=dict)
    """How often each rule was found."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """How long each step took."""
    problem: str = ""
    """Why the project could not be looked at."""
    advice: tuple[str, ...] = ()
    """What to correct around the project."""

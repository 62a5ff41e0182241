"""What the names at a place of a definition mean: columns, definitions, datasets, calendars, segments."""

from __future__ import annotations

import re
from enum import Enum, auto

from ..load.catalog import DEFINITIONS, PROJECT
from ..model.record import Record
from .cursor import Names

_SIGNAL = re.compile(r"^kind:[ \t]*[\"']?signal\b", re.MULTILINE)
_DATASET = re.compile(r"^dataset:[ \t]*[\"']?(\w+)", re.MULTILINE)


class Role(Enum):
    """What stands at a place."""

    FORMULA = auto()
    """An expression over all rows of a dataset."""
    CONDITION = auto()
    """An expression over each row of a dataset."""
    DERIVED = auto()
    """An expression over definitions."""
    WHEN = auto()
    """A condition over definitions and their fields."""
    DEFINITION = auto()
    COLUMN = auto()
    DATASET = auto()
    CALENDAR = auto()
    SEGMENT_VALUE = auto()
    OBJECTIVE = auto()


class Place(Record):
    """A role, with the dataset whose columns are meant, and the column whose values are."""

    role: Role
    dataset: str | None = None
    column: str | None = None


_OF_DEFINITION: dict[Names, Role] = {
    ("id",): Role.DEFINITION,
    ("read_with",): Role.DEFINITION,
    ("renamed_from",): Role.DEFINITION,
    ("retired", "replaced_by"): Role.DEFINITION,
    ("formula",): Role.FORMULA,
    ("where",): Role.CONDITION,
    ("time",): Role.COLUMN,
    ("segments",): Role.COLUMN,
    ("open_between",): Role.COLUMN,
    ("spans",): Role.COLUMN,
    ("currency",): Role.COLUMN,
    ("target", "by"): Role.COLUMN,
    ("waiver", "segment"): Role.COLUMN,
    ("examples", "given"): Role.COLUMN,
    ("dataset",): Role.DATASET,
    ("evidence",): Role.DATASET,
    ("objectives",): Role.OBJECTIVE,
}
_OF_DERIVED: dict[Names, Role] = {
    ("formula",): Role.DERIVED,
    ("examples", "given"): Role.DEFINITION,
    ("examples", "previous"): Role.DEFINITION,
    ("examples", "baseline"): Role.DEFINITION,
}
_OF_DATASET: dict[Names, Role] = {
    ("time",): Role.COLUMN,
    ("key",): Role.COLUMN,
    ("latest_by",): Role.COLUMN,
    ("first_by",): Role.COLUMN,
    ("columns",): Role.COLUMN,
}
_KEYS: dict[Names, Role] = {("calendars",): Role.CALENDAR, ("datasets",): Role.DATASET}


def place_of(path: str, text: str, names: Names) -> Place | None:
    """What a name means that stands under these keys of a file; None where a schema knows more than we do."""
    if path == PROJECT:
        return _of_project(names)
    if not path.startswith(f"{DEFINITIONS}/"):
        return Place(Role.DEFINITION) if names == ("kpi",) else None
    if _SIGNAL.search(text):
        return Place(Role.WHEN) if names == ("when",) else None
    dataset = _DATASET.search(text)
    role = (None if dataset else _OF_DERIVED.get(names)) or _OF_DEFINITION.get(names)
    if role is not None:
        return Place(role, dataset[1] if dataset else None)
    if len(names) == len(("target", "by", "priority")) and names[:2] in (("target", "by"), ("waiver", "segment")):
        return Place(Role.SEGMENT_VALUE, dataset[1] if dataset else None, names[-1])
    return None


def _of_project(names: Names) -> Place | None:
    if names in (("required",), ("events", "rebase")) or (names[:1] == ("views",) and names[2:] == ("kpis",)):
        return Place(Role.DEFINITION)
    if names in _KEYS:
        return Place(_KEYS[names])
    if names[:1] != ("datasets",) or len(names) < len(("datasets", "tickets", "time")):
        return None
    return _in_dataset(names[1], names[2:])


def _in_dataset(dataset: str, inside: Names) -> Place | None:
    if inside in _OF_DATASET:
        return Place(_OF_DATASET[inside], dataset)
    if inside[:1] == ("derive",) or (inside[:1] == ("rules",) and inside[2:] == ("holds",)):
        return Place(Role.CONDITION, dataset)
    return Place(Role.CALENDAR, dataset) if inside[-1:] == ("calendar",) else None

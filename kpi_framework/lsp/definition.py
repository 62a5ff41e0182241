"""Go to definition, and find references: of definitions, columns, datasets and calendars."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

from lsprotocol.types import Location, Position, Range

from ..load.words import words
from ..model.diagnostic import Span
from .occurrences import Named, named_at, occurrences
from .roles import Role
from .text import Text
from .view import View


def definition(view: View, position: Position) -> Location | None:
    """Where the name at a position is defined: in the project, or in a contract that the package ships."""
    named = named_at(view.path, view.text.text, view.text.offset(position))
    if named is None or view.catalog is None:
        return None
    if named.kind is Role.DEFINITION:
        entry = view.catalog.definitions.get(named.name)
        return view.location(entry.at.value("id")) if entry else None
    span = _in_project(view, named)
    if span is not None:
        return view.location(span)
    return _in_contract(view, named) if named.kind is Role.COLUMN else None


def _in_project(view: View, named: Named) -> Span | None:
    """The key of kpi.yaml that defines a name."""
    assert view.catalog is not None, "whoever calls has one"
    dataset = named.dataset or ""
    paths = {
        Role.DATASET: (("datasets", named.name),),
        Role.CALENDAR: (("calendars", named.name),),
        Role.OBJECTIVE: (("objectives", named.name),),
        Role.COLUMN: (
            ("datasets", dataset, "columns", named.name),
            ("datasets", dataset, "derive", named.name),
            ("datasets", dataset, "clocks", named.name),
        ),
    }
    spans = view.catalog.project.at.spans
    return next((spans[path] for path in paths.get(named.kind, ()) if path in spans), None)


def _in_contract(view: View, named: Named) -> Location | None:
    """The column in the contract of its dataset, a file of the package."""
    assert view.catalog is not None, "whoever calls has one"
    contract = view.catalog.contract(named.dataset or "")
    if contract is None or named.name not in contract.columns:
        return None
    with as_file(files("kpi_framework").joinpath("library", "contracts", f"{contract.name}.yaml")) as path:
        text = Text(Path(path).read_text(encoding="utf-8"), view.codec)
        for word in words(text.text):
            if word.is_key and word.path == ("columns", named.name):
                return Location(Path(path).as_uri(), text.range(word.begin, word.stop))
    return None


def references(view: View, position: Position) -> list[Location]:
    """Every place of the project where the name at a position stands with the same meaning."""
    named = named_at(view.path, view.text.text, view.text.offset(position))
    if named is None:
        return []
    return [
        Location(view.uri(o.path), view.range(o.path, o.begin, o.stop))
        for o in occurrences(view.checked.workspace.texts, named)
    ]


def at(view: View, span: Span) -> Range:
    """A finding's place as a range of one word."""
    return view.location(span).range

"""What the package ships: contracts of datasets, presets of products, templates and signals of the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Generic, TypeVar

from pydantic import BaseModel

from ..model.preset import Preset
from ..model.project import Contract
from ..model.template import Template
from .validate import validated
from .yaml import read_yaml

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")


class Shelf(Mapping[str, T], Generic[T]):
    """The files of a folder of the library by their names, each read when it is first asked for."""

    def __init__(self, folder: str, read: Callable[[str, str], T]) -> None:
        found = files("kpi_framework").joinpath("library", folder).iterdir()
        self._files = {r.name.removesuffix(".yaml"): r for r in found if r.name.endswith(".yaml")}
        self._names = tuple(sorted(self._files))
        self._path = f"library/{folder}"
        self._read = read
        self._taken: dict[str, T] = {}

    def __getitem__(self, name: str) -> T:
        if name not in self._taken:
            text = self._files[name].read_text(encoding="utf-8")
            self._taken[name] = self._read(f"{self._path}/{name}.yaml", text)
        return self._taken[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._files


def _nouns(model: type[M]) -> Callable[[str, str], M]:
    def read(path: str, text: str) -> M:
        document = read_yaml(path, text)
        found = validated(document, model)
        assert found.noun is not None, (*document.findings, *found.findings)
        return found.noun

    return read


@cache
def shipped_contracts() -> Mapping[str, Contract]:
    """Every shipped contract by its name: the canonical columns of tickets, surveys, costs …"""
    return Shelf("contracts", _nouns(Contract))


@cache
def shipped_presets() -> Mapping[str, Preset]:
    """Every shipped preset by its name: the column map of a help desk product."""
    return Shelf("presets", _nouns(Preset))


@cache
def shipped_templates() -> Mapping[str, Template]:
    """Every shipped template by the id of its definition: a row of the catalogue, a variant or an input."""
    return Shelf("templates", _nouns(Template))


@cache
def shipped_signals() -> Mapping[str, str]:
    """The texts of the shipped signals by id: each is a file as a project holds it."""
    return Shelf("signals", lambda _, text: text)

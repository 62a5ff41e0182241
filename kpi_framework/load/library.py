"""What the package ships: contracts of datasets, presets of products, and an example of each rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Generic, TypeVar

from pydantic import BaseModel

from ..model.preset import Preset
from ..model.project import Contract
from ..model.rule import RuleExample
from .validate import validated
from .yaml import read_yaml

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")


class Shelf(Mapping[str, T], Generic[T]):
    """The files of a folder of the library by their names, each read when it is first asked for."""

    def __init__(self, folder: str, read: Callable[[str, str], T], ending: str = ".yaml") -> None:
        resources = files("kpi_framework").joinpath("library", folder).iterdir()
        self._files = {r.name.removesuffix(ending): r for r in resources if r.name.endswith(ending)}
        self._names = tuple(sorted(self._files))
        self._path, self._ending = f"library/{folder}", ending
        self._read = read
        self._taken: dict[str, T] = {}

    def __getitem__(self, name: str) -> T:
        if name not in self._taken:
            text = self._files[name].read_text(encoding="utf-8")
            self._taken[name] = self._read(f"{self._path}/{name}{self._ending}", text)
        return self._taken[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._files


def nouns(model: type[M]) -> Callable[[str, str], M]:
    """How a shelf reads files of a model; the package's own have no findings."""

    def read(path: str, text: str) -> M:
        document = read_yaml(path, text)
        read = validated(document, model)
        assert read.noun is not None, (*document.findings, *read.findings)
        return read.noun

    return read


@cache
def shipped_contracts() -> Mapping[str, Contract]:
    """Every shipped contract by its name: the canonical columns of tickets, surveys, costs …"""
    return Shelf("contracts", nouns(Contract))


@cache
def shipped_presets() -> Mapping[str, Preset]:
    """Every shipped preset by its name: the column map of a help desk product."""
    return Shelf("presets", nouns(Preset))


@cache
def shipped_views() -> Mapping[str, str]:
    """SQL that makes views with the contracts' columns in a help desk's own database, by the product's name."""
    return Shelf("views", lambda path, text: text, ".sql")


@cache
def rule_examples() -> Mapping[str, RuleExample]:
    """An example of every rule by the rule's name. They are made from the rules' tests: see docs/rule_examples.py."""
    return Shelf("rules", _rule_example)


def _rule_example(path: str, text: str) -> RuleExample:
    fields = read_yaml(path, text).value
    assert isinstance(fields, dict), "an example is a mapping"
    return RuleExample(**{name: str(value).rstrip() for name, value in fields.items()})

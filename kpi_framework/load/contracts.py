"""The contracts shipped with the package: the canonical columns of tickets, surveys, costs …"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from ..model.project import Contract
from .validate import validated
from .yaml import read_yaml

_FOLDER = "library/contracts"


@cache
def shipped_contracts() -> Mapping[str, Contract]:
    """Every shipped contract by its name."""
    found = {}
    for resource in sorted(files("kpi_framework").joinpath(_FOLDER).iterdir(), key=lambda r: r.name):
        if resource.name.endswith(".yaml"):
            contract = _contract(resource.name, resource.read_text(encoding="utf-8"))
            found[contract.name] = contract
    return MappingProxyType(found)


def _contract(name: str, text: str) -> Contract:
    document = read_yaml(f"{_FOLDER}/{name}", text)
    read = validated(document, Contract)
    assert read.noun is not None, (*document.findings, *read.findings)
    return read.noun

"""The presets shipped with the package: the column maps of help desk products."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from ..model.preset import Preset
from .validate import validated
from .yaml import read_yaml

_FOLDER = "library/presets"


@cache
def shipped_presets() -> Mapping[str, Preset]:
    """Every shipped preset by its name."""
    return MappingProxyType({name: read_preset(name) for name in preset_names()})


def preset_names() -> tuple[str, ...]:
    """The names of the shipped presets."""
    resources = files("kpi_framework").joinpath(_FOLDER).iterdir()
    return tuple(sorted(r.name.removesuffix(".yaml") for r in resources if r.name.endswith(".yaml")))


@cache
def read_preset(name: str) -> Preset:
    """One shipped preset; the name is one of `preset_names`."""
    resource = files("kpi_framework").joinpath(_FOLDER, f"{name}.yaml")
    document = read_yaml(f"{_FOLDER}/{name}.yaml", resource.read_text(encoding="utf-8"))
    read = validated(document, Preset)
    assert read.noun is not None, (*document.findings, *read.findings)
    return read.noun

"""The templates shipped with the package: every row of the catalogue, its variants and their inputs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from ..model.template import Template
from .validate import validated
from .yaml import read_yaml

_FOLDER = "library/templates"


@cache
def shipped_templates() -> Mapping[str, Template]:
    """Every shipped template by the id of its definition."""
    resources = sorted(files("kpi_framework").joinpath(_FOLDER).iterdir(), key=lambda r: r.name)
    texts = {r.name: r.read_text(encoding="utf-8") for r in resources if r.name.endswith(".yaml")}
    return MappingProxyType({name.removesuffix(".yaml"): _template(name, text) for name, text in texts.items()})


def _template(name: str, text: str) -> Template:
    document = read_yaml(f"{_FOLDER}/{name}", text)
    read = validated(document, Template)
    assert read.noun is not None, (*document.findings, *read.findings)
    return read.noun


@cache
def shipped_signals() -> Mapping[str, str]:
    """The texts of the shipped signals by id: each is a file as a project holds it."""
    resources = sorted(files("kpi_framework").joinpath("library/signals").iterdir(), key=lambda r: r.name)
    found = {r.name: r.read_text(encoding="utf-8") for r in resources if r.name.endswith(".yaml")}
    return MappingProxyType({name.removesuffix(".yaml"): text for name, text in found.items()})

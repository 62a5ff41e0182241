"""What the package ships for the catalogue: the templates of definitions, and signals."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from ..model.template import Template
from .library import Shelf, nouns


@cache
def shipped_templates() -> Mapping[str, Template]:
    """Every shipped template by the id of its definition: a row of the catalogue, a variant or an input."""
    return Shelf("templates", nouns(Template))


@cache
def shipped_signals() -> Mapping[str, str]:
    """The texts of the shipped signals by id: each is a file as a project holds it."""
    return Shelf("signals", lambda _, text: text)

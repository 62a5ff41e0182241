"""A catalog narrowed to some definitions and what they stand on."""

from __future__ import annotations

from dataclasses import replace

from ..model.catalog import Catalog
from .definition import compile_definition
from .order import closure
from .syntax import FormulaError


def narrowed(catalog: Catalog, ids: tuple[str, ...]) -> Catalog:
    """The catalog with the named definitions and their inputs, in the catalog's order."""
    inputs = {}
    for one, entry in catalog.definitions.items():
        if entry.noun.is_derived:
            try:
                inputs[one] = compile_definition(catalog, entry.noun).ids
            except FormulaError:
                inputs[one] = ()
    kept = {i for one in ids for i in closure(one, inputs)}
    return replace(catalog, entries=tuple(e for e in catalog.entries if e.noun.id in kept))

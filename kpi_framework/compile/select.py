"""A catalog narrowed to some definitions and what they stand on."""

from __future__ import annotations

from ..model.catalog import Catalog, Entry
from ..model.record import replace
from ..model.signal import Signal
from .definition import compile_definition
from .graph import closure
from .language.signal import compile_signal
from .sql.errors import FormulaError


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
    entries = tuple(e for e in catalog.entries if e.noun.id in kept)
    return replace(catalog, entries=entries, signals=tuple(s for s in catalog.signals if _stands_on(catalog, s, kept)))


def _stands_on(catalog: Catalog, entry: Entry[Signal], kept: set[str]) -> bool:
    """Whether a signal reads kept definitions only."""
    definitions = {i: e.noun for i, e in catalog.definitions.items()}
    try:
        condition = compile_signal(entry.noun.when, definitions, catalog.project.noun.almanac)
    except FormulaError:
        return False
    return all(o.definition in kept for o in condition.operands)

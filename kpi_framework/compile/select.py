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
    for definition_id, definition in catalog.definitions.items():
        if definition.noun.is_derived:
            try:
                inputs[definition_id] = compile_definition(catalog, definition.noun).ids
            except FormulaError:
                inputs[definition_id] = ()
    needed = {i for definition_id in ids for i in closure(definition_id, inputs)}
    entries = tuple(e for e in catalog.entries if e.noun.id in needed)
    return replace(
        catalog, entries=entries, signals=tuple(s for s in catalog.signals if _stands_on(catalog, s, needed))
    )


def _stands_on(catalog: Catalog, signal: Entry[Signal], needed: set[str]) -> bool:
    """Whether a signal reads needed definitions only."""
    try:
        condition = compile_signal(signal.noun.when, catalog.metrics, catalog.project.noun.almanac)
    except FormulaError:
        return False
    return all(o.definition in needed for o in condition.operands)

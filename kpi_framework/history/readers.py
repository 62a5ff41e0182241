"""Who stands on a dataset or on a definition, as far as texts tell: by names, without a compilation."""

from __future__ import annotations

from collections.abc import Iterable

from ..model.catalog import Catalog


def readers(catalog: Catalog, dataset: str) -> frozenset[str]:
    """The definitions over a dataset's rows, over those of one whose history it is, and whose zeros it proves."""
    owners = {dataset} | {name for name, owner in catalog.datasets.items() if dataset in owner.histories}
    nouns = {i: e.noun for i, e in catalog.definitions.items()}
    direct = {i for i, metric in nouns.items() if metric.dataset in owners or metric.evidence == dataset}
    return frozenset(direct) | dependents(catalog, direct)


def dependents(catalog: Catalog, ids: Iterable[str]) -> frozenset[str]:
    """The derived definitions that name one of these in their formulas, or one that does."""
    formulas = {i: _words(e.noun.formula or "") for i, e in catalog.definitions.items() if e.noun.is_derived}
    reached, waiting = set[str](), set(ids)
    while waiting:
        waiting = {i for i, words in formulas.items() if words & waiting and i not in reached}
        reached |= waiting
    return frozenset(reached)


def _words(formula: str) -> frozenset[str]:
    """The words of a formula, in small letters; a word too many costs a value computed in vain."""
    return frozenset("".join(c if c.isalnum() or c == "_" else " " for c in formula.lower()).split())

"""The vocabularies that the package ships; only `kpi init` needs them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from ..model.vocabulary import Vocabulary
from .library import Shelf, nouns


@cache
def shipped_vocabularies() -> Mapping[str, Vocabulary]:
    """What people of several languages call columns and words, by the dataset's name."""
    return Shelf("vocabulary", nouns(Vocabulary))

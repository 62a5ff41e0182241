"""What people of several languages call the columns of a dataset, and the words that stand in them."""

# No postponed annotations: pydantic would evaluate each of them anew at every start.

import re
import unicodedata
from functools import cached_property

from .base import Model, Version
from .project import Name

_LEADING = re.compile(r"^\d+ (?=[^\d\s])")


def plain(text: str) -> str:
    """A header or word without what does not matter: case, accents, punctuation, doubled blanks."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)
    letters = "".join(
        c
        for c in unicodedata.normalize("NFKD", spaced.replace("ł", "l").replace("Ł", "L"))
        if not unicodedata.combining(c)
    )
    return " ".join(re.sub(r"[\W_]+", " ", letters.casefold()).split())


def plain_word(text: str) -> str:
    """The same of a word in a cell, without a leading number: `1 - Critical` → `critical`."""
    return _LEADING.sub("", plain(text))


class Vocabulary(Model):
    """The names of a dataset's columns and the words in them, in several languages."""

    version: Version
    columns: dict[Name, tuple[tuple[str, ...], ...]]
    """Canonical columns and what they are called, a list for each language."""
    words: dict[Name, dict[Name, tuple[str, ...]]]
    """Columns of words, their canonical words, and what these are called."""

    @cached_property
    def by_header(self) -> dict[str, tuple[str, ...]]:
        """The canonical columns that a header may mean, by its plain form."""
        meanings: dict[str, tuple[str, ...]] = {}
        for column, languages in self.columns.items():
            for name in (plain(n) for names in languages for n in names):
                meanings[name] = tuple(dict.fromkeys((*meanings.get(name, ()), column)))
        return meanings

    @cached_property
    def meanings(self) -> dict[str, dict[str, str]]:
        """For each column of words, the canonical word by the plain form of what it is called."""
        return {
            column: {plain_word(called): word for word, names in words.items() for called in (word, *names)}
            for column, words in self.words.items()
        }

    def canonical(self, column: str, word: str) -> str | None:
        """The canonical word that a cell of a column means; None where nobody knows."""
        return self.meanings.get(column, {}).get(plain_word(word))

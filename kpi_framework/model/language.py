"""The version of the language in which a definition's hash was made: `sha256:2:…` is of language 2.

It is raised when an equal definition may give another value. What an earlier version recorded under an older number
is compared by its value, since no hash of today can be equal to it.
"""

from __future__ import annotations

LANGUAGE = 2
"""The language of today's hashes."""
FORMER = 1
"""That of 0.1.0, in which hashes can still be computed."""


def language_of(definition: str) -> int | None:
    """The language of a recorded hash; None where it names none."""
    algorithm, _, rest = definition.partition(":")
    number, colon, _ = rest.partition(":")
    return int(number) if algorithm == "sha256" and colon and number.isdecimal() else None


def is_former(definition: str) -> bool:
    """Whether a recorded hash is of an older language than today's: then its value is compared, not the hash."""
    language = language_of(definition)
    return language is not None and language < LANGUAGE

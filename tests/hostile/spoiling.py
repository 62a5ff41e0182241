"""Mutation of text: pieces dropped, doubled, swapped and put in, numbers blown up, ends cut off."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

_TOKENS = re.compile(r"\s+|\w+|'(?:[^']|'')*'|.", re.DOTALL)


def spoiled(random: Random, text: str, pieces: Sequence[str]) -> str:
    """The text after one to three mutations."""
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        text = random.choice(_WAYS)(random, text, pieces)
    return text


def _tokens(text: str) -> list[str]:
    return _TOKENS.findall(text) or [""]


def _drop(random: Random, text: str, _pieces: Sequence[str]) -> str:
    tokens = _tokens(text)
    del tokens[random.randrange(len(tokens))]
    return "".join(tokens)


def _double(random: Random, text: str, _pieces: Sequence[str]) -> str:
    tokens = _tokens(text)
    first = random.randrange(len(tokens))
    last = min(len(tokens), first + random.choice((1, 1, 2, 5, 20)))
    return "".join(tokens[:last] + tokens[first:last] * random.choice((1, 1, 1, 40)) + tokens[last:])


def _swap(random: Random, text: str, _pieces: Sequence[str]) -> str:
    tokens = _tokens(text)
    one, other = random.randrange(len(tokens)), random.randrange(len(tokens))
    tokens[one], tokens[other] = tokens[other], tokens[one]
    return "".join(tokens)


def _insert(random: Random, text: str, pieces: Sequence[str]) -> str:
    tokens = _tokens(text)
    tokens.insert(random.randrange(len(tokens) + 1), random.choice(pieces))
    return "".join(tokens)


def _replace(random: Random, text: str, pieces: Sequence[str]) -> str:
    tokens = _tokens(text)
    tokens[random.randrange(len(tokens))] = random.choice(pieces)
    return "".join(tokens)


def _character(random: Random, text: str, _pieces: Sequence[str]) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + chr(random.choice((random.randrange(128), random.randrange(0xD800)))) + text[at + 1 :]


def _cut(random: Random, text: str, _pieces: Sequence[str]) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] if random.random() < 0.7 else text[at:]


def _blow_up(random: Random, text: str, _pieces: Sequence[str]) -> str:
    huge = random.choice(("9" * 25, "1e5000", "1e", "0.1", "-1", "9" * 309, "1e-999", "0"))
    numbers = list(re.finditer(r"\d+(\.\d+)?", text))
    if not numbers:
        return text + huge
    number = random.choice(numbers)
    return text[: number.start()] + huge + text[number.end() :]


_WAYS: tuple[Callable[[Random, str, Sequence[str]], str], ...] = (
    _drop, _double, _swap, _insert, _insert, _replace, _replace, _character, _cut, _blow_up,
)  # fmt: skip


def smallest(text: str, fails: Callable[[str], bool], tries: int = 400) -> str:
    """A shorter text that fails in the same way, by leaving out ever smaller stretches."""
    width = max(1, len(text) // 2)
    while width and tries > 0:
        start = 0
        while start < len(text) and tries > 0:
            shorter, tries = text[:start] + text[start + width :], tries - 1
            if shorter and fails(shorter):
                text = shorter
            else:
                start += width
        width //= 2
    return text

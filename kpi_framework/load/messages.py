"""What a model found wrong with a value, in the words of somebody who does not write programs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic_core import ErrorDetails

from ..model.quoting import is_plain, measured
from .yaml import Plain

_NOUNS = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "model_type": "a mapping",
    "dict_type": "a mapping",
    "tuple_type": "a list",
}
_WORDS = ("literal_error", "enum")
_SIZES = {
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
    "too_short": "a {kind} of at least {min_length}",
    "too_long": "a {kind} of at most {max_length}",
    "string_too_short": "a text of at least {min_length} characters",
    "string_too_long": "a text of at most {max_length} characters",
}
_SNAKE_CASE = "a name in snake_case, such as first_response_time"
_QUOTED = re.compile(r"'([^']*)'")


def wrong_value(errors: Sequence[ErrorDetails], value: Plain) -> str:
    """One sentence for all that was wrong with one value."""
    if sentence := verdict(errors):
        return sentence
    shapes = [_sentence(e).removeprefix("expected ") for e in errors if e["type"] == "value_error"]
    kind = "mapping" if isinstance(value, dict) else "list"
    sizes = [_SIZES[e["type"]].format(**e["ctx"], kind=kind) for e in errors if e["type"] in _SIZES]
    nouns = _without_doubles(shapes + [_noun(e) for e in errors])
    return f"expected {sizes[0] if sizes else ' or '.join(nouns)}, found {described(value)}"


def described(value: Plain) -> str:
    """What stands there, in words."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return _text(value)
    kind = "list" if isinstance(value, list) else "mapping"
    return f"a {kind} of {len(value):,}" if value else f"an empty {kind}"


def _text(value: str) -> str:
    if not value:
        return "an empty text"
    return f"the text `{value}`" if is_plain(value) else measured(value)


def verdict(errors: Sequence[ErrorDetails]) -> str | None:
    """A model's own sentence about a whole value, if one of the errors is that."""
    sentences = (_sentence(e) for e in errors if e["type"] == "value_error")
    return next((s for s in sentences if not s.startswith("expected ")), None)


def _sentence(error: ErrorDetails) -> str:
    return str(error.get("ctx", {}).get("error") or error["msg"])


def _noun(error: ErrorDetails) -> str:
    kind = error["type"]
    if kind in _WORDS:
        words = _QUOTED.findall(str(error["ctx"]["expected"]))
        return words[0] if len(words) == 1 else f"one of {', '.join(words)}"
    if kind == "string_pattern_mismatch":
        return _SNAKE_CASE
    return _NOUNS.get(kind, "" if kind == "value_error" else error["msg"])


def _without_doubles(nouns: list[str]) -> list[str]:
    distinct = list(dict.fromkeys(n for n in nouns if n))
    return [n for n in distinct if n != "a whole number" or "a number" not in distinct]

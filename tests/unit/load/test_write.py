"""What the package writes it reads again as the same: whatever a text holds."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kpi_framework.load.write import as_yaml
from kpi_framework.load.yaml import read_yaml

UNSEEN = ["\u3164", "\u115f", "\U000e0100", "\u200b", "\u2028", "\x85", "\x7f", "\ufeff"]
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30) | st.sampled_from(
    ["no", "null", "12:30", "10:25", "2026-01-01", "a: b", "a #b", "{x}", "'", '"', "\\", "012", " x ", *UNSEEN]
)  # fmt: skip
marks = st.text(":-#'\"a0 ?!&*|>%@`[]{},\\\n\t~<=", max_size=8)
numbers = st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False)
scalars = texts | marks | numbers | st.none() | st.booleans()
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["name", "where", "values"]), values, min_size=1))
@example({"name": ":0"})
@example({"name": "9223372036854775808"})
@example({"name": "a b" * 60 + "\u3164" + " c" * 60})
def test_what_is_written_is_read_as_the_same(found: dict[str, object]) -> None:
    """Texts, numbers, lists and mappings: the reader finds nothing wrong, and the same values."""
    again = read_yaml("x.yaml", as_yaml(found))
    assert (again.findings, again.is_whole) == ((), True)
    assert again.value == found


@pytest.mark.parametrize("character", UNSEEN)
def test_what_cannot_be_seen_is_spelled_out(character: str) -> None:
    """A segment's value may hold it, and the file that freezes it says so in letters."""
    text = as_yaml({"segment": {"team": f"first{character}line"}})
    assert character not in text
    assert "\\" in text

"""The words of a text, with the stretch that each takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_framework.load.words import words
from kpi_framework.load.yaml import read_yaml

TEXT = '\ufeffa: ö😀 x\nb: {c: [1, "two"], d: {}}\ne:\n- f: |\n    xx\n    yy\n  g:\n- h\n'


def test_every_word_has_its_path_and_its_stretch() -> None:
    """Keys and values in order, behind wide characters and a byte order mark; marks of quotation are in the stretch."""
    found = [(word.path, word.is_key, TEXT[word.begin : word.stop]) for word in words(TEXT)]
    assert found == [
        (("a",), True, "a"), (("a",), False, "ö😀 x"), (("b",), True, "b"), (("b", "c"), True, "c"),
        (("b", "c", 0), False, "1"), (("b", "c", 1), False, '"two"'), (("b", "d"), True, "d"), (("e",), True, "e"),
        (("e", 0, "f"), True, "f"), (("e", 0, "f"), False, "|\n    xx\n    yy\n"), (("e", 0, "g"), True, "g"),
        (("e", 0, "g"), False, ""), (("e", 1), False, "h"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "a", "a: [1,", "a: b\n  c: d", "*x", "a: *b\nc: d", "\ud83d", "{[]: 1}"])
def test_a_text_that_breaks_off_has_the_words_before(text: str) -> None:
    """No text raises; every stretch lies in it."""
    assert all(0 <= word.begin <= word.stop <= len(text) for word in words(text))


@given(st.text(st.sampled_from("ab:{}[],-\n \"'|#&*!öx😀\ud83d"), max_size=40))
def test_what_is_read_as_a_value_is_a_word(text: str) -> None:
    """Where a file can be read, its single values have a word each, at the place that findings give them."""
    document = read_yaml("kpis/x.yaml", text)
    found = {word.path for word in words(text) if not word.is_key}
    if document.is_whole and not document.findings:
        assert set(document.at.value_spans) <= found | {word.path[:n] for word in words(text) for n in range(9)} | {()}

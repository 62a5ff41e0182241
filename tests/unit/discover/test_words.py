"""Words of cells and column names."""

from __future__ import annotations

from kpi_framework.discover.words import column_words, lies_ahead, no_value_texts


def test_words_stand_for_canonical_ones() -> None:
    """By the mapping or as they are; what stands for none is listed in the order of the rows."""
    words = column_words(["Parked", "7", "open", "Lost"], {"7": "closed", "8": "gone"}, ("open", "closed"))
    assert words.canonical == {"7": "closed", "open": "open"}
    assert words.unmapped == ("Parked", "Lost")


def test_a_mapping_to_no_canonical_word_is_unmapped() -> None:
    """A preset's word that the contract does not know helps nobody."""
    assert column_words(["8"], {"8": "gone"}, ("open",)).unmapped == ("8",)


def test_texts_for_no_value_are_known() -> None:
    """What tools write into an empty cell of numbers or times; a number is a value."""
    assert set(no_value_texts({"N/A", "0", "-", "0000-00-00", "7"})) == {"N/A", "-", "0000-00-00"}


def test_due_times_lie_ahead() -> None:
    """What is due has not happened."""
    assert lies_ahead("due_at")
    assert lies_ahead("pending_until")
    assert not lies_ahead("resolved_at")

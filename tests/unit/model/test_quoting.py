"""What a message shows of a person's own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_framework.model.diagnostic import Span, nearest
from kpi_framework.model.quoting import listed, shown
from kpi_framework.model.rule import RULES

SECRET = "correct horse battery staple " * 4


def test_a_short_plain_value_stands_in_the_message() -> None:
    """A reader sees the word that is wrong."""
    assert shown("creatd_at") == "`creatd_at`"


@pytest.mark.parametrize("text", [SECRET, "a\nb", "a\tb", "a\u200bb", "\x1b[31mred", "\ud800", "\u0378", "a\u2028b"])
def test_of_any_other_value_kind_and_length_are_told(text: str) -> None:
    """What is long, on several lines or not to be seen gets into no message."""
    assert text not in shown(text)
    assert f"{len(text)} character" in shown(text)


def test_a_list_of_names_has_an_end() -> None:
    """The first twenty names, and how many more there are; a name that is not plain is not shown."""
    names = [f"column_{n:05}" for n in range(100_000)]
    assert listed(names).endswith("column_00019 and 99,980 more")
    assert listed(["b", SECRET, "a"]) == "a, b, …"
    assert listed([]) == ""


@given(st.text(max_size=3_000))
def test_every_finding_is_one_line_that_can_be_printed(text: str) -> None:
    """Whatever got into its sentences, a finding forges no second line and no terminal's commands."""
    finding = RULES["wrong-type"].finding(Span("kpi.yaml"), f"found {text}", f"Write {text}")
    for sentence in (finding.message, finding.hint):
        assert sentence.isprintable()
        assert len(sentence) < 10_000


def test_the_nearest_of_many_names_is_looked_for_among_those_that_can_be_near() -> None:
    """A misspelt name finds its neighbour among hundreds, and a long one finds nobody."""
    names = [f"column_{n}" for n in range(900)]
    assert nearest("creatd_at", [*names, "created_at"]) == "created_at"
    assert nearest("column_123x", names) == "column_123"
    assert nearest("x" * 61, ["x" * 60]) is None
    assert nearest("", [""]) is None

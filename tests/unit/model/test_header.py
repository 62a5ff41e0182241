"""The names of a source's columns."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi_framework.model.header import Header, folded, snake_case, unique_headers


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("First reply (min)", "first_reply_min"),
        ("createdAt", "created_at"),
        ("2nd level", "c_2nd_level"),
        ("#", "c_"),
        ("", "c_"),
    ],
)
def test_a_header_becomes_a_name(header: str, name: str) -> None:
    """Lower case, words apart, never a digit first."""
    assert snake_case(header) == name


@settings(deadline=None)
@given(st.text(max_size=30))
def test_a_name_stays_as_it_is(header: str) -> None:
    """What is a name already is its own name, unless nothing of the header was left."""
    name = snake_case(header)
    assert name == "c_" or snake_case(name) == name


def test_a_column_is_found_to_the_letter_first() -> None:
    """Then but for case and punctuation; the names are tried in their order, and of two columns the first is it."""
    header = Header(("Created At", "created_at", "#", "State"))
    assert header.spelling(["created_at"]) == "created_at"
    assert header.spelling(["createdAt"]) == "Created At"
    assert header.spelling(["status", "state"]) == "State"
    assert header.spelling(["STATE", "created_at"]) == "created_at"
    assert header.spelling(["resolved_at"]) is None


def test_a_column_of_signs_alone_is_found_only_to_the_letter() -> None:
    """`#` and `%` have no name, and so are not alike."""
    assert Header(("#",)).spelling(["#"]) == "#"
    assert Header(("#",)).spelling(["%"]) is None


@pytest.mark.parametrize(
    ("header", "names"),
    [
        (["id", "Comment", "Comment", "x", "Comment"], ("id", "Comment", "Comment_2", "x", "Comment_3")),
        (["a", "a", "a_2"], ("a", "a_3", "a_2")),
        (["Status", " status "], ("Status", "status_2")),
        (["id", "", "", "column_2"], ("id", "column_2", "column_3", "column_2_2")),
    ],
)
def test_headers_are_told_apart(header: list[str], names: tuple[str, ...]) -> None:
    """Of equal ones the first keeps its name, the next take the first that is free; an empty one is its place."""
    assert unique_headers(header) == names


@settings(deadline=None)
@given(st.lists(st.sampled_from(["a", "A", " a", "a_2", "A_2", "b", "", "column_1", "a_3"])))
def test_no_two_columns_have_one_name(header: list[str]) -> None:
    """Neither in case nor in outer blanks do they only differ."""
    names = unique_headers(header)
    assert len({folded(name) for name in names}) == len(names) == len(header)
    assert unique_headers(names) == names

"""The names of a source's columns."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi_framework.model.header import Header, snake_case, unique_headers


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


def test_repeated_headers_are_told_apart() -> None:
    """The second and the third by their number."""
    assert unique_headers(["id", "Comment", "Comment", "x", "Comment"]) == (
        "id",
        "Comment",
        "Comment_2",
        "x",
        "Comment_3",
    )

"""Headers as names of the formula language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_framework.compile.dataset.names import snake_case


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("First reply (min)", "first_reply_min"),
        ("createdAt", "created_at"),
        ("ID", "id"),
        ("  x  ", "x"),
        ("2nd line", "c_2nd_line"),
        ("", "c_"),
        ("€", "c_"),
        ("already_so", "already_so"),
    ],
)
def test_a_header_is_read_as_a_name(header: str, name: str) -> None:
    """Letters and digits in lower case, and one line under words between them; never a digit first."""
    assert snake_case(header) == name


@given(st.text())
def test_every_header_has_a_name(header: str) -> None:
    """One that a formula can hold without quotes, and that is its own name."""
    name = snake_case(header)
    assert name.isidentifier()
    assert name.isascii()
    assert snake_case(name).rstrip("_") == name.rstrip("_")

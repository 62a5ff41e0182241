"""The patterns of CODEOWNERS: matched as an expression would match them, and never slowly."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from kpi_framework.load.codeowners import files_of

MEANINGS = {"/**/": "/(?:.*/)?", "**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def expression(pattern: str) -> re.Pattern[str]:
    """The same as a regular expression: short, and slow for many stars."""
    is_folder, bare, is_tied = pattern.endswith("/"), pattern.strip("/"), "/" in pattern.rstrip("/")
    pieces = re.findall(r"/\*\*/|^\*\*/|\*\*|\*|\?|[^*?]", bare)
    body = "".join(MEANINGS.get(piece, re.escape(piece)) for piece in pieces)
    inside = "/.*" if is_folder else ("" if is_tied and "*" in bare.rpartition("/")[2] else "(?:/.*)?")
    return re.compile(f"{'' if is_tied else '(?:.*/)?'}{body}{inside}\\Z", re.DOTALL)


@settings(deadline=None)
@given(st.text("ab/*?", min_size=1, max_size=9), st.text("ab/", max_size=9))
def test_a_pattern_is_for_the_files_that_its_expression_matches(pattern: str, path: str) -> None:
    """Stars, folders and their depths."""
    assert files_of(pattern).match(path) == (expression(pattern).match(path) is not None)


def test_many_stars_are_walked_in_one_go() -> None:
    """What took an expression longer than anybody waits."""
    names, folders = ("*a" * 30, "a" * 60 + "b"), ("/**/a" * 12 + "/c", "/a" * 40 + "/b")
    for pattern, path in (names, folders, ("*" * 99 + "x", "y" * 99)):
        assert not files_of(pattern).match(path)

"""A file's name that an engine could take for a pattern stands for that file alone."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from kpi_framework.evaluate.engine.file_names import engine_name, listed_folders

NAMES = st.text(alphabet="ab[]*?!-", min_size=1, max_size=8)


@settings(deadline=None)
@given(NAMES, st.lists(NAMES))
def test_as_a_pattern_a_name_matches_itself_alone(name: str, others: list[str]) -> None:
    """Whatever brackets, stars and question marks it has."""
    matches = [other for other in (name, *others) if fnmatchcase(other, engine_name(name))]
    assert set(matches) == {name}


def test_an_engine_lists_only_the_folders_in_which_it_has_to_search() -> None:
    """Those that hold a part whose name would be a pattern; none for plain names."""
    assert [*listed_folders("/data/tickets.csv")] == []
    assert [*listed_folders("/data/x[1].csv")] == [str(Path("/data"))]
    assert [*listed_folders("/d[1]/e/x*.csv")] == [str(Path("/")), str(Path("/d[1]/e"))]

"""`kpi show --view NAME` shows the view's KPIs, in its order, and changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.projects import STRICT, kpi, project, text

pytestmark = pytest.mark.usefixtures("engine_inside")

SECOND = STRICT.replace("id: fix_time", "id: second").replace("name: Fix time", "name: Second time")
VIEWS = text("kpi.yaml") + "views: {executive: {kpis: [second]}, all_of_them: {kpis: all}}\n"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two KPIs that miss their targets, and a view of one of them."""
    files = {"kpi.yaml": VIEWS, "kpis/fix_time.yaml": STRICT, "kpis/second.yaml": SECOND}
    return project(tmp_path_factory.mktemp("desk"), files)


@pytest.mark.parametrize("form", ["text", "markdown"])
@pytest.mark.parametrize(
    ("view", "shown"), [("executive", {"Second time"}), ("all_of_them", {"Second time", "Fix time"})]
)
def test_a_view_shows_its_kpis_and_no_other(desk: Path, form: str, view: str, shown: set[str]) -> None:
    """A scorecard with its KPIs, each with its value."""
    ended = kpi(desk, "show", "--view", view, "--format", form)
    assert ended.code == 0, ended.err
    assert {name for name in ("Second time", "Fix time") if name in ended.out} == shown
    assert "3 h" in ended.out


def test_a_view_writes_nothing_and_gates_nothing(desk: Path) -> None:
    """The check ends with 1 over the missed targets; looking at them ends with 0 and leaves every file as it was."""
    before = {path: path.read_bytes() for path in desk.rglob("*") if path.is_file()}
    assert kpi(desk, "show", "--view", "executive").code == 0
    assert {path: path.read_bytes() for path in desk.rglob("*") if path.is_file()} == before
    assert kpi(desk, "check", "--scorecard", "elsewhere").code == 1


def test_a_view_that_is_not_there_is_named(desk: Path) -> None:
    """Exit code 2, with the views that there are."""
    ended = kpi(desk, "show", "--view", "board")
    assert (ended.code, ended.out) == (2, "")
    assert all(name in ended.err for name in ("board", "executive", "all_of_them"))

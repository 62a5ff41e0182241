"""Who changes a number says why: each change needs the reason of those who made it, and nobody's covers another's."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpi_framework.history.reasons import is_reason
from tests.cli.projects import kpi
from tests.history.repository import BEN, CONFIG, KPI, METRIC, Repository

pytestmark = pytest.mark.usefixtures("engine_inside")
TARGET = (("at_most: 4 h", "at_most: 5 h"), ("near: 5 h", "near: 6 h"))
FORMULA = (("formula: count(*)", "formula: count(distinct priority)"),)


@pytest.fixture
def desk(tmp_path: Path) -> Repository:
    """The project, and where it began as the branch `base`."""
    desk = Repository(tmp_path)
    desk.start()
    desk.git("branch", "base")
    return desk


def unexplained(desk: Repository, *words: str) -> set[tuple[str | None, str]]:
    """The changes that nobody gave a reason for, as the pull request's job tells them."""
    ended = kpi(desk.root, "diff", "base", "--no-impact", "--format", "json", *words)
    findings = [f["message"] for f in ended.json["diagnostics"] if f["rule"] == "unexplained-change"]
    changes = [(c["kpi"], c["field"]) for c in ended.json["changes"]]
    return {(k, f) for k, f in changes if any(m.startswith(f"{k}: `{f}`" if k else f"`{f}`") for m in findings)}


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("agreed with the desk lead", True), ("agreed", False), ("OK !", False), ("", False), ("…", False),
     ("サービス窓口と合意した", True), ("合意した", False), ("согласовано с отделом", True), ("tidy.", False)],
)  # fmt: skip
def test_a_word_is_no_reason(text: str, is_one: bool) -> None:
    """More than a word; in scripts without blanks, at least six characters."""
    assert is_reason(text) is is_one


EXPLAINED = (
    "Softer\n\nReason: agreed with the desk lead",
    "Softer\n\nReason: agreed\nwith the desk lead\n\nCo-authored-by: B <b@x>",
    "Softer (#3)\n\n* first\n\nReason: agreed with the desk lead\n\n* second step\n\ntext after",
    "Softer\n\nReason fix_time: agreed with all",
    "Softer\r\n\r\nReason: agreed with the desk lead\r\n\r\nmore",
)


@pytest.mark.parametrize("message", EXPLAINED)
def test_a_reason_stands_anywhere_in_the_message(message: str, desk: Repository) -> None:
    """As the last block or not, by name or not, on several lines, in a squash of several commits."""
    desk.edit(KPI, *TARGET)
    desk.commit(message)
    assert unexplained(desk) == set()


@pytest.mark.parametrize(
    "message", ["Softer", "Softer\n\nReason: agreed", "Softer\n\nReason volume: it is another one"]
)
def test_without_one_the_change_is_a_finding(message: str, desk: Repository) -> None:
    """No reason, a word, or the reason of something else."""
    desk.edit(KPI, *TARGET)
    desk.commit(message)
    assert unexplained(desk) == {("fix_time", "target")}


def test_one_reason_does_not_cover_what_others_change(desk: Repository) -> None:
    """Not another definition, and not an earlier change of the same file."""
    desk.edit(KPI, *TARGET)
    desk.commit("softer, without a word", BEN)
    desk.edit(METRIC, *FORMULA)
    desk.edit(KPI, ("owner: desk@", "owner: lead@"))
    desk.commit("other\n\nReason: the metric counted too much")
    assert unexplained(desk) == {("fix_time", "target")}


def test_a_later_commit_gives_a_reason_by_name(desk: Repository) -> None:
    """An empty one too; one for all that follows is none for what came before."""
    desk.edit(KPI, *TARGET)
    desk.commit("softer")
    desk.git("commit", "-q", "--allow-empty", "-m", "why\n\nReason: for everything there is")
    assert unexplained(desk) == {("fix_time", "target")}
    desk.git("commit", "-q", "--allow-empty", "-m", "why\n\nReason fix_time: two posts are vacant")
    assert unexplained(desk) == set()
    [change] = [c for c in kpi(desk.root, "history", "--format", "json").json["changes"] if c["class"] == "loosened"]
    assert change["reason"] == "two posts are vacant"


def test_a_merge_gives_the_reason_of_what_it_brings(desk: Repository) -> None:
    """The message of the merge of a pull request counts for its commits, and for no other."""
    desk.edit(METRIC, *FORMULA)
    desk.commit("on main, without a word")
    desk.git("checkout", "-q", "-b", "side", "base")
    desk.edit(KPI, *TARGET)
    desk.commit("softer")
    desk.git("checkout", "-q", "main")
    desk.git("merge", "-q", "--no-ff", "-m", "Merge pull request #4 from side\n\nReason: two posts are vacant", "side")
    assert unexplained(desk) == {("volume", "formula")}


def test_what_is_not_committed_has_no_reason_yet(desk: Repository) -> None:
    """The reason of a commit is not that of an edit after it; --reason is."""
    desk.edit(METRIC, *FORMULA)
    desk.commit("other\n\nReason: the metric counted too much")
    desk.edit(KPI, *TARGET)
    assert unexplained(desk) == {("fix_time", "target")}
    assert unexplained(desk, "--reason", "two posts are vacant") == set()
    assert unexplained(desk, "--reason", "vacant") == {("fix_time", "target")}


def test_two_steps_need_two_reasons(desk: Repository) -> None:
    """What was explained once may not be moved on in silence."""
    desk.edit(KPI, *TARGET)
    desk.commit("softer\n\nReason: two posts are vacant")
    desk.edit(KPI, ("at_most: 5 h", "at_most: 5.5 h"))
    desk.commit("softer still", BEN)
    assert unexplained(desk) == {("fix_time", "target")}


def test_settings_and_renames_are_explained_as_well(desk: Repository) -> None:
    """A change of kpi.yaml by a reason of its commit; a definition's by its former name, too."""
    desk.edit(CONFIG, ("Europe/London", "Europe/Berlin"))
    desk.commit("moved\n\nReason: the desk has moved to Berlin")
    desk.edit(METRIC, *FORMULA)
    desk.commit("other\n\nReason: the metric counted too much")
    text = (desk.root / METRIC).read_text().replace("id: volume", "id: amount\nrenamed_from: volume")
    desk.write(METRIC, None)
    desk.write("kpis/amount.yaml", text)
    desk.commit("renamed")
    assert unexplained(desk) == set()

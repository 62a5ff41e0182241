"""A year of changes: diff and history find each with its class, none missed and none invented."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from tests.cli.projects import kpi, project
from tests.history.repository import ADA, BEN, CAT, CONFIG, KPI, YEAR, Repository, year

pytestmark = pytest.mark.usefixtures("engine_inside")

SCHEMAS = Path(__file__).parents[2] / "schemas"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """The year's repository."""
    return year(tmp_path_factory.mktemp("year"))


@pytest.fixture(scope="module")
def told(repository: Repository) -> list[dict[str, Any]]:
    """What history tells of it, without values."""
    ended = kpi(repository.root, "history", "--no-values", "--format", "json")
    assert ended.code == 0, ended.err
    changes: list[dict[str, Any]] = ended.json["changes"]
    return changes


@pytest.mark.parametrize("number", range(len(YEAR)), ids=[message for message, *_ in YEAR])
def test_history_finds_each_change_with_its_class(told: list[dict[str, Any]], number: int) -> None:
    """By commit: the KPI, the class and the field; who, when and why; nothing that did not change."""
    message, _, wanted = YEAR[number]
    mine = [c for c in told if c["subject"] == f"{message} (#{number})"]
    assert [(c["kpi"], c["class"], c["field"]) for c in mine] == list(wanted)
    for change in mine:
        assert f"{change['author']} <{change['email']}>" == (ADA, BEN, CAT)[number % 3]
        assert change["pull_request"] == str(number)
        assert change["reason"] == (f"because of {message}" if number % 2 else None)
        assert change["approvals"] == ([CAT] if number % 2 else [])
        assert (change["landed"], change["doubts"]) == (True, [])


@pytest.mark.parametrize("number", range(len(YEAR)), ids=[message for message, *_ in YEAR])
def test_diff_finds_each_change_with_its_class(repository: Repository, number: int) -> None:
    """A revision compared with the one before it gives the same changes as history."""
    back = len(YEAR) - number
    ended = kpi(repository.root, "diff", f"HEAD~{back}", f"HEAD~{back - 1}", "--no-impact", "--format", "json")
    found = [(c["kpi"], c["class"], c["field"]) for c in ended.json["changes"]]
    assert found == list(YEAR[number][2])
    needs = any(cls in ("restating", "loosened", "backdated") for _, cls, _ in found) and not number % 2
    rules = {d["rule"] for d in ended.json["diagnostics"]}
    assert ("unexplained-change" in rules) is needs


def test_a_project_compared_with_itself_has_no_changes(repository: Repository) -> None:
    """diff(a, a) = ∅."""
    ended = kpi(repository.root, "diff", "HEAD", "HEAD", "--format", "json")
    assert (ended.code, ended.json["changes"], ended.json["impact"]) == (0, [], [])


def test_the_whole_year_names_every_field_that_differs(repository: Repository) -> None:
    """From the first day to the last: each field once, whatever way it went; a target's past beside its future."""
    first = f"HEAD~{len(YEAR)}"
    found = kpi(repository.root, "diff", first, "HEAD", "--no-impact", "--format", "json").json["changes"]
    fields = {(c["kpi"], c["field"]) for c in found}
    assert len({(c["kpi"], c["field"], c["class"]) for c in found}) == len(found)
    assert len([c for c in found if c["field"] != "target"]) == len(fields) - 1
    assert fields == {
        ("fix_time", name)
        for name in ("target", "formula", "where", "time", "min_sample", "min_measured", "settle", "owner", "review",
                     "action", "name", "baseline", "status")
    } | {
        (None, name)
        for name in ("gate.targets", "rules.missing-owner", "timezone", "datasets.tickets.source.path",
                     "datasets.tickets.freshness", "datasets.tickets.columns")
    }  # fmt: skip


def test_history_follows_a_definition_through_its_names(told: list[dict[str, Any]], repository: Repository) -> None:
    """Asked for the last id, it tells of the first one too."""
    changes = kpi(repository.root, "history", "late", "--no-values", "--format", "json").json["changes"]
    assert [(c["kpi"], c["class"]) for c in changes] == [
        ("slow", "added"), ("late", "renamed"), ("late", "retired"), ("late", "removed"),
    ]  # fmt: skip
    assert len(told) > len(changes)


def test_what_it_tells_fits_its_schema(repository: Repository, told: list[dict[str, Any]]) -> None:
    """Another program can rely on schemas/history.schema.json, which explains every key."""
    schema = json.loads((SCHEMAS / "history.schema.json").read_text(encoding="utf-8"))
    with_values = kpi(repository.root, "history", "fix_time", "--format", "json").json
    for one in ({"schema_version": 1, "changes": told}, with_values):
        Draft7Validator(schema).validate(one)
    known = set(schema["definitions"]["change"]["properties"])
    assert all(set(change) <= known for change in told)


def test_a_restating_change_shows_both_values(repository: Repository) -> None:
    """On today's data: what the number was under the old definition, and is under the new one."""
    [change] = [
        c
        for c in kpi(repository.root, "history", "fix_time", "--format", "json").json["changes"]
        if c["field"] == "formula"
    ]
    # The median and the mean of March: 24 tickets that took one to five hours, 74 hours together.
    assert change["values"] == {"before": 3.0, "after": pytest.approx(74 / 24, rel=1e-9)}
    assert change["units"] == {"before": "hours", "after": "hours"}
    assert "3 h 00 min → 3 h 05 min" in kpi(repository.root, "history", "fix_time").out


def test_the_period_can_be_bounded(repository: Repository) -> None:
    """Both days are included."""
    some = kpi(
        repository.root, "history", "--no-values", "--since", "2025-06-01", "--until", "2025-08-31", "--format", "json"
    )
    days = {c["committed_at"][:10] for c in some.json["changes"]}
    assert days
    assert min(days) >= "2025-06-01"
    assert max(days) <= "2025-08-31"


@pytest.mark.parametrize("form", ["text", "markdown", "csv", "html"])
def test_every_format_tells_all(repository: Repository, told: list[dict[str, Any]], form: str) -> None:
    """Each change of the JSON has its line in the other formats."""
    out = kpi(repository.root, "history", "--no-values", "--format", form).out
    if form == "csv":
        assert len(list(csv.DictReader(io.StringIO(out)))) == len(told)
    elif form == "html":
        assert out.count("<tr>") == len(told) + 1
    else:
        assert all(c["commit"][:10] in out for c in told)


def test_the_first_commit_only_adds(tmp_path: Path) -> None:
    """A project that begins with a frozen baseline has nothing that a target could be tightened from."""
    one = Repository(project(tmp_path))
    assert kpi(one.root, "baseline", "freeze").code == 0
    one.git("init", "-q")
    one.commit("The project")
    told = kpi(one.root, "history", "--no-values", "--format", "json").json["changes"]
    assert "frozen_baseline" in {c["field"] for c in told}
    assert {c["class"] for c in told} == {"added"}


def test_a_spreadsheet_has_no_words_of_ours(repository: Repository, told: list[dict[str, Any]]) -> None:
    """A value that nobody computed is an empty cell, a truth is `true` or `false`, as in the JSON."""
    out = kpi(repository.root, "history", "--no-values", "--format", "csv").out
    for row, change in zip(csv.DictReader(io.StringIO(out)), told, strict=True):
        assert (row["value_before"], row["value_after"]) == ("", "")
        assert row["landed"] == json.dumps(change["landed"])


# what makes git lie


def test_a_merge_that_changes_a_file_is_found(tmp_path: Path) -> None:
    """A change that stands in no side, only in the merge itself, is a change of the merge."""
    one = Repository(tmp_path)
    one.start()
    one.git("checkout", "-q", "-b", "side")
    one.edit(KPI, ("Fill the vacant post.", "Fill both posts."))
    one.commit("on the side", BEN)
    one.git("checkout", "-q", "main")
    one.edit(KPI, ("name: Fix time", "name: Time to fix"))
    one.commit("on main")
    one.git("merge", "-q", "--no-ff", "--no-commit", "side")
    one.edit(KPI, ("at_most: 4 h", "at_most: 5 h"), ("near: 5 h", "near: 6 h"))
    one.commit("Merge pull request #7 from side\n\nApproved-by: Cat <cat@example.com>", CAT)
    changes = kpi(tmp_path, "history", "--no-values", "--format", "json").json["changes"]
    found = {(c["subject"].partition("\n")[0], c["class"], c["field"]): c for c in changes}
    hidden = found["Merge pull request #7 from side", "loosened", "target"]
    assert hidden["author"] == "Cat"
    side = found["on the side", "governance", "action"]
    assert (side["pull_request"], side["approvals"], side["landed"]) == ("7", ["Cat <cat@example.com>"], True)


def test_a_side_branch_that_a_merge_dropped_is_told_and_marked(tmp_path: Path) -> None:
    """Its change never took effect: that is said, not left out."""
    one = Repository(tmp_path)
    one.start()
    one.git("checkout", "-q", "-b", "side")
    one.edit(KPI, ("at_most: 4 h", "at_most: 9 h"), ("near: 5 h", "near: 9.5 h"))
    one.commit("dropped", BEN)
    one.git("checkout", "-q", "main")
    one.edit(KPI, ("name: Fix time", "name: Time to fix"))
    one.commit("kept")
    one.git("merge", "-q", "--no-ff", "-s", "ours", "-m", "Merge side", "side")
    [dropped] = [
        c
        for c in kpi(tmp_path, "history", "--no-values", "--format", "json").json["changes"]
        if c["subject"] == "dropped"
    ]
    assert dropped["landed"] is False
    assert any("never took effect" in d for d in dropped["doubts"])


def test_replaced_objects_and_mapped_names_deceive_nobody(tmp_path: Path) -> None:
    """refs/replace is not followed, and no name from .mailmap takes the place of the one in the commit."""
    one = Repository(tmp_path)
    one.start()
    one.edit(KPI, ("at_most: 4 h", "at_most: 5 h"), ("near: 5 h", "near: 6 h"))
    real = one.commit("loosened", BEN)
    one.edit(KPI, ("at_most: 5 h", "at_most: 4 h"))
    one.git("commit", "-q", "-am", "harmless", "--amend")
    one.git("replace", real, one.git("rev-parse", "HEAD"))
    one.git("reset", "-q", "--hard", real)
    one.write(".mailmap", "Ada <ada@example.com> Ben <ben@example.com>\n")
    one.commit("names")
    changes = kpi(tmp_path, "history", "--no-values", "--format", "json").json["changes"]
    [loosened] = [c for c in changes if c["class"] == "loosened"]
    assert (loosened["field"], loosened["author"], loosened["email"]) == ("target", "Ben", "ben@example.com")


def test_a_date_that_cannot_be_is_doubted(tmp_path: Path) -> None:
    """A commit dated before the one it builds on says so."""
    one = Repository(tmp_path)
    one.start()
    one.day = one.day.replace(year=2020)
    one.edit(KPI, ("owner: desk@", "owner: lead@"))
    one.commit("backdated", BEN)
    [change] = [c for c in kpi(tmp_path, "history", "--format", "json").json["changes"] if c["field"] == "owner"]
    assert any("dated before" in d for d in change["doubts"])


def test_a_value_left_out_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where too many changes move a value to compute them all, each says so and how to see it."""
    monkeypatch.setattr("kpi_framework.workflow.history.history._MOST_EFFECTS", 6)
    one = Repository(tmp_path)
    one.start()
    words = ("median(", "avg(")
    for number in range(7):
        one.edit(KPI, words if number % 2 == 0 else words[::-1])
        one.commit("another statistic")
    changes = kpi(tmp_path, "history", "--format", "json").json["changes"]
    restating = [c for c in changes if c["class"] == "restating"]
    assert len(restating) == 7
    assert all("not computed" in " ".join(c["doubts"]) for c in restating)
    later = kpi(tmp_path, "history", "--format", "json", "--since", "2025-05-01").json["changes"]
    values = [c["values"]["after"] for c in later if c["class"] == "restating"]
    assert values
    assert None not in values


# bad input


def test_a_shallow_clone_is_refused_with_the_remedy(tmp_path: Path, repository: Repository) -> None:
    """What it cannot tell, it does not make up."""
    repository.git("clone", "-q", "--depth", "3", f"file://{repository.root}", str(tmp_path / "shallow"))
    ended = kpi(tmp_path / "shallow", "history")
    assert ended.code == 2
    assert "--unshallow" in ended.err


def test_an_id_that_never_was_is_refused(repository: Repository) -> None:
    """A slip of the pen does not read as "never changed"; a name of old is known."""
    ended = kpi(repository.root, "history", "fix_tme", "--no-values")
    assert ended.code == 2
    assert "fix_time" in ended.err
    assert kpi(repository.root, "history", "slow", "--no-values").code == 0


@pytest.mark.parametrize("revision", ["--all", "-p", "nowhere", "HEAD~999", "HEAD\nHEAD", ""])
def test_what_is_no_revision_is_refused(repository: Repository, revision: str) -> None:
    """A revision that does not exist, or that begins with a dash: exit 2, and git never sees an option."""
    ended = kpi(repository.root, "diff", "--", revision)
    assert ended.code == 2
    assert "Traceback" not in ended.err


def test_no_repository_is_said(tmp_path: Path) -> None:
    """History needs git."""
    shutil.copytree(Path(__file__).parent.parent / "rules" / "project", tmp_path / "p")
    for command in ("diff", "history"):
        ended = kpi(tmp_path / "p", command)
        assert ended.code == 2
        assert "git" in ended.err


def test_a_revision_with_a_broken_file_lists_the_change(tmp_path: Path) -> None:
    """The KPI cannot be read there: the change is listed, its numbers are unknown, the others are compared."""
    one = Repository(tmp_path)
    one.start()
    one.edit(KPI, ("unit: hours", "<<<<<<< HEAD\nunit: hours"))
    one.commit("broken")
    one.edit(KPI, ("<<<<<<< HEAD\n", ""))
    one.edit(CONFIG, ("name: A small desk", "name: A desk"))
    one.commit("mended")
    ended = kpi(tmp_path, "diff", "HEAD~1", "HEAD", "--format", "json", "--reason", "mended")
    found = {(c["kpi"], c["class"], c["field"]) for c in ended.json["changes"]}
    assert found == {("fix_time", "restating", "file"), (None, "cosmetic", "name")}
    assert json.dumps(ended.json)


def test_a_project_that_cannot_be_read_is_one_change(tmp_path: Path) -> None:
    """A broken kpi.yaml is listed as that, not as the loss of everything it says; what else changed is compared."""
    one = Repository(tmp_path)
    one.start()
    one.edit(CONFIG, ("timezone: Europe/London", "timezone: [Europe/London"))
    one.edit(KPI, ("at_most: 4 h", "at_most: 4.5 h"))
    one.commit("broken")
    one.edit(CONFIG, ("timezone: [Europe/London", "timezone: Europe/London"))
    one.commit("mended")
    changes = kpi(tmp_path, "history", "--no-values", "--format", "json").json["changes"]
    found = [(c["subject"], c["kpi"], c["class"], c["field"]) for c in changes if c["subject"] != "The project"]
    assert found == [
        ("broken", "fix_time", "loosened", "target"), ("broken", None, "restating", "kpi.yaml"),
        ("mended", None, "restating", "kpi.yaml"),
    ]  # fmt: skip

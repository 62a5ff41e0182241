"""A link among a project's files is told with its path, and nothing of what it points to is ever shown."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from kpi_framework.workflow.project_files import read_file
from tests.cli.projects import Ended, kpi, project
from tests.files.linked import CANARY, PLACES, Place, contents, linked, outside, repository

COMMANDS = {
    "lint": "lint", "lint json": "lint --format json", "check": "check", "check json": "check --format json",
    "test": "test --format junit", "diff": "diff --format json", "publish": "publish --format json",
    "verify": "verify", "baseline freeze": "baseline freeze", "baseline verify": "baseline verify",
    "review": "review fix_time --note held --by ada@example.com", "due": "due --format json",
    "add": "add reopened_rate --owner ada@example.com", "history": "history --format json", "show": "show fix_time",
    "schema": "schema", "schema --check": "schema --check",
}  # fmt: skip
REPORTING = ("lint", "check", "test", "diff", "baseline verify")
"""The commands that show findings."""
REFUSED = ("baseline freeze", "review", "due", "add")
"""The commands that show none, and go no further."""
QUICK = ("lint", "due", "review", "add", "baseline freeze")


def run(root: Path, command: str) -> Ended:
    """A command in the project; nothing of the file outside stands in what it says."""
    ended = kpi(root, *COMMANDS[command].split())
    assert CANARY not in ended.out + ended.err
    assert "Traceback" not in ended.err
    assert "ada password" not in ended.out + ended.err
    return ended


def is_reported(ended: Ended, place: Place) -> bool:
    """Whether the rule and the path of the link stand in the output."""
    output = ended.out + ended.err
    return "linked-file" in output and place.path in output


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """The files outside."""
    return outside(tmp_path / "outside")


@pytest.mark.parametrize("name", PLACES)
def test_a_link_is_a_finding_at_its_path(name: str, tmp_path: Path, out: Path) -> None:
    """Wherever it stands: one finding, by its path in the project, exit 1; commands without findings go no further."""
    place, root = PLACES[name], project(tmp_path / "project")
    linked(root, place, out)
    before = contents(out)
    for command in QUICK:
        ended = run(root, command)
        assert (ended.code, is_reported(ended, place)) == (1, True), command
    findings = [f for f in run(root, "lint json").json["diagnostics"] if f["rule"] == "linked-file"]
    assert [(f["path"], f["severity"], f["code"]) for f in findings] == [(place.path, "error", "KPI122")]
    assert contents(out) == before


@pytest.mark.parametrize("name", ["a definition", "all definitions", "kpi.yaml", "a baseline", "a ledger"])
def test_every_command_tells_or_refuses(name: str, tmp_path: Path, out: Path) -> None:
    """No command goes on as if nothing were there, and none shows or changes what lies outside."""
    place, begun = PLACES[name], repository(tmp_path / "project")
    linked(begun.root, place, out)
    begun.commit("A link")
    before = contents(out)
    for command in COMMANDS:
        ended = run(begun.root, command)
        if command in (*REPORTING, *REFUSED):
            assert (ended.code, is_reported(ended, place)) == (1, True), command
        if command == "publish":
            assert ended.code in (1, 2)
            assert place.path in ended.out + ended.err
    ended = kpi(
        begun.root, "audit", "--since", "2025-01-01", "--until", "2026-12-31", "--out", str(tmp_path / "bundle")
    )
    assert (ended.code, is_reported(ended, place), (tmp_path / "bundle").exists()) == (1, True, False)
    assert CANARY not in ended.out + ended.err
    assert contents(out) == before


def test_what_a_link_hides_is_no_other_finding(tmp_path: Path, out: Path) -> None:
    """The definition is there and cannot be read: nothing says that it does not exist, nothing has its value."""
    root = project(tmp_path / "project")
    config = (root / "kpi.yaml").read_text()
    (root / "kpi.yaml").write_text(f"{config}required: [fix_time]\n")
    linked(root, PLACES["a definition that is there already"], out)
    card = run(root, "check json").json
    assert {f["rule"] for f in card["diagnostics"] if f["severity"] == "error"} == {"linked-file"}
    assert {m["kpi"] for m in card["measurements"]} == {"volume"}
    assert not card["verdict"]["passed"]


def test_a_link_to_the_whole_disk_is_not_walked(tmp_path: Path) -> None:
    """`kpis -> /`: one finding, and no other file of the machine is looked at."""
    root = project(tmp_path / "project")
    linked(root, PLACES["all definitions, and the whole disk"], Path("/"))
    findings = run(root, "lint json").json["diagnostics"]
    assert [f["path"] for f in findings if f["path"].startswith("kpis")] == ["kpis"]


def test_kpi_yaml_cannot_turn_the_rule_off(tmp_path: Path, out: Path) -> None:
    """A change that brings a link may bring a setting as well: what was not read is never green."""
    root = project(tmp_path / "project")
    config = (root / "kpi.yaml").read_text()
    (root / "kpi.yaml").write_text(f"{config}rules: {{linked-file: off}}\n")
    linked(root, PLACES["a definition"], out)
    assert [run(root, command).code for command in ("lint", "check", "due")] == [1, 1, 1]


def test_a_project_may_be_reached_through_a_link(tmp_path: Path) -> None:
    """Where the project lies is the reader's own affair; what lies in it is not."""
    root = project(tmp_path / "project")
    (tmp_path / "short").symlink_to(root)
    assert kpi(tmp_path, "lint", "--project", "short").code == 0


def test_the_mark_of_an_editor_is_no_finding(tmp_path: Path) -> None:
    """An editor says with a link to nothing that a file is being edited; no definition can have its name."""
    root = project(tmp_path / "project")
    (root / "kpis/.#fix_time.yaml").symlink_to("ada@laptop.4711:1790000000")
    assert kpi(root, "lint").code == 0


@pytest.mark.parametrize("top", [True, False], ids=["beside kpi.yaml", "above"])
def test_a_linked_file_of_owners_is_as_if_there_were_none(top: bool, tmp_path: Path, out: Path) -> None:
    """The link is told by its path from the project, and no other place counts for it."""
    root = project(tmp_path / "repository" / ("" if top else "desk"))
    (tmp_path / "repository/.git").mkdir()
    (tmp_path / "repository/.github").mkdir()
    (tmp_path / "repository/.github/CODEOWNERS").symlink_to(out / "secret")
    (tmp_path / "repository/CODEOWNERS").write_text("* @nobody\n")
    findings = run(root, "lint json").json["diagnostics"]
    wanted = ".github/CODEOWNERS" if top else "../.github/CODEOWNERS"
    assert [(f["rule"], f["path"]) for f in findings if f["severity"] != "note"] == [("linked-file", wanted)]


def test_another_linked_folder_is_nobody_s_business(tmp_path: Path, out: Path) -> None:
    """`docs` may be a link where no CODEOWNERS lies behind it."""
    root = project(tmp_path / "project")
    (root / "docs").symlink_to(out)
    assert kpi(root, "lint").code == 0


@pytest.mark.parametrize("path", ["kpis/leak.yaml", "kpi.yaml"])
def test_a_pipe_is_not_waited_for(path: str, tmp_path: Path) -> None:
    """What is no file gets its finding at once, and does not hang."""
    root = project(tmp_path / "project")
    (root / path).unlink(missing_ok=True)
    os.mkfifo(root / path)
    findings = run(root, "lint json")
    assert findings.code == 1
    assert [f["rule"] for f in findings.json["diagnostics"] if f["path"] == path] == ["yaml-syntax"]


def test_an_endless_file_is_not_read_whole(tmp_path: Path) -> None:
    """A definition of four gigabytes without a byte in it is refused before it is read."""
    root = project(tmp_path / "project")
    with (root / "kpis/large.yaml").open("wb") as stream:
        stream.truncate(4 << 30)
    findings = run(root, "lint json").json["diagnostics"]
    assert [f["rule"] for f in findings if f["path"] == "kpis/large.yaml"] == ["yaml-syntax"]


def test_a_link_that_comes_between_look_and_read_is_not_followed(tmp_path: Path, out: Path) -> None:
    """A file or a folder may become a link after it was listed: opening follows none of its parts."""
    root = project(tmp_path / "project")
    (root / "kpis/team").symlink_to(out / "folder")
    for path in ("kpis/team/leak.yaml", "kpis/team"):
        finding = read_file(root, path)
        assert not isinstance(finding, str)
        assert finding.rule == "linked-file"
    (root / "kpis/leak.yaml").symlink_to(out / "secret")
    assert not isinstance(read_file(root, "kpis/leak.yaml"), str)


def test_the_same_where_no_file_opens_beneath_a_folder(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Systems without such a call look at each part first."""
    monkeypatch.setattr(os, "supports_dir_fd", set[Any]())
    root = project(tmp_path / "project")
    (root / "kpis/team").symlink_to(out / "folder")
    assert not isinstance(read_file(root, "kpis/team/leak.yaml"), str)
    assert read_file(root, "kpis/volume.yaml") == (root / "kpis/volume.yaml").read_text()


@pytest.mark.parametrize("target", ["file", "folder", "nothing"])
def test_schemas_behind_a_link_are_neither_compared_nor_written(target: str, tmp_path: Path, out: Path) -> None:
    """`kpi schema --check` tells the link, `kpi schema` refuses to write through it."""
    root = project(tmp_path / "project")
    place = {"file": Place("schemas/kpi.schema.json", "secret"), "folder": Place("schemas", "folder"),
             "nothing": Place("schemas/kpi.schema.json", "nothing")}[target]  # fmt: skip
    linked(root, place, out)
    before = contents(out)
    ended = run(root, "schema --check")
    assert (ended.code, is_reported(ended, place)) == (1, True)
    ended = run(root, "schema")
    assert (ended.code, "symbolic link" in ended.err) == (2, True)
    assert contents(out) == before


def test_completion_does_not_walk_a_link(tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pressing Tab looks at the project's files only."""
    from kpi_framework.cli.complete import definitions  # noqa: PLC0415 - it reads the folder it is called in

    root = project(tmp_path / "project")
    (root / "kpis/team").symlink_to(out / "folder")
    monkeypatch.chdir(root)
    assert definitions("") == ["fix_time", "volume"]


# what git has


def test_a_definition_that_becomes_a_link_is_lost_by_no_command(tmp_path: Path) -> None:
    """Moved behind a link and then changed there: diff and check tell the link, history that the file is gone."""
    begun = repository(tmp_path / "project")
    first = begun.git("rev-parse", "HEAD")
    begun.git("mv", "kpis/fix_time.yaml", "elsewhere.yaml")
    (begun.root / "kpis/fix_time.yaml").symlink_to("../elsewhere.yaml")
    moved = begun.commit("move")
    begun.edit("elsewhere.yaml", ("at_most: 4 h, near: 5 h", "at_most: 9 h"))
    begun.commit("tidy")
    for revisions in ((moved, "HEAD"), (first, "HEAD"), (moved,)):
        ended = kpi(begun.root, "diff", *revisions, "--no-impact", "--format", "json")
        findings = [f["path"] for f in ended.json["diagnostics"] if f["rule"] == "linked-file"]
        assert (ended.code, findings) == (1, ["kpis/fix_time.yaml"])
    changes = kpi(begun.root, "diff", first, "HEAD", "--no-impact", "--format", "json").json["changes"]
    assert [(c["kpi"], c["class"], c["before"], c["after"]) for c in changes] == [
        ("fix_time", "restating", "readable", "unreadable")
    ]
    story = kpi(begun.root, "history", "fix_time", "--no-values", "--format", "json").json["changes"]
    assert [c["class"] for c in story] == ["added", "removed"]
    assert kpi(begun.root, "check", "--gate", "definitions").code == 1


@pytest.mark.parametrize("path", ["kpis", "baselines", "kpi.yaml"])
def test_a_revision_with_a_link_is_told(path: str, tmp_path: Path, out: Path) -> None:
    """A whole folder or kpi.yaml may be the link that a revision has: diff and --at say so."""
    begun = repository(tmp_path / "project")
    linked(begun.root, Place(path, "secret" if path == "kpi.yaml" else "folder"), out)
    commit = begun.commit("A link")
    begun.git("checkout", "-q", "HEAD~1")
    for words in (("diff", "HEAD", commit, "--no-impact"), ("check", "--at", commit)):
        ended = kpi(begun.root, *words)
        assert (ended.code, "linked-file" in ended.out + ended.err) == (1, True)
        assert CANARY not in ended.out + ended.err


def test_data_outside_are_not_lent_to_a_revision(tmp_path: Path) -> None:
    """What a revision does not track is today's, but no link brings what lies outside into its folder."""
    begun = repository(tmp_path / "project")
    export = begun.root / "data/tickets.csv"
    (tmp_path / "outside.csv").write_text(export.read_text())
    begun.git("rm", "-q", "--cached", "data/tickets.csv")
    begun.write(".gitignore", "data/\n")
    commit = begun.commit("Data are not tracked")
    assert kpi(begun.root, "check", "--at", commit).code == 0
    export.rename(begun.root / "data/real.csv")
    export.symlink_to("real.csv")
    assert kpi(begun.root, "check", "--at", commit).code == 0
    export.unlink()
    export.symlink_to(tmp_path / "outside.csv")
    ended = kpi(begun.root, "check", "--at", commit, "--format", "json")
    assert (ended.code, {m["reason"] for m in ended.json["measurements"]}) == (1, {"source_error"})
    assert kpi(begun.root, "check", "--at", commit, "--allow-path", str(tmp_path)).code == 0

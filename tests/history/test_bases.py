"""Where a comparison begins, what weighs its findings, and what hides nothing."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.projects import kpi
from tests.history.repository import CONFIG, KPI, Repository

pytestmark = pytest.mark.usefixtures("engine_inside")

SOFTER = (("target: {at_most: 4 h", "target: {at_most: 9 h"), ("near: 5 h", "near: 10 h"))


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """The small project, committed once."""
    small = Repository(tmp_path)
    small.start()
    return small


def _diff(repository: Repository, *arguments: str) -> tuple[int, list[tuple[str | None, str, str]]]:
    ended = kpi(repository.root, "diff", *arguments, "--no-impact", "--format", "json")
    return ended.code, [(c["kpi"], c["class"], c["field"]) for c in ended.json["changes"]]


def _branched(repository: Repository) -> None:
    """A branch that renames the KPI for readers, while main softens its target."""
    repository.git("checkout", "-q", "-b", "words")
    repository.edit(KPI, ("name: Fix time", "name: Time to fix"))
    repository.commit("Words")
    repository.git("checkout", "-q", "main")
    repository.edit(KPI, *SOFTER)
    repository.commit("Softer")


def test_a_comparison_begins_where_the_revisions_parted(repository: Repository) -> None:
    """What main did meanwhile is no change of the branch; with --exact the two are compared themselves."""
    _branched(repository)
    assert _diff(repository, "main", "words") == (0, [("fix_time", "cosmetic", "name")])
    classes = {cls for _, cls, _ in _diff(repository, "main", "words", "--exact")[1]}
    assert classes == {"tightened", "cosmetic"}


def test_of_several_bases_the_strictest_class_counts(repository: Repository) -> None:
    """Two branches that took each other in have two bases; from one of them the target is softer."""
    _branched(repository)
    for branch in ("words", "main"):
        repository.git("branch", f"was-{branch}", branch)
    repository.git("checkout", "-q", "words")
    repository.git("merge", "-q", "--no-edit", "was-main")
    repository.git("checkout", "-q", "main")
    repository.git("merge", "-q", "--no-edit", "was-words")
    assert len(repository.git("merge-base", "--all", "main", "words").split()) == 2
    code, changes = _diff(repository, "main", "words")
    assert ("fix_time", "loosened", "target") in changes
    assert code == 1


def test_a_shallow_clone_says_what_to_fetch(repository: Repository, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Where the revisions parted is not known there: exit 2, with the command that helps."""
    _branched(repository)
    repository.git("checkout", "-q", "words")
    clone = tmp_path_factory.mktemp("clone")
    command = ["git", "clone", "-q", "--depth", "1", "--no-single-branch", repository.root.as_uri(), str(clone)]
    subprocess.run(command, check=True)
    ended = kpi(clone, "diff", "origin/main", "HEAD")
    assert (ended.code, "git fetch --unshallow" in ended.err) == (2, True)


def test_the_folder_of_a_project_may_move(repository: Repository) -> None:
    """It is compared with itself, so that what changed with the move is told."""
    repository.edit(KPI, *SOFTER)
    (repository.root / "desk").mkdir()
    for name in ("kpi.yaml", "kpis", "data"):
        repository.git("mv", name, f"desk/{name}")
    repository.commit("A folder of its own")
    ended = kpi(repository.root / "desk", "diff", "HEAD~1", "HEAD", "--no-impact", "--format", "json")
    changes = [(c["kpi"], c["class"], c["field"]) for c in ended.json["changes"]]
    assert (ended.code, changes) == (1, [("fix_time", "loosened", "target")])


SILENCERS: dict[str, tuple[tuple[str, tuple[tuple[str, str], ...]], ...]] = {
    "a rule that is off": ((CONFIG, (("gate:", 'rules: {unexplained-change: "off"}\ngate:'),)),),
    "a comment": ((KPI, (("target:", "# kpi: ignore[unexplained-change] formatting\ntarget:"),)),),
}


@pytest.mark.parametrize("name", SILENCERS)
def test_a_change_does_not_silence_what_is_said_of_it(repository: Repository, name: str) -> None:
    """What the base says weighs the findings on the change; the silencer is a finding, too."""
    repository.edit(KPI, *SOFTER)
    for path, edits in SILENCERS[name]:
        if "gate:" not in (repository.root / path).read_text() and path == CONFIG:
            repository.write(path, (repository.root / path).read_text() + "gate: {}\n")
        repository.edit(path, *edits)
    ended = kpi(repository.root, "diff", "--no-impact", "--format", "json")
    rules: list[dict[str, Any]] = [d for d in ended.json["diagnostics"] if d["rule"] == "unexplained-change"]
    assert (ended.code, len(rules)) == (1, 2)


def test_what_the_base_calls_harmless_stays_so(repository: Repository) -> None:
    """A rule that is off already weighs nothing."""
    text = (repository.root / CONFIG).read_text()
    repository.write(CONFIG, text + 'rules: {unexplained-change: "off"}\n')
    repository.commit("Off\n\nReason: we try it out")
    repository.edit(KPI, *SOFTER)
    assert _diff(repository)[0] == 0


TWIN = "kpis/repair_time.yaml"


@pytest.mark.parametrize("ending", ["retired", "draft", "gone"])
def test_a_softer_successor_is_loosened(repository: Repository, ending: str) -> None:
    """A KPI ends, and one of the same meaning goes on with an easier target: that is told of the target."""
    text = (repository.root / KPI).read_text()
    softer = text.replace("id: fix_time", "id: repair_time").replace(*SOFTER[0]).replace(*SOFTER[1])
    repository.write(TWIN, softer)
    if ending == "retired":
        repository.write(
            KPI, text + "status: retired\nretired: {since: 2026-03-01, because: another one replaces it}\n"
        )
    elif ending == "draft":
        repository.write(KPI, text + "status: draft\n")
    else:
        repository.write(KPI, None)
    assert ("repair_time", "loosened", "target") in _diff(repository)[1]


def test_an_equal_successor_is_not(repository: Repository) -> None:
    """The same target under another id, with the former one retired in the open."""
    text = (repository.root / KPI).read_text()
    repository.write(TWIN, text.replace("id: fix_time", "id: repair_time"))
    repository.write(KPI, text + "status: retired\nretired: {since: 2026-03-01, because: another one replaces it}\n")
    classes = {(kpi_id, cls) for kpi_id, cls, _ in _diff(repository)[1]}
    assert classes == {("fix_time", "retired"), ("repair_time", "added")}

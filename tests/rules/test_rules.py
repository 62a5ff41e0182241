"""Every rule finds what it is for, says it well, and leaves its corrected twin alone.

A folder a rule: `bad/` and `good/` are laid over `project/`; `expected.txt` is what the rule says of the bad one.
A file DELETE lists files of the project to leave out, a file LINKS links to make: the path of each and its target; a
file GITIGNORE becomes .gitignore.
"""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from pathlib import Path

import pytest

from kpi_framework.evaluate.engine.interface import Engine, EngineError
from kpi_framework.model.diagnostic import Diagnostic
from kpi_framework.model.record import replace
from kpi_framework.model.rule import OF_CHANGES, OF_DATA, RULES
from kpi_framework.workflow.checking.check import Options, check, lint_project
from kpi_framework.workflow.history.diff import Question, diff
from kpi_framework.workflow.ledger.publish import publish
from kpi_framework.workflow.ledger.verify import verify
from kpi_framework.workflow.project import ProjectRoot

pytestmark = pytest.mark.usefixtures("engine_inside")

HERE = Path(__file__).parent
FOLDERS = sorted(p.parent.name for p in HERE.glob("*/bad"))
OF_GIT = frozenset({"hidden-file", "not-tracked"})
NOW = dt.datetime(2026, 4, 2, 12, tzinfo=dt.UTC)


def laid(root: Path, rule: str, side: str) -> Path:
    """The project with a rule's files laid over it; for rules of changes, the project alone is committed first."""
    shutil.copytree(HERE / "project", root, dirs_exist_ok=True)
    if rule in OF_CHANGES | OF_GIT:
        for words in (
            ["init", "-q"],
            ["add", "."],
            ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"],
        ):
            subprocess.run(["git", *words], cwd=root, check=True)
    overlay = HERE / rule / side
    if overlay.is_dir():
        shutil.copytree(
            overlay, root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("DELETE", "LINKS", "GITIGNORE")
        )
        for name in (overlay / "DELETE").read_text().split() if (overlay / "DELETE").is_file() else ():
            (root / name).unlink()
        for line in (overlay / "LINKS").read_text().splitlines() if (overlay / "LINKS").is_file() else ():
            path, target = line.split()
            (root / path).symlink_to(target)
        if (overlay / "GITIGNORE").is_file():
            shutil.copy(overlay / "GITIGNORE", root / ".gitignore")
    return root


def findings(root: Path, rule: str) -> tuple[Diagnostic, ...]:
    """What the command says that looks for this rule."""
    options = Options(ProjectRoot(root), NOW)
    if (root / "NO_ENGINE").exists():
        options = replace(options, open_engine=no_engine)
    if rule == "silent-restatement":
        return publish(replace(options, now=NOW + dt.timedelta(days=1))).diagnostics  # a day is published when it ended
    if rule == "ledger-broken":
        # The lines name a commit of no repository: what they show is the chain.
        return tuple(f for f in verify(options).failed if "HEAD does not stand" not in f.message)
    if rule in OF_CHANGES:
        return diff(options, Question(with_impact=False)).diagnostics
    needs_data = rule in OF_DATA | {"example-failed"}
    return (check if needs_data else lint_project)(options).diagnostics


def no_engine() -> Engine:
    """A machine that starts no process."""
    raise EngineError("worker-not-started", died=True)


def said(found: list[Diagnostic]) -> str:
    """The findings as a reader sees them."""
    return "".join(
        f"{f.span.path}:{f.span.line}:{f.span.column} {f.severity} {f.code}\n  {f.message}\n  → {f.hint}\n"
        for f in sorted(found, key=lambda f: f.sort_key)
    )


@pytest.mark.parametrize("rule", FOLDERS)
def test_a_rule_finds_its_bad_file(rule: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """The finding stands at its line, with a remedy, in the expected words."""
    text = said([f for f in findings(laid(tmp_path, rule, "bad"), rule) if f.rule == rule])
    expected = HERE / rule / "expected.txt"
    if request.config.getoption("--update-goldens"):
        expected.write_text(text, encoding="utf-8")
    assert text, "nothing was found: is the function listed in lint/lint.py?"
    assert text == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", FOLDERS)
def test_a_rule_leaves_its_good_file_alone(rule: str, tmp_path: Path) -> None:
    """What was corrected is not found again, and nothing worse came of the correction."""
    found = findings(laid(tmp_path, rule, "good"), rule)
    assert said([f for f in found if f.rule == rule]) == ""
    assert said([f for f in found if f.severity == "error"]) == ""


def test_every_rule_has_a_folder_and_every_folder_a_rule() -> None:
    """A rule without a test promises nothing; a folder without a rule tests nothing."""
    assert set(FOLDERS) == set(RULES)

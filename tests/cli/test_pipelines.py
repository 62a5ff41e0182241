"""`kpi ci` and the files that run it: each system's own commands on a green and on a red project."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from kpi_framework.workflow.checking.pipeline import Pipeline, pipeline_of
from kpi_framework.workflow.setup.pipelines import PIPELINES, write_pipeline
from tests.architecture.test_workflows import GH, REPORT, script
from tests.cli.projects import KPI, STRICT, kpi, project, text
from tests.history.repository import Repository

ROOT = Path(__file__).parents[2]
SYSTEMS = tuple(name for name in PIPELINES if name != "none")
LOOSE = text(KPI).replace("at_most: 4 h, near: 5 h", "at_most: 9 h")
VARIABLES = ("GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD", "JENKINS_URL", "GITHUB_EVENT_NAME", "GITHUB_STEP_SUMMARY")


@pytest.fixture(autouse=True)
def _no_job(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


# which job it is


@pytest.mark.parametrize(
    ("environment", "pipeline"),
    [
        ({}, Pipeline("other")),
        ({"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "schedule"}, Pipeline("github")),
        ({"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request", "GITHUB_BASE_REF": "main"},
         Pipeline("github", "origin/main")),
        ({"GITLAB_CI": "true", "CI_MERGE_REQUEST_DIFF_BASE_SHA": "abc"}, Pipeline("gitlab", "abc")),
        ({"GITLAB_CI": "true"}, Pipeline("gitlab")),
        ({"TF_BUILD": "True", "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main"}, Pipeline("azure", "origin/main")),
        ({"JENKINS_URL": "https://ci.example.org/", "CHANGE_TARGET": "main"}, Pipeline("jenkins", "origin/main")),
    ],
)  # fmt: skip
def test_a_job_tells_what_it_looks_at(environment: Mapping[str, str], pipeline: Pipeline) -> None:
    """By the variables that each system documents."""
    assert pipeline_of(environment) == pipeline


def test_githubs_event_names_the_base_exactly(tmp_path: Path) -> None:
    """The commit that the pull request starts from, where the event's file has it."""
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"base": {"sha": "abc"}}}))
    environment = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(event)}
    assert pipeline_of(environment).base == "abc"


# what it does


@pytest.mark.usefixtures("engine_inside")
def test_a_proposal_is_gated_on_definitions_and_compared(tmp_path: Path) -> None:
    """A missed target is not the change's fault; an easier one without a reason is."""
    repository = Repository(tmp_path)
    repository.start()
    repository.write(KPI, STRICT)
    repository.commit("kpis: a harder target\n\nReason: the new team is complete")
    assert kpi(tmp_path, "ci").code == 1
    assert kpi(tmp_path, "ci", "--base", "HEAD~1").code == 0
    assert (tmp_path / "kpi-reports/diff.md").read_text().startswith("<!-- kpi-diff -->")
    repository.write(KPI, LOOSE)
    repository.commit("kpis: an easier target")
    assert kpi(tmp_path, "ci", "--base", "HEAD~1").code == 1
    changes = json.loads((tmp_path / "kpi-reports/diff.json").read_text())["changes"]
    assert "loosened" in {change["class"] for change in changes}


@pytest.mark.usefixtures("engine_inside")
def test_a_base_that_the_clone_lacks_is_no_silence(tmp_path: Path) -> None:
    """Without a comparison nobody would see a goalpost move: the job fails, and says how to fetch the base."""
    Repository(tmp_path).start()
    ended = kpi(tmp_path, "ci", "--base", "origin/main")
    assert ended.code == 2
    assert "origin/main" in ended.err


@pytest.mark.usefixtures("engine_inside")
def test_several_projects_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has its reports, by paths that lead from the repository's top; the worst exit code counts."""
    for name in ("desks/hr", "desks/it"):
        project(tmp_path / name, {KPI: STRICT} if name == "desks/it" else {})
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    assert kpi(tmp_path, "ci", "--project", "desks/hr").code == 0
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    ended = kpi(tmp_path, "ci", "--project", "desks/hr", "--project", "desks/it")
    assert ended.code == 1
    assert "file=desks/it/kpis/fix_time.yaml" in ended.err
    quality = json.loads((tmp_path / "kpi-reports/desks/it/code-quality.json").read_text())
    assert "desks/it/kpis/fix_time.yaml" in {issue["location"]["path"] for issue in quality}
    assert (tmp_path / "kpi-reports/desks/hr/kpi.xml").is_file()


@pytest.mark.usefixtures("engine_inside")
def test_azure_gets_issues_and_a_summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Logging commands: an issue with its file and line, and the scorecard as the run's summary."""
    monkeypatch.setenv("TF_BUILD", "True")
    ended = kpi(project(tmp_path, {KPI: STRICT}), "ci")
    issues = re.findall(r"^##vso\[task\.logissue type=error;sourcepath=([^;]*);linenumber=(\d+);", ended.out, re.M)
    assert ("kpis/fix_time.yaml", "14") in issues or {path for path, _ in issues} == {"kpis/fix_time.yaml"}
    [summary] = re.findall(r"^##vso\[task\.uploadsummary\](.*)$", ended.out, re.M)
    assert Path(summary).read_text(encoding="utf-8").startswith("#")


# the files that run it


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This project as a wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(folder), "."]
    subprocess.run(command, cwd=ROOT, check=True)
    [built] = folder.glob("*.whl")
    return built


def _steps(path: Path) -> list[tuple[str, dict[str, str]]]:
    """The commands of a pipeline file that check, in their order, each with the variables that the file gives it."""
    text_ = path.read_text(encoding="utf-8")
    if path.name == "Jenkinsfile":
        variables = dict(re.findall(r"environment \{ (\w+) = '([^']*)' \}", text_))
        return [(command, variables) for command in re.findall(r"\bsh '([^\n]*)'\n", text_)]
    if path.suffix == ".mk":
        return [(f"make -f {path.name} {goal}", {}) for goal in (".kpi-venv/bin/kpi", "kpi")]
    whole: dict[Any, Any] = yaml.safe_load(text_)
    if path.name == ".gitlab-ci.yml":
        job = {**whole[".kpi"], **whole["kpi"]}
        return [(command, job["variables"]) for command in (*job["before_script"], *job["script"])]
    if path.name == "azure-pipelines.yml":
        return [(step["script"], whole["variables"]) for step in whole["steps"] if "script" in step]
    steps = whole["jobs"]["check"]["steps"]
    return [(step["run"], step.get("env", {})) for step in steps if "run" in step]


def _lend(environment: Path) -> None:
    """Let an environment import what is installed here, but kpi: its dependencies need no registry then."""
    for packages in environment.glob("lib/*/site-packages"):
        (packages / "lent.pth").write_text(sysconfig.get_path("purelib"))


def _run(folder: Path, path: Path, tools: Path) -> int:
    """The exit code of the first command that fails, as a job's runner stops there."""
    environment = {
        **os.environ, "PATH": f"{tools / 'bin'}:{os.environ['PATH']}", "PIP_NO_DEPS": "1", "PIP_NO_INDEX": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }  # fmt: skip
    for command, variables in _steps(path):
        shell = ["bash", "-e", "-o", "pipefail", "-c", command]
        done = subprocess.run(shell, cwd=folder, env={**environment, **variables}, capture_output=True, check=False)
        print(command, done.stdout.decode(), done.stderr.decode())
        _lend(folder / ".kpi-venv")
        if done.returncode:
            return 1 if b"[kpi] Error 1" in done.stderr or b": kpi] Error 1" in done.stderr else done.returncode
    return 0


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_pipelines_commands_pass_and_fail(system: str, wheel: Path, tmp_path: Path) -> None:
    """They install kpi from where the file says, and end with 0 on a green and with 1 on a red project."""
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "tools")], check=True)
    _lend(tmp_path / "tools")
    for name, files, code in (("green", {}, 0), ("red", {KPI: STRICT}, 1)):
        folder = project(tmp_path / name, files)
        [path, *_] = write_pipeline(folder, system, f"kpi-framework @ {wheel.as_uri()}")
        assert _run(folder, folder / path, tmp_path / "tools") == code, name
        assert (folder / "kpi-reports/kpi.xml").is_file()
        assert (folder / "scorecard/scorecard.json").is_file()


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_pipeline_that_knows_no_origin_asks_for_one(system: str, tmp_path: Path) -> None:
    """No name is made up: the job stops before it installs anything, and names the variable to set."""
    [path, *_] = write_pipeline(tmp_path, system, None)
    text_ = (tmp_path / path).read_text(encoding="utf-8")
    assert "@INSTALL@" not in text_
    assert "kpi-framework" not in text_
    assert "KPI_INSTALL" in text_


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_file_that_is_there_stays(system: str, tmp_path: Path) -> None:
    """A repository may have a pipeline already."""
    [path, *_] = write_pipeline(tmp_path, system, None)
    (tmp_path / path).write_text("mine")
    assert path not in write_pipeline(tmp_path, system, "kpi-framework==1")
    assert (tmp_path / path).read_text() == "mine"


# one comment, two posters


class _Notes(BaseHTTPRequestHandler):
    """A merge request's notes, as GitLab answers: the second page has ours."""

    calls: list[tuple[str, str, dict[str, Any]]]

    def _answer(self, content: object, page: str = "") -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("x-next-page", page)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        """A page of notes."""
        second = "page=2" in self.path
        marked = {"id": 7, "body": "<!-- kpi-diff -->\nold"}
        self._answer([marked] if second else [{"id": 1, "body": "hello"}], "" if second else "2")

    def do_POST(self) -> None:
        """A new note."""
        self._written()

    def do_PUT(self) -> None:
        """A note renewed."""
        self._written()

    def _written(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.headers["PRIVATE-TOKEN"] == "t"
        type(self).calls.append((self.command, urlsplit(self.path).path, body))
        self._answer({"id": 7})

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_gitlabs_note_is_the_comparison_and_is_renewed(tmp_path: Path) -> None:
    """The text of `kpi diff --format markdown`, in the place of the note that a run before it wrote."""
    _Notes.calls = []
    server = HTTPServer(("127.0.0.1", 0), _Notes)
    thread = Thread(target=server.serve_forever)
    thread.start()
    write_pipeline(tmp_path, "gitlab", None)
    [script] = yaml.safe_load((tmp_path / ".gitlab-ci.yml").read_text())["note"]["script"]
    (tmp_path / "kpi-reports").mkdir()
    (tmp_path / "kpi-reports/diff.md").write_text("<!-- kpi-diff -->\nnew ü\n", encoding="utf-8")
    environment = {
        **os.environ, "CI_API_V4_URL": f"http://127.0.0.1:{server.server_port}/api/v4", "CI_PROJECT_ID": "3",
        "CI_MERGE_REQUEST_IID": "5", "KPI_NOTE_TOKEN": "t",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }  # fmt: skip
    try:
        subprocess.run(["bash", "-e", "-c", script], cwd=tmp_path, env=environment, check=True)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    path = "/api/v4/projects/3/merge_requests/5/notes/7"
    assert _Notes.calls == [("PUT", path, {"body": "<!-- kpi-diff -->\nnew ü\n"})]


def test_githubs_comment_is_rendered_from_the_reports(tmp_path: Path) -> None:
    """The poster's own kpi reads the comparison that the other run kept, and renews the one comment."""
    repository = Repository(tmp_path / "desk")
    repository.start()
    repository.write(KPI, STRICT)
    repository.commit("kpis: a harder target\n\nReason: the new team is complete")
    assert (
        kpi(tmp_path / "desk", "diff", "HEAD~1", "--format", "json", "--output", str(tmp_path / "diff.json")).code == 0
    )
    write_pipeline(tmp_path / "new", "github", None)
    workflow = yaml.safe_load((tmp_path / "new/.github/workflows/kpi-comment.yml").read_text())
    scripts = {step["name"]: step["run"] for step in workflow["jobs"]["comment"]["steps"] if "run" in step}
    own = "Write the comment, or renew it"
    assert scripts[own] == script(REPORT, own), "this repository's own workflow posts in the same way"
    download = '  *"run download"*) mkdir -p "${@: -1}/kpi-reports"; cp "$DIFF" "${@: -1}/kpi-reports/" ;;\n'
    (tmp_path / "gh").write_text(GH.replace('case "$*" in\n', f'case "$*" in\n{download}'))
    (tmp_path / "gh").chmod(0o755)
    environment = {
        **os.environ, "PATH": f"{tmp_path}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "CALLS": str(tmp_path / "calls"), "NUMBER": "12", "COMMENT": "99", "RUNNER_TEMP": str(tmp_path / "temp"),
        "REPOSITORY": "a/b", "RUN": "1", "HEAD_OWNER": "x", "HEAD_BRANCH": "y", "HEAD_COMMIT": "c" * 40,
        "GITHUB_OUTPUT": str(tmp_path / "output"), "DIFF": str(tmp_path / "diff.json"),
    }  # fmt: skip
    (tmp_path / "temp").mkdir()
    for name in ("Render the comparison", "Write the comment, or renew it"):
        subprocess.run(["bash", "-e", "-o", "pipefail", "-c", scripts[name]], env=environment, check=True)
    assert (tmp_path / "output").read_text() == "made=true\n"
    assert (tmp_path / "temp/comment.md").read_text().startswith("<!-- kpi-diff -->")
    assert "PATCH repos/a/b/issues/comments/99" in (tmp_path / "calls").read_text()

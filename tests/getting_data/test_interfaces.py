"""The jobs of the vendors' interfaces: two nights against a stand-in, each then checked by the workflow's own job."""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
import subprocess
import zlib
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
import yaml

from tests.getting_data.desk import PERSON, Desk
from tests.getting_data.jobs import EXAMPLES, Nights, git
from tests.getting_data.projects import KPIS, WHERE, drafts, measured
from tests.getting_data.stand_ins import MERGED, SECRET, VENDORS, StandIn, served

VARIABLES = {
    "ZENDESK_EMAIL": "desk@example.org", "ZENDESK_TOKEN": SECRET, "FRESHDESK_KEY": SECRET,
    "SERVICENOW_USER": "kpi", "SERVICENOW_PASSWORD": SECRET, "SERVICENOW_PAGE": "25",
    "JIRA_EMAIL": "desk@example.org", "JIRA_TOKEN": SECRET, "JIRA_PROJECT": "HELP",
    "JIRA_FIRST_RESPONSE_FIELD": "customfield_10031", "JIRA_RESOLUTION_FIELD": "customfield_10030",
}  # fmt: skip


def kpis(vendor: str) -> dict[str, str]:
    """Three drafts; Zendesk knows the reply by its own minutes, and ServiceNow's table not at all."""
    texts = {**KPIS}
    if vendor == "zendesk":
        texts["reply"] = f"{WHERE}formula: median(first_reply_minutes)\nunit: minutes\n"
    if vendor == "servicenow":
        del texts["reply"]
    return drafts(texts)


def nights(vendor: str, folder: Path, address: str, loader: Path) -> Nights:
    """A repository as the vendor's page describes it: its files, and the loader beside them."""
    files = {"kpi.yaml": (EXAMPLES / vendor / "kpi.yaml").read_text(encoding="utf-8"), **kpis(vendor)}
    for name in ("nightly.py", f"{vendor}.py"):
        files[f"loaders/{name}"] = (EXAMPLES / "loaders" / name).read_text(encoding="utf-8")
    repository = Nights(
        folder,
        EXAMPLES / vendor / ".github/workflows/tickets.yml",
        {**VARIABLES, f"{vendor.upper()}_URL": address},
        loader,
    )
    repository.start(files)
    return repository


def moves(stand_in: StandIn) -> None:
    """While the first pages are read, tickets change that stand on them."""
    desk = stand_in.desk

    def move() -> None:
        for number in (5, 60, 90):
            desk.tickets[number] = replace(desk.tickets[number], updated=desk.now - dt.timedelta(minutes=2))

    stand_in.moved = move


@pytest.mark.parametrize("vendor", VENDORS)
def test_nights_give_the_desks_own_figures(vendor: str, loader: Path, tmp_path: Path) -> None:
    """With rows twice, pages that move, refusals, deleted and archived tickets and a last minute that comes later."""
    stand_in = VENDORS[vendor](Desk())
    with served(stand_in) as address:
        repository = nights(vendor, tmp_path, address, loader)
        moves(stand_in)
        first = repository.run()
        assert first.code == 0, first.output
        edge = len(stand_in.desk.tickets)
        assert edge not in loaded(repository), "within the last minute"
        stand_in.desk.next_day()
        second = repository.run()
        assert second.code == 0, second.output
        quiet = repository.run()
        assert quiet.code == 0, quiet.output
    assert not stand_in.impatient, "Retry-After was not waited for"
    assert edge in loaded(repository)
    figures = stand_in.desk.figures(MERGED if vendor == "zendesk" else ()).items()
    expected = {key: value for key, value in figures if f"kpis/{key[0]}.yaml" in kpis(vendor)}
    assert measured(repository.checked) == pytest.approx(expected, rel=1e-9)
    assert "duplicate-key" not in second.output + quiet.output
    subjects = git(repository.origin, "log", "--format=%s", "main").splitlines()
    assert subjects == ["data: the tickets of the night"] * 3 + ["The project"], "a quiet night says how far it reaches"


def loaded(repository: Nights) -> set[int]:
    """The numbers of the tickets that have been committed."""
    [pattern] = repository.checked.glob("data/*/tickets")
    table = duckdb.read_parquet(f"{pattern}/*.parquet")
    key = next(name for name in table.columns if name in {"id", "ticket_id", "number", "issue_key"})
    return {int("".join(letter for letter in row[0] if letter.isdigit())) for row in table.select(key).fetchall()}


@pytest.mark.parametrize("vendor", VENDORS)
def test_no_person_and_no_secret_is_left_anywhere(vendor: str, loader: Path, tmp_path: Path) -> None:
    """Not in a column, a file, a commit, dlt's state or what the job prints, also when the vendor refuses midway."""
    stand_in = VENDORS[vendor](Desk(60))
    with served(stand_in) as address:
        repository = nights(vendor, tmp_path, address, loader)
        assert repository.run().code == 0
        before = git(repository.origin, "rev-parse", "main")
        stand_in.broken = True
        refused = repository.run()
    assert refused.code == 1
    assert "Nothing was added" in refused.output
    assert git(repository.origin, "rev-parse", "main") == before
    secret = (SECRET.encode(), base64.b64encode(stand_in.login.encode()))
    for name, content in repository.texts():
        assert not any(word in content for word in (*secret, PERSON.encode())), name
    for path in repository.folder.rglob("*.parquet"):
        assert PERSON not in str(duckdb.read_parquet(str(path)).fetchall())
    for path in repository.folder.rglob("_dlt_pipeline_state/*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            state = zlib.decompress(base64.b64decode(json.loads(line)["state"]))
            assert not any(word in state for word in (*secret, PERSON.encode()))


def test_gitlabs_job_adds_the_same_night(loader: Path, tmp_path: Path) -> None:
    """Its script, line by line: the data are pushed to the branch, and the token stands in no address."""
    stand_in = VENDORS["zendesk"](Desk(60))
    with served(stand_in) as address:
        repository = nights("zendesk", tmp_path, address, loader)
        clone = tmp_path / "clone"
        git(tmp_path, "clone", "-q", str(repository.origin), str(clone))
        (clone / ".loader").symlink_to(loader)
        job = yaml.safe_load((EXAMPLES / "zendesk/.gitlab-ci.yml").read_text(encoding="utf-8"))["tickets"]
        variables = {
            **VARIABLES, "ZENDESK_URL": address, "CI_PROJECT_URL": str(tmp_path / "origin"), "CI_COMMIT_BRANCH": "main",
            "DATA_PUSH_TOKEN": SECRET, "PATH": os.environ["PATH"], "HOME": str(tmp_path / "home"),
        }  # fmt: skip
        for line in job["script"][2:]:
            subprocess.run(["bash", "-e", "-c", line], cwd=clone, env=variables, check=True, capture_output=True)
    assert git(repository.origin, "log", "-1", "--format=%s", "main") == "data: the tickets of the night"
    assert "data/zendesk/tickets/" in git(repository.origin, "ls-tree", "-r", "--name-only", "main")


def test_a_right_that_is_lost_is_no_deletion(loader: Path, tmp_path: Path) -> None:
    """Jira answers 404 for what a user may not see: where many tickets are gone at once, nothing is added."""
    stand_in = VENDORS["jira"](Desk(60))
    with served(stand_in) as address:
        repository = nights("jira", tmp_path, address, loader)
        assert repository.run().code == 0
        for number in stand_in.desk.tickets:
            stand_in.desk.change(number, deleted=True)
        night = repository.run()
    assert night.code == 1
    assert "lost the right" in night.output

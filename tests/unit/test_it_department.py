"""The second sample project: its data come from a seed, and its numbers from any tool."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.projects import kpi

pytestmark = pytest.mark.usefixtures("engine_inside")

FOLDER = Path(__file__).parents[2] / "examples" / "it-department"
Row = dict[str, str]


def rows(name: str, month: str, time: str) -> list[Row]:
    """The rows of a month."""
    with (FOLDER / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return [row for row in csv.DictReader(stream) if row[time].startswith(month)]


def total(name: str, column: str, month: str) -> float:
    """A column's sum over a month."""
    return sum(float(row[column]) for row in rows(name, month, "month"))


def minutes(start: str, end: str) -> float:
    """Between two times; none of them stands beside a change of the clocks."""
    return (dt.datetime.fromisoformat(end) - dt.datetime.fromisoformat(start)).total_seconds() / 60


def patched(month: str) -> float:
    """The share of devices without a critical patch that took over 30 days."""
    needed = [r for r in rows("patches", month, "released_at") if r["severity"] == "critical"]
    late = {
        r["device_id"] for r in needed if not r["installed_at"] or minutes(r["released_at"], r["installed_at"]) > 43200
    }
    return 1 - len(late) / len({r["device_id"] for r in needed})


def adopted(month: str) -> float:
    """The share of accounts with access that have and use a second factor."""
    reach = [r for r in rows("accounts", month, "seen_on") if "true" in (r["sensitive_access"], r["cloud_access"])]
    return sum(r["mfa_enrolled"] == r["mfa_used"] == "true" for r in reach) / len(reach)


def clicked(month: str) -> float:
    """The share of mails that were clicked."""
    sent = rows("phishing", month, "sent_at")
    return sum(bool(r["clicked_at"]) for r in sent) / len(sent)


def up(month: str) -> float:
    """The share of the service time that was not lost to unplanned outages."""
    lost = [r for r in rows("outages", month, "started_at") if r["planned"] == "false"]
    return 1 - sum(minutes(r["started_at"], r["ended_at"]) for r in lost) / total("services", "service_minutes", month)


def saved(month: str) -> float:
    """The share of backups without error."""
    jobs = rows("backup_jobs", month, "scheduled_at")
    return sum(r["result"] == "success" for r in jobs) / len(jobs)


def restored(month: str) -> float:
    """The share of planned restores that were done."""
    planned = rows("restore_tests", month, "planned_at")
    return sum(bool(r["done_at"]) for r in planned) / len(planned)


ORACLE: dict[str, Callable[[str], float]] = {
    "patch_compliance": patched,
    "mfa_adoption": adopted,
    "phishing_click_rate": clicked,
    "security_incidents": lambda month: len(rows("security_incidents", month, "detected_at")),
    "availability": up,
    "backup_success_rate": saved,
    "restore_tests_done": restored,
    "mtbf": lambda month: total("assets", "operating_hours", month) / len(rows("failures", month, "failed_at")),
    "cost_per_user": lambda month: total("costs", "cost", month) / total("users", "users", month),
    "licence_utilization": lambda month: total("licences", "in_use", month) / total("licences", "purchased", month),
}


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """The judged whole of every KPI."""
    folder = tmp_path_factory.mktemp("scorecard")
    ended = kpi(FOLDER, "check", "--scorecard", str(folder))
    assert ended.code == 1
    card = json.loads((folder / "scorecard.json").read_text(encoding="utf-8"))
    assert [f for f in card["diagnostics"] if f["severity"] != "note"] == []
    return {m["kpi"]: m for m in card["measurements"] if m["judged"] and not m["segment"] and m["kind"] == "kpi"}


def test_the_data_are_what_the_script_writes(tmp_path: Path) -> None:
    """Whoever runs the generator gets the committed bytes."""
    subprocess.run([sys.executable, FOLDER / "data" / "generate.py", tmp_path], check=True)
    committed = {p.name: p.read_bytes() for p in (FOLDER / "data").glob("*.csv")}
    assert committed == {p.name: p.read_bytes() for p in tmp_path.glob("*.csv")}


@pytest.mark.parametrize("one", sorted(ORACLE))
def test_a_value_is_that_of_plain_python(one: str, judged: dict[str, dict[str, object]]) -> None:
    """The scorecard, a computation without the product, and the README agree."""
    text = (FOLDER / "data" / "README.md").read_text(encoding="utf-8")
    [(month, said)] = re.findall(rf"^\| {one} \| ([\d-]+) \| ([\d.]+)", text, flags=re.MULTILINE)
    period = judged[one]["period"]
    assert isinstance(period, dict)
    assert period["start"] == f"{month}-01"
    assert judged[one]["value"] == pytest.approx(ORACLE[one](month), rel=1e-9)
    scale = 100 if judged[one]["unit"] == "percent" else 1
    assert float(said) == pytest.approx(ORACLE[one](month) * scale, abs=0.005)


def test_every_kpi_has_its_oracle(judged: dict[str, dict[str, object]]) -> None:
    """No number of the example goes unchecked."""
    assert set(judged) == set(ORACLE)
    assert {one for one, m in judged.items() if m["status"] == "missed"} == {"availability", "backup_success_rate"}
    assert {one for one, m in judged.items() if m["status"] == "near"} == {"mfa_adoption"}

"""The catalogue: every row of the domain can be added with one command, and works at once."""

from __future__ import annotations

import functools
import io
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kpi_framework.load.library import shipped_contracts
from kpi_framework.load.templates import shipped_signals, shipped_templates
from kpi_framework.load.yaml import read_yaml
from kpi_framework.workflow.setup.catalog import datasets, template_of
from tests.cli.projects import kpi
from tests.cli.warehouse import write_data

pytestmark = pytest.mark.usefixtures("engine_inside")

ROWS = (
    "ticket_volume", "ticket_volume_trend", "ticket_backlog", "tickets_closed", "agent_utilization", "csat", "nps",
    "ces", "sla_compliance", "reopened_rate", "first_response_time", "first_contact_resolution",
    "time_to_resolution", "resolved_within_target", "average_handle_time", "escalation_rate", "incident_severity",
    "first_response_within_target", "reassignment_rate", "repeat_ticket_rate", "same_day_resolution",
    "ola_compliance", "cost_per_ticket", "support_roi", "ticket_deflection_rate", "self_service_resolution_rate",
    "kb_articles_overdue", "agent_satisfaction", "patch_compliance", "mfa_adoption", "phishing_click_rate",
    "security_incidents", "security_tickets", "verified_reset_rate", "availability", "backup_success_rate",
    "restore_tests_done", "rto_compliance", "mtbf", "cost_per_user", "licence_utilization",
)  # fmt: skip
WORKED = {
    "ticket_backlog": 30, "csat": "80%", "nps": 40, "ces": 2.1, "sla_compliance": "95%",
    "first_response_time": "25 min", "first_contact_resolution": "70%", "time_to_resolution": "4.5 h",
    "average_handle_time": "20 min", "escalation_rate": "7.5%", "cost_per_ticket": 8, "support_roi": "150%",
}  # fmt: skip
IDS = sorted(shipped_templates())
OWNER = ("--owner", "desk@example.com", "--baseline", "2026-01-01..2026-02-28")
HEAD = """version: 1
name: Everything
timezone: Europe/London
as_of: 2026-05-01
objectives: {cut_cost: Cut cost, faster_service: Faster service, higher_satisfaction: Higher satisfaction,
             less_user_effort: Less user effort, sla_reliability: SLA reliability}
calendars: {business: {hours: {mon-fri: ["09:00-17:30"]}}}
rules: {baseline-unfrozen: off}
datasets:
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder with data of every contract, shared by all projects of this file."""
    folder = tmp_path_factory.mktemp("data")
    write_data(folder, tuple(shipped_contracts()))
    return folder


def empty_project(folder: Path, data: Path, names: tuple[str, ...]) -> Path:
    """A project with these datasets and no definition."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    for name in names:
        os.link(data / f"{name}.csv", folder / "data" / f"{name}.csv")
    lines = [f"  {n}: {{source: data/{n}.csv, complete_through: 2026-04-30}}\n" for n in names]
    (folder / "kpi.yaml").write_text(HEAD + "".join(lines), encoding="utf-8")
    return folder


# the list


def test_the_catalogue_lists_every_row_of_the_domain() -> None:
    """`kpi catalog --format json` is the domain's catalogue, with what each row takes."""
    listed = {o["id"]: o for o in kpi(Path.cwd(), "catalog", "--format", "json").json["catalog"]}
    assert set(ROWS) <= set(listed)
    assert {i for i, o in listed.items() if o["kind"] != "signal" and o["variant_of"] is None} == set(ROWS)
    assert all(
        o["name"] and o["family"] and o["level"] and o["datasets"] for o in listed.values() if o["kind"] != "signal"
    )


def test_a_family_is_listed_alone() -> None:
    """`--family` narrows the list; a wrong one is a usage error."""
    listed = kpi(Path.cwd(), "catalog", "--family", "spend", "--format", "json").json["catalog"]
    assert {o["id"] for o in listed if o["variant_of"] is None} == {"cost_per_user", "licence_utilization"}
    assert kpi(Path.cwd(), "catalog", "--family", "weather").code == 2


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_every_offer_is_explained_in_full(form: str) -> None:
    """`kpi catalog show` says what counts, what it asks, the date it stands on, and its formula."""
    for one, template in shipped_templates().items():
        said = kpi(Path.cwd(), "catalog", "show", one, "--format", form)
        assert said.code == 0
        assert "".join(template.kpi["formula"].split()) in "".join(said.out.split()).replace("\\", "")
    for one in shipped_signals():
        said = kpi(Path.cwd(), "catalog", "show", one, "--format", form)
        assert (said.code, one in said.out) == (0, True)
    assert kpi(Path.cwd(), "catalog", "show", "first_respons_time").code == 2


# the templates


@pytest.mark.parametrize("one", IDS)
def test_a_template_says_all_that_a_reader_needs(one: str) -> None:
    """What counts and what doesn't, the question, the date, an example; a KPI also a target and a first action."""
    template = template_of(one)
    said = template.kpi
    assert template.id == one
    assert template.row in ROWS
    assert (template.variant is None) == (template.row == one)
    needed = {"name", "description", "counts", "excludes", "family", "level", "formula", "unit", "examples"}
    needed |= {"asks"} if template.variant is None else set()
    needed |= {"asks", "target", "review", "action", "read_with"} if template.kind == "kpi" else set()
    assert needed <= set(said)
    assert template.dates.endswith(".")
    assert {*template.needs, *said.get("read_with", [])} <= set(IDS)
    assert all({"source", "year"} <= set(b) for b in [said.get("benchmark")] if b)


@pytest.mark.parametrize("one", sorted(WORKED))
def test_the_worked_example_of_the_domain_is_a_test_of_the_template(one: str) -> None:
    """The figures of the domain stand in the examples."""
    expected = template_of(one).kpi["examples"][0]["expect"]
    assert (expected["value"] if isinstance(expected, dict) else expected) == WORKED[one]


# adding one


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Callable[[str], Path]:
    """An empty project with the right data, to which one template was added by one command."""

    @functools.cache
    def project(one: str) -> Path:
        root = empty_project(tmp_path_factory.mktemp(one) / "p", data, datasets(template_of(one)))
        ended = kpi(root, "add", one, *OWNER)
        assert ended.code == 0, ended.out + ended.err
        return root

    return project


@pytest.mark.parametrize("one", IDS)
def test_adding_one_to_an_empty_project_lints_clean(one: str, added: Callable[[str], Path]) -> None:
    """One command, and lint has nothing to say: no error, no warning."""
    root = added(one)
    assert (root / f"kpis/{one}.yaml").is_file()
    lint = kpi(root, "lint", "--fail-on", "warning")
    assert lint.code == 0, lint.out


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory, data: Path, added: Callable[[str], Path]) -> Path:
    """A project with all that was added to the empty ones: one worker runs all examples, one check all values."""
    root = empty_project(tmp_path_factory.mktemp("all") / "p", data, tuple(shipped_contracts()))
    for one in IDS:
        for path in (added(one) / "kpis").rglob("*.yaml"):
            if not list(root.rglob(path.name)):
                target = root / path.relative_to(added(one))
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target)
    return root


@pytest.fixture(scope="module")
def tested(everything: Path) -> list[dict[str, Any]]:
    """The examples of the whole catalogue, run by one worker."""
    ended = kpi(everything, "test", "--format", "json")
    assert "Traceback" not in ended.err
    found: list[dict[str, Any]] = ended.json["examples"]
    return found


@pytest.fixture(scope="module")
def scorecard(everything: Path) -> dict[str, Any]:
    """The scorecard of the whole catalogue."""
    kpi(everything, "check", "--format", "json")
    card: dict[str, Any] = json.loads((everything / "scorecard" / "scorecard.json").read_text(encoding="utf-8"))
    return card


@pytest.mark.parametrize("one", IDS)
def test_its_worked_examples_pass(one: str, tested: list[dict[str, Any]]) -> None:
    """`kpi test` runs what the template brings along."""
    own = [e for e in tested if e["kpi"] == one]
    assert own
    assert [(e["example"], e["expected"], e["got"]) for e in own if not e["passed"]] == []


@pytest.mark.parametrize("one", IDS)
def test_check_computes_a_value(one: str, scorecard: dict[str, Any]) -> None:
    """Over data of the right contract there is a number, and a judgement if it is a KPI."""
    whole = [m for m in scorecard["measurements"] if m["kpi"] == one and not m["segment"]]
    assert whole
    assert any(m["value"] is not None for m in whole), {m["reason"] for m in whole}
    judged = [m["status"] for m in whole if m["judged"] and template_of(one).kind == "kpi"]
    assert "informative" not in judged


def test_signals_are_added_beside_their_kpis(everything: Path, tmp_path: Path) -> None:
    """Where the KPIs are that a signal reads, one command adds it, and lint is content with all of them."""
    root = tmp_path / "p"
    shutil.copytree(everything, root)
    for one in shipped_signals():
        ended = kpi(root, "add", one)
        assert ended.code == 0, ended.out
    lint = kpi(root, "lint", "--format", "json")
    assert [d for d in lint.json["diagnostics"] if d["path"].startswith("kpis/signals/")] == []


def test_a_signal_without_its_kpis_is_not_added(tmp_path: Path, data: Path) -> None:
    """It would be unknown for ever: the finding names what it reads."""
    root = empty_project(tmp_path / "p", data, ("tickets",))
    ended = kpi(root, "add", sorted(shipped_signals())[0])
    assert ended.code == 1
    assert "unknown-reference" in ended.out
    assert not (root / "kpis").exists()


# what a person decides


def test_flags_decide_owner_target_baseline_segments_and_name(tmp_path: Path, data: Path) -> None:
    """What a flag says stands in the file, in the order of the sample's files."""
    root = empty_project(tmp_path / "p", data, ("tickets",))
    flags = (
        "--target",
        "at_most 6 h",
        "--near",
        "8 h",
        "--segment",
        "priority",
        "--segment",
        "priority,channel",
        "--as",
        "fix",
    )
    assert kpi(root, "add", "time_to_resolution", *OWNER, *flags).code == 0
    text = (root / "kpis/fix.yaml").read_text(encoding="utf-8")
    said = read_yaml("kpis/fix.yaml", text).value
    assert isinstance(said, dict)
    assert (said["id"], said["owner"]) == ("fix", "desk@example.com")
    assert said["target"] == {"at_most": "6 h", "near": "8 h"}
    assert said["segments"] == ["priority", ["priority", "channel"]]
    assert said["baseline"] == {"from": "2026-01-01", "to": "2026-02-28"}
    keys = [line.partition(":")[0] for line in text.splitlines() if line[:1].isalpha()]
    assert keys.index("objectives") < keys.index("owner") < keys.index("dataset") < keys.index("baseline")
    assert text.startswith("# yaml-language-server: $schema=../schemas/kpi.schema.json\nversion: 1\n")


def test_what_nobody_decided_is_proposed_and_said(tmp_path: Path, data: Path) -> None:
    """The benchmark becomes the target, the months before the judged one the baseline, and both are told."""
    root = empty_project(tmp_path / "p", data, ("tickets",))
    added = kpi(root, "add", "first_contact_resolution", "--owner", "me@example.com")
    assert added.code == 0
    assert "at_least 70%" in added.err
    assert "benchmark" in added.err
    assert "baseline: {from: 2026-02-01, to: 2026-03-31}" in (root / "kpis/first_contact_resolution.yaml").read_text()


def test_a_person_at_a_terminal_is_asked(tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Owner, target and baseline; an empty answer takes the proposal."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    root = empty_project(tmp_path / "p", data, ("tickets",))
    monkeypatch.setattr("sys.stdin", Terminal("lead@example.com\nat_least 65%\n\n"))
    assert kpi(root, "add", "first_contact_resolution").code == 0
    text = (root / "kpis/first_contact_resolution.yaml").read_text(encoding="utf-8")
    assert "owner: lead@example.com\n" in text
    assert "target: {at_least: 65%}\n" in text


def test_a_derived_one_brings_its_inputs_in_one_currency(tmp_path: Path, data: Path) -> None:
    """The metrics it needs are written with it, and money is in the currency that was named."""
    root = empty_project(tmp_path / "p", data, ("costs", "tickets"))
    assert kpi(root, "add", "cost_per_ticket", *OWNER, "--currency", "GBP").code == 0
    files = sorted(p.relative_to(root).as_posix() for p in (root / "kpis").rglob("*.yaml"))
    assert files == ["kpis/cost_per_ticket.yaml", "kpis/metrics/support_cost.yaml", "kpis/metrics/tickets_handled.yaml"]
    assert "unit: GBP\n" in (root / files[0]).read_text()
    assert "unit: GBP\n" in (root / files[1]).read_text()


def test_nothing_is_overwritten(tmp_path: Path, data: Path) -> None:
    """A second `kpi add` of one id stops, and the file stays as it is."""
    root = empty_project(tmp_path / "p", data, ("tickets",))
    assert kpi(root, "add", "reopened_rate", *OWNER).code == 0
    before = (root / "kpis/reopened_rate.yaml").read_bytes()
    assert kpi(root, "add", "reopened_rate", *OWNER, "--target", "at_most 1%").code == 2
    assert (root / "kpis/reopened_rate.yaml").read_bytes() == before


def test_a_dataset_that_is_missing_is_named(tmp_path: Path, data: Path) -> None:
    """No file is written without the data it would read."""
    root = empty_project(tmp_path / "p", data, ("tickets",))
    ended = kpi(root, "add", "csat", *OWNER)
    assert ended.code == 2
    assert "surveys" in ended.err
    assert not (root / "kpis").exists()


def test_a_column_that_is_missing_is_a_finding_and_nothing_is_written(tmp_path: Path) -> None:
    """An export without the column that a formula needs is told so at once."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data/tickets.csv").write_text("ticket_id,created_at\n1,2026-01-05 09:00\n", encoding="utf-8")
    (tmp_path / "kpi.yaml").write_text(HEAD + "  tickets: {source: data/tickets.csv}\n", encoding="utf-8")
    ended = kpi(tmp_path, "add", "escalation_rate", *OWNER)
    assert ended.code == 1
    assert "unknown-column" in ended.out
    assert not (tmp_path / "kpis").exists()


def test_an_export_without_merged_tickets_needs_no_such_column(tmp_path: Path) -> None:
    """The condition is left out, in the open, and the definition works."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data/tickets.csv").write_text("ticket_id,created_at\n1,2026-01-05 09:00\n", encoding="utf-8")
    (tmp_path / "kpi.yaml").write_text(HEAD + "  tickets: {source: data/tickets.csv}\n", encoding="utf-8")
    added = kpi(tmp_path, "add", "ticket_volume", "--owner", "me@example.com")
    assert added.code == 0
    assert "merged" in added.err
    assert "where:" not in (tmp_path / "kpis/ticket_volume.yaml").read_text()
    assert kpi(tmp_path, "lint", "--fail-on", "warning").code == 0
    assert kpi(tmp_path, "test").code == 0


@pytest.mark.parametrize(
    "flag", [("--target", "between 5"), ("--target", "at_most 1..2"), ("--target", "fast"), ("--near", "soon"),
             ("--baseline", "then"), ("--target", "99999999999999999999"), ("--target", ""), ("--near", "true")]
)  # fmt: skip
def test_a_flag_that_says_nothing_is_refused_by_its_name(flag: tuple[str, str], tmp_path: Path, data: Path) -> None:
    """A wrong flag writes nothing, and the error names the flag: there is no file to look into."""
    root = empty_project(tmp_path / "p", data, ("tickets",))
    ended = kpi(root, "add", "reopened_rate", "--owner", "me@example.com", *flag)
    assert ended.code == 2
    assert flag[0] in ended.err
    assert not (root / "kpis").exists()


def test_a_kpi_needs_an_owner(tmp_path: Path, data: Path) -> None:
    """Without a terminal to ask at, the error says which flag to give."""
    root = empty_project(tmp_path / "p", data, ("tickets",))
    ended = kpi(root, "add", "reopened_rate", "--yes")
    assert ended.code == 2
    assert "--owner" in ended.err
    assert not (root / "kpis").exists()


def test_the_calendar_that_is_missing_comes_with_the_finding(tmp_path: Path, data: Path) -> None:
    """The line that the hint shows, put into kpi.yaml, is all that was missing."""
    root = empty_project(tmp_path / "p", data, ("tickets",))
    config = root / "kpi.yaml"
    text = config.read_text(encoding="utf-8")
    config.write_text("".join(x for x in text.splitlines(keepends=True) if not x.startswith("calendars:")))
    ended = kpi(root, "add", "first_response_time_business", *OWNER)
    assert ended.code == 1
    [line] = re.findall(r"`(calendars: .*?)`", " ".join(ended.out.split()))
    with config.open("a", encoding="utf-8") as stream:
        stream.write(f"{line}\n")
    assert kpi(root, "add", "first_response_time_business", *OWNER).code == 0

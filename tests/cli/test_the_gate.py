"""What may pass and what is shown: ignores, severities, gates, colours, annotations and summaries, end to end."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import xml.etree.ElementTree as Xml
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi_framework.model.rule import RULES
from kpi_framework.report.renderers import FORMATS
from kpi_framework.report.view.alarms import ALARMS
from tests.cli.projects import KPI, STRICT, Ended, kpi, project, text

pytestmark = pytest.mark.usefixtures("engine_inside")

SAMPLE = Path(__file__).parents[2]
OWNER = "owner: desk@example.com\n"
OWNERLESS = text(KPI).replace(OWNER, "")
CONFIG = text("kpi.yaml")


def rules(ended: Ended) -> dict[str, str]:
    """The rules that were found, and their severities."""
    return {d["rule"]: d["severity"] for d in ended.json["diagnostics"]}


def sample(folder: Path) -> Path:
    """The sample project of this repository, to spoil."""
    for name in ("kpi.yaml", "kpis", "baselines", "data"):
        (shutil.copytree if (SAMPLE / name).is_dir() else shutil.copy)(SAMPLE / name, folder / name)
    return folder


# names


@pytest.mark.parametrize("command", ["check --only", "test --only", "show", "show --sql"])
def test_an_id_without_a_definition_is_refused(command: str, tmp_path: Path) -> None:
    """A slip of the pen is told from "nothing to judge", with the name that was meant."""
    ended = kpi(project(tmp_path), *command.split(), "fix_tme")
    assert ended.code == 2
    assert "fix_time" in ended.err


def test_a_segment_that_is_not_listed_is_refused(tmp_path: Path) -> None:
    """`--by` takes what the definition breaks down by, and says what that is."""
    root = project(tmp_path)
    assert kpi(root, "show", "fix_time", "--by", "priority").code == 0
    ended = kpi(root, "show", "fix_time", "--by", "bogus")
    assert ended.code == 2
    assert "priority" in ended.err


# the sample


def test_a_kpi_without_owner_fails_at_its_line(tmp_path: Path) -> None:
    """Deleting `owner:` from one KPI of the sample: missing-owner, in its file, exit 1."""
    path = sample(tmp_path) / "kpis/csat.yaml"
    before = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in before if not line.startswith("owner:")), encoding="utf-8")
    ended = kpi(tmp_path, "check", "--format", "json")
    [found] = [d for d in ended.json["diagnostics"] if d["rule"] == "missing-owner"]
    assert ended.code == 1
    assert (found["path"], found["severity"]) == (path.relative_to(tmp_path).as_posix(), "error")
    assert path.read_text(encoding="utf-8").splitlines()[found["line"] - 1].startswith("id: csat")


def test_without_tickets_nothing_is_green(tmp_path: Path) -> None:
    """Deleting the sample's tickets: source-unreadable, and no KPI that needs them is met or near."""
    (sample(tmp_path) / "data/tickets.csv").unlink()
    ended = kpi(tmp_path, "check", "--format", "json")
    assert ended.code == 1
    assert "source-unreadable" in rules(ended)
    judged = {m["kpi"]: m for m in ended.json["measurements"] if m["judged"] and not m["segment"]}
    assert judged["first_response_time"]["status"] == "unknown"
    definitions = {p.stem: p.read_text(encoding="utf-8") for p in (tmp_path / "kpis").rglob("*.yaml")}
    needing = [i for i, body in definitions.items() if "dataset: tickets" in body and i in judged]
    assert len(needing) > 3
    assert all(judged[i]["value"] is None and judged[i]["status"] in ("unknown", "informative") for i in needing)


# ignores


def test_an_ignored_finding_is_gone_and_an_idle_ignore_is_found(tmp_path: Path) -> None:
    """With its reason the comment suppresses that rule there; where there is nothing to suppress, it is said."""
    assert kpi(project(tmp_path, {KPI: OWNERLESS}), "lint").code == 1
    line = kpi(tmp_path, "lint", "--format", "json").json["diagnostics"][0]["line"]
    lines = OWNERLESS.splitlines(keepends=True)
    ignored = "".join([*lines[: line - 1], "# kpi: ignore[missing-owner] being hired\n", *lines[line - 1 :]])
    ended = kpi(project(tmp_path, {KPI: ignored}), "lint", "--format", "json")
    assert (ended.code, "missing-owner" in rules(ended)) == (0, False)
    idle = kpi(
        project(tmp_path, {KPI: ignored.replace("id: fix_time\n", f"id: fix_time\n{OWNER}")}),
        "lint",
        "--format",
        "json",
    )
    assert rules(idle)["unused-ignore"] == "warning"


@pytest.mark.parametrize("comment", ["# kpi: ignore[missing-owner]", "# kpi: ignore", "# kpi: ignore[] why"])
def test_an_ignore_without_reason_is_a_finding(comment: str, tmp_path: Path) -> None:
    """It hides nothing, and is itself an error at its line."""
    ended = kpi(project(tmp_path, {KPI: f"{comment}\n{OWNERLESS}"}), "lint", "--format", "json")
    [found] = [d for d in ended.json["diagnostics"] if d["path"] == KPI and d["line"] == 1]
    assert (ended.code, found["severity"], bool(found["hint"])) == (1, "error", True)


# severities and gates


@pytest.mark.parametrize(("severity", "code"), [("error", 1), ("warning", 0), ("note", 0), ("off", 0)])
def test_kpi_yaml_says_how_much_a_rule_weighs(severity: str, code: int, tmp_path: Path) -> None:
    """In lint and in check alike; what is off is not shown."""
    files = {KPI: OWNERLESS, "kpi.yaml": f"{CONFIG}rules: {{missing-owner: {severity}}}\n"}
    for command in ("lint", "check"):
        ended = kpi(project(tmp_path, files), command, "--format", "json")
        assert ended.code == code
        assert rules(ended).get("missing-owner") == (None if severity == "off" else severity)


def test_a_rules_own_severity_wins_over_the_gates(tmp_path: Path) -> None:
    """Governance warns by default; a rule that kpi.yaml makes an error fails lint and check."""
    late = text(KPI).replace("last: 2026-03-20", "last: 2026-01-01")
    files = {KPI: late, "kpi.yaml": f"{CONFIG}rules: {{review-overdue: error}}\n"}
    for command in ("lint", "check"):
        assert kpi(project(tmp_path / "own", files), command).code == 1
        assert kpi(project(tmp_path / "usual", {KPI: late}), command).code == 0


@pytest.mark.parametrize(
    ("content", "definitions", "everything"), [(STRICT, 0, 1), (OWNERLESS, 1, 1), (text(KPI), 0, 0)],
    ids=["a missed target", "a missing owner", "nothing"],
)  # fmt: skip
def test_pull_requests_gate_on_definitions(content: str, definitions: int, everything: int, tmp_path: Path) -> None:
    """Values are computed and shown under either gate."""
    root = project(tmp_path, {KPI: content})
    for gate, code in (("definitions", definitions), ("all", everything)):
        ended = kpi(root, "check", "--gate", gate, "--format", "json")
        assert ended.code == code
        assert (ended.json["verdict"]["gate"], ended.json["verdict"]["exit_code"]) == (gate, code)
        assert any(m["kpi"] == "fix_time" and m["value"] is not None for m in ended.json["measurements"])


@pytest.mark.parametrize(("fail_on", "code"), [("error", 0), ("warning", 1), ("never", 0)])
def test_fail_on_says_from_where(fail_on: str, code: int, tmp_path: Path) -> None:
    """A warning fails where warnings fail; a missed target and an error pass where nothing fails."""
    late = text(KPI).replace("last: 2026-03-20", "last: 2026-01-01")
    for command in ("lint", "check"):
        assert kpi(project(tmp_path / "late", {KPI: late}), command, "--fail-on", fail_on).code == code
    if fail_on == "never":
        assert kpi(project(tmp_path / "missed", {KPI: STRICT}), "check", "--fail-on", "never").code == 0
        assert kpi(project(tmp_path / "broken", {KPI: "x"}), "lint", "--fail-on", "never").code == 0


# formats


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("command", ["lint", "test", "check"])
def test_every_format_is_what_it_says(command: str, form: str, tmp_path: Path) -> None:
    """Of findings, examples and a missed target: JSON, SARIF 2.1.0, JUnit, GitLab's list, GitHub's commands."""
    files = {KPI: STRICT.replace(OWNER, "").replace("expect: 4 h", "expect: 5 h")}
    ended = kpi(project(tmp_path, files), command, "--format", form, "--output", "out.txt")
    assert (ended.code, ended.out) == (1, "")
    CHECKS.get(form, _prose)((tmp_path / "out.txt").read_text(encoding="utf-8"))


def _json(text: str) -> None:
    assert all({"code", "rule", "severity", "message", "hint", "path", "line"} <= set(d) for d in _findings(text))


def _findings(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text)["diagnostics"]
    assert found
    return found


def _sarif(text: str) -> None:
    document = json.loads(text)
    [run] = document["runs"]
    assert document["version"] == "2.1.0"
    known = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(known) == len(set(known)) == len({*RULES, *ALARMS})
    assert run["results"]
    for result in run["results"]:
        assert result["level"] in ("error", "warning", "note")
        assert known[result["ruleIndex"]] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]
        assert not Path(place["artifactLocation"]["uri"]).is_absolute()
        assert place["region"]["startLine"] >= 1
        assert result["message"]["text"]


def _junit(text: str) -> None:
    root = Xml.fromstring(text)  # noqa: S314 - our own output
    assert root.tag == "testsuites"
    cases = root.findall(".//testcase")
    assert root.get("tests") == str(len(cases))
    assert int(root.get("failures", "")) == len(root.findall(".//failure")) > 0
    assert all(case.get("name") and case.get("classname") for case in cases)


def _gitlab(text: str) -> None:
    found = json.loads(text)
    assert found
    assert len({one["fingerprint"] for one in found}) == len(found)
    for one in found:
        assert one["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert one["description"]
        assert one["location"]["lines"]["begin"] >= 1


def _github(text: str) -> None:
    assert text.splitlines()
    assert all(line.startswith(("::error", "::warning", "::notice")) for line in text.splitlines())


def _prose(text: str) -> None:
    assert "fix_time" in text
    assert "\x1b" not in text


CHECKS = {"json": _json, "sarif": _sarif, "junit": _junit, "gitlab": _gitlab, "github": _github}


# the screen and the world


def test_colour_only_where_it_is_wanted(tmp_path: Path) -> None:
    """A terminal gets colour; NO_COLOR, CI and a pipe get none."""
    root = project(tmp_path, {KPI: OWNERLESS})
    code = (
        "import os, pty, sys\n"
        "os.environ.pop('CI', None)\n"
        "os.environ.update(dict(a.split('=') for a in sys.argv[3:]))\n"
        "pty.spawn([sys.argv[1], 'lint', '--project', sys.argv[2]])\n"
    )
    command = [sys.executable, "-c", code, str(Path(sys.executable).with_name("kpi")), str(root)]
    for words, coloured in (([], True), (["NO_COLOR=1"], False), (["CI=true"], False)):
        done = subprocess.run(
            [*command, "TERM=xterm", *words], capture_output=True, stdin=subprocess.DEVNULL, check=False
        )
        assert b"missing-owner" in done.stdout
        assert (b"\x1b[" in done.stdout) is coloured


@pytest.mark.parametrize("output", ["/dev/full/x", "data/tickets.csv/x.txt", "data"])
def test_an_output_that_cannot_be_written_is_two(output: str, tmp_path: Path) -> None:
    """Nothing in a file to point at: exit 2, said on stderr."""
    for command in ("lint", "test", "check"):
        ended = kpi(project(tmp_path), command, "--output", output)
        assert (ended.code, ended.out) == (2, "")
        assert "cannot be written" in ended.err


# GitHub


@pytest.fixture
def actions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """GitHub Actions' environment; the file of the step summary."""
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    return summary


def test_a_run_of_actions_gets_annotations_and_a_summary(actions: Path, tmp_path: Path) -> None:
    """At most ten annotations a type, whatever the format; the scorecard is added to what the summary holds."""
    many = {f"kpis/k{n}.yaml": OWNERLESS.replace("id: fix_time", f"id: k{n}") for n in range(15)}
    root = project(tmp_path / "p", {**many, KPI: OWNERLESS})
    for form in ("text", "github"):
        actions.write_text("before\n")
        ended = kpi(root, "check", "--format", form)
        told = [line for line in (ended.out + ended.err).splitlines() if line.startswith("::")]
        errors = [line for line in told if line.startswith("::error ")]
        assert len(errors) == 10
        assert "more" in errors[-1]
        assert sum("file=kpis/" in line and "line=" in line for line in errors) == 9
        assert all(sum(t.startswith(f"::{kind} ") for t in told) <= 10 for kind in ("warning", "notice"))
    text = actions.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert (root / "scorecard/scorecard.md").read_text(encoding="utf-8") in text


def test_a_summary_stays_a_summary(actions: Path, tmp_path: Path) -> None:
    """Texts of 50,000 characters: the scorecard stays under a mebibyte, and none of them is markup."""
    long = "<script>|&\\n" * 4545
    spoilt = text(KPI).replace("name: Fix time", f"name: '{long}'").replace("Fill the vacant post.", f"'{long}'")
    root = project(tmp_path / "p", {KPI: spoilt})
    assert kpi(root, "check", "--output", "out.txt").code == 0
    card = (root / "scorecard/scorecard.md").read_bytes()
    assert len(card) < 1024 * 1024
    assert len(actions.read_bytes()) < 1024 * 1024
    assert b"<script>" not in card


# noise


FILES = {
    p.relative_to(SAMPLE).as_posix(): p.read_text(encoding="utf-8")
    for p in (
        SAMPLE / "kpi.yaml",
        *sorted((SAMPLE / "kpis").rglob("*.yaml")),
        *sorted((SAMPLE / "baselines").glob("*")),
    )
}
PIECES = [
    "\t", "\n", "#", "'", '"', ": ", ", ", "{", "}", "[", "]", "- ", "&a ", "*a", "|", "---\n", "\\", "\x00", "null",
    "~", "-1", "1e999", "2026-13-01", "0 min", "select 1;", "((((", "version: 2", "{}", "[]", "é", "\u2028", "9" * 400,
]  # fmt: skip


@st.composite
def mutations(draw: st.DrawFn) -> tuple[str, str]:
    """A file of the sample with words replaced, lines lost, doubled or swapped."""
    name = draw(st.sampled_from(sorted(FILES)))
    lines = FILES[name].split("\n")
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["drop", "double", "swap", "value", "piece"])):
            case "drop":
                lines[at] = ""
            case "double":
                lines.insert(at, lines[at])
            case "swap":
                other = draw(st.integers(0, len(lines) - 1))
                lines[at], lines[other] = lines[other], lines[at]
            case "value":
                lines[at] = f"{lines[at].partition(':')[0]}: {draw(st.sampled_from(PIECES))}"
            case _:
                column = draw(st.integers(0, len(lines[at])))
                lines[at] = lines[at][:column] + draw(st.sampled_from(PIECES)) + lines[at][column:]
    return name, "\n".join(lines)


@given(mutations())
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_spoilt_sample_is_never_a_traceback(tmp_path: Path, mutation: tuple[str, str]) -> None:
    """Whatever became of one file, lint ends with findings: 0 or 1, and a place and a remedy for each."""
    name, spoilt = mutation
    if not (tmp_path / "kpi.yaml").exists():
        sample(tmp_path)
    (tmp_path / name).write_text(spoilt, encoding="utf-8", newline="\n")
    try:
        ended = kpi(tmp_path, "lint", "--format", "json")
        assert ended.code in (0, 1)
        assert all(d["line"] >= 1 and d["hint"] and d["message"] for d in ended.json["diagnostics"])
    finally:
        (tmp_path / name).write_text(FILES[name], encoding="utf-8")


# a part that no row has

PARTED = (Path(__file__).parents[1] / "rules/unknown-segment/bad" / KPI).read_text(encoding="utf-8")
TICKETS = "data/tickets.csv"


@pytest.mark.parametrize("rows", [None, text(TICKETS).splitlines()[0] + "\n"], ids=["gone", "empty"])
def test_without_a_row_no_part_is_called_unknown(rows: str | None, tmp_path: Path) -> None:
    """A part that no row has is not spoken of where no row was read at all: there it is the source's fault."""
    rules = [
        {d["rule"] for d in kpi(root, "check", "--format", "json").json["diagnostics"]}
        for root in (
            project(tmp_path / "there", {KPI: PARTED}), project(tmp_path / "none", {KPI: PARTED, TICKETS: rows}),
        )
    ]  # fmt: skip
    assert ["unknown-segment" in found for found in rules] == [True, False]
    assert ["source-unreadable" in found for found in rules] == [False, True]

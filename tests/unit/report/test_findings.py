"""Findings in the formats of other tools, each read by its own parser."""

from __future__ import annotations

import json
import re
from collections import Counter
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_framework.model.diagnostic import Diagnostic, Severity
from kpi_framework.model.measurement import Reason
from kpi_framework.model.record import replace
from kpi_framework.model.rule import RULES
from kpi_framework.report.renderers import FORMATS, renderer
from kpi_framework.report.view.alarms import ALARMS
from kpi_framework.report.view.result import Report
from kpi_framework.report.words.escape import BREAK
from tests.unit.report.reading import hostile, visible, xml
from tests.unit.report.scorecards import example, finding, kpi, measure, scorecard, service_desk, unknown

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
findings = st.builds(
    finding, st.sampled_from(sorted(RULES)), hostile, st.integers(1, 9), message=hostile, hint=hostile,
    severity=st.sampled_from([ERROR, WARNING, NOTE]),
)  # fmt: skip
some_findings = st.lists(findings, max_size=15).map(tuple)


def runner_annotations(text: str) -> list[tuple[str, dict[str, str], str]]:
    """What a runner reads: type, properties, message."""
    found = []
    for line in text.splitlines():
        match = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line)
        assert match, line
        pairs = (pair.split("=", 1) for pair in match[2].split(","))
        undo = {name: value.replace("%3A", ":").replace("%2C", ",").replace("%25", "%") for name, value in pairs}
        found.append((match[1], undo, match[3].replace("%25", "%")))
    return found


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_takes_every_result(name: str) -> None:
    """lint, test and check, passed or not, empty or not."""
    for report in (
        Report(),
        Report(diagnostics=(finding(),), passed=False, exit_code=1),
        Report(examples=(), title="kpi test"),
        Report(examples=(example(), example(passed=False)), passed=False, exit_code=1),
        Report(scorecard()),
        Report(service_desk(), (finding(),), (example(),), passed=False, exit_code=1),
    ):
        text = renderer(name)(report)
        assert text == "" or text.endswith("\n")


def test_findings_are_shown_once_and_in_order() -> None:
    """What both the lint and the scorecard found is one finding."""
    both = finding(line=5)
    report = Report(scorecard(diagnostics=[both, finding(line=2)]), (both,))
    assert [one.span.line for one in report.findings] == [2, 5]


@given(some_findings)
def test_github_gets_one_line_each_and_at_most_ten_a_type(found: tuple[Diagnostic, ...]) -> None:
    """Every finding is shown or counted, and a hostile string breaks out of nothing."""
    report = Report(diagnostics=found)
    seen = runner_annotations(renderer("github")(report))
    for severity, kind in ((ERROR, "error"), (WARNING, "warning"), (NOTE, "notice")):
        mine = [one for one in report.findings if one.severity is severity]
        told = [one for one in seen if one[0] == kind]
        assert len(told) == min(len(mine), 10)
        if len(mine) <= 10:
            assert [one[1]["file"].replace(BREAK, "") for one in told] == [visible(one.span.path) for one in mine]
            assert [int(one[1]["line"]) for one in told] == [one.span.line for one in mine]
        else:
            assert told[-1][2].startswith(f"{len(mine) - 9} more findings: ")


def test_github_names_the_rest() -> None:
    """Forty errors are nine and a line that counts the others by rule."""
    many = [finding(line=n) for n in range(1, 31)] + [finding("missing-target", line=n) for n in range(31, 41)]
    *_, last = runner_annotations(renderer("github")(Report(diagnostics=tuple(many), passed=False)))
    counts = {rule: int(count) for count, rule in re.findall(r"(\d+) × ([\w-]+)", last[2])}
    assert counts == {"missing-owner": 21, "missing-target": 10}


def test_github_says_why_a_check_without_findings_failed() -> None:
    """Nothing judged is not green, and the run says so."""
    assert runner_annotations(renderer("github")(Report(passed=False, title="kpi check")))[0][0] == "error"


@given(some_findings)
def test_gitlab_has_a_stable_fingerprint_for_each(found: tuple[Diagnostic, ...]) -> None:
    """Fingerprints are unique, and do not change when lines move."""
    report = Report(diagnostics=found)
    entries = json.loads(renderer("gitlab")(report))
    prints = {entry["fingerprint"] for entry in entries}
    assert len(prints) == len(entries) == len(report.findings)
    assert {entry["severity"] for entry in entries} <= {"info", "minor", "major", "critical", "blocker"}
    moved = tuple(replace(one, span=replace(one.span, line=one.span.line + 7)) for one in found)
    assert {e["fingerprint"] for e in json.loads(renderer("gitlab")(Report(diagnostics=moved)))} == prints


@given(some_findings)
def test_sarif_points_each_result_at_its_rule_and_place(found: tuple[Diagnostic, ...]) -> None:
    """The structure of SARIF 2.1.0, with every reference resolved."""
    log = json.loads(renderer("sarif")(Report(diagnostics=found)))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [*(rule.code for rule in RULES.values()), *ALARMS]
    assert all(rule["help"]["text"] and rule["shortDescription"]["text"] for rule in rules)
    for result, one in zip(run["results"], Report(diagnostics=found).findings, strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == one.code
        assert result["level"] == one.severity.value
        place = result["locations"][0]["physicalLocation"]
        assert re.fullmatch(r"[\w.~!$&'()*+,;=@%/-]*", place["artifactLocation"]["uri"], re.ASCII)
        assert unquote(place["artifactLocation"]["uri"], errors="surrogatepass") == one.span.path
        assert place["region"]["startLine"] == one.span.line


@given(some_findings, st.lists(hostile, max_size=3))
def test_junit_is_xml_whose_totals_add_up(found: tuple[Diagnostic, ...], names: list[str]) -> None:
    """A parser reads it, and the counts are those of the cases."""
    examples = tuple(example(example=name, passed=False, got=name) for name in names)
    root = xml(renderer("junit")(Report(diagnostics=found, examples=examples)))
    cases = list(root.iter("testcase"))
    kinds = Counter(child.tag for case in cases for child in case)
    assert int(root.get("tests", "")) == len(cases)
    assert (
        int(root.get("failures", ""))
        == kinds["failure"]
        == len(names) + sum(one.severity is ERROR for one in Report(diagnostics=found).findings)
    )
    assert [case.get("name") for case in root.findall(".//testsuite[@name='examples']/testcase")] == [
        visible(name) for name in names
    ]


def test_junit_has_the_kpis_verdicts() -> None:
    """Missed fails, waived is skipped, unknown is an error, the rest pass."""
    root = xml(renderer("junit")(Report(service_desk())))
    outcomes = {
        case.get("name"): [child.tag for child in case if child.tag != "system-out"]
        for case in root.findall(".//testsuite[@name='kpis']/testcase")
    }
    assert outcomes == {
        "first_response_time": [], "time_to_resolution": ["failure"],
        "time_to_resolution (priority: urgent)": ["failure"], "first_contact_resolution": [],
        "sla_compliance": ["skipped"], "ticket_deflection_rate": [], "cost_per_ticket": [], "csat": ["error"],
    }  # fmt: skip


def test_junit_of_a_gate_on_definitions_fails_no_kpi() -> None:
    """A pull request that only definitions gate is not red in the test report."""
    desk = service_desk()
    root = xml(renderer("junit")(Report(replace(desk, verdict=replace(desk.verdict, gate="definitions")))))
    suite = root.find(".//testsuite[@name='kpis']")
    assert suite is not None
    assert (suite.get("failures"), suite.get("errors")) == ("0", "0")


def test_a_kpi_that_was_not_measured_is_not_green() -> None:
    """An active KPI without a measurement is an error in every verdict."""
    root = xml(renderer("junit")(Report(scorecard([measure()], [kpi(), kpi("csat")]))))
    case = root.find(".//testcase[@name='csat']")
    assert case is not None
    assert case.find("error") is not None
    lost = unknown("csat", Reason.STALE)
    assert "? unknown" in renderer("markdown")(Report(scorecard([lost], [kpi("csat")])))
    assert "? unknown" in renderer("text")(Report(scorecard([], [kpi("csat")])))

"""JUnit XML: findings, examples and the KPIs' verdicts as test cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal
from xml.etree import ElementTree as Xml  # builds, never parses

from ...model.diagnostic import Diagnostic, Severity
from ...model.measurement import ExampleResult, Measurement, Scorecard, Status
from ...model.record import Record
from ..view.result import Report
from ..view.scorecard_view import ScorecardView
from ..view.summary import location, one_line
from ..words.escape import clean
from ..words.phrases import period_text, segment_text, status_text, why_unknown
from ..words.values import show_target, show_value
from ..words.workflow_commands import inert_markup

Outcome = Literal["failure", "error", "skipped", "system-out", ""]


class _Case(Record):
    """One test case: empty outcome is a plain pass, system-out a pass with a remark."""

    group: str
    name: str
    outcome: Outcome = ""
    message: str = ""
    file: str = ""
    line: int = 0


def render_junit(report: Report) -> str:
    """One suite each for the definitions' findings, the examples that ran and the KPIs that were judged."""
    suites = {"findings": list(_findings(report.findings))}
    if report.examples is not None:
        suites["examples"] = [_example(example) for example in report.examples]
    if report.scorecard is not None:
        suites["kpis"] = list(_kpis(report.scorecard))
    root = Xml.Element("testsuites", _totals(case for cases in suites.values() for case in cases))
    root.set("name", clean(report.title))
    for name, cases in suites.items():
        _add_suite(root, name, cases)
    Xml.indent(root)
    text = inert_markup(Xml.tostring(root, encoding="unicode"))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _findings(findings: Iterable[Diagnostic]) -> Iterator[_Case]:
    empty = True
    for finding in findings:
        empty = False
        outcome: Outcome = "failure" if finding.severity is Severity.ERROR else "system-out"
        at = location(finding)
        message = f"{finding.severity}: {one_line(finding)}"
        path, name = finding.span.path, f"{finding.code} {finding.rule} {at}"
        yield _Case(path, name, outcome, message, path, finding.span.line)
    if empty:
        yield _Case("findings", "no findings")


def _example(example: ExampleResult) -> _Case:
    outcome: Outcome = "" if example.passed else "failure"
    message = "" if example.passed else f"expected {example.expected}, got {example.got}"
    return _Case(example.kpi, example.example, outcome, message, example.path, example.line)


def _kpis(scorecard: Scorecard) -> Iterator[_Case]:
    gates = scorecard.verdict.gate != "definitions"
    for standing in ScorecardView(scorecard).kpis:
        if standing.overall is None:
            yield _Case("kpis", standing.id, _weight("error", gates=gates), " ".join(why_unknown(None)))
        for measurement in standing.judged:
            yield _verdict(measurement, gates=gates)


def _verdict(measurement: Measurement, *, gates: bool) -> _Case:
    name = f"{measurement.kpi} ({segment_text(measurement.segment)})" if measurement.segment else measurement.kpi
    value = show_value(measurement.value, measurement.unit, measurement.target)
    target = show_target(measurement.target, measurement.unit, measurement.value)
    status = status_text(measurement.status, waived=measurement.waived)
    message = f"{status} in {period_text(measurement.period)}: {value}, target {target}"
    if measurement.status is Status.UNKNOWN:
        outcome: Outcome = "error" if measurement.is_whole else "skipped"
        return _Case("kpis", name, _weight(outcome, gates=gates), f"{message}. {' '.join(why_unknown(measurement))}")
    if measurement.status is Status.MISSED:
        outcome = "skipped" if measurement.waived else "failure"
        return _Case("kpis", name, _weight(outcome, gates=gates), message)
    return _Case("kpis", name, "system-out", message)


def _weight(outcome: Outcome, *, gates: bool) -> Outcome:
    """Where only definitions gate, a missed target does not turn the test report red."""
    return outcome if gates else "skipped"


def _add_suite(root: Xml.Element, name: str, cases: list[_Case]) -> None:
    suite = Xml.SubElement(root, "testsuite", {"name": name, **_totals(cases)})
    for case in cases:
        element = Xml.SubElement(suite, "testcase", classname=clean(case.group), name=clean(case.name), time="0")
        if case.file:
            element.set("file", clean(case.file))
            element.set("line", str(case.line))
        if case.outcome == "system-out":
            Xml.SubElement(element, "system-out").text = clean(case.message)
        elif case.outcome:
            Xml.SubElement(element, case.outcome, message=clean(case.message)).text = clean(case.message)


def _totals(cases: Iterable[_Case]) -> dict[str, str]:
    outcomes = [case.outcome for case in cases]
    return {
        "tests": str(len(outcomes)), "failures": str(outcomes.count("failure")),
        "errors": str(outcomes.count("error")), "skipped": str(outcomes.count("skipped")), "time": "0",
    }  # fmt: skip

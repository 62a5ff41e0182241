"""JUnit XML: findings, examples and the KPIs' verdicts as test cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal
from xml.etree import ElementTree as Xml  # builds, never parses

from ...model.diagnostic import Diagnostic, Severity
from ...model.measurement import ExampleResult, Measurement, Scorecard, Status
from ...model.record import Record
from ..view.result import Report
from ..view.scorecard_view import Insight
from ..view.summary import in_one, place
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
        suites["examples"] = [_example(one) for one in report.examples]
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
    for one in findings:
        empty = False
        outcome: Outcome = "failure" if one.severity is Severity.ERROR else "system-out"
        at = place(one)
        message = f"{one.severity}: {in_one(one)}"
        yield _Case(one.span.path, f"{one.code} {one.rule} {at}", outcome, message, one.span.path, one.span.line)
    if empty:
        yield _Case("findings", "no findings")


def _example(one: ExampleResult) -> _Case:
    outcome: Outcome = "" if one.passed else "failure"
    message = "" if one.passed else f"expected {one.expected}, got {one.got}"
    return _Case(one.kpi, one.example, outcome, message, one.path, one.line)


def _kpis(scorecard: Scorecard) -> Iterator[_Case]:
    gates = scorecard.verdict.gate != "definitions"
    for standing in Insight(scorecard).kpis:
        if standing.whole is None:
            yield _Case("kpis", standing.id, _weight("error", gates=gates), " ".join(why_unknown(None)))
        for one in standing.judged:
            yield _verdict(one, gates=gates)


def _verdict(one: Measurement, *, gates: bool) -> _Case:
    name = f"{one.kpi} ({segment_text(one.segment)})" if one.segment else one.kpi
    value, target = show_value(one.value, one.unit, one.target), show_target(one.target, one.unit, one.value)
    message = f"{status_text(one.status, waived=one.waived)} in {period_text(one.period)}: {value}, target {target}"
    if one.status is Status.UNKNOWN:
        outcome: Outcome = "error" if one.is_whole else "skipped"
        return _Case("kpis", name, _weight(outcome, gates=gates), f"{message}. {' '.join(why_unknown(one))}")
    if one.status is Status.MISSED:
        outcome = "skipped" if one.waived else "failure"
        return _Case("kpis", name, _weight(outcome, gates=gates), message)
    return _Case("kpis", name, "system-out", message)


def _weight(outcome: Outcome, *, gates: bool) -> Outcome:
    """Where only definitions gate, a missed target does not turn the test report red."""
    return outcome if gates else "skipped"


def _add_suite(root: Xml.Element, name: str, cases: list[_Case]) -> None:
    suite = Xml.SubElement(root, "testsuite", {"name": name, **_totals(cases)})
    for one in cases:
        case = Xml.SubElement(suite, "testcase", classname=clean(one.group), name=clean(one.name), time="0")
        if one.file:
            case.set("file", clean(one.file))
            case.set("line", str(one.line))
        if one.outcome == "system-out":
            Xml.SubElement(case, "system-out").text = clean(one.message)
        elif one.outcome:
            Xml.SubElement(case, one.outcome, message=clean(one.message)).text = clean(one.message)


def _totals(cases: Iterable[_Case]) -> dict[str, str]:
    outcomes = [case.outcome for case in cases]
    return {
        "tests": str(len(outcomes)), "failures": str(outcomes.count("failure")),
        "errors": str(outcomes.count("error")), "skipped": str(outcomes.count("skipped")), "time": "0",
    }  # fmt: skip

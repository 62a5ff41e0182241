"""SARIF 2.1.0: findings, missed targets and signals for code scanning, with every rule's help."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from ... import __version__
from ...model.diagnostic import Diagnostic, Severity
from ...model.rule import RULES, Rule
from ..view.alarms import ALARMS
from ..view.result import Report
from ..view.summary import one_line
from .fingerprint import fingerprints
from .json import as_text

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note", Severity.OFF: "none"}


def render_sarif(report: Report) -> str:
    """One run of the tool `kpi`."""
    indexes = {name: index for index, name in enumerate((*(rule.code for rule in RULES.values()), *ALARMS))}
    findings = report.located
    prints = fingerprints(findings)
    results = [_finding(finding, p, indexes) for finding, p in zip(findings, prints, strict=True)]
    rules = [*map(_rule, RULES.values()), *(_alarm(name, why) for name, why in ALARMS.items())]
    driver = {"name": "kpi", "semanticVersion": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return as_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(rule: Rule) -> dict[str, Any]:
    text = f"{rule.why} {rule.remedy}"
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.why},
        "fullDescription": {"text": rule.why},
        "help": {"text": text, "markdown": f"{rule.why}\n\n{rule.remedy}"},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _alarm(name: str, why: str) -> dict[str, Any]:
    text = {"text": why}
    return {"id": name, "name": name, "shortDescription": text, "fullDescription": text, "help": text}


def _finding(finding: Diagnostic, fingerprint: str, indexes: dict[str, int]) -> dict[str, Any]:
    rule = finding.code or finding.rule
    index = {"ruleIndex": indexes[rule]} if rule in indexes else {}
    artifact = {"uri": quote(finding.span.path.encode("utf-8", "surrogatepass")), "uriBaseId": "%SRCROOT%"}
    region = {"startLine": max(finding.span.line, 1), "startColumn": max(finding.span.column, 1)}
    return {
        "ruleId": rule,
        **index,
        "level": _LEVELS[finding.severity],
        "message": {"text": one_line(finding)},
        "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": region}}],
        "partialFingerprints": {"kpi/v1": fingerprint},
    }

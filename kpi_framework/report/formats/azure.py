"""Azure Pipelines: logging commands that list findings, with file and line, as errors and warnings of the run."""

from __future__ import annotations

from ...model.diagnostic import Diagnostic, Severity
from ..view.result import Report
from ..view.summary import one_line
from ..words.escape import clean, clip
from ..words.workflow_commands import Commands, inert

_TYPES = {Severity.ERROR: "error", Severity.WARNING: "warning"}
_LONGEST = 4000


def render_azure(report: Report) -> Commands:
    """A line for each error and warning; Azure Pipelines has no milder ones."""
    lines = [_issue(_TYPES[f.severity], f) for f in report.located if f.severity in _TYPES]
    if not report.passed and not any("type=error;" in line for line in lines):
        reasons = report.scorecard.verdict.reasons if report.scorecard else ()
        lines.append(f"##vso[task.logissue type=error;]{_message('; '.join(reasons) or 'not passed')}")
    return Commands("".join(f"{line}\n" for line in lines))


def azure_summary(path: str) -> Commands:
    """The command that shows a Markdown file as the run's summary."""
    return Commands(f"##vso[task.uploadsummary]{_message(path)}\n")


def _issue(kind: str, finding: Diagnostic) -> str:
    properties = {
        "type": kind, "sourcepath": finding.span.path, "linenumber": str(max(finding.span.line, 1)),
        "columnnumber": str(max(finding.span.column, 1)), "code": finding.code or finding.rule,
    }  # fmt: skip
    pairs = "".join(f"{name}={_property(value)};" for name, value in properties.items())
    return f"##vso[task.logissue {pairs}]{_message(one_line(finding))}"


def _message(text: str) -> str:
    return inert(_escaped(clip(text, _LONGEST)))


def _property(text: str) -> str:
    return inert(_escaped(text).replace(";", "%3B").replace("]", "%5D"))


def _escaped(text: str) -> str:
    return clean(text).replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")

"""Findings as an editor shows them: each with the stretch of text that it is about."""

from __future__ import annotations

import re

from lsprotocol import types as lsp

from ..model.diagnostic import Diagnostic, Severity, Span
from .text import Text
from .view import View

SOURCE = "kpi"
_SEVERITIES = {
    Severity.ERROR: lsp.DiagnosticSeverity.Error,
    Severity.WARNING: lsp.DiagnosticSeverity.Warning,
    Severity.NOTE: lsp.DiagnosticSeverity.Information,
}
_QUOTED = re.compile("`([^`]+)`")
_VALUE = re.compile(r"[^\s:#]+:[ \t]+")
_NEXT = re.compile(r"\n(?![ \t\r\n#-])")


def findings(view: View) -> tuple[Diagnostic, ...]:
    """The findings on a file."""
    return view.checked.by_path.get(view.path, ())


def diagnostics(view: View) -> list[lsp.Diagnostic]:
    """The findings on a file as the protocol has them."""
    return [shown_finding(view, finding) for finding in findings(view)]


def shown_finding(view: View, finding: Diagnostic) -> lsp.Diagnostic:
    """One finding: its sentence and its remedy, its rule, and where to read of it."""
    message = ". ".join(filter(None, (finding.message.rstrip("."), finding.hint)))
    begin, stop = stretch(view.text, finding)
    return lsp.Diagnostic(
        range=view.text.range(begin, stop), message=message, severity=_SEVERITIES[finding.severity],
        code=f"{finding.code} {finding.rule}", source=SOURCE,
    )  # fmt: skip


def stretch(text: Text, finding: Diagnostic) -> tuple[int, int]:
    """The word that a finding names, if it stands in the value that the finding is on; else the rest of its line."""
    begin = text.offset_of(finding.span)
    stop = entry_end(text, finding.span)
    for name in _QUOTED.findall(finding.message):
        pattern = rf"(?<!\w){re.escape(name)}(?!\w)"
        if match := re.compile(pattern).search(text.text, begin, stop):
            return match.span()
    first, last = text.line(begin)
    value = _VALUE.match(text.text, begin, last)
    start = value.end() if value and value.end() < last else begin
    line_end = first + len(text.text[first:last].rstrip())
    return (start, line_end) if start < line_end else (min(begin, line_end), line_end)


def entry_end(text: Text, span: Span) -> int:
    """Where the entry ends that begins at a place: before the next line that is not indented further."""
    begin = text.offset_of(span)
    first, _ = text.line(begin)
    indent = begin - first
    pattern = re.compile(rf"\n(?![ ]{{{indent + 1},}}\S|[ ]*\r?\n|[ ]*-\s)") if indent else _NEXT
    match = pattern.search(text.text, begin)
    return match.start() if match else len(text.text)

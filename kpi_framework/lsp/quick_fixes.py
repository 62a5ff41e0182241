"""Quick fixes: the corrected line that a finding prints, and the name that was meant, as one edit.

A fix is offered only where the file, once it is made, has that finding no more and no new one.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from lsprotocol import types as lsp

from ..model.diagnostic import Diagnostic
from ..model.quoting import LONGEST
from ..model.record import Record, replace
from ..workflow.editing.workspace import checked
from .diagnostics import entry_end, findings, shown_finding, stretch
from .view import View

_LINE = re.compile(r"(?:Write|If it is text, write): (?P<line>.+)", re.DOTALL)
_MEANT = re.compile(r"Did you mean `(?P<name>[^`]+)`\?")
_INSTEAD = re.compile(r"Write `(?P<new>[^`]+)` instead of `(?P<old>[^`]+)`")
_USE = re.compile(r"Use `(?P<name>\w+)`: ")
_PERCENT = re.compile(r"write a percent with its sign: (?P<number>[\d.]+)%")
_UNIT = re.compile(r"Write `(?P<field>unit): (?P<value>\w+)`, or")


class Fix(Record):
    """An edit of one file that answers a finding. Offsets are in characters of the text."""

    finding: Diagnostic
    title: str
    begin: int
    stop: int
    text: str

    def applied(self, text: str) -> str:
        """The text with the edit made."""
        return text[: self.begin] + self.text + text[self.stop :]


def quick_fixes(view: View, chosen: lsp.Range, now: dt.datetime) -> list[lsp.CodeAction]:
    """The fixes of the findings that a range of lines touches."""
    on_lines = (f for f in findings(view) if _touches(view, f, chosen))
    fixes = [fix for finding in on_lines for fix in _fixes(view, finding)]
    return [_action(view, fix) for fix in fixes if is_remedy(view, fix, now)]


def _touches(view: View, finding: Diagnostic, chosen: lsp.Range) -> bool:
    begin, stop = stretch(view.text, finding)
    first, last = view.text.position(begin).line, view.text.position(stop).line
    return min(first, view.text.position(view.text.offset_of(finding.span)).line) <= chosen.end.line and (
        last >= chosen.start.line
    )


def is_remedy(view: View, fix: Fix, now: dt.datetime) -> bool:
    """Whether the finding is gone with the fix, and the text can be read as well as before.

    Findings that the fault has hidden may come.
    """
    workspace = view.checked.workspace.with_buffer(view.path, fix.applied(view.text.text))
    after = findings(replace(view, checked=checked(workspace, view.checked, now)))
    before = {(f.rule, f.message) for f in findings(view)}
    remaining = {(f.rule, f.message) for f in after}
    return (fix.finding.rule, fix.finding.message) not in remaining and not _torn(remaining - before)


def _torn(fresh: set[tuple[str, str]]) -> bool:
    """Whether a text has become one that cannot be read, or has keys that nobody knows."""
    return any(rule in ("yaml-syntax", "unknown-field", "duplicate-key-in-yaml") for rule, _ in fresh)


def _fixes(view: View, finding: Diagnostic) -> Iterator[Fix]:
    begin, stop = stretch(view.text, finding)
    named = view.text.text[begin:stop]
    if line := _LINE.fullmatch(finding.hint):
        yield _line(view, finding, line["line"])
    elif (meant := _MEANT.search(finding.hint) or _USE.match(finding.hint)) and len(named) <= LONGEST:
        yield Fix(finding, f"Write {meant['name']}", begin, stop, meant["name"])
    elif instead := _INSTEAD.search(finding.hint):
        place = view.text.text.find(instead["old"], view.text.offset_of(finding.span))
        if place >= 0:
            new = instead["new"]
            yield Fix(finding, f"Write {new}", place, place + len(instead["old"]), new)
    elif unit := _UNIT.search(finding.hint):
        yield from _field(view, finding, unit["field"], unit["value"])
    elif percent := _PERCENT.search(finding.message):
        yield from _percent(view, finding, percent["number"])


def _field(view: View, finding: Diagnostic, field: str, value: str) -> Iterator[Fix]:
    """A field of the definition with another value."""
    for match in re.finditer(rf"^{field}:[ \t]*(?P<value>\S+)", view.text.text, re.MULTILINE):
        yield Fix(finding, f"Write {field}: {value}", *match.span("value"), value)


def _percent(view: View, finding: Diagnostic, number: str) -> Iterator[Fix]:
    """A number of a percent KPI with its sign."""
    begin, stop = view.text.offset_of(finding.span), entry_end(view.text, finding.span)
    for match in re.compile(rf"(?<![\w.]){re.escape(number)}(?![\w.%])").finditer(view.text.text, begin, stop):
        yield Fix(finding, f"Write {number}%", *match.span(), f"{number}%")


def _line(view: View, finding: Diagnostic, corrected: str) -> Fix:
    first, last = view.text.line(view.text.offset_of(finding.span))
    indent = len(view.text.text[first:last]) - len(view.text.text[first:last].lstrip())
    return Fix(finding, f"Write: {corrected}", first + indent, last, corrected)


def _action(view: View, fix: Fix) -> lsp.CodeAction:
    edit = lsp.TextEdit(view.text.range(fix.begin, fix.stop), fix.text)
    return lsp.CodeAction(
        title=fix.title, kind=lsp.CodeActionKind.QuickFix, diagnostics=[shown_finding(view, fix.finding)],
        is_preferred=True, edit=lsp.WorkspaceEdit(changes={view.uri(view.path): [edit]}),
    )  # fmt: skip

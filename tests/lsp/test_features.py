"""What each feature answers over a text and a place in it: pure functions, without a process."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from lsprotocol import types as lsp

from kpi_framework.lsp.completion import completions
from kpi_framework.lsp.definition import definition, references
from kpi_framework.lsp.diagnostics import diagnostics
from kpi_framework.lsp.quick_fixes import quick_fixes
from kpi_framework.lsp.view import View
from kpi_framework.workflow.checking.lint import lint_project
from kpi_framework.workflow.editing.workspace import Workspace, checked
from kpi_framework.workflow.project import ProjectRoot
from kpi_framework.workflow.run import Options
from tests.lsp.editor import FIRST
from tests.lsp.views import DERIVED, NOW, RULES, SIGNAL, behind, view_of

# completion


@pytest.mark.parametrize(
    ("path", "words", "there", "absent"),
    [
        (FIRST, "median(", {"created_at", "resolved_at", "median", "business_minutes"}, {"csat", "previous"}),
        (FIRST, "where: not ", {"merged", "coalesce"}, {"median", "csat"}),
        (FIRST, "    priority:\n      crit", {"critical", "high"}, {"priority", "at_most"}),
        (FIRST, "  by:\n    prio", {"priority", "channel"}, {"at_most", "median"}),
        (FIRST, "read_with: [time", {"csat", "ticket_volume"}, {"median", "created_at"}),
        (FIRST, "dataset: tick", {"tickets", "surveys"}, {"csat"}),
        (DERIVED, "formula: self", {"ticket_volume", "previous", "coalesce"}, {"median", "created_at"}),
        (SIGNAL, "when: |\n  first", {"csat", "time_to_resolution"}, {"value", "median"}),
        (SIGNAL, "first_response_time.", {"status", "value", "streak", "worst_segment"}, {"csat"}),
        (SIGNAL, "status = 'm", {"met", "missed", "near"}, {"csat", "value"}),
        ("kpi.yaml", "holds: first", {"first_response_at", "created_at"}, {"median"}),
        ("kpi.yaml", "executive: {kpis: [first", {"csat", "sla_compliance"}, {"tickets"}),
    ],
)  # fmt: skip
def test_completion_knows_what_may_stand_there(
    workspace: Workspace, path: str, words: str, there: set[str], absent: set[str]
) -> None:
    """Columns, functions, ids, fields, values of columns: each in its place, and no others."""
    view = view_of(workspace, path)
    labels = {item.label for item in completions(view, behind(view, words))}
    assert there <= labels
    assert not absent & labels


@pytest.mark.parametrize(
    ("words", "typed", "there"),
    [
        ("where: not coalesce(merged, false)", "where: priority = '", {"critical", "high", "medium", "low"}),
        ("where: not coalesce(merged, false)", "where: priority in ('high', '", {"critical", "low"}),
        ("first_response_at))", "first_response_at, '", {"business"}),
    ],
)
def test_completion_inside_of_quotes_knows_the_words(
    workspace: Workspace, words: str, typed: str, there: set[str]
) -> None:
    """Inside of quotes stand the words of the column that is compared, or the calendars; the line need not be whole."""
    view = view_of(workspace, FIRST, (words, typed))
    labels = {item.label for item in completions(view, behind(view, typed))}
    assert there <= labels
    assert "created_at" not in labels


@pytest.mark.parametrize("words", ["\nname: Fir", "\nunit: min", "\nfam", "family: perf", "\nid: fir", "# yaml"])
def test_keys_enumerations_and_texts_are_left_to_the_schema(workspace: Workspace, words: str) -> None:
    """Where the YAML server completes, or nobody can, nothing is offered."""
    view = view_of(workspace)
    assert completions(view, behind(view, words)) == []


def test_a_completion_replaces_the_word_that_is_typed(workspace: Workspace) -> None:
    """The edit covers the word around the cursor, in the editor's units, and says type, unit and meaning."""
    view = view_of(
        workspace, FIRST, ("name: First response time\n", "name: 😀\n"), ("business_minutes(created", "x(crea")
    )
    [item] = [i for i in completions(view, behind(view, "x(crea")) if i.label == "created_at"]
    assert isinstance(item.text_edit, lsp.TextEdit)
    begin, stop = (view.text.offset(p) for p in (item.text_edit.range.start, item.text_edit.range.end))
    assert view.text.text[begin:stop] == "crea_at"
    assert item.detail == "timestamp"
    assert "When the user opened it" in str(item.documentation)


# quick fixes


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("median(", "medain("),
        ("median(", "med("),
        ("(created_at,", "(creatd_at,"),
        ("settle:", "setle:"),
        ("read_with: [time_to", "read_with: [tim_to"),
        ("dataset: tickets", "dataset: ticket"),
        ("    expect: 25 min", "    expekt: 25 min"),
        ("do: Move an hour", "do: Move: an hour"),
        ("do: Move an hour", "do: Move #an hour"),
    ],
)
def test_a_quick_fix_ends_its_finding(workspace: Workspace, old: str, new: str) -> None:
    """A slip is answered by one edit, after which the file has no finding at all."""
    view = view_of(workspace, FIRST, (old, new))
    assert diagnostics(view)
    whole = view.text.range(0, len(view.text.text))
    [action] = quick_fixes(view, whole, NOW)
    assert action.edit is not None
    assert action.edit.changes is not None
    [edit] = action.edit.changes[view.uri(FIRST)]
    begin, stop = view.text.offset(edit.range.start), view.text.offset(edit.range.end)
    text = view.text.text[:begin] + edit.new_text + view.text.text[stop:]
    after = checked(view.checked.workspace.with_buffer(FIRST, text), view.checked, NOW)
    assert diagnostics(View(after, FIRST, view.codec)) == []


def test_no_fix_is_offered_that_is_none(workspace: Workspace) -> None:
    """A finding without a corrected line or a name that was meant has no fix."""
    view = view_of(workspace, FIRST, ("owner: desk-lead@example.com\n", ""))
    assert diagnostics(view)
    assert quick_fixes(view, view.text.range(0, len(view.text.text)), NOW) == []


# findings


def bad_projects() -> list[Path]:
    """The bad example of each rule, laid over the small project."""
    return sorted(path for path in RULES.glob("*/bad") if path.is_dir())


@pytest.mark.parametrize("bad", bad_projects(), ids=lambda path: path.parent.name)
def test_the_editor_finds_nothing_that_lint_does_not(bad: Path, tmp_path: Path) -> None:
    """Over each rule's bad example, without its data, an editor shows a part of what `kpi lint` finds, and nothing
    else but notes on names of columns."""
    for origin in (RULES / "project", bad):
        shutil.copytree(origin, tmp_path, dirs_exist_ok=True)
    found = checked(Workspace.opened(tmp_path), None, NOW).findings
    linted = lint_project(Options(ProjectRoot(tmp_path), NOW)).diagnostics
    assert set(found) <= set(linted)


# definition, references


@pytest.mark.parametrize(
    ("words", "path", "line"),
    [
        ("read_with: [time", "kpis/time_to_resolution.yaml", "id: time_to_resolution"),
        ("dataset: tick", "kpi.yaml", "  tickets:"),
        ("(created", "kpi.yaml", "      created_at: opened_at"),
        ("segments: [prio", "kpi.yaml", "      priority:"),
    ],
)
def test_a_name_leads_to_its_definition(workspace: Workspace, words: str, path: str, line: str) -> None:
    """Ids lead to their file, datasets and columns to kpi.yaml."""
    view = view_of(workspace)
    location = definition(view, behind(view, words))
    assert location is not None
    assert location.uri == view.uri(path)
    assert workspace.texts[path].split("\n")[location.range.start.line].startswith(line)


def test_a_column_that_only_a_contract_has_leads_to_the_package(workspace: Workspace) -> None:
    """`resolved_at` is mapped nowhere: its definition is the shipped contract's."""
    path = "kpis/time_to_resolution.yaml"
    view = view_of(workspace, path)
    location = definition(view, behind(view, "resolved_a"))
    assert location is not None
    assert location.uri.endswith("library/contracts/tickets.yaml")


def test_references_are_all_places_of_a_name_and_no_others(workspace: Workspace) -> None:
    """Every word `ticket_volume` of the sample's definitions, but for texts and comments, is a reference to it."""
    view = view_of(workspace, DERIVED)
    found = {
        (Path(reference.uri).name, reference.range.start.line)
        for reference in references(view, behind(view, "+ ticket"))
    }
    lines = {
        (Path(path).name, number)
        for path, text in workspace.texts.items()
        for number, line in enumerate(text.split("\n"))
        if "ticket_volume" in line.partition("#")[0]
    }
    assert found == lines


# more fixes


def fixed(view: View, title: str) -> str:
    """The text after the fix of that title."""
    actions = quick_fixes(view, view.text.range(0, len(view.text.text)), NOW)
    [action] = [a for a in actions if a.title == title]
    assert action.edit is not None
    assert action.edit.changes is not None
    [edit] = action.edit.changes[view.uri(view.path)]
    begin, stop = view.text.offset(edit.range.start), view.text.offset(edit.range.end)
    return view.text.text[:begin] + edit.new_text + view.text.text[stop:]


@pytest.mark.parametrize(
    ("path", "old", "new", "title"),
    [
        (FIRST, "unit: minutes", "unit: percent", "Write unit: minutes"),
        ("kpis/csat.yaml", "at_least: 82%", "at_least: 82", "Write 82%"),
        (
            "kpis/csat.yaml",
            " filter (where max_score is not null)",
            "",
            "Write sum(score) filter (where max_score is not null)",
        ),
    ],
)
def test_a_fix_gives_back_what_the_author_wrote(
    workspace: Workspace, path: str, old: str, new: str, title: str
) -> None:
    """Units, signs of per cent and filters of ratios are mended as the finding prints them."""
    view = view_of(workspace, path, (old, new))
    assert fixed(view, title) == workspace.texts[path]

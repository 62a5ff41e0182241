"""What each feature answers over a text and a place in it: pure functions, without a process."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from lsprotocol import types as lsp
from pygls.workspace import PositionCodec

from kpi_framework.history.blame import LineChange
from kpi_framework.load.published import read_published
from kpi_framework.lsp.code_lens import code_lenses
from kpi_framework.lsp.completion import completions
from kpi_framework.lsp.definition import definition, references
from kpi_framework.lsp.diagnostics import diagnostics
from kpi_framework.lsp.hover import Committed, hover
from kpi_framework.lsp.projects import OpenProject
from kpi_framework.lsp.quick_fixes import quick_fixes
from kpi_framework.lsp.view import View
from kpi_framework.workflow.checking.lint import lint_project
from kpi_framework.workflow.editing.committed import committed_file
from kpi_framework.workflow.editing.workspace import Workspace, checked
from kpi_framework.workflow.project import ProjectRoot
from kpi_framework.workflow.run import Options
from tests.lsp.editor import FIRST, UTF16, committed, sample

NOW = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
RULES = Path(__file__).parent.parent / "rules"
SIGNAL = "kpis/signals/quick_response_slow_resolution.yaml"
DERIVED = "kpis/ticket_deflection_rate.yaml"
Edit = Callable[[str], str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's definitions, committed."""
    root = sample(tmp_path_factory.mktemp("features"))
    committed(root)
    return root


@pytest.fixture(scope="module")
def workspace(folder: Path) -> Workspace:
    """The sample as its files are."""
    return Workspace.opened(folder)


def view_of(workspace: Workspace, path: str = FIRST, *replacements: tuple[str, str]) -> View:
    """A file with words replaced, after the project was checked as it is."""
    text = workspace.texts[path]
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new, 1)
    first = checked(workspace, None, NOW)
    state = checked(workspace.with_buffer(path, text), first, NOW) if replacements else first
    return View(state, path, PositionCodec(UTF16))


def behind(view: View, words: str) -> lsp.Position:
    """The position behind some words."""
    return view.text.position(view.text.text.index(words) + len(words))


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


# what is committed


def scorecard(**changes: object) -> str:
    """A scorecard with one judged value of first_response_time."""
    measurement: dict[str, object] = {
        "kpi": "first_response_time", "kind": "kpi", "judged": True,
        "period": {"grain": "month", "start": "2026-10-01", "end": "2026-11-01"}, "segment": {}, "value": 51.5,
        "unit": "minutes", "population": 426, "measured": 420, "excluded": 9, "missing": 6, "interval": None,
        "status": "near", "reason": None, "waived": False, "target": {"at_most": 45, "near": 60, "from": None},
        "baseline": 50.0, "frozen": True, "previous": 49.0, "definition": "sha256:2:0",
    }  # fmt: skip
    return json.dumps({"as_of": "2026-11-06T00:00:00+00:00", "measurements": [{**measurement, **changes}]})


def told(workspace: Workspace, text: str, words: str = "\nid: fir") -> tuple[str, list[str]]:
    """What a hover and the lens say beside a scorecard."""
    view = view_of(workspace)
    about = Committed(read_published(text), committed_file(workspace.folder, FIRST), NOW)
    shown = hover(view, behind(view, words), about)
    assert shown is not None
    assert isinstance(shown.contents, lsp.MarkupContent)
    return shown.contents.value, [lens.command.title for lens in code_lenses(view, about) if lens.command]


@pytest.mark.parametrize("words", ["\nid: fir", "\ntarg", "\nformula", "  at_m"])
def test_hover_tells_the_last_value_and_who_wrote_the_line(workspace: Workspace, words: str) -> None:
    """Value, status, period, counts, as-of; then author, day and subject of the commit."""
    text, _ = told(workspace, scorecard(), words)
    for part in ("51.5 min", "▲ at risk", "October 2026", "420 of 426 rows", "6 missing", "5 November 2026"):
        assert part in text
    assert "Ada" in text
    assert "The project" in text


def test_the_lens_says_it_on_one_line(workspace: Workspace) -> None:
    """Above `id:` stand value, status and period."""
    assert told(workspace, scorecard())[1] == ["51.5 min ▲ at risk · October 2026"]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"target": {"at_most": 90, "near": 99, "from": None}}, "another target"),
        ({"unit": "hours"}, "another unit"),
        ({"period": {"grain": "month", "start": "2026-03-01", "end": "2026-04-01"}}, "earlier period"),
    ],
)
def test_a_stale_value_is_said_to_be_one(workspace: Workspace, changes: dict[str, object], word: str) -> None:
    """A value of another target, unit or an earlier period is never shown as if it were today's."""
    text, [lens] = told(workspace, scorecard(**changes))
    assert word in text
    assert word in lens


NONE = ("", "{", "[]", "{}", '{"as_of": 1, "measurements": []}', "[" * 9_999, '{"as_of": NaN}', scorecard(value="x"))


@pytest.mark.parametrize("text", NONE)
def test_a_scorecard_that_is_none_is_refused(text: str) -> None:
    """Whatever stands in scorecard.json, the answer is a value or one kind of error."""
    with pytest.raises(ValueError, match=r"it is"):
        read_published(text)


def test_what_changed_the_target_last_is_in_the_lens(tmp_path: Path) -> None:
    """A committed change that makes a target easier is told as loosened, with its day and its reason on the line."""
    root = sample(tmp_path)
    repository = committed(root)
    repository.edit(FIRST, ("at_most: 45 min", "at_most: 50 min"))
    repository.commit("An easier target\n\nReason: two posts fall vacant")
    workspace = Workspace.opened(root)
    target = {"target": {"at_most": 50, "near": 60, "from": None}}
    text, [lens] = told(workspace, scorecard(**target), "  at_m")
    assert "Reason: two posts fall vacant" in text
    assert f"target loosened {repository.git('log', '-1', '--format=%ad', '--date=format:%-d %b %Y')}" in lens


def test_a_line_that_is_not_committed_has_no_author(workspace: Workspace) -> None:
    """A line that was typed since is said to be nobody's yet; the others keep theirs, wherever they stand now."""
    file = committed_file(workspace.folder, FIRST)
    assert file is not None
    text = workspace.texts[FIRST].replace("unit: minutes", "# new\nunit: hours")
    lines = text.split("\n")
    assert file.change_of(text, lines.index("unit: hours") + 1) is None
    last = file.change_of(text, lines.index("min_sample: 20") + 1)
    assert isinstance(last, LineChange)
    assert last.author == "Ada"


def test_a_name_of_a_stranger_is_shown_as_text(workspace: Workspace) -> None:
    """A description with markup, and a link in it, is shown as it is written."""
    written = ("description: Time", 'description: "<img src=x> [a](http://b) **Time**')
    view = view_of(workspace, FIRST, written, ("by a person.", 'by a person."'))
    shown = hover(view, behind(view, "\nid: fir"), Committed(None, None, NOW))
    assert shown is not None
    text = str(shown.contents)
    assert "<img" not in text
    assert r"\[a\]" in text.replace("\\\\", "\\")
    assert "**Time**" not in text


def test_a_project_that_is_open_takes_its_files_anew(tmp_path: Path) -> None:
    """What is typed stays over files that change below it."""
    root = sample(tmp_path)
    project = OpenProject(Workspace.opened(root))
    project.type(FIRST, (root / FIRST).as_uri(), "version: 1\n")
    (root / "kpis/csat.yaml").unlink()
    project.reread()
    assert project.workspace.texts[FIRST] == "version: 1\n"
    assert "kpis/csat.yaml" not in project.workspace.texts

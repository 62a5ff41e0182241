"""What is committed about a definition, as an editor tells it: values, statuses, authors, reasons."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lsprotocol import types as lsp
from pygls.workspace import PositionCodec

from kpi_framework.history.blame import LineChange
from kpi_framework.load.published import read_published
from kpi_framework.lsp.code_lens import code_lenses
from kpi_framework.lsp.completion import completions
from kpi_framework.lsp.definition import definition, references
from kpi_framework.lsp.hover import Committed, hover
from kpi_framework.lsp.projects import OpenProject
from kpi_framework.lsp.view import View
from kpi_framework.workflow.editing.committed import committed_file, published
from kpi_framework.workflow.editing.workspace import Workspace, checked
from tests.lsp.editor import FIRST, UTF16, committed, sample
from tests.lsp.views import DERIVED, NOW, SIGNAL, behind, view_of

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


def test_a_file_that_was_never_sound_in_the_editor_is_known_by_its_file(tmp_path: Path) -> None:
    """A text that was broken before anybody looked at it leaves the file's last word in force."""
    root = sample(tmp_path)
    project = OpenProject(Workspace.opened(root))
    project.type(FIRST, (root / FIRST).as_uri(), "id: [")
    view = project.view(SIGNAL, PositionCodec(UTF16))
    assert view.catalog is not None
    assert "first_response_time" in view.catalog.definitions
    assert [f.span.path for f in view.checked.findings] == [FIRST]


def test_a_project_that_is_open_takes_its_files_anew(tmp_path: Path) -> None:
    """What is typed stays over files that change below it."""
    root = sample(tmp_path)
    project = OpenProject(Workspace.opened(root))
    project.type(FIRST, (root / FIRST).as_uri(), "version: 1\n")
    (root / "kpis/csat.yaml").unlink()
    project.reread()
    assert project.workspace.texts[FIRST] == "version: 1\n"
    assert "kpis/csat.yaml" not in project.workspace.texts


# more of what a hover tells


@pytest.mark.parametrize(
    ("path", "words", "parts"),
    [
        (FIRST, "(created", ("timestamp", "When the user opened it", "`opened_at`", "never empty")),
        (FIRST, "formula: medi", ("median(x)", "The middle value")),
        (FIRST, "dataset: tick", ("data/tickets.csv", "One row is one ticket")),
        (FIRST, "segments: [prio", ("text", "critical")),
        (DERIVED, "+ ticket_vol", ("Ticket volume",)),
        (SIGNAL, "and time_to", ("Time to resolution",)),
        ("kpi.yaml", "\n  busin", ("calendar",)),
        ("kpi.yaml", "\n  surv", ("data/surveys.csv",)),
    ],
)
def test_hover_explains_what_a_name_is(workspace: Workspace, path: str, words: str, parts: tuple[str, ...]) -> None:
    """Columns by their contract, functions by the language, datasets by their source, ids by their definition."""
    view = view_of(workspace, path)
    shown = hover(view, behind(view, words), Committed(None, None, NOW))
    assert shown is not None
    assert all(part in str(shown.contents) for part in parts), shown


def test_hover_knows_a_computed_column_and_a_calendar_in_quotes(workspace: Workspace) -> None:
    """A derived column is shown with the SQL that makes it; a name in quotes may be a calendar."""
    config = workspace.texts["kpi.yaml"].replace(
        "    key: ticket_id\n",
        '    key: ticket_id\n    derive: {open_hours: "hours_between(created_at, resolved_at)"}\n',
    )
    text = workspace.texts[FIRST].replace(
        "median(business_minutes(created_at, first_response_at))",
        "median(open_hours) + median(business_minutes(created_at, first_response_at, 'business'))",
    )
    state = checked(workspace.with_buffer("kpi.yaml", config).with_buffer(FIRST, text), None, NOW)
    view = View(state, FIRST, PositionCodec(UTF16))
    for words, part in (("(open_ho", "hours_between(created_at, resolved_at)"), ("'busi", "a calendar")):
        shown = hover(view, behind(view, words), Committed(None, None, NOW))
        assert shown is not None
        assert part in str(shown.contents)
    place = definition(view, behind(view, "'busi"))
    assert place is not None
    assert place.uri.endswith("kpi.yaml")
    assert len(references(view, behind(view, "'busi"))) == 2
    assert "open_hours" in {item.label for item in completions(view, behind(view, "median(open"))}


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({"value": None, "status": "unknown", "reason": "no_data"}, ("unknown",)),
        ({"status": "missed", "waived": True}, ("missed (waived)",)),
        ({"status": "informative", "would_be": "met"}, ("would be met",)),
        ({"target": {"between": [40, 50], "near": [30, 60], "from": "2026-01-01"}}, ("another target",)),
        ({"target": {"at_most": 45, "near": 60, "from": None, "of": "90% of baseline"}}, ("another target",)),
    ],
)
def test_every_kind_of_published_value_is_told(
    workspace: Workspace, changes: dict[str, object], parts: tuple[str, ...]
) -> None:
    """Unknown with why, waived, proposed, a band, a relative target: each in its words."""
    text, _ = told(workspace, scorecard(**changes))
    assert all(part in text for part in parts), text


def test_the_scorecard_is_read_from_the_project_and_through_no_link(tmp_path: Path) -> None:
    """scorecard/scorecard.json is read; a link in its place, and what is no scorecard, are not."""
    folder = tmp_path / "scorecard"
    folder.mkdir()
    assert published(tmp_path) is None
    (folder / "scorecard.json").write_text(scorecard(), encoding="utf-8")
    card = published(tmp_path)
    assert card is not None
    assert list(card.measurements) == ["first_response_time"]
    (folder / "scorecard.json").rename(tmp_path / "elsewhere.json")
    (folder / "scorecard.json").symlink_to(tmp_path / "elsewhere.json")
    assert published(tmp_path) is None

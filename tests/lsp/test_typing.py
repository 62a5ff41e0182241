"""Random edits: whatever is typed, what an editor shows is what a fresh look at the texts would find."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol import types as lsp
from pygls.workspace import PositionCodec

from kpi_framework.load.words import words
from kpi_framework.lsp.actions import actions
from kpi_framework.lsp.completion import completions
from kpi_framework.lsp.cursor import cursor_at
from kpi_framework.lsp.definition import definition, references
from kpi_framework.lsp.diagnostics import diagnostics
from kpi_framework.lsp.hover import Committed, hover
from kpi_framework.lsp.text import Text
from kpi_framework.lsp.view import View
from kpi_framework.workflow.editing.workspace import CheckedWorkspace, Workspace, checked
from tests.lsp.editor import FIRST, ROOT, UTF8, UTF16, Editor, edit, sample

NOW = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
ROUNDS = int(os.environ.get("KPI_EDITS", "60"))
"""How many stories of typing are tried; `make hostile` tries more."""
SAMPLE = Workspace.opened(ROOT)
PATHS = sorted(SAMPLE.texts)
PIECES = ["", " ", "\n", "\r\n", "\r", ":", "x", "'", '"', "{", "}", "[", "]", "#", "- ", "ö", "😀", "\u2028", "\ufeff",
          "median(", "created_at", "csat", "id: ", "version: 1\n", "\ud83d", "\x00", "|\n  ", "&a "]  # fmt: skip
EDITS = st.tuples(
    st.sampled_from(PATHS), st.floats(0, 1), st.integers(0, 12), st.sampled_from(PIECES) | st.text(max_size=4)
)
"""A file, a place in it, how many characters go, and what comes."""


def typed(workspace: Workspace, change: tuple[str, float, int, str]) -> Workspace:
    """The workspace after one edit."""
    path, place, gone, come = change
    text = workspace.texts[path]
    begin = int(place * len(text))
    return workspace.with_buffer(path, text[:begin] + come + text[begin + gone :])


@settings(max_examples=ROUNDS)
@given(st.lists(EDITS, min_size=1, max_size=6))
def test_what_is_shown_after_edits_is_what_a_fresh_look_finds(changes: list[tuple[str, float, int, str]]) -> None:
    """Findings that carry over what did not change equal those of texts that nobody has seen before."""
    workspace = SAMPLE
    state: CheckedWorkspace | None = checked(workspace, None, NOW)
    for change in changes:
        workspace = typed(workspace, change)
        state = checked(workspace, state, NOW)
        assert state.findings == checked(workspace, None, NOW).findings


@settings(max_examples=ROUNDS)
@given(EDITS, EDITS, st.floats(0, 1), st.sampled_from([UTF8, UTF16]))
def test_every_feature_answers_anywhere_in_any_text(
    first: tuple[str, float, int, str], second: tuple[str, float, int, str], place: float, encoding: str
) -> None:
    """No text and no place in it makes a feature fail, and every range it gives lies in its text."""
    workspace = typed(typed(SAMPLE, first), second)
    state = checked(workspace, checked(SAMPLE, None, NOW), NOW)
    view = View(state, second[0], PositionCodec(encoding))
    position = view.text.position(int(place * len(view.text.text)))
    completions(view, position)
    definition(view, position)
    references(view, position)
    hover(view, position, Committed(None, None, NOW))
    actions(view, position)
    for finding in diagnostics(view):
        begin, stop = view.text.offset(finding.range.start), view.text.offset(finding.range.end)
        assert 0 <= begin <= stop <= len(view.text.text)


TEXTS = st.text(st.sampled_from("aö😀\r\n\u2028\t\ufeff: #") | st.characters(), max_size=40)


@given(TEXTS, st.floats(0, 1), st.sampled_from([UTF8, UTF16]))
def test_a_place_goes_to_the_editor_and_comes_back(text: str, place: float, encoding: str) -> None:
    """A place counted in units is the same place again; only the inside of a line break has none."""
    counted = Text(text, PositionCodec(encoding))
    offset = int(place * len(text))
    inside_a_break = text[max(0, offset - 1) : offset + 1] == "\r\n"
    assert inside_a_break or counted.offset(counted.position(offset)) == offset


@given(TEXTS, st.integers(0, 9), st.integers(0, 99), st.sampled_from([UTF8, UTF16]))
def test_any_position_is_a_place_of_the_text(text: str, line: int, character: int, encoding: str) -> None:
    """A position that no text has is one of it all the same, and never inside of a character."""
    counted = Text(text, PositionCodec(encoding))
    assert 0 <= counted.offset(lsp.Position(line, character)) <= len(text)


@given(TEXTS, TEXTS)
def test_the_smallest_edit_makes_the_other_text(before: str, after: str) -> None:
    """Whatever two texts are, the edit between them turns the one into the other."""
    counted = Text(before.replace("\r", ""), PositionCodec(UTF16))
    change = counted.edit_to(after.replace("\r", ""))
    begin, stop = counted.offset(change.range.start), counted.offset(change.range.end)
    assert counted.text[:begin] + change.new_text + counted.text[stop:] == after.replace("\r", "")


@pytest.mark.parametrize("path", PATHS)
def test_the_cursor_agrees_with_the_parser_over_whole_files(path: str) -> None:
    """At the end of every value of the sample the keys above it are those that the parser gives."""
    text = SAMPLE.texts[path]
    for word in words(text):
        if word.is_key or not word.value.strip():
            continue
        names = tuple(step for step in word.path if isinstance(step, str))
        last = word.begin + len(text[word.begin : word.stop].rstrip())
        inside = last - 1 if text[last - 1] in "\"'" else last
        assert cursor_at(text, inside).path == names, text[word.begin : last]


def test_a_long_story_of_typing_ends_with_the_findings_of_its_last_text(tmp_path: Path) -> None:
    """Over the wire: fifty changes within the pause and then a sound text leave no finding behind."""
    folder = sample(tmp_path)
    sound = (folder / FIRST).read_text(encoding="utf-8")

    async def steps(editor: Editor) -> None:
        editor.open(FIRST)
        for end in range(0, len(sound), len(sound) // 50):
            editor.type(FIRST, sound[:end])
        await editor.until(lambda: bool(editor.findings(FIRST)))
        editor.type(FIRST, sound)
        await editor.until(lambda: not editor.findings(FIRST))

    edit(folder, steps)

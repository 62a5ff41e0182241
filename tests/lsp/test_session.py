"""`kpi lsp` over standard input and output: what an editor shows, from the first frame to the last."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from lsprotocol import types as lsp

from tests.lsp.editor import FIRST, UTF8, UTF16, Editor, committed, edit, editing, sample


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The sample's definitions."""
    return sample(tmp_path)


def with_words(folder: Path, *replacements: tuple[str, str], path: str = FIRST) -> str:
    """A file of the project with words replaced."""
    text = (folder / path).read_text(encoding="utf-8")
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new, 1)
    return text


@pytest.mark.parametrize("encodings", [None, [UTF16], [UTF8, UTF16]], ids=["unsaid", "utf-16", "utf-8"])
def test_a_fault_is_shown_where_it_stands_and_its_quick_fix_ends_it(folder: Path, encodings: list[str] | None) -> None:
    """A broken file has a finding with a range; the fix is one edit, after which there is none: in both encodings."""

    async def steps(editor: Editor) -> None:
        broken = with_words(folder, ("do: Move an hour of cover", "do: Move ö😀 #an hour of cover"))
        editor.open(FIRST, broken)
        await editor.until(lambda: bool(editor.findings(FIRST)))
        [finding] = editor.findings(FIRST)
        text = editor.text(FIRST)
        assert text.text[text.offset(finding.range.start) :].startswith("Move ö😀 #an hour")
        [fix] = await editor.fixes(FIRST)
        assert fix.edit is not None
        editor.apply(fix.edit)
        await editor.until(lambda: not editor.findings(FIRST))
        assert 'do: "Move ö😀 #an hour of cover' in editor.texts[FIRST]

    edit(folder, steps, encodings)


@pytest.mark.parametrize(("encodings", "column"), [([UTF16], 25), ([UTF8], 28)], ids=["utf-16", "utf-8"])
def test_what_stands_behind_wide_characters_is_marked_in_the_units_of_the_editor(
    folder: Path, encodings: list[str], column: int
) -> None:
    """`ownr` is the 25th character of its line: 25 units of UTF-16 stand before it, and 28 bytes of UTF-8."""

    async def steps(editor: Editor) -> None:
        head, _, tail = with_words(folder).partition("action:\n")
        rest = tail[tail.index("read_with:") :]
        editor.open(FIRST, f'{head}action: {{do: "ö😀 xy z", ownr: a@example.com}}\n{rest}')
        await editor.until(lambda: "unknown-field" in editor.rules(FIRST))
        [finding] = [f for f in editor.findings(FIRST) if "unknown-field" in str(f.code)]
        assert (finding.range.start.character, finding.range.end.character) == (column, column + len("ownr"))

    edit(folder, steps, encodings)


def test_findings_of_the_whole_project_are_shown_with_unsaved_texts_over_the_files(folder: Path) -> None:
    """What is typed in one file, and not saved, makes a finding in another that nobody has open; taken back, none."""

    async def steps(editor: Editor) -> None:
        other = "kpis/ticket_deflection_rate.yaml"
        metric = "kpis/metrics/ticket_volume.yaml"
        editor.open(metric, with_words(folder, ("id: ticket_volume", "id: volume"), path=metric))
        await editor.until(lambda: bool(editor.findings(other)))
        assert any("ticket_volume" in finding.message for finding in editor.findings(other))
        editor.type(metric, (folder / metric).read_text(encoding="utf-8"))
        await editor.until(lambda: not editor.findings(other))

    edit(folder, steps)


def test_a_closed_file_speaks_for_itself_again(folder: Path) -> None:
    """What was typed and closed without saving leaves no finding."""

    async def steps(editor: Editor) -> None:
        editor.open(FIRST, with_words(folder, ("median(", "medain(")))
        await editor.until(lambda: editor.rules(FIRST) == {"forbidden-function"})
        editor.client.text_document_did_close(lsp.DidCloseTextDocumentParams(editor.document(FIRST)))
        await editor.until(lambda: not editor.findings(FIRST))

    edit(folder, steps)


def test_a_file_that_is_gone_has_no_findings(folder: Path) -> None:
    """A file that had findings and was deleted is cleared once the editor tells of it."""
    (folder / FIRST).write_text(with_words(folder, ("median(", "medain(")), encoding="utf-8")

    async def steps(editor: Editor) -> None:
        await editor.until(lambda: bool(editor.findings(FIRST)))
        (folder / FIRST).unlink()
        event = lsp.FileEvent(editor.uri(FIRST), lsp.FileChangeType.Deleted)
        editor.client.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams([event]))
        await editor.until(lambda: not editor.findings(FIRST) and bool(editor.findings("kpi.yaml")))

    edit(folder, steps)


def test_a_half_valid_file_keeps_its_help(folder: Path) -> None:
    """While a file cannot be parsed, others still know its id, and it is completed and explained itself."""

    async def steps(editor: Editor) -> None:
        editor.open(FIRST)
        broken = with_words(
            folder, ("formula: median(business_minutes(created_at, first_response_at))", "formula: median(cre")
        )
        editor.type(FIRST, broken.replace("name: First response time", "name: {First response"))
        await editor.until(lambda: "yaml-syntax" in editor.rules(FIRST))
        found = await editor.client.text_document_completion_async(
            lsp.CompletionParams(editor.document(FIRST), editor.at(FIRST, "median(cre"))
        )
        assert isinstance(found, list)
        assert "created_at" in {item.label for item in found}
        signal = "kpis/signals/quick_response_slow_resolution.yaml"
        params = lsp.HoverParams(editor.document(signal), editor.at(signal, "  first_resp"))
        editor.open(signal)
        shown = await editor.client.text_document_hover_async(params)
        assert shown is not None
        assert "First response time" in str(shown.contents)
        assert not editor.findings(signal)

    edit(folder, steps)


def test_a_rename_goes_through_all_files_and_is_known_as_one(folder: Path) -> None:
    """The id changes where it is named, `renamed_from` keeps the identity, and no finding comes of it."""
    committed(folder)

    async def steps(editor: Editor) -> None:
        editor.open(FIRST)
        params = lsp.RenameParams(editor.document(FIRST), editor.at(FIRST, "\nid: first"), "reply_time")
        changes = await editor.client.text_document_rename_async(params)
        assert changes is not None
        editor.apply(changes)
        assert "id: reply_time\nrenamed_from: first_response_time\n" in editor.texts[FIRST]
        assert "first_response_time" not in editor.texts["kpi.yaml"]
        assert set(editor.texts) == {
            FIRST,
            "kpi.yaml",
            "baselines/first_response_time.yaml",
            "kpis/signals/quick_response_slow_resolution.yaml",
        }
        assert "kpis/reply_time.yaml" in await editor.said()  # this editor cannot move files

    edit(folder, steps)


def test_what_cannot_be_renamed_is_said(folder: Path) -> None:
    """An id that is taken, and one that no file can have, change nothing."""

    async def steps(editor: Editor) -> None:
        editor.open(FIRST)
        for name in ("csat", "Reply Time"):
            editor.client.messages.clear()
            params = lsp.RenameParams(editor.document(FIRST), editor.at(FIRST, "\nid: first"), name)
            assert await editor.client.text_document_rename_async(params) is None
            assert await editor.said()

    edit(folder, steps)


def test_two_editors_at_once_each_see_their_own_texts(folder: Path) -> None:
    """What is typed in one editor and not saved is nothing to the other."""

    async def run() -> None:
        async with editing(folder) as one, editing(folder, [UTF8]) as other:
            one.open(FIRST, with_words(folder, ("median(", "medain(")))
            other.open(FIRST)
            await one.until(lambda: bool(one.findings(FIRST)))
            params = lsp.HoverParams(other.document(FIRST), other.at(FIRST, "formula: med"))
            assert "median" in str(await other.client.text_document_hover_async(params))
            assert not other.findings(FIRST)

    asyncio.run(run())


@pytest.mark.parametrize("text", ["", "version: [", "version: 1\nname: x\n\x00", "\ud83d"], ids=repr)
def test_a_project_that_cannot_be_read_is_a_finding_and_no_end(folder: Path, text: str) -> None:
    """Whatever kpi.yaml says, also half of a character: its finding is shown, and goes once it can be read."""

    async def steps(editor: Editor) -> None:
        sound = (folder / "kpi.yaml").read_text(encoding="utf-8")
        editor.open("kpi.yaml", text)
        await editor.until(lambda: bool(editor.findings("kpi.yaml")))
        editor.type("kpi.yaml", sound)
        await editor.until(lambda: not editor.findings("kpi.yaml"))

    edit(folder, steps)


def test_a_folder_without_a_project_is_served_in_silence(tmp_path: Path) -> None:
    """A YAML file of something else has no findings and no completions, and one named kpi.yml is told of."""

    async def steps(editor: Editor) -> None:
        (tmp_path / "compose.yaml").write_text("services: {}\n", encoding="utf-8")
        editor.open("compose.yaml")
        params = lsp.CompletionParams(editor.document("compose.yaml"), lsp.Position(0, 4))
        assert await editor.client.text_document_completion_async(params) is None
        assert not editor.client.diagnostics

    edit(tmp_path, steps)


def test_a_file_of_a_megabyte_is_refused_by_a_finding(folder: Path) -> None:
    """A text of more characters than are read has one finding, and the server goes on."""

    async def steps(editor: Editor) -> None:
        editor.open(FIRST, f"# {'x' * 1_000_001}\n")
        await editor.until(lambda: bool(editor.findings(FIRST)))
        assert len(editor.findings(FIRST)) == 1
        editor.type(FIRST, (folder / FIRST).read_text(encoding="utf-8"))
        await editor.until(lambda: not editor.findings(FIRST))

    edit(folder, steps)


def test_a_large_file_that_may_be_read_is_read(folder: Path) -> None:
    """A definition with a comment of nearly a megabyte is checked like any other."""

    async def steps(editor: Editor) -> None:
        comments = "# a line of forty characters and no more\n" * 24_000
        editor.open(FIRST, comments + with_words(folder, ("median(", "medain(")))
        await editor.until(lambda: bool(editor.findings(FIRST)))
        [finding] = editor.findings(FIRST)
        assert finding.range.start.line >= 24_000

    edit(folder, steps)


def test_a_position_inside_of_a_character_is_the_one_before_it(folder: Path) -> None:
    """A hover between the two halves of a face, or far behind a line, answers and breaks nothing."""

    async def steps(editor: Editor) -> None:
        editor.open(FIRST, with_words(folder, ("name: First", "name: 😀First")))
        line = editor.at(FIRST, "name: ").line
        for position in (lsp.Position(line, 7), lsp.Position(line, 9_999), lsp.Position(99_999, 3)):
            await editor.client.text_document_hover_async(lsp.HoverParams(editor.document(FIRST), position))
            params = lsp.CompletionParams(editor.document(FIRST), position)
            await editor.client.text_document_completion_async(params)
        editor.type(FIRST, with_words(folder, ("name: First", "name: \ud83dFirst")))
        await editor.until(lambda: "yaml-syntax" in editor.rules(FIRST))
        editor.type(FIRST, with_words(folder))
        await editor.until(lambda: not editor.findings(FIRST))

    edit(folder, steps)


def test_a_project_behind_a_link_is_one_project(tmp_path: Path) -> None:
    """A folder that is opened through a link has its findings once, at the address that the editor knows."""
    folder = sample(tmp_path / "real")
    link = tmp_path / "link"
    link.symlink_to(folder)

    async def run() -> None:
        async with editing(link) as editor:
            editor.open(FIRST, with_words(folder, ("median(", "medain(")))
            await editor.until(lambda: editor.rules(FIRST) == {"forbidden-function"})
            assert [uri for uri, shown in editor.client.diagnostics.items() if shown] == [(link / FIRST).as_uri()]

    asyncio.run(run())

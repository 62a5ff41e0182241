"""The door of a job's log: whatever is written to it in whatever pieces, a runner finds no command in it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_framework.cli.log import Guarded, as_logged
from kpi_framework.report.words.escape import BREAK
from kpi_framework.report.words.workflow_commands import Commands, inert
from tests.unit.report.reading import obeyed

PIECES = (
    "##[error]x", "##vso[a]b", "##teamcity[a]", "#", "##", "###", "[", "vso[", "v", "so", ":", "::", "::error::x", "\n",
    "\r", "\r\n", " ", "\t", "\u3000", "a", "…", " " * 20, "x" * 20, "",
)  # fmt: skip
written_pieces = st.lists(st.sampled_from(PIECES) | st.text(max_size=5).filter(lambda t: BREAK not in t), max_size=14)


def through(pieces: list[str], stream: io.StringIO | None = None) -> str:
    """What reaches the log of these writes."""
    page = stream or io.StringIO(newline="")
    door = Guarded(page)
    for piece in pieces:
        assert door.write(piece) == len(piece)
    return page.getvalue()


@given(written_pieces)
def test_no_cut_makes_a_command(pieces: list[str]) -> None:
    """However a text is cut into writes, its log has no command, and is the text but for the invisible mark."""
    log = through(pieces)
    assert obeyed(log) == []
    assert log.replace(BREAK, "") == "".join(pieces)


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join), st.data())
def test_where_the_text_is_cut_changes_nothing_else(text: str, data: st.DataObject) -> None:
    """A text without a command passes as it is, whatever the cuts; nothing is held back for a later write."""
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    log = through(pieces)
    assert log.replace(BREAK, "") == text
    assert (log == text) == (inert(text) == text)


@pytest.mark.parametrize(
    "pieces",
    [
        ("kpi: ", "##", "[error]x\n"), ("#", "#", "[error]x"), ("##v", "so", "[x]"), ("\n", "  ", ":", ":error::x"),
        ("a\n:", ":error::x"), ("\r", "::error::x"), ("x", "\n", "\t" * 40, "::error::x"), ("##team", "city[x]"),
    ],
)  # fmt: skip
def test_a_command_of_several_writes_is_broken(pieces: tuple[str, ...]) -> None:
    """A line that is begun in one write and goes on in the next."""
    assert obeyed("".join(pieces))
    assert obeyed(through(list(pieces))) == []


def test_print_and_lines_pass_the_door() -> None:
    """`print` writes its parts one by one; a list of lines is written one by one."""
    page = io.StringIO()
    print("##", "[error]x", "::error::y", sep="", file=Guarded(page))
    Guarded(page).writelines(["::error::x\n", ":", ":error::y\n"])
    assert obeyed(page.getvalue()) == []
    assert page.getvalue().replace(BREAK, "") == "##[error]x::error::y\n::error::x\n::error::y\n"


def test_commands_on_purpose_pass() -> None:
    """What `--format github` writes is taken as it is, and what follows is looked at again."""
    log = through([Commands("::error title=a::b\n"), "::error::c\n", Commands("::notice title=d::e\n")])
    assert obeyed(log) == ["::error title=a::b", "::notice title=d::e"]


def test_an_encoding_without_the_mark_gets_a_blank() -> None:
    """A log in an old code page is no less safe, and writing to it does not fail."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="cp1252", newline="")
    door = Guarded(stream)
    door.write("##[error]x\n  ::error::y\n#")
    door.write("#[error]z")
    door.flush()
    log = raw.getvalue().decode("cp1252")
    assert obeyed(log) == []
    assert log.replace(" ", "") == "##[error]x\n::error::y\n##[error]z"


def test_there_is_no_way_past_the_door() -> None:
    """Bytes are refused as a text stream refuses them; the stream below is not handed out; the rest is the stream's."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    door = Guarded(stream)
    with pytest.raises(TypeError):
        door.write(b"::error::x")  # type: ignore[arg-type]
    for name in ("buffer", "detach"):
        assert not hasattr(door, name)
    assert (door.encoding, door.isatty(), door.writable()) == ("ascii", False, True)


def test_a_pipe_that_output_names_may_be_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a job, text for a pipe or device is broken as the log's is; a file's, and annotations', is exact."""
    text, pipe, file = "##[error]x\n::error::y\n", tmp_path / "pipe", tmp_path / "file"
    os.mkfifo(pipe)
    file.touch()
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert obeyed(as_logged(text, pipe)) == []
    assert as_logged(Commands(text), pipe) == text
    for path in (file, tmp_path / "absent", Path("x" * 5000), Path("\0")):
        assert as_logged(text, path) == text
    monkeypatch.delenv("GITHUB_ACTIONS")
    assert as_logged(text, pipe) == text


# a process of its own


def ended(*words: str, folder: Path, encoding: str = "utf-8", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """`kpi` with this environment alone, as a job starts it."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "SYSTEMROOT", "PYTHONPATH")}
    command = [sys.executable, "-c", "from kpi_framework.cli.start import run; run()", *words]
    environment = {**kept, "PYTHONIOENCODING": encoding, **environment}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False, timeout=120)


@pytest.mark.parametrize(
    ("runner", "encoding"), [("GITHUB_ACTIONS", "utf-8"), ("TF_BUILD", "ascii"), ("TEAMCITY_VERSION", "utf-8")]
)
def test_the_door_stands_in_a_job(runner: str, encoding: str, tmp_path: Path) -> None:
    """Errors, usage errors that quote their arguments, and help pass it, in any encoding, with the same exit code."""
    for words in (("explain", "##[error]x\n::error::x"), ("--project\n::error::x",), ("--help",)):
        free = ended(*words, folder=tmp_path, encoding=encoding)
        guarded = ended(*words, folder=tmp_path, encoding=encoding, **{runner: "true"})
        assert guarded.returncode == free.returncode
        log = (guarded.stdout + guarded.stderr).decode(encoding)
        assert obeyed(log) == []
        mark = BREAK if encoding == "utf-8" else " "
        assert log.replace(mark, "") == (free.stdout + free.stderr).decode(encoding).replace(mark, "")


def test_no_door_stands_outside_a_job(tmp_path: Path) -> None:
    """On a person's terminal, words are words."""
    assert b"there is no rule ##[error]x" in ended("explain", "##[error]x", folder=tmp_path).stderr


def test_a_reader_that_leaves_is_no_traceback(tmp_path: Path) -> None:
    """A pipe that is closed before the payload is written ends the command, as without the door."""
    for environment in ({}, {"GITHUB_ACTIONS": "true"}):
        code = (
            "import os, sys; reader, writer = os.pipe(); os.close(reader); os.dup2(writer, 1)\n"
            "sys.argv = ['kpi', 'rules', '--format', 'json']\n"
            "from kpi_framework.cli.start import run; run()"
        )
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "SYSTEMROOT", "PYTHONPATH")}
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, env=kept | environment, capture_output=True, check=False
        )
        assert done.returncode == 1
        assert b"Traceback" not in done.stderr

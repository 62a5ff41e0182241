"""The process of `kpi lsp`: what it writes, what it opens, and that it ends."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp

from tests.lsp.editor import FIRST, KPI, PATIENCE, Editor, committed, edit, editing, sample

AUDITED = """
import os, sys
def hook(event, arguments):
    if event in ("open", "subprocess.Popen", "os.posix_spawn", "os.fork", "socket.connect"):
        with os.fdopen(os.open({log!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT), "w") as log:
            log.write(event + "\\t" + repr(arguments[:2]) + "\\n")
entered = []
def guarded(event, arguments):
    if not entered:
        entered.append(1)
        try:
            hook(event, arguments)
        finally:
            entered.pop()
sys.addaudithook(guarded)
sys.argv = ["kpi", "lsp"]
from kpi_framework.cli.start import run
run()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The sample's definitions."""
    return sample(tmp_path)


def frame(method: str, number: int | None = None, **params: object) -> bytes:
    """A message as it goes over the wire."""
    message: dict[str, object] = {"jsonrpc": "2.0", "method": method, "params": params}
    body = json.dumps(message if number is None else {**message, "id": number}).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def frames(output: bytes) -> Iterator[dict[str, Any]]:
    """The messages that an output is made of, and nothing else. Raises AssertionError."""
    while output:
        head = re.match(rb"(?:[\w-]+: [^\r\n]+\r\n)+\r\n", output)
        assert head is not None, output[:200]
        length = int(re.search(rb"Content-Length: (\d+)", head[0])[1])  # type: ignore[index]
        yield json.loads(output[head.end() : head.end() + length])
        output = output[head.end() + length :]


def opening(folder: Path, text: str) -> bytes:
    """The frames of an editor that opens a folder and a text in it, asks a little, and leaves."""
    document = {"uri": (folder / FIRST).as_uri(), "languageId": "yaml", "version": 1, "text": text}
    place = {"textDocument": {"uri": document["uri"]}, "position": {"line": 2, "character": 6}}
    return b"".join(
        [
            frame("initialize", 1, processId=None, rootUri=folder.as_uri(), capabilities={}),
            frame("initialized"),
            frame("textDocument/didOpen", textDocument=document),
            frame("textDocument/hover", 2, **place),
            frame("textDocument/codeLens", 3, textDocument=place["textDocument"]),
            frame("textDocument/completion", 4, **place),
        ]
    )


@contextmanager
def running(folder: Path, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server that a test talks to by hand."""
    environment = {**os.environ, "GITHUB_ACTIONS": "true", "PYTHONWARNINGS": "default"}
    with subprocess.Popen(
        command or (str(KPI), "lsp"), cwd=folder, env=environment,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


def answered(process: subprocess.Popen[bytes], messages: bytes, last: int) -> bytes:
    """Send messages, read until the last of them is answered, and leave as the protocol says; all that was written."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(messages)
    process.stdin.flush()
    output = b""
    while b'"id": %d' % last not in output:
        piece = os.read(process.stdout.fileno(), 65_536)
        assert piece, process.stderr.read() if process.stderr else ""
        output += piece
    rest, _ = process.communicate(frame("shutdown", 99) + frame("exit"), timeout=PATIENCE)
    return output + rest


def test_standard_output_holds_frames_and_nothing_else(folder: Path) -> None:
    """The first byte is the protocol's and so is the last, in a job whose log is guarded as well; the end is clean."""
    with running(folder) as process:
        output = answered(process, opening(folder, (folder / FIRST).read_text(encoding="utf-8")), 4)
        assert process.returncode == 0
    messages = list(frames(output))
    assert {m["id"] for m in messages if "id" in m and "result" in m} == {1, 2, 3, 4, 99}
    assert output.startswith(b"Content-Length: ")


GIT = re.compile(r"subprocess\.Popen\t\('(/[\w/.-]*/)?git', \['(/[\w/.-]*/)?git',")


def test_opening_a_folder_reads_no_data_and_starts_no_worker(tmp_path: Path) -> None:
    """With the data, a Parquet source, a scorecard and a path outside beside the definitions: only git is started, and
    no file of data and none outside of the project is opened."""
    folder = sample(tmp_path / "project", with_data=True)
    outside = tmp_path / "outside.csv"
    outside.write_text("a,b\n1,2\n", encoding="utf-8")
    config = folder / "kpi.yaml"
    more = f"  far:\n    source: ../outside.csv\n  packed:\n    source: data/x.parquet\n  own:\n    source: {outside}\n"
    config.write_text(config.read_text(encoding="utf-8") + more, encoding="utf-8")
    shutil.copy(folder / "data" / "costs.csv", folder / "data" / "x.parquet")
    committed(folder)
    log = tmp_path / "log"
    script = AUDITED.format(log=str(log))
    with running(folder, sys.executable, "-c", script) as process:
        answered(process, opening(folder, (folder / FIRST).read_text(encoding="utf-8")), 4)
    lines = log.read_text(encoding="utf-8").splitlines()
    started = [line for line in lines if not line.startswith("open\t")]
    assert started, "the audit saw nothing"
    assert [line for line in started if not GIT.match(line)] == []
    opened = {line.partition("\t")[2] for line in lines if line.startswith("open\t")}
    assert [path for path in opened if "/data/" in path or "outside" in path or ".csv" in path] == []
    assert any("first_response_time.yaml" in path for path in opened), "the audit saw no definition"


def test_an_editor_that_dies_leaves_no_process(tmp_path: Path) -> None:
    """The pipe breaks while a baseline is being computed: the server ends, and its engine with it."""
    folder = sample(tmp_path, with_data=True)
    with running(folder) as process:
        assert process.stdin is not None
        uri = (folder / FIRST).as_uri()
        command = {"command": "kpi.freezeBaseline", "arguments": [uri, "first_response_time"]}
        process.stdin.write(opening(folder, (folder / FIRST).read_text(encoding="utf-8")))
        process.stdin.write(frame("workspace/executeCommand", 5, **command))
        process.stdin.flush()
        end = time.monotonic() + PATIENCE
        while not (children := descendants(process.pid)) and time.monotonic() < end:
            time.sleep(0.01)
        assert children, "no engine was started, though a baseline was asked for"
        process.stdin.close()
        process.wait(PATIENCE)
        while any(map(is_alive, children)) and time.monotonic() < end:
            time.sleep(0.02)
        assert [child for child in children if is_alive(child)] == []


def descendants(pid: int) -> list[int]:
    """The engines beneath a process: what it started in Python."""
    children = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
            command = (stat.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if int(fields[1]) == pid and b"worker" in command:
            children.append(int(stat.parent.name))
    return children


def is_alive(pid: int) -> bool:
    """Whether a process runs, and is no zombie that waits to be counted."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_without_the_extra_it_says_what_to_install(folder: Path, tmp_path: Path) -> None:
    """A package without pygls ends with exit code 2, and the line that installs it."""
    script = (
        "import sys, importlib.util as u; found = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'pygls' else found(name, *a)\n"
        "sys.argv = ['kpi', 'lsp']\n"
        "from kpi_framework.cli.start import run; run()"
    )
    ended = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert 'pip install "kpi-framework[editor]"' in ended.stderr


# what is computed because somebody asked


async def ask(editor: Editor, command: str, *arguments: object) -> object:
    """Run one of the server's commands."""
    params = lsp.ExecuteCommandParams(command, arguments=list(arguments))
    return await editor.client.workspace_execute_command_async(params)


def test_a_baseline_is_frozen_when_somebody_asks(tmp_path: Path) -> None:
    """The command writes the file that `kpi baseline freeze` writes, from saved files alone."""
    folder = sample(tmp_path, with_data=True)
    frozen = folder / "baselines" / "first_response_time.yaml"
    before = frozen.read_text(encoding="utf-8")
    frozen.unlink()

    async def steps(editor: Editor) -> None:
        editor.open(FIRST)
        editor.type(FIRST, editor.texts[FIRST].replace("name: First", "name: The first"))
        await ask(editor, "kpi.freezeBaseline", editor.uri(FIRST), "first_response_time")
        assert "save" in await editor.said()
        assert not frozen.exists()
        editor.type(FIRST, (folder / FIRST).read_text(encoding="utf-8"))
        editor.client.messages.clear()
        await ask(editor, "kpi.freezeBaseline", editor.uri(FIRST), "first_response_time")
        await editor.until(frozen.exists)

    edit(folder, steps)
    assert re.findall(r"value: .*", frozen.read_text(encoding="utf-8")) == re.findall(r"value: .*", before)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("expect: 25 min", "expect: 3 min"),
        ("    expect: 25 min\n", ""),
        ("expect: {value: 10 min, population: 2, measured: 1, missing: 1}", "expect: {value: 1 min, population: 9}"),
    ],
    ids=["another value", "nothing", "several parts"],
)
def test_an_expectation_is_written_as_the_formula_gives_it(folder: Path, old: str, new: str) -> None:
    """Wrong or missing, the example's expectation becomes what its rows give: values that the sample's author wrote."""
    text = (folder / FIRST).read_text(encoding="utf-8")
    number = 3 if "population" in old else 0
    wanted = text.replace(", measured: 1, missing: 1", "") if number else text

    async def steps(editor: Editor) -> None:
        editor.open(FIRST, text.replace(old, new))
        await ask(editor, "kpi.writeExpectation", editor.uri(FIRST), number)
        await editor.until(lambda: editor.texts[FIRST] == wanted)

    edit(folder, steps)


def test_a_reason_is_shown_as_the_line_to_write(folder: Path) -> None:
    """The line begins as `kpi diff` reads it, and says how to give it later."""

    async def steps(editor: Editor) -> None:
        editor.open(FIRST)
        answer = await ask(editor, "kpi.addReason", editor.uri(FIRST), "first_response_time")
        assert "\nReason: " in str(answer)
        assert await editor.said() == answer

    edit(folder, steps)


def test_commands_are_offered_where_they_make_sense(folder: Path) -> None:
    """On the baseline its freezing, in an example its expectation, on the target a reason; on the name nothing."""

    async def offered(editor: Editor, words: str) -> set[str]:
        position = editor.at(FIRST, words)
        context = lsp.CodeActionContext([])
        params = lsp.CodeActionParams(editor.document(FIRST), lsp.Range(position, position), context)
        actions = await editor.client.text_document_code_action_async(params) or ()
        return {action.title.partition(" ")[0] for action in actions}

    async def steps(editor: Editor) -> None:
        editor.open(FIRST)
        assert await offered(editor, "\nbaseline: {from") == {"Freeze", "Add"}
        assert await offered(editor, "name: a weekend") == {"Write"}
        assert await offered(editor, "  at_most: 45") == {"Add"}
        assert await offered(editor, "\nname: First") == set()

    edit(folder, steps)


def test_a_second_folder_of_the_workspace_is_a_project_of_its_own(tmp_path: Path) -> None:
    """An editor that opens a folder above two projects shows the findings of each file in its own."""
    one, other = (sample(tmp_path / name) for name in ("one", "other"))
    for folder in (one, other):
        (folder / FIRST).write_text(
            (folder / FIRST).read_text(encoding="utf-8").replace("median(", "medain("), encoding="utf-8"
        )

    async def run() -> None:
        async with editing(one, root=tmp_path) as editor:
            editor.open(FIRST)
            await editor.until(lambda: editor.rules(FIRST) == {"forbidden-function"})
            assert (other / FIRST).as_uri() not in editor.client.diagnostics

    asyncio.run(run())

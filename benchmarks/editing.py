"""Findings after each pause in an editor, over the wire: from the last key to what the editor is told."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median

from .lint import many
from .table import ROUNDS, Row

_KPIS = 300
_PAUSE = 0.2  # seconds that the server waits for another key
_LENGTH = re.compile(rb"Content-Length: (\d+)\r\n\r\n")


def editing(_rows: int) -> Iterator[Row]:
    """Milliseconds from the end of the pause to the findings of 300 KPIs, after a slip and after its correction."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        many(root, _KPIS)
        seconds = sorted(_answers(root))
    yield Row("kpi lsp, findings of 300 KPIs after the pause, ms", (median(seconds) - _PAUSE) * 1000, 1, "at most", 150)


def _answers(root: Path) -> Iterator[float]:
    path = root / "kpis" / "kpi_7.yaml"
    sound, uri = path.read_text(), path.as_uri()
    broken = sound.replace("avg(", "avgg(")
    command = [str(Path(sys.executable).with_name("kpi")), "lsp"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        _tell(server, "initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": {}}, 1)
        _tell(server, "initialized", {})
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": broken}
        _tell(server, "textDocument/didOpen", {"textDocument": document})
        _published(server, uri)
        for number in range(2 * ROUNDS):
            began = time.perf_counter()
            changed = {"uri": uri, "version": number + 2}
            _tell(
                server, "textDocument/didChange",
                {"textDocument": changed, "contentChanges": [{"text": broken if number % 2 else sound}]},
            )  # fmt: skip
            _published(server, uri)
            yield time.perf_counter() - began
        server.kill()


def _tell(
    server: subprocess.Popen[bytes], method: str, params: Mapping[str, object], number: int | None = None
) -> None:
    message: dict[str, object] = {"jsonrpc": "2.0", "method": method, "params": params}
    body = json.dumps(message if number is None else {**message, "id": number}).encode()
    assert server.stdin is not None
    server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    server.stdin.flush()


def _published(server: subprocess.Popen[bytes], uri: str) -> None:
    """Read until the findings of a file come."""
    assert server.stdout is not None
    while True:
        head = server.stdout.readline() + server.stdout.readline() + server.stdout.readline()
        length = re.search(rb"Content-Length: (\d+)", head)
        if not head.endswith(b"\r\n\r\n"):
            head += server.stdout.readline()
        assert length is not None, head
        message = json.loads(server.stdout.read(int(length[1])))
        if message.get("params", {}).get("uri") == uri:
            return

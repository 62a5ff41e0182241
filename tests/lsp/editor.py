"""An editor, as pytest-lsp plays one: it drives `kpi lsp` as a process over standard input and output."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from lsprotocol import types as lsp
from pygls.workspace import PositionCodec
from pytest_lsp import LanguageClient, make_test_lsp_client

from kpi_framework.lsp.text import Text
from tests.history.repository import Repository

ROOT = Path(__file__).parent.parent.parent
KPI = Path(sys.executable).with_name("kpi")
PATIENCE = 60.0
UTF8, UTF16 = lsp.PositionEncodingKind.Utf8, lsp.PositionEncodingKind.Utf16
FIRST = "kpis/first_response_time.yaml"


def sample(folder: Path, *, with_data: bool = False) -> Path:
    """The sample's definitions in a folder of their own, with its data only where a test computes."""
    for name in ("kpis", "baselines", *(("data",) if with_data else ())):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "kpi.yaml", folder)
    return folder


def committed(folder: Path) -> Repository:
    """A folder as a repository with one commit."""
    repository = Repository(folder)
    repository.git("init", "-q")
    repository.commit("The project")
    return repository


class Editor:
    """A session with open documents. Edits that the server asks for are made in them."""

    def __init__(self, client: LanguageClient, folder: Path, encoding: lsp.PositionEncodingKind | str) -> None:
        self.client = client
        self.folder = folder
        self.codec = PositionCodec(encoding)
        self.versions: dict[str, int] = {}
        self.texts: dict[str, str] = {}

    def uri(self, path: str) -> str:
        """The address of a file of the project."""
        return (self.folder / path).as_uri()

    def path(self, uri: str) -> str:
        """The file of an address, in the project."""
        return uri.removeprefix(f"{self.folder.as_uri()}/")

    def document(self, path: str) -> lsp.TextDocumentIdentifier:
        """A file as requests name it."""
        return lsp.TextDocumentIdentifier(self.uri(path))

    def text(self, path: str) -> Text:
        """A document, counted as this session counts."""
        known = self.texts.get(path)
        return Text((self.folder / path).read_bytes().decode() if known is None else known, self.codec)

    def at(self, path: str, words: str) -> lsp.Position:
        """The position behind some words of a document."""
        text = self.text(path)
        return text.position(text.text.index(words) + len(words))

    def open(self, path: str, text: str | None = None) -> None:
        """Open a file, or a text in its place."""
        self.texts[path] = (self.folder / path).read_bytes().decode() if text is None else text
        self.versions[path] = 1
        document = lsp.TextDocumentItem(self.uri(path), "yaml", 1, self.texts[path])
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(document))

    def type(self, path: str, text: str) -> None:
        """Change an open document to this text."""
        self.texts[path] = text
        self.versions[path] += 1
        document = lsp.VersionedTextDocumentIdentifier(self.versions[path], self.uri(path))
        whole = lsp.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(lsp.DidChangeTextDocumentParams(document, [whole]))

    def findings(self, path: str) -> Sequence[lsp.Diagnostic]:
        """What the editor shows of a file now."""
        return self.client.diagnostics.get(self.uri(path), ())

    def rules(self, path: str) -> set[str]:
        """The rules of these findings."""
        return {str(finding.code).partition(" ")[2] for finding in self.findings(path)}

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds of what the editor shows."""
        async with asyncio.timeout(PATIENCE):
            while not holds():
                await asyncio.sleep(0.02)

    async def said(self) -> str:
        """The last sentence that the server showed, once it has shown one."""
        await self.until(lambda: bool(self.client.messages))
        return self.client.messages[-1].message

    async def fixes(self, path: str) -> list[lsp.CodeAction]:
        """The quick fixes of a file."""
        text = self.text(path)
        params = lsp.CodeActionParams(
            self.document(path),
            text.range(0, len(text.text)),
            lsp.CodeActionContext(list(self.findings(path)), only=[lsp.CodeActionKind.QuickFix]),
        )
        actions = await self.client.text_document_code_action_async(params)
        return [action for action in actions or () if isinstance(action, lsp.CodeAction)]

    def apply(self, edit: lsp.WorkspaceEdit) -> None:
        """Make the edits of texts, as an editor does: positions are those before all of them."""
        for uri, edits in (edit.changes or {}).items():
            path = self.path(uri)
            text = self.text(path)
            changed = text.text
            for one in sorted(edits, key=lambda e: -text.offset(e.range.start)):
                begin, stop = text.offset(one.range.start), text.offset(one.range.end)
                changed = changed[:begin] + one.new_text + changed[stop:]
            self.type(path, changed) if path in self.versions else self.open(path, changed)


@asynccontextmanager
async def editing(
    folder: Path, encodings: Sequence[lsp.PositionEncodingKind | str] | None = None, *, root: Path | None = None
) -> AsyncIterator[Editor]:
    """A session over a folder, from `initialize` to `exit`."""
    client = make_test_lsp_client()
    await client.start_io(str(KPI), "lsp", cwd=str(folder))
    general = lsp.GeneralClientCapabilities(position_encodings=list(encodings)) if encodings else None
    capabilities = lsp.ClientCapabilities(general=general)
    opened = (root or folder).as_uri()
    result = await client.initialize_session(
        lsp.InitializeParams(
            capabilities=capabilities, root_uri=opened, workspace_folders=[lsp.WorkspaceFolder(opened, folder.name)]
        )
    )
    editor = Editor(client, folder, result.capabilities.position_encoding or UTF16)

    @client.feature(lsp.WORKSPACE_APPLY_EDIT)  # type: ignore[untyped-decorator]  # pytest-lsp has no types for it
    def applied(params: lsp.ApplyWorkspaceEditParams) -> lsp.ApplyWorkspaceEditResult:
        editor.apply(params.edit)
        return lsp.ApplyWorkspaceEditResult(applied=True)

    try:
        yield editor
    finally:
        await client.shutdown_session()
        await client.stop()  # type: ignore[no-untyped-call]


Steps = Callable[[Editor], Awaitable[None]]


def edit(folder: Path, steps: Steps, encodings: Sequence[lsp.PositionEncodingKind | str] | None = None) -> None:
    """Run steps in a session over a folder."""

    async def run() -> None:
        async with editing(folder, encodings) as editor:
            await steps(editor)

    asyncio.run(run())

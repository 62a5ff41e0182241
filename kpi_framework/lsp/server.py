"""The server: the protocol's messages → pure functions over a view of one file, and findings after each pause.

All work on a project is done by one thread, one task after the other, beside the loop that reads messages. Documents
come whole with each change: an edit by lines and units, miscounted once, would leave both sides with different texts.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.workspace import PositionCodec

from .. import __version__
from ..model.could_not import CouldNot
from ..model.diagnostic import KpiError
from ..workflow.editing.commands import expected, frozen
from .actions import EXPECT, FREEZE, REASON, actions, reason_message
from .code_lens import code_lenses
from .completion import completions
from .definition import definition, references
from .diagnostics import diagnostics
from .hover import hover
from .projects import OpenProject, Projects, now
from .quick_fixes import quick_fixes
from .rename import RenameError, as_edit, renamable, renaming
from .streams import EditorInput, Frames
from .text import Text
from .view import View

PAUSE = 0.2
"""Seconds without a key before findings are renewed."""
_WATCHED = ("kpi.yaml", "kpis/**/*.{yaml,yml}", "baselines/*.yaml", "scorecard/scorecard.json", ".git/HEAD")

_LOG = logging.getLogger(__name__)

T = TypeVar("T")


class KpiServer(LanguageServer):
    """The server of one editor."""

    def __init__(self) -> None:
        super().__init__("kpi", __version__, lsp.TextDocumentSyncKind.Full)
        self.projects = Projects()
        self.analysis = ThreadPoolExecutor(1, "analysis")
        self.waiting: dict[int, asyncio.Task[None]] = {}

    @property
    def codec(self) -> PositionCodec:
        """How the editor counts characters."""
        return self.workspace.position_codec

    async def work(self, task: Callable[[], T]) -> T:
        """Do something over the projects, after what is being done."""
        return await asyncio.get_running_loop().run_in_executor(self.analysis, task)

    async def over(self, uri: str, task: Callable[[View, OpenProject], T], *, is_fresh: bool = False) -> T | None:
        """The answer of a feature over a file as it is typed; None for a file of no project.

        `is_fresh`: what was typed within the pause has to be checked first.
        """

        def answer() -> T | None:
            place = self.projects.of(uri)
            if place is None:
                return None
            return task(place[0].view(place[1], self.codec, is_fresh=is_fresh), place[0])

        try:
            return await self.work(answer)
        except KpiError as error:  # the project's files cannot be read
            self.window_log_message(lsp.LogMessageParams(lsp.MessageType.Warning, error.message))
            return None

    def renew(self, project: OpenProject, pause: float = PAUSE) -> None:
        """Renew the findings of a project after a pause, unless another change comes before."""
        earlier = self.waiting.pop(id(project), None)
        if earlier is not None:
            earlier.cancel()
        task = asyncio.ensure_future(self._renewed(project, pause))
        task.add_done_callback(self._tell_fault)
        self.waiting[id(project)] = task

    def _tell_fault(self, task: asyncio.Task[None]) -> None:
        """A fault of ours while nobody waits for an answer: it is told, and the server goes on."""
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOG.error("a check failed", exc_info=error)
            self.say(f"kpi could not check the definitions: {type(error).__name__}", lsp.MessageType.Error)

    async def _renewed(self, project: OpenProject, pause: float) -> None:
        await asyncio.sleep(pause)
        # Only the loop writes: frames of two threads could run into each other.
        for params in await self.work(partial(self.renewed, project)):
            self.text_document_publish_diagnostics(params)

    def renewed(self, project: OpenProject) -> list[lsp.PublishDiagnosticsParams]:
        """The findings that the editor does not show yet; what had some and has none any more is cleared."""
        project.check()
        views = [project.view(path, self.codec) for path in project.renewed()]
        return [lsp.PublishDiagnosticsParams(view.uri(view.path), diagnostics(view)) for view in views]

    def say(self, message: str, kind: lsp.MessageType = lsp.MessageType.Info) -> None:
        """Show a sentence to the person."""
        self.window_show_message(lsp.ShowMessageParams(kind, message))


def serve() -> None:
    """Answer an editor over standard input and output until it leaves."""
    logging.basicConfig(level=logging.WARNING)
    server = KpiServer()
    for register in (_documents, _features, _changes, _commands):
        register(server)
    assert Frames.output is not None, "standard output was reserved before anything was imported"
    server.start_io(EditorInput(), Frames.output)  # type: ignore[arg-type]  # it reads lines and bytes, no more is asked


# documents


def _documents(server: KpiServer) -> None:
    @server.feature(lsp.INITIALIZED)
    async def initialized(_params: lsp.InitializedParams) -> None:
        for folder in list(server.workspace.folders.values()):
            try:
                project = await server.work(partial(server.projects.in_folder, folder.uri))
            except KpiError as error:
                server.say(f"{error.message}. {error.hint}", lsp.MessageType.Warning)
                continue
            if project is not None:
                server.renew(project, 0)
        _watch(server)

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    async def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        await _typed(server, params.text_document.uri, 0)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: lsp.DidChangeTextDocumentParams) -> None:
        await _typed(server, params.text_document.uri, PAUSE)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    async def saved(params: lsp.DidSaveTextDocumentParams) -> None:
        await _reread(server, params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    async def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        place = await server.work(partial(_place, server, params.text_document.uri))
        if place is not None:
            await server.work(partial(_quietly, partial(place[0].close, place[1])))
            server.renew(place[0], 0)

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def watched(_params: lsp.DidChangeWatchedFilesParams) -> None:
        for project in list(server.projects.by_folder.values()):
            await server.work(partial(_quietly, project.reread))
            server.renew(project)


def _place(server: KpiServer, uri: str) -> tuple[OpenProject, str] | None:
    try:
        return server.projects.of(uri)
    except KpiError:
        return None


def _quietly(task: Callable[[], object]) -> None:
    """Do something that fails where a project is gone: its findings go with it."""
    try:
        task()
    except KpiError as error:
        _LOG.warning("%s", error.message)


async def _typed(server: KpiServer, uri: str, pause: float) -> None:
    text = server.workspace.get_text_document(uri).source
    project = await server.work(partial(_lay, server, uri, text))
    if project is not None:
        server.renew(project, pause)


def _lay(server: KpiServer, uri: str, text: str) -> OpenProject | None:
    """Lay a text over its file, before whatever is asked next."""
    place = _place(server, uri)
    if place is None:
        return None
    place[0].type(place[1], uri, text)
    return place[0]


async def _reread(server: KpiServer, uri: str) -> None:
    place = await server.work(partial(_place, server, uri))
    if place is not None:
        await server.work(partial(_quietly, place[0].reread))
        server.renew(place[0], 0)


def _watch(server: KpiServer) -> None:
    """Ask to be told of files that change outside of the editor."""
    workspace = server.client_capabilities.workspace
    watching = workspace.did_change_watched_files if workspace else None
    if watching and watching.dynamic_registration:
        watchers = [lsp.FileSystemWatcher(f"**/{glob}") for glob in _WATCHED]
        options = lsp.DidChangeWatchedFilesRegistrationOptions(watchers)
        registration = lsp.Registration("files", lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        server.client_register_capability(lsp.RegistrationParams([registration]))


# features


def _features(server: KpiServer) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=[".", "'", "("]))
    async def complete(params: lsp.CompletionParams) -> list[lsp.CompletionItem] | None:
        return await server.over(params.text_document.uri, lambda view, _: completions(view, params.position))

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    async def explain(params: lsp.HoverParams) -> lsp.Hover | None:
        return await server.over(
            params.text_document.uri,
            lambda view, project: hover(view, params.position, project.committed(view.path)),
        )

    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    async def define(params: lsp.DefinitionParams) -> lsp.Location | None:
        return await server.over(params.text_document.uri, lambda view, _: definition(view, params.position))

    @server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    async def refer(params: lsp.ReferenceParams) -> list[lsp.Location] | None:
        return await server.over(params.text_document.uri, lambda view, _: references(view, params.position))

    @server.feature(lsp.TEXT_DOCUMENT_CODE_LENS)
    async def lens(params: lsp.CodeLensParams) -> list[lsp.CodeLens] | None:
        return await server.over(
            params.text_document.uri, lambda view, project: code_lenses(view, project.committed(view.path))
        )


# changes of texts


def _changes(server: KpiServer) -> None:
    kinds = lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix, lsp.CodeActionKind.Empty])

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, kinds)
    async def act(params: lsp.CodeActionParams) -> list[lsp.CodeAction] | None:
        def offered(view: View, _project: OpenProject) -> list[lsp.CodeAction]:
            fixes = quick_fixes(view, params.range, now())
            only = params.context.only
            return fixes if only and lsp.CodeActionKind.Empty not in only else fixes + actions(view, params.range.start)

        return await server.over(params.text_document.uri, offered, is_fresh=True)

    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    async def prepare(params: lsp.PrepareRenameParams) -> lsp.Range | None:
        return await server.over(params.text_document.uri, lambda view, _: renamable(view, params.position))

    @server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    async def rename(params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        can_move = _can_move(server)

        def renamed(view: View, _project: OpenProject) -> tuple[lsp.WorkspaceEdit, dict[str, str]]:
            result = renaming(view, params.position, params.new_name, now())
            return as_edit(view, result, can_move=can_move), result.moved

        try:
            answer = await server.over(params.text_document.uri, renamed, is_fresh=True)
        except RenameError as error:
            server.say(str(error), lsp.MessageType.Error)
            return None
        if answer is not None and not can_move:
            server.say(f"Rename the files, too: {', '.join(f'{a} → {b}' for a, b in answer[1].items())}")
        return answer[0] if answer is not None else None


def _can_move(server: KpiServer) -> bool:
    workspace = server.client_capabilities.workspace
    edit = workspace.workspace_edit if workspace else None
    kinds = edit.resource_operations if edit else None
    return lsp.ResourceOperationKind.Rename in (kinds or ())  # which come by document changes alone


# commands


def _commands(server: KpiServer) -> None:
    @server.command(FREEZE)
    async def freeze_baseline(uri: str, kpi_id: str) -> None:
        place = await server.work(partial(_place, server, uri))
        if place is not None and _is_saved(server, place[0]):
            await _told(server, partial(frozen, place[0].workspace.folder, kpi_id, now()))
            await _reread(server, uri)

    @server.command(REASON)
    async def add_reason(_uri: str, kpi_id: str) -> str:
        message = reason_message(kpi_id)
        server.say(message)
        return message

    @server.command(EXPECT)
    async def write_expectation(uri: str, number: int) -> None:
        place = await server.work(partial(_place, server, uri))
        if place is None:
            return
        project, path = place
        begun = project.workspace
        answer = await asyncio.to_thread(expected, begun, path, number, now())
        if isinstance(answer, CouldNot):
            server.say(f"The expectation is not known: {answer.why}", lsp.MessageType.Warning)
            return
        if project.workspace.texts.get(path) != begun.texts.get(path):
            server.say("The text has changed meanwhile: ask again.", lsp.MessageType.Warning)
            return
        edit = Text(begun.texts.get(path, ""), server.codec).edit_to(answer)
        params = lsp.ApplyWorkspaceEditParams(lsp.WorkspaceEdit(changes={uri: [edit]}), "Write the expectation")
        server.workspace_apply_edit(params)


def _is_saved(server: KpiServer, project: OpenProject) -> bool:
    """Whether the files say what the editor shows; a baseline is frozen from files."""
    unsaved = project.workspace.unsaved
    if unsaved:
        server.say(f"First save {', '.join(sorted(unsaved))}: a baseline is frozen from the files.")
    return not unsaved


async def _told(server: KpiServer, task: Callable[[], str]) -> None:
    """Say what a task came to, or why it could not be done."""
    try:
        server.say(await asyncio.to_thread(task))
    except KpiError as error:
        server.say(f"{error.message}. {error.hint}", lsp.MessageType.Warning)

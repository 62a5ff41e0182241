"""Documents that are opened, typed, saved and closed, and files that change outside of the editor.

Documents come whole with each change: an edit by lines and units, miscounted once, would leave both sides with
different texts.
"""

from __future__ import annotations

from functools import partial

from lsprotocol import types as lsp

from ..model.diagnostic import KpiError
from .projects import OpenProject
from .session import PAUSE, KpiServer, project_of, quietly, reread

_WATCHED = ("kpi.yaml", "kpis/**/*.{yaml,yml}", "baselines/*.yaml", "scorecard/scorecard.json")


def documents(server: KpiServer) -> None:
    """Take the messages about documents."""

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    async def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        await _typed(server, params.text_document.uri, 0)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: lsp.DidChangeTextDocumentParams) -> None:
        await _typed(server, params.text_document.uri, PAUSE)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    async def saved(params: lsp.DidSaveTextDocumentParams) -> None:
        await reread(server, params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    async def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        place = await server.work(partial(project_of, server, params.text_document.uri))
        if place is not None:
            await server.work(partial(quietly, partial(place[0].close, place[1])))
            server.renew(place[0], 0)


def folders(server: KpiServer) -> None:
    """Take the folders that an editor opens, and what happens in them."""

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

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def watched(_params: lsp.DidChangeWatchedFilesParams) -> None:
        for project in list(server.projects.by_folder.values()):
            await server.work(partial(quietly, project.reread))
            server.renew(project)


async def _typed(server: KpiServer, uri: str, pause: float) -> None:
    text = server.workspace.get_text_document(uri).source
    project = await server.work(partial(_lay, server, uri, text))
    if project is not None:
        server.renew(project, pause)


def _lay(server: KpiServer, uri: str, text: str) -> OpenProject | None:
    """Lay a text over its file, before whatever is asked next."""
    place = project_of(server, uri)
    if place is None:
        return None
    place[0].type(place[1], uri, text)
    return place[0]


def _watch(server: KpiServer) -> None:
    """Ask to be told of files that change outside of the editor."""
    workspace = server.client_capabilities.workspace
    watching = workspace.did_change_watched_files if workspace else None
    if watching and watching.dynamic_registration:
        watchers = [lsp.FileSystemWatcher(f"**/{glob}") for glob in _WATCHED]
        options = lsp.DidChangeWatchedFilesRegistrationOptions(watchers)
        registration = lsp.Registration("files", lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        server.client_register_capability(lsp.RegistrationParams([registration]))

"""The commands of the server: what computes something, because a person asked for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from lsprotocol import types as lsp

from ..model.could_not import CouldNot
from ..model.diagnostic import KpiError
from ..workflow.editing.commands import expected, frozen
from .actions import EXPECT, FREEZE, REASON, reason_message
from .projects import OpenProject, now
from .session import KpiServer, project_of, reread
from .text import Text


def commands(server: KpiServer) -> None:
    """Do what a person asks for by name."""

    @server.command(FREEZE)
    async def freeze_baseline(uri: str, kpi_id: str) -> None:
        place = await server.work(partial(project_of, server, uri))
        if place is not None and _is_saved(server, place[0]):
            await _told(server, partial(frozen, place[0].workspace.folder, kpi_id, now()))
            await reread(server, uri)

    @server.command(REASON)
    async def add_reason(_uri: str, kpi_id: str) -> str:
        message = reason_message(kpi_id)
        server.say(message)
        return message

    @server.command(EXPECT)
    async def write_expectation(uri: str, number: int) -> None:
        place = await server.work(partial(project_of, server, uri))
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

"""One editor's session: its projects, the thread that works on them, and what is told to it.

All work on a project is done by one thread, one task after the other, beside the loop that reads and writes messages.
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
from ..model.diagnostic import KpiError
from .diagnostics import diagnostics
from .projects import OpenProject, Projects
from .view import View

PAUSE = 0.2
"""Seconds without a key before findings are renewed."""
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
        # From here on it is not put off any more: what counts as shown has to be sent.
        self.waiting.pop(id(project), None)
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


def project_of(server: KpiServer, uri: str) -> tuple[OpenProject, str] | None:
    """The project of a document and its path there; None for any other document, and where it cannot be read."""
    try:
        return server.projects.of(uri)
    except KpiError:
        return None


def quietly(task: Callable[[], object]) -> None:
    """Do something that fails where a project is gone: its findings go with it."""
    try:
        task()
    except KpiError as error:
        _LOG.warning("%s", error.message)


async def reread(server: KpiServer, uri: str) -> None:
    """Take the files of a document's project anew, and renew its findings."""
    place = await server.work(partial(project_of, server, uri))
    if place is not None:
        await server.work(partial(quietly, place[0].reread))
        server.renew(place[0], 0)

"""The server: the protocol's messages → pure functions over a view of one file, and findings after each pause."""

from __future__ import annotations

import logging

from .commands import commands
from .documents import documents, folders
from .features import changes, features
from .session import KpiServer
from .streams import EditorInput, Frames


def serve() -> None:
    """Answer an editor over standard input and output until it leaves."""
    logging.basicConfig(level=logging.WARNING)
    server = KpiServer()
    for register in (folders, documents, features, changes, commands):
        register(server)
    assert Frames.output is not None, "standard output was reserved before anything was imported"
    server.start_io(EditorInput(), Frames.output)  # type: ignore[arg-type]  # it reads lines and bytes, no more is asked

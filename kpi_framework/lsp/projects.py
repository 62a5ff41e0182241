"""The projects that are open in an editor: what is typed in them, what was found, what is committed about them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from pygls.uris import to_fs_path
from pygls.workspace import PositionCodec

from ..load.published import PublishedScorecard
from ..model.diagnostic import Diagnostic, KpiError
from ..model.record import replace
from ..workflow.editing.committed import SCORECARD, CommittedFile, committed_file, head, published
from ..workflow.editing.workspace import CheckedWorkspace, Workspace, checked, project_path
from ..workflow.project import find_project
from .hover import Committed
from .view import View


def now() -> dt.datetime:
    """The clock."""
    return dt.datetime.now(dt.UTC)


@dataclass
class OpenProject:
    """One project: the texts as they are typed, and the last check of them."""

    workspace: Workspace
    last: CheckedWorkspace | None = None
    uris: dict[str, str] = field(default_factory=dict)
    """The addresses of the files that the editor has open, by path."""
    shown: dict[str, tuple[str, tuple[Diagnostic, ...]]] = field(default_factory=dict)
    """What the editor shows of each file: findings, and the text that they are marked in."""
    _scorecard: tuple[tuple[int, int], PublishedScorecard | None] | None = None
    _files: dict[str, tuple[str | None, CommittedFile | None]] = field(default_factory=dict)

    def check(self) -> CheckedWorkspace:
        """Check the texts as they are now; what cannot be read is known by its file, if that could."""
        if self.last is None and self.workspace.buffers:
            self.last = checked(replace(self.workspace, buffers={}), None, now())
        self.last = checked(self.workspace, self.last, now())
        return self.last

    def renewed(self) -> list[str]:
        """The files of which the editor has to show something else than it does, from now on shown as checked."""
        state = self.last or self.check()
        texts = state.workspace.texts
        wanted = {path: (texts.get(path, ""), findings) for path, findings in state.by_path.items()}
        changed = [path for path in {**self.shown, **wanted} if self.shown.get(path) != wanted.get(path)]
        self.shown = wanted
        return changed

    def view(self, path: str, codec: PositionCodec, *, is_fresh: bool = False) -> View:
        """A file as it is typed, in the project as it was checked last; `is_fresh`: as it is now."""
        is_last = self.last is not None and (not is_fresh or self.last.workspace is self.workspace)
        state = self.last if is_last and self.last is not None else self.check()
        return View(replace(state, workspace=self.workspace), path, codec, dict(self.uris))

    def type(self, path: str, uri: str, text: str) -> None:
        """Lay a text over a file."""
        self.uris[path] = uri
        self.workspace = self.workspace.with_buffer(path, text)

    def close(self, path: str) -> None:
        """The file speaks for itself again. Raises KpiError."""
        self.uris.pop(path, None)
        self.workspace = self.workspace.with_buffer(path, None)
        self.reread()

    def reread(self) -> None:
        """Take the files anew; what is in the editor stays over them. Raises KpiError."""
        self.workspace = Workspace.opened(self.workspace.folder, self.workspace.buffers)

    def committed(self, path: str) -> Committed:
        """What is committed about a file. It is read anew where it has changed."""
        return Committed(self._published(), self._committed_file(path), now())

    def _published(self) -> PublishedScorecard | None:
        try:
            about = (self.workspace.folder / SCORECARD).lstat()
        except OSError:
            return None
        if self._scorecard is None or self._scorecard[0] != (about.st_mtime_ns, about.st_size):
            self._scorecard = (about.st_mtime_ns, about.st_size), published(self.workspace.folder)
        return self._scorecard[1]

    def _committed_file(self, path: str) -> CommittedFile | None:
        commit = head(self.workspace.folder)
        if path not in self._files or self._files[path][0] != commit:
            self._files[path] = commit, committed_file(self.workspace.folder, path)
        return self._files[path][1]


@dataclass
class Projects:
    """Every project with a file in the editor, by its folder."""

    by_folder: dict[Path, OpenProject] = field(default_factory=dict)

    def of(self, uri: str) -> tuple[OpenProject, str] | None:
        """The project that a document belongs to and its path there; None for any other document."""
        path = file_path(uri)
        if path is None:
            return None
        try:
            folder = find_project(None, path.parent)
        except KpiError:
            return None
        inside = project_path(folder, path)
        return (self.opened(folder), inside) if inside is not None else None

    def in_folder(self, uri: str) -> OpenProject | None:
        """The project of a folder that an editor opens, if kpi.yaml stands right there."""
        folder = file_path(uri)
        if folder is None or not (folder / "kpi.yaml").is_file():
            return None
        return self.opened(folder.resolve())

    def opened(self, folder: Path) -> OpenProject:
        """A project, read where it was not open yet."""
        if folder not in self.by_folder:
            self.by_folder[folder] = OpenProject(Workspace.opened(folder))
        return self.by_folder[folder]


def file_path(uri: str) -> Path | None:
    """The file that an address names, links in its folder resolved; None for what is no file, as `untitled:`."""
    path = to_fs_path(uri)
    if not uri.startswith("file:") or not path:
        return None
    try:
        return Path(path).parent.resolve() / Path(path).name
    except (OSError, ValueError):  # over-long, or a NUL
        return None

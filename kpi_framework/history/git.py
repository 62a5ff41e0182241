"""Git, asked and not believed: no replaced objects, no configured programs, no revision that is an option.

Every call reads; nothing here writes to a repository.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ..model.diagnostic import KpiError
from ..model.record import Record

_SAFE = (
    "-c", "core.quotepath=false", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null",
    "-c", "log.showSignature=false", "-c", "diff.external=", "-c", "core.pager=cat",
)  # fmt: skip
_ENVIRONMENT = {
    "GIT_NO_REPLACE_OBJECTS": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C.UTF-8",
    "GIT_NO_LAZY_FETCH": "1",
}  # fmt: skip
_LONG = 600
_LINK = "120000"
"""The mode of a symbolic link."""


class Listing(Record):
    """What a commit has under some paths of the project: files by their object names, and links."""

    blobs: Mapping[str, str]
    links: tuple[str, ...]


class Repository(Record):
    """A git repository, and where in it the project stands (`prefix`, empty or ending in a slash)."""

    root: Path
    prefix: str = ""

    def run(self, *arguments: str, stdin: bytes | None = None) -> bytes:
        """What a git command prints. Raises KpiError with git's first line where it fails."""
        command = ["git", "-C", str(self.root), *_SAFE, *arguments]
        try:
            done = subprocess.run(  # noqa: S603 - our own words and checked revisions
                command,
                input=stdin,
                capture_output=True,
                timeout=_LONG,
                check=False,
                env={**os.environ, **_ENVIRONMENT},
            )
        except FileNotFoundError:
            raise KpiError("git is not installed", "Install git: the history is read from it.") from None
        except OSError as error:
            raise KpiError(f"git {arguments[0]} cannot be run: {error.strerror}", "Run the command again.") from error
        except subprocess.TimeoutExpired:
            raise KpiError(f"git {arguments[0]} took too long", "Is the repository on a slow disk?") from None
        if done.returncode != 0:
            lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise KpiError(f"git {arguments[0]} failed: {lines[0][:200] if lines else done.returncode}")
        return done.stdout

    def text(self, *arguments: str) -> str:
        """What a git command prints, as text."""
        return self.run(*arguments).decode("utf-8", "replace")

    def commit(self, revision: str) -> str:
        """The full name of the commit a revision stands for. Raises KpiError."""
        if revision.startswith("-") or not revision.strip() or any(ord(c) < ord(" ") for c in revision):
            raise KpiError(f"{revision!r} is not a revision", "Name a commit, a branch or a tag.")
        try:
            return self.text("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").strip()
        except KpiError:
            hint = (
                "Run `git fetch --unshallow`: a shallow clone has no old commits."
                if self.is_shallow
                else "See `git log --oneline`."
            )
            raise KpiError(f"there is no revision {revision}", hint) from None

    @property
    def is_shallow(self) -> bool:
        """Whether the clone lacks history."""
        return self.text("rev-parse", "--is-shallow-repository").strip() == "true"

    def listing(self, commit: str, paths: Sequence[str]) -> Listing:
        """The files and links under some paths of the project at a commit, by their path in the project."""
        listed = self.run("ls-tree", "-r", "-z", "--full-tree", commit, "--", *(self.prefix + p for p in paths))
        blobs, links = {}, []
        for line in filter(None, listed.split(b"\0")):
            about, _, path = line.partition(b"\t")
            mode, kind, name = about.decode().split()
            if mode == _LINK:
                links.append(_decoded(path).removeprefix(self.prefix))
            elif kind == "blob":
                blobs[_decoded(path).removeprefix(self.prefix)] = name
        return Listing(blobs, tuple(links))

    def blobs(self, commit: str, paths: Sequence[str]) -> Mapping[str, str]:
        """The files under some paths of the project at a commit, no links: path in the project → object name."""
        return self.listing(commit, paths).blobs

    def contents(self, names: Iterable[str]) -> dict[str, bytes]:
        """The bytes of objects, in one call."""
        wanted = list(dict.fromkeys(names))
        if not wanted:
            return {}
        answer = self.run("cat-file", "--batch", stdin="".join(f"{n}\n" for n in wanted).encode())
        contents, at = {}, 0
        for name in wanted:
            line_end = answer.index(b"\n", at)
            size = int(answer[at:line_end].split()[2])
            contents[name] = answer[line_end + 1 : line_end + 1 + size]
            at = line_end + 1 + size + 1
        return contents

    def texts(self, blobs: Mapping[str, str]) -> dict[str, str]:
        """The texts of files by their object names; what is no UTF-8 stands as surrogates."""
        contents = self.contents(blobs.values())
        return {path: _decoded(contents[name]) for path, name in blobs.items()}


def _decoded(content: bytes) -> str:
    return content.decode("utf-8", errors="surrogateescape")


def find_repository(folder: Path) -> Repository:
    """The repository a project stands in. Raises KpiError."""
    try:
        top = Repository(folder).text("rev-parse", "--show-toplevel").strip()
    except KpiError as error:
        if "not installed" in error.message:
            raise
        raise KpiError(f"{folder} is not in a git repository", "Run `git init` and commit the project.") from None
    inside = folder.resolve().relative_to(Path(top).resolve()).as_posix()
    return Repository(Path(top), "" if inside == "." else f"{inside}/")


def trailers(lines: str) -> Mapping[str, tuple[str, ...]]:
    """The trailers of a commit message as git gives them, a `Key: value` a line."""
    values: dict[str, tuple[str, ...]] = {}
    for line in lines.splitlines():
        key, colon, value = line.partition(":")
        if colon:
            values[key.strip().lower()] = (*values.get(key.strip().lower(), ()), value.strip())
    return values

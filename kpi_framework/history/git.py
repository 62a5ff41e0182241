"""A repository as its objects tell it: commits, trees and files, each checked against its name.

Every call reads; nothing here writes to a repository.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ..model.diagnostic import KpiError
from ..model.record import Record
from .git_process import GitFolder, git_folder, of_index, of_names, of_objects

LINK, SUBMODULE = "120000", "160000"
"""The modes of a symbolic link and of a submodule."""
UNSHALLOW = "Run `git fetch --unshallow`: a shallow clone has no old commits."
_SHA256_NAME = 64


class Listing(Record):
    """What a commit has under some paths of the project: files by their object names, links, and submodules."""

    blobs: Mapping[str, str]
    links: tuple[str, ...]
    submodules: tuple[str, ...] = ()


class Repository(Record):
    """A git repository, and where in it the project stands (`prefix`, empty or ending in a slash)."""

    root: Path
    prefix: str
    folder: GitFolder

    def run(self, *arguments: str, stdin: bytes | None = None) -> bytes:
        """What a git command prints that looks at objects alone. Raises KpiError with git's first line."""
        return of_objects(self.folder, *arguments, stdin=stdin)

    def text(self, *arguments: str) -> str:
        """The same, as text."""
        return self.run(*arguments).decode("utf-8", "replace")

    def names(self, *arguments: str) -> str:
        """What a git command prints of the names of commits, such as branches. Raises KpiError."""
        return of_names(self.folder, self.root, *arguments).decode("utf-8", "replace")

    def index(self, *arguments: str) -> bytes:
        """What a git command prints of the index. Raises KpiError."""
        return of_index(self.folder, self.root, *arguments)

    def commit(self, revision: str) -> str:
        """The full name of the commit a revision stands for. Raises KpiError."""
        if revision.startswith("-") or not revision.strip() or any(ord(c) < ord(" ") for c in revision):
            raise KpiError(f"{revision!r} is not a revision", "Name a commit, a branch or a tag.")
        words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        try:
            return of_names(self.folder, self.root, *words).decode().strip()
        except KpiError:
            hint = UNSHALLOW if self.is_shallow else "See `git log --oneline`."
            raise KpiError(f"there is no revision {revision}", hint) from None

    @property
    def is_shallow(self) -> bool:
        """Whether the clone lacks history."""
        return self.folder.is_shallow

    def refuse_shallow(self) -> None:
        """A shallow clone lacks what a history should tell. Raises KpiError."""
        if self.is_shallow:
            raise KpiError("this clone is shallow: old commits are missing", UNSHALLOW)

    def behind(self, commit: str) -> tuple[str, ...]:
        """A commit and all that it builds on. Raises KpiError."""
        return tuple(self.text("rev-list", commit).split())

    def listing(self, commit: str, paths: Sequence[str]) -> Listing:
        """The files, links and submodules under some paths of the project at a commit, by their path in it."""
        listed = self.run("ls-tree", "-r", "-z", "--full-tree", commit, "--", *(self.prefix + p for p in paths))
        blobs: dict[str, str] = {}
        others: dict[str, list[str]] = {LINK: [], SUBMODULE: []}
        for line in filter(None, listed.split(b"\0")):
            about, _, name = line.partition(b"\t")
            mode, _, blob = about.decode().split()
            path = _decoded(name).removeprefix(self.prefix)
            if mode in others:
                others[mode].append(path)
            else:
                blobs[path] = blob
        return Listing(blobs, tuple(others[LINK]), tuple(others[SUBMODULE]))

    def blobs(self, commit: str, paths: Sequence[str]) -> Mapping[str, str]:
        """The files under some paths of the project at a commit, no links: path in the project → object name."""
        return self.listing(commit, paths).blobs

    def contents(self, names: Iterable[str]) -> dict[str, bytes]:
        """The bytes of objects, in one call. Raises KpiError for one that is missing, or not what its name says."""
        wanted = list(dict.fromkeys(names))
        if not wanted:
            return {}
        answer = self.run("cat-file", "--batch", stdin="".join(f"{n}\n" for n in wanted).encode())
        contents, at = {}, 0
        for name in wanted:
            line_end = answer.index(b"\n", at)
            about = answer[at:line_end].split()
            if len(about) != len(("name", "kind", "size")):
                raise KpiError(f"this clone lacks the object {name}", "Clone the repository again, without --filter.")
            content = answer[line_end + 1 : line_end + 1 + int(about[2])]
            _refuse_other(name, about[1], content)
            contents[name] = content
            at = line_end + 1 + len(content) + 1
        return contents

    def texts(self, blobs: Mapping[str, str]) -> dict[str, str]:
        """The texts of files by their object names; what is no UTF-8 stands as surrogates."""
        contents = self.contents(blobs.values())
        return {path: _decoded(contents[name]) for path, name in blobs.items()}


def blob_name(content: bytes, like: str) -> str:
    """The name that git gives a file of these bytes, in the form of another object's name."""
    return _name(b"blob", content, like)


def _name(kind: bytes, content: bytes, like: str) -> str:
    algorithm = "sha256" if len(like) == _SHA256_NAME else "sha1"
    return hashlib.new(algorithm, b"%s %d\0" % (kind, len(content)) + content, usedforsecurity=False).hexdigest()


def _refuse_other(name: str, kind: bytes, content: bytes) -> None:
    if _name(kind, content, name) != name:
        raise KpiError(f"the object {name} is not what its name says", "The clone is damaged: see `git fsck --full`.")


def _decoded(content: bytes) -> str:
    return content.decode("utf-8", errors="surrogateescape")


def find_repository(folder: Path) -> Repository:
    """The repository a project stands in. Raises KpiError."""
    inside = folder.resolve()
    for top in (inside, *inside.parents):
        if git := git_folder(top):
            path = inside.relative_to(top).as_posix()
            return Repository(top, "" if path == "." else f"{path}/", git)
    raise KpiError(f"{folder} is not in a git repository", "Run `git init` and commit the project.")

"""git as a process that believes nothing but objects.

Objects are read through an empty repository of our own, which borrows the object store of the real one: it has no
configuration, no grafts, no replace refs, no hooks, no attributes, and no remote to fetch from. The real repository is
asked for one thing, which commit a name stands for; nothing that its configuration names is started for that.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

from ..model.diagnostic import KpiError
from ..model.record import Record

_LONG = 600
_SHA256_FORMAT = re.compile(rb"^\s*objectformat\s*=\s*sha256\s*$", re.IGNORECASE | re.MULTILINE)
_CAUTION = (
    "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "core.commitGraph=false",
    "-c", "core.sshCommand=false", "-c", "core.askPass=", "-c", "credential.helper=", "-c", "protocol.allow=never",
    "-c", "advice.graftFileDeprecated=false",
)  # fmt: skip
_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_SYSTEM": os.devnull, "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1", "GIT_GRAFT_FILE": os.devnull, "GIT_NO_REPLACE_OBJECTS": "1", "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C.UTF-8",
}  # fmt: skip


class GitFolder(Record):
    """Where a repository keeps what: `own` has HEAD and the index, `common` the objects (a worktree shares them)."""

    own: Path
    common: Path

    @property
    def is_sha256(self) -> bool:
        """Whether its objects are named by SHA-256."""
        return bool(_SHA256_FORMAT.search(_bytes(self.common / "config")))

    @property
    def is_shallow(self) -> bool:
        """Whether it lacks old commits."""
        return bool(_bytes(self.common / "shallow").strip())


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def git_folder(folder: Path) -> GitFolder | None:
    """The git folder of a working tree whose top this is; None where it is no top."""
    place = folder / ".git"
    if place.is_file():
        target = _bytes(place).decode("utf-8", "surrogateescape").removeprefix("gitdir:").strip()
        place = folder / target
    shared = _bytes(place / "commondir").decode("utf-8", "surrogateescape").strip()
    common = place / shared if shared else place
    is_git = os.path.lexists(place / "HEAD") and (common / "objects").is_dir()
    return GitFolder(place.resolve(), common.resolve()) if is_git else None


def of_objects(git: GitFolder, *arguments: str, stdin: bytes | None = None) -> bytes:
    """What a git command prints that looks at objects alone. Raises KpiError with git's first line where it fails."""
    with _borrowed(git) as room:
        return _run(room, {"GIT_DIR": str(room)}, arguments, stdin)


def of_names(git: GitFolder, top: Path, *arguments: str) -> bytes:
    """What a git command prints that has to look up names or the index of the real repository. Raises KpiError."""
    return _run(top, {"GIT_DIR": str(git.own)}, arguments, None)


def of_index(git: GitFolder, top: Path, *arguments: str) -> bytes:
    """What a git command prints of the index of the real repository, without its configuration. Raises KpiError."""
    with _borrowed(git) as room:
        # What .git/info/exclude leaves out is left out by no reviewed file.
        (room / "info").mkdir()
        (room / "info" / "exclude").write_bytes(_bytes(git.common / "info" / "exclude"))
        for shared in git.own.glob("sharedindex.*"):
            (room / shared.name).write_bytes(_bytes(shared))
        tree = {"GIT_WORK_TREE": str(top), "GIT_INDEX_FILE": str(git.own / "index")}
        return _run(top, {"GIT_DIR": str(room), **tree}, ("-c", "core.bare=false", *arguments), None)


def configured(folder: Path, name: str) -> str:
    """A value of the user's own configuration, such as `user.email`. Raises KpiError where there is none."""
    command = [_program(), "-C", str(folder), "config", name]
    done = subprocess.run(command, capture_output=True, timeout=_LONG, check=False)  # noqa: S603 - our own words
    if done.returncode != 0:
        raise KpiError(f"git has no {name}")
    return done.stdout.decode("utf-8", "replace").strip()


@contextmanager
def _borrowed(git: GitFolder) -> Iterator[Path]:
    """An empty repository over the objects of another. Raises KpiError where there is no room for it."""
    with ExitStack() as folders:
        try:
            made = tempfile.TemporaryDirectory(prefix="kpi-git-", ignore_cleanup_errors=True)
            room = Path(folders.enter_context(made))
            _furnish(room, git)
        except OSError as error:
            hint = "Look at the folder for temporary files: its space, and who may write there."
            raise KpiError(f"git cannot be asked: {error.strerror or error}", hint) from None
        yield room


def _furnish(room: Path, git: GitFolder) -> None:
    (room / "objects" / "info").mkdir(parents=True)
    (room / "refs").mkdir()
    (room / "HEAD").write_text("ref: refs/heads/none\n", encoding="utf-8")
    version, extension = ("1", "[extensions]\n\tobjectformat = sha256\n") if git.is_sha256 else ("0", "")
    config = f"[core]\n\trepositoryformatversion = {version}\n\tbare = true\n{extension}"
    (room / "config").write_text(config, encoding="utf-8")
    (room / "objects" / "info" / "alternates").write_bytes(os.fsencode(git.common / "objects") + b"\n")


def _run(folder: Path, where: Mapping[str, str], arguments: tuple[str, ...], stdin: bytes | None) -> bytes:
    command = [_program(), "-C", str(folder), "--no-pager", *_CAUTION, *arguments]
    # A GIT_ variable of the caller could name another repository, other objects or a program.
    environment = {k: v for k, v in os.environ.items() if not k.upper().startswith("GIT_")}
    try:
        done = subprocess.run(  # noqa: S603 - our own words and checked revisions
            command, input=stdin, capture_output=True, timeout=_LONG, check=False,
            env={**environment, **_ENVIRONMENT, **where},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise KpiError("git took too long", "Is the repository on a slow disk?") from None
    except OSError as error:
        raise KpiError(f"git cannot be run: {error.strerror or error}", "Run the command again.") from None
    if done.returncode != 0:
        lines = [line for line in done.stderr.decode("utf-8", "replace").splitlines() if not line.startswith("hint:")]
        words = next((a for a in arguments if a.islower() and not a.startswith("-")), "")
        raise KpiError(f"git {words} failed: {lines[0][:200] if lines else done.returncode}")
    return done.stdout


@cache
def _program() -> str:
    """git, from a folder of PATH that is named in full: not the one that a repository has in its own folder."""
    name = "git.exe" if sys.platform == "win32" else "git"
    folders = [Path(folder) for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if folder]
    for folder in folders:
        if folder.is_absolute() and (folder / name).is_file() and os.access(folder / name, os.X_OK):
            return str(folder / name)
    raise KpiError("git is not installed", "Install git: the history is read from it.")

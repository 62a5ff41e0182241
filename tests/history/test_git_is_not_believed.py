"""Only git's objects are believed: nothing that a repository's own settings name is run, nothing replaces an object."""

from __future__ import annotations

import base64
import hashlib
import os
import struct
import subprocess
from pathlib import Path
from zlib import compress

import pytest

from kpi_framework.history import git_process
from kpi_framework.history.commits import parsed
from kpi_framework.history.git import find_repository
from kpi_framework.model.diagnostic import KpiError
from tests.cli.projects import kpi
from tests.history.repository import BEN, KPI, Repository

pytestmark = pytest.mark.usefixtures("engine_inside")
LOOSENED = (("at_most: 4 h", "at_most: 5 h"), ("near: 5 h", "near: 6 h"))
PROGRAMS = (
    "gpg.program", "gpg.ssh.program", "core.fsmonitor", "diff.external", "core.sshCommand", "core.askPass",
    "core.pager", "credential.helper", "filter.spy.clean", "filter.spy.smudge", "filter.spy.process",
    "diff.spy.textconv", "diff.spy.command", "core.editor", "sequence.editor", "uploadpack.packObjectsHook",
    "core.alternateRefsCommand", "log.showSignature", "remote.origin.url", "remote.origin.promisor",
)  # fmt: skip
COMMANDS = ("history", "diff HEAD~1 HEAD", "diff", "lint", "check --at HEAD", "check --gate definitions")


@pytest.fixture
def desk(tmp_path: Path) -> Repository:
    """A project with a looser target."""
    desk = Repository(tmp_path / "desk")
    desk.root.mkdir()
    desk.start()
    desk.edit(KPI, *LOOSENED)
    desk.commit("loosened", BEN)
    return desk


def _spy(folder: Path) -> tuple[Path, Path]:
    """A program that leaves a trace, and that trace."""
    trace, spy = folder / "trace", folder / "spy.sh"
    spy.write_text(f'#!/bin/sh\necho "$0 $*" >> {trace}\ncat > /dev/null\n')
    spy.chmod(0o755)
    return spy, trace


@pytest.mark.parametrize("command", COMMANDS)
def test_no_configured_program_is_run(command: str, desk: Repository, tmp_path: Path) -> None:
    """Neither a setting, an attribute nor a hook of the repository starts anything, whatever is asked of it."""
    spy, trace = _spy(tmp_path)
    for name in PROGRAMS:
        value = {"log.showSignature": "true", "remote.origin.promisor": "true", "remote.origin.url": f"ext::{spy}"}
        desk.git("config", name, value.get(name, str(spy)))
    (tmp_path / "more").write_text(f'[core]\n\tfsmonitor = {spy}\n[alias]\n\trev-parse = "!{spy}"\n')
    desk.git("config", "include.path", str(tmp_path / "more"))
    trace.unlink(missing_ok=True)
    (desk.root / ".gitattributes").write_text("* filter=spy diff=spy\n")
    for hook in ("post-index-change", "reference-transaction", "post-checkout", "fsmonitor-watchman"):
        (desk.root / ".git/hooks").mkdir(exist_ok=True)
        (desk.root / ".git/hooks" / hook).write_bytes(spy.read_bytes())
        (desk.root / ".git/hooks" / hook).chmod(0o755)
    desk.edit(KPI, ("owner: desk@", "owner: lead@"))
    trace.unlink(missing_ok=True)
    kpi(desk.root, *command.split())
    assert not trace.exists(), trace.read_text()


def test_a_signature_is_named_and_not_verified(desk: Repository, tmp_path: Path) -> None:
    """The program that makes it is not asked what it thinks of it: the key is read from the commit itself."""
    key = tmp_path / "key"
    made = subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=False)
    if made.returncode:
        pytest.skip("ssh-keygen makes no key here")
    desk.git("config", "gpg.format", "ssh")
    desk.git("config", "user.signingkey", f"{key}.pub")
    desk.edit(KPI, ("owner: desk@", "owner: lead@"))
    desk.git("commit", "-q", "-S", "-am", "signed")
    public = base64.b64decode((tmp_path / "key.pub").read_text().split()[1])
    fingerprint = base64.b64encode(hashlib.sha256(public).digest()).decode().rstrip("=")
    [change] = [c for c in kpi(desk.root, "history", "--format", "json").json["changes"] if c["field"] == "owner"]
    assert (change["signed"], change["signing_key"]) == ("not verified", f"SHA256:{fingerprint}")


def test_an_openpgp_signature_names_its_issuer() -> None:
    """The fingerprint among the hashed subpackets, in a packet of the old form."""
    fingerprint = bytes(range(20))
    hashed = bytes([22, 33, 4]) + fingerprint
    unhashed = bytes([9, 16]) + fingerprint[-8:]
    body = bytes([4, 0, 22, 8]) + struct.pack(">H", len(hashed)) + hashed + struct.pack(">H", len(unhashed)) + unhashed
    armor = base64.b64encode(bytes([0x88, len(body)]) + body).decode()
    lines = ["-----BEGIN PGP SIGNATURE-----", "", armor, "=abcd", "-----END PGP SIGNATURE-----"]
    head = ["tree 0", "author A <a@x> 1 +0000", "committer A <a@x> 1 +0000", "gpgsig " + "\n ".join(lines)]
    commit = parsed("0", ("\n".join(head) + "\n\nsubject\n").encode())
    assert (commit.signed, commit.key) == ("not verified", fingerprint.hex().upper())


NO_KEYS = ("", "-----BEGIN PGP SIGNATURE-----\n\n????\n", "-----BEGIN SSH SIGNATURE-----\nAA==\n")


@pytest.mark.parametrize("signature", NO_KEYS)
def test_what_is_no_signature_names_no_key(signature: str) -> None:
    """Whatever stands there, it is read without an error."""
    text = signature.replace("\n", "\n ")
    commit = parsed("0", f"author A <a@x> 99999999999999999999 +9999\ngpgsig {text}\n\nx\n".encode())
    assert commit.key is None


def test_grafts_replace_refs_and_shallow_marks_change_nothing(desk: Repository) -> None:
    """A parent that is taken away, a commit that stands for another: history tells what the objects say."""
    before = kpi(desk.root, "history", "--no-values", "--format", "json").json["changes"]
    first, last = desk.git("rev-list", "--reverse", "HEAD").split()
    (desk.root / ".git/info").mkdir(exist_ok=True)
    (desk.root / ".git/info/grafts").write_text(f"{last}\n")
    desk.git("replace", last, first)
    assert kpi(desk.root, "history", "--no-values", "--format", "json").json["changes"] == before
    changes = kpi(desk.root, "diff", f"{last}~1", last, "--format", "json").json["changes"]
    assert any(c["class"] == "loosened" for c in changes)
    (desk.root / ".git/shallow").write_text(f"{last}\n")
    assert kpi(desk.root, "history").code == 2


def test_the_environment_names_no_other_repository(desk: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """As inside a hook of git: its variables speak of that run, not of this project."""
    wanted = kpi(desk.root, "history", "--no-values").out
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY", "GIT_INDEX_FILE", "GIT_CEILING_DIRECTORIES"):
        monkeypatch.setenv(name, str(desk.root.parent))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "false")
    assert kpi(desk.root, "history", "--no-values").out == wanted


def test_a_damaged_object_is_said(desk: Repository) -> None:
    """A file whose bytes are not those that its name says is not read."""
    repository = find_repository(desk.root)
    name = repository.blobs(repository.commit("HEAD"), (KPI,))[KPI]
    path = desk.root / ".git/objects" / name[:2] / name[2:]
    path.chmod(0o644)
    content = b"version: 1\n"
    path.write_bytes(compress(b"blob %d\0" % len(content) + content))
    with pytest.raises(KpiError):
        repository.contents([name])


def test_a_worktree_and_a_submodule_are_repositories(desk: Repository, tmp_path: Path) -> None:
    """Where .git is a file that names a folder elsewhere, that one is read."""
    desk.git("worktree", "add", "-q", str(tmp_path / "beside"), "-b", "beside")
    assert "loosened" in kpi(tmp_path / "beside", "history", "--no-values").out


def test_git_of_the_repository_is_not_taken(desk: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program called git in the folder one stands in is not run, even where PATH names that folder by a dot."""
    spy, trace = _spy(tmp_path)
    (desk.root / "git").write_bytes(spy.read_bytes())
    (desk.root / "git").chmod(0o755)
    git_process._program.cache_clear()
    monkeypatch.setenv("PATH", f".{os.pathsep}{os.environ['PATH']}")
    monkeypatch.chdir(desk.root)
    kpi(desk.root, "history", "--no-values")
    git_process._program.cache_clear()
    assert not trace.exists()

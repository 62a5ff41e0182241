"""Publishing reaches the disk all or not at all, whatever stops it, and one run at a time."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kpi_framework.cli import options
from kpi_framework.history.ledger import against, read_chain
from kpi_framework.workflow.ledger import ledger_files
from kpi_framework.workflow.ledger.ledger_files import read_ledger_files
from tests.cli.projects import Ended, kpi
from tests.history.interrupted import STOPPED_CLOCK, Answer, Interrupted
from tests.history.repository import KPI, Repository

KEPT = {"README.md": "What was published.\n", ".gitattributes": "*.jsonl -text\n", "notes/2026/march.md": "Late.\n"}
NEW = {"ledger/fix_time.jsonl", "ledger/late_time.jsonl", "ledger/slow_time.jsonl"}
ERRORS = (errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EXDEV, errno.EBUSY)

Contents = dict[str, bytes]
"""Every file of the ledger's folder by its path in it."""


class Desk(Repository):
    """A project of three KPIs: two have been published and committed, the third has not."""

    @property
    def ledger(self) -> Path:
        """Its ledger's folder."""
        return self.root / "ledger"

    def contents(self) -> Contents:
        """What the folder holds; nothing where it is not there."""
        return {p.relative_to(self.ledger).as_posix(): p.read_bytes() for p in self.ledger.rglob("*") if p.is_file()}

    def restore(self, contents: Contents) -> None:
        """Make the folder hold this, and nothing that a run left."""
        for folder in (self.ledger, self.root / ".kpi"):
            if folder.exists():
                shutil.rmtree(folder)
        for name, content in contents.items():
            (self.ledger / name).parent.mkdir(parents=True, exist_ok=True)
            (self.ledger / name).write_bytes(content)

    def taken(self) -> set[str]:
        """The files that `git add --all` takes."""
        return {line.split("'")[1] for line in self.git("add", "--all", "--dry-run").splitlines()}


@pytest.fixture(scope="module", autouse=True)
def _stopped_clock() -> Iterator[None]:
    """Each run publishes at the same instant, so that equal lines are equal bytes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(options, "dt", STOPPED_CLOCK)
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The project, made once."""
    desk = Desk(tmp_path_factory.mktemp("desk"))
    desk.start()
    text = (desk.root / KPI).read_text()
    desk.write("kpis/late_time.yaml", text.replace("id: fix_time", "id: late_time"))
    desk.commit("a second KPI")
    assert publish(desk, "--as-of", "2026-03-03").code == 0
    for name, content in KEPT.items():
        desk.write(f"ledger/{name}", content)
    desk.write("kpis/slow_time.yaml", text.replace("id: fix_time", "id: slow_time"))
    desk.commit("published, and a third KPI")
    return desk


@pytest.fixture(scope="module")
def before(made: Desk) -> Contents:
    """The ledgers as they are committed."""
    return made.contents()


@pytest.fixture(scope="module")
def after(made: Desk, before: Contents) -> Contents:
    """The ledgers as an undisturbed run publishes them: whole chains, which verify."""
    assert publish(made).code == 0
    contents = made.contents()
    assert kpi(made.root, "verify").code == 0
    assert not (made.root / ".kpi").exists()
    assert {f"ledger/{name}" for name in contents if contents[name] != before.get(name)} == NEW
    made.restore(before)
    return contents


@pytest.fixture
def desk(made: Desk, before: Contents) -> Desk:
    """The project as it is committed."""
    made.restore(before)
    return made


@pytest.fixture(scope="module")
def interrupted() -> Iterator[Interrupted]:
    """The process whose forks publish."""
    process = Interrupted()
    yield process
    process.close()


def publish(desk: Desk, *arguments: str) -> Ended:
    """What publishing comes to."""
    return kpi(desk.root, "publish", *(arguments or ("--as-of", "2026-04-02")))


def assert_whole(desk: Desk, before: Contents, after: Contents) -> bool:
    """The ledgers are all of before or all of after, and git takes nothing else. Whether they are of after."""
    contents = desk.contents()
    assert contents in (before, after)
    assert desk.taken() == (NEW if contents == after else set())
    for name, content in read_ledger_files(desk.root).contents.items():
        assert read_chain(name, content).fault is None
    return contents == after


# killed at every call


def killed(interrupted: Interrupted, desk: Desk, before: Contents, **order: object) -> Iterator[Answer]:
    """Kill a publication at its first call of the system, its second, and so on to its end."""
    for number in range(1, 1000):
        desk.restore(before)
        answer = interrupted.publish(desk.root, number, **order)
        if answer.code == 0:
            assert number > 20, "it makes more calls than that"
            return
        assert answer.code == -9, answer
        yield answer


def test_a_killed_publication_leaves_all_ledgers_or_none(
    interrupted: Interrupted, desk: Desk, before: Contents, after: Contents
) -> None:
    """Killed at any call: the old ledgers or the new ones, nothing for git to take, and the next run goes through."""
    states = set()
    for answer in killed(interrupted, desk, before):
        states.add(assert_whole(desk, before, after))
        again = interrupted.publish(desk.root)
        assert again.code == 0, (answer, again)
        assert desk.contents() == after, answer
        assert not (desk.root / ".kpi").exists(), answer
    assert states == {False, True}


def test_without_an_exchange_the_next_run_puts_the_ledgers_back(
    interrupted: Interrupted, desk: Desk, before: Contents, after: Contents
) -> None:
    """Where folders cannot be exchanged, they are away at one call at most, are read all the same, and come back."""
    away = 0
    for answer in killed(interrupted, desk, before, exchanges=False):
        if desk.ledger.exists():
            assert_whole(desk, before, after)
        else:
            away += 1
            ledgers = {f"{name}.jsonl": content for name, content in read_ledger_files(desk.root).contents.items()}
            assert ledgers.items() <= before.items()
            assert kpi(desk.root, "verify").code == 0
            assert not [name for name in desk.taken() if (desk.root / name).exists()]
        again = interrupted.publish(desk.root, exchanges=False)
        assert again.code == 0, (answer, again)
        assert desk.contents() == after, answer
        assert not (desk.root / ".kpi").exists(), answer
    assert away == 1


def test_a_first_publication_is_all_or_nothing_too(interrupted: Interrupted, desk: Desk) -> None:
    """Without a ledger/ yet: none is there, or all of them are, and git takes no other file."""
    desk.restore({})
    committed = desk.git("rev-parse", "HEAD")
    desk.git("rm", "-r", "-q", "--cached", "ledger")
    desk.git("commit", "-q", "--amend", "-m", "nothing was ever published")
    try:
        for answer in killed(interrupted, desk, {}):
            names = set(desk.contents())
            assert names in (set(), {".gitattributes", *(Path(name).name for name in NEW)}), answer
            assert desk.taken() == {f"ledger/{name}" for name in names}, answer
    finally:
        desk.git("reset", "-q", "--hard", committed)
        desk.git("clean", "-q", "-d", "-f", "ledger")


def test_a_killed_anchor_is_the_old_one_or_the_new_one(interrupted: Interrupted, desk: Desk) -> None:
    """An anchor beside the ledgers holds at any call; it has no half, and no temporary file that git would take."""
    anchor = desk.ledger / "anchor.json"
    assert interrupted.publish(desk.root, as_of="2026-03-03", anchor=str(anchor)).code == 0
    old, texts = desk.contents(), set()
    for answer in killed(interrupted, desk, old, anchor=str(anchor)):
        assert desk.taken() <= {*NEW, "ledger/anchor.json"}, answer
        texts.add(anchor.read_text())
        ledgers = read_ledger_files(desk.root).contents
        for kpi_id, head in json.loads(anchor.read_text())["heads"].items():
            assert against(read_chain(kpi_id, ledgers[kpi_id]), head) is None, answer
    assert len(texts) == 2


# errors of the file system


def test_an_error_at_any_call_publishes_nothing(
    interrupted: Interrupted, desk: Desk, before: Contents, after: Contents
) -> None:
    """A full, read-only, foreign or busy file system: exit 2 and the old ledgers, or 0 and the new ones."""
    codes = set()
    for number in range(1, 1000):
        desk.restore(before)
        answer = interrupted.publish(desk.root, number, deed=str(ERRORS[number % len(ERRORS)]))
        assert answer.code in (0, 2), answer
        is_new = assert_whole(desk, before, after)
        assert is_new == (answer.code == 0 or "kpi verify" in answer.err), answer
        codes.add(answer.code)
        if not answer.call:
            break
        assert interrupted.publish(desk.root).code == 0, answer
        assert desk.contents() == after
    assert codes == {0, 2}


@pytest.mark.parametrize("number", ERRORS)
def test_an_exchange_that_fails_is_said_with_its_remedy(
    number: int, desk: Desk, before: Contents, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What keeps the folders from changing places is named, and nothing is changed."""

    def fail(*_: Path) -> bool:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(ledger_files, "exchange", fail)
    ended = publish(desk)
    assert ended.code == 2
    assert os.strerror(number) in ended.err
    assert "Nothing was published" in ended.err
    assert desk.contents() == before
    assert not (desk.root / ".kpi").exists()


def test_where_nothing_can_be_linked_it_is_copied(desk: Desk, after: Contents, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system without hard links publishes all the same, and loses no file."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", fail)
    assert publish(desk).code == 0
    assert desk.contents() == after


# what else is in the folder


def test_modes_stay_as_they_are(desk: Desk) -> None:
    """Who might read and write the ledgers before may do so after."""
    modes = {"": 0o750, "fix_time.jsonl": 0o640, "README.md": 0o600, "notes": 0o700}
    for name, mode in modes.items():
        (desk.ledger / name).chmod(mode)
    assert publish(desk).code == 0
    assert {name: (desk.ledger / name).stat().st_mode & 0o777 for name in modes} == modes


def test_what_version_0_1_left_blocks_nothing_and_is_removed(desk: Desk, after: Contents) -> None:
    """Its locks and its temporary files, which `git add ledger` took."""
    for name in (".fix_time.jsonl.lock", ".slow_time.jsonl.x7_fa3ow", ".anchor.json.abcdefgh"):
        desk.write(f"ledger/{name}", "half a li")
    assert publish(desk).code == 0
    assert desk.contents() == after


@pytest.mark.parametrize("published", [True, False])
def test_only_our_own_is_removed(published: bool, desk: Desk, after: Contents) -> None:
    """Files of other names in ledger/ and in .kpi/ are left alone, whether anything is published or not."""
    if published:
        desk.restore(after)
    desk.write("ledger/.notes", "mine")
    desk.write(".kpi/mine/notes.txt", "mine")
    assert publish(desk).code == 0
    assert desk.contents() == {**after, ".notes": b"mine"}
    assert (desk.root / ".kpi/mine/notes.txt").read_text() == "mine"


LINKED = ("ledger", ".kpi", "ledger/fix_time.jsonl", "ledger/slow_time.jsonl", "ledger/notes/2026", "ledger/any.txt")


@pytest.mark.parametrize("path", LINKED)
def test_no_link_is_followed(path: str, desk: Desk, tmp_path: Path) -> None:
    """A link in the way is refused by name; what it leads to is neither read nor written."""
    place, target = desk.root / path, tmp_path / "target"
    if place.is_dir():
        shutil.move(place, target)
    elif path == ".kpi":
        target.mkdir()
    else:
        target.write_text("machine example.com password secret\n")
        place.unlink(missing_ok=True)
    held = sorted(target.rglob("*")), target.read_bytes() if target.is_file() else b""
    place.symlink_to(target)
    try:
        ended = publish(desk)
        assert ended.code == 1
        assert path in ended.err
        if path != ".kpi":
            read = kpi(desk.root, "verify")
            assert (read.code, path in read.err, "secret" in read.out + read.err) == (1, True, False)
        assert (sorted(target.rglob("*")), target.read_bytes() if target.is_file() else b"") == held
    finally:
        place.unlink()


@pytest.mark.parametrize("path", ["ledger", ".kpi"])
def test_a_file_in_the_folders_place_is_refused(path: str, desk: Desk) -> None:
    """It is somebody's file: it is named, and not overwritten."""
    if path == "ledger":
        shutil.rmtree(desk.ledger)
    (desk.root / path).write_text("mine")
    try:
        ended = publish(desk)
        assert (ended.code, path in ended.err) == (2, True)
        assert (desk.root / path).read_text() == "mine"
    finally:
        (desk.root / path).unlink()


def test_only_regular_files_are_ledgers(desk: Desk, after: Contents) -> None:
    """A folder and a pipe that are called .jsonl are no ledgers, and nobody waits for what the pipe says."""
    (desk.ledger / "folder.jsonl").mkdir()
    os.mkfifo(desk.ledger / "pipe.jsonl")
    assert publish(desk).code == 0
    assert desk.contents() == after
    assert (desk.ledger / "pipe.jsonl").is_fifo()
    assert (desk.ledger / "folder.jsonl").is_dir()
    assert set(read_ledger_files(desk.root).contents) == {Path(name).stem for name in NEW}


@pytest.mark.parametrize(
    "anchor", ["ledger/fix_time.jsonl", "./ledger/../ledger/new.jsonl", "linked/heads.json", "a\0b"]
)
def test_an_anchor_is_no_ledger_and_goes_through_no_link(anchor: str, desk: Desk, before: Contents) -> None:
    """The file of the heads may stand beside the ledgers; it is refused before anything is published."""
    (desk.root / "linked").symlink_to(desk.ledger)
    try:
        assert publish(desk, "--anchor", anchor).code == 2
        assert desk.contents() == before
    finally:
        (desk.root / "linked").unlink()


def test_nobody_publishes_from_inside_the_folder(desk: Desk, before: Contents) -> None:
    """The folder is replaced: a shell in it would be nowhere."""
    assert kpi(desk.ledger, "publish", "--as-of", "2026-04-02").code == 2
    assert desk.contents() == before


# two at a time


def stopped_inside(interrupted: Interrupted, desk: Desk, before: Contents) -> Answer:
    """A publication that was stopped while it writes."""
    for number in range(30, 1000, 5):
        desk.restore(before)
        stopped = interrupted.publish(desk.root, number, deed="stop")
        if any((desk.root / ".kpi").rglob("*")):
            return stopped
        assert interrupted.resume(stopped).code == 0
    raise AssertionError("it never wrote")


def test_a_second_publisher_is_refused(interrupted: Interrupted, desk: Desk, before: Contents, after: Contents) -> None:
    """While a run is in the middle of its write, another one ends with 2, takes nothing away and changes nothing."""
    stopped = stopped_inside(interrupted, desk, before)
    assert stopped.call
    staged = sorted((desk.root / ".kpi").rglob("*"))
    ended = publish(desk)
    assert (ended.code, "another run is publishing" in ended.err) == (2, True)
    assert desk.contents() == before
    assert sorted((desk.root / ".kpi").rglob("*")) == staged
    assert kpi(desk.root, "verify").code == 0
    assert interrupted.resume(stopped).code == 0
    assert desk.contents() == after


def test_what_changed_meanwhile_is_not_replaced(interrupted: Interrupted, desk: Desk, before: Contents) -> None:
    """Another program writes to the folder, or puts another kpi.yaml there (whose lock is another): nothing is lost."""
    text = (desk.root / "kpi.yaml").read_text()
    for path, content in (("ledger/README.md", "Rewritten.\n"), ("ledger/more.md", "More.\n"), ("kpi.yaml", text)):
        stopped = stopped_inside(interrupted, desk, before)
        (desk.root / "other").write_text(content)
        (desk.root / "other").replace(desk.root / path)
        assert interrupted.resume(stopped).code == 2, path
        assert (desk.root / path).read_text() == content
        assert {name: text for name, text in desk.contents().items() if name in NEW} == {}
        assert desk.contents()["fix_time.jsonl"] == before["fix_time.jsonl"]

"""What a command writes to: files are replaced whole, devices and pipes stay what they are, projects hold no links."""

from __future__ import annotations

import os
import pty
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from kpi_framework.model.diagnostic import KpiError
from kpi_framework.workflow import files
from kpi_framework.workflow.destination import destination, own_descriptor
from kpi_framework.workflow.files import append_text, copy_file, write_text
from tests.cli.projects import kpi, project
from tests.files.linked import CANARY, contents, outside

ROOT = Path(__file__).parent.parent.parent
linux = pytest.mark.skipif(sys.platform != "linux", reason="it names what is open under /proc, as Linux does")
RULES = "rules --format json --output"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """The files outside."""
    return outside(tmp_path / "outside")


def run_in_shell(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    """A script of a shell in which `kpi` is our own; nothing waits for ever."""
    start = "from kpi_framework.cli.start import run; run()"
    function = f"kpi() {{ '{sys.executable}' -P -c '{start}' \"$@\"; }}\n"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        ["bash", "-c", function + script], cwd=folder, env=environment, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip


# what stays what it is


def device(folder: Path) -> Path:
    """A device that these tests made: one that swallows all, or (without the rights for it) a terminal."""
    path = folder / "swallows"
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 3))
        path.open("wb").close()
    except OSError:
        return Path(os.ttyname(pty.openpty()[1]))
    return path


def test_a_device_is_written_to(tmp_path: Path) -> None:
    """It is a device afterwards, and nothing lies beside it."""
    path = device(tmp_path)
    write_text(path, "a line\n")
    append_text(path, "a line\n")
    assert stat.S_ISCHR(path.stat().st_mode)
    assert {p.name for p in tmp_path.iterdir()} <= {"swallows"}


@pytest.mark.parametrize("link", [False, True])
def test_a_pipe_is_written_to(link: bool, tmp_path: Path) -> None:
    """Whoever reads it gets the whole payload; it is a pipe afterwards, also behind a link."""
    pipe, named = tmp_path / "pipe", tmp_path / ("link" if link else "pipe")
    os.mkfifo(pipe)
    if link:
        named.symlink_to(pipe)
    read = list[bytes]()
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    ended = kpi(tmp_path, *RULES.split(), str(named))
    reader.join(timeout=60)
    assert ended.code == 0
    assert read[0].decode().strip() == kpi(tmp_path, "rules", "--format", "json").out.strip()
    assert stat.S_ISFIFO(pipe.lstat().st_mode)


def test_a_pipe_that_nobody_reads_is_not_waited_for_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while the command ends with 2, and says that a reader is missing."""
    monkeypatch.setattr(files, "_PATIENCE", 0.2)
    os.mkfifo(tmp_path / "pipe")
    ended = kpi(tmp_path, *RULES.split(), "pipe")
    assert (ended.code, ended.out) == (2, "")
    assert stat.S_ISFIFO((tmp_path / "pipe").lstat().st_mode)


@linux
@pytest.mark.parametrize("name", ["/proc/self/fd/1", "/dev/fd/1", "stdout"])
def test_standard_output_by_its_name(name: str, tmp_path: Path) -> None:
    """What the shell has opened is written to where it stands: two commands in one redirection both end up in it."""
    (tmp_path / "stdout").symlink_to("/proc/self/fd/1")  # as /dev/stdout is; a fault would cost only this one
    ended = run_in_shell(tmp_path, f"( echo first; kpi {RULES} {name}; echo last ) > file; kpi {RULES} {name} | wc -c")
    text = (tmp_path / "file").read_text()
    assert text.startswith("first\n")
    assert text.endswith("last\n")
    assert '"KPI122"' in text
    assert int(ended.stdout) == len(text.encode()) - len("first\nlast\n")
    assert ended.stderr == ""


@linux
def test_the_system_s_own_names_lead_to_our_descriptors() -> None:
    """/dev/stdout is the descriptor 1 of this process, wherever its project lies."""
    assert own_descriptor(destination(Path("/dev/stdout"))) == 1
    assert own_descriptor(destination(Path("/dev/fd/7"))) == 7
    assert own_descriptor(destination(Path("/proc/thread-self/fd/7"))) == 7
    assert own_descriptor(Path("/proc/1/fd/7")) is None
    assert own_descriptor(Path("/srv/fd/1")) is None


def test_a_process_substitution_gets_the_payload(tmp_path: Path) -> None:
    """`--output >(cat > file)` is a pipe that has only a number."""
    ended = run_in_shell(tmp_path, f"kpi {RULES} >(cat > file); wait; sleep 1")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert '"KPI122"' in (tmp_path / "file").read_text()


def test_a_closed_descriptor_and_a_socket_are_said(tmp_path: Path) -> None:
    """What cannot be written ends with 2 and one sentence."""
    import socket  # noqa: PLC0415 - only to make one

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        ended = [kpi(tmp_path, *RULES.split(), name) for name in ("socket", "/dev/fd/987")]
    assert [e.code for e in ended] == [2, 2]
    assert all("cannot be written" in e.err for e in ended)
    assert stat.S_ISSOCK((tmp_path / "socket").lstat().st_mode)


# what is replaced


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_a_file_is_replaced_and_its_permissions_stay(mode: int, tmp_path: Path) -> None:
    """Who could read the file can read it afterwards, and nobody else; a new one may be read by all."""
    path = tmp_path / "rules.json"
    write_text(path, "old")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    path.chmod(mode)
    before = path.stat().st_ino
    assert kpi(tmp_path, *RULES.split(), "rules.json").code == 0
    assert (stat.S_IMODE(path.stat().st_mode), path.stat().st_ino != before) == (mode, True)
    assert [p.name for p in tmp_path.iterdir()] == ["rules.json"]


def test_rights_of_a_program_are_not_handed_on(tmp_path: Path) -> None:
    """A file that runs as its owner does not do so with another content."""
    path = tmp_path / "program"
    path.write_text("old")
    path.chmod(0o4755)
    write_text(path, "new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o755


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    """As it always was."""
    assert kpi(tmp_path, *RULES.split(), "a/b/rules.json").code == 0
    assert (tmp_path / "a/b/rules.json").is_file()


LONG = ("x" * 5000, "a/" * 2500 + "b")


@pytest.mark.parametrize(
    "output", ["", " ", ".", "folder", "folder/", "new/", *LONG, "a\0b", "file/x", "loop", "\ud800"]
)
def test_what_is_no_file_ends_with_two(output: str, tmp_path: Path) -> None:
    """A folder, no name, a name that no system takes, a circle of links: one short sentence, never a traceback."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("text")
    (tmp_path / "loop").symlink_to("loop")
    ended = kpi(tmp_path, "rules", "--output", output)
    assert (ended.code, ended.out) == (2, "")
    assert "Traceback" not in ended.err
    assert 0 < len(ended.err) < 600
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder", "loop"]


@pytest.mark.parametrize(
    "words",
    [("init", "{}"), ("demo", "{}"), ("lint", "--project", "{}"), ("check", "--scorecard", "{}"),
     ("publish", "--anchor", "{}"), ("init", "new", "--from", "{}")],
)  # fmt: skip
@pytest.mark.parametrize("path", ["x" * 5000, "a\0b"])
def test_the_same_of_other_places(words: tuple[str, ...], path: str, tmp_path: Path) -> None:
    """Wherever a command takes a folder or file: it says so, with 2, or 1 where it has a finding on it."""
    root = project(tmp_path / "project")
    ended = kpi(root, *(word.replace("{}", path) for word in words))
    assert ended.code in (1, 2)
    assert "Traceback" not in ended.err


def test_a_long_name_can_be_written(tmp_path: Path) -> None:
    """The temporary file beside it needs no longer one."""
    for name in ("x" * 255, "é" * 127):
        write_text(tmp_path / name, "text")
        assert (tmp_path / name).read_text() == "text"


def test_half_a_character_is_spelled_out(tmp_path: Path) -> None:
    """A file's name that is no UTF-8 may stand in a payload: it is no reason to fail."""
    write_text(tmp_path / "file", "kpis/\udcff.yaml")
    assert (tmp_path / "file").read_text() == "kpis/\\udcff.yaml"


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No half file, and no temporary one; one that a kill left would not be read as a definition."""
    root = project(tmp_path / "project")
    before = contents(root)
    beside = list[str]()

    def fail(_: int) -> None:
        beside.extend(p.name for p in (root / "kpis").iterdir() if p.name.startswith("."))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(KpiError):
        write_text(root / "kpis/volume.yaml", "new")
    assert contents(root) == before
    [name] = beside
    assert not name.endswith((".yaml", ".yml"))


# links


def test_a_link_outside_of_projects_is_followed(tmp_path: Path) -> None:
    """It stays a link; the file that it names is replaced, or made where there was none."""
    (tmp_path / "real.txt").write_text("old")
    for name, target in (("link", "real.txt"), ("dangling", "folder/new.txt"), ("twice", "link"), ("up", ".")):
        (tmp_path / name).symlink_to(target)
    for name, target in (("link", "real.txt"), ("dangling", "folder/new.txt"), ("twice", "real.txt"),
                         (f"up/../{tmp_path.name}/x.txt", "x.txt"), ("up/up/y.txt", "y.txt")):  # fmt: skip
        assert kpi(tmp_path, *RULES.split(), name).code == 0
        assert "KPI122" in (tmp_path / target).read_text()
        (tmp_path / target).write_text("old")
    assert all((tmp_path / name).is_symlink() for name in ("link", "dangling", "twice", "up"))


def test_a_link_outside_may_lead_into_a_project(tmp_path: Path) -> None:
    """No link of the project is followed for it."""
    root = project(tmp_path / "project")
    (tmp_path / "reports").symlink_to(root)
    assert kpi(root, *RULES.split(), "../reports/rules.json").code == 0
    (root / "reports").symlink_to(tmp_path)
    assert kpi(root, *RULES.split(), "../reports/reports/rules.json").code == 2
    assert not (tmp_path / "rules.json").exists()


WRITES = {
    "a report": ("rules.json", "secret", "lint --output rules.json"),
    "a report in a folder": ("reports", "folder", "lint --output reports/leak.yaml"),
    "a report below": ("a/reports", "folder", "lint --output a/reports/b/leak.yaml"),
    "a dangling report": ("rules.json", "nothing", "lint --output rules.json"),
    "the scorecard": ("scorecard", "folder", "check"),
    "one file of the scorecard": ("scorecard/scorecard.json", "secret", "check"),
    "another scorecard": ("cards", "folder", "check --scorecard cards"),
    "a baseline": ("baselines", "folder", "baseline freeze"),
    "one baseline": ("baselines/fix_time.yaml", "secret", "baseline freeze"),
    "a schema": ("schemas", "folder", "schema"),
    "a definition": ("kpis/metrics", "folder", "add reopened_rate --owner a"),
    "the file of a definition": ("kpis/reopened_rate.yaml", "nothing", "add reopened_rate --owner a"),
    "a review": ("kpis/fix_time.yaml", "secret", "review fix_time --note held --by a"),
    "a project in a project": ("sub", "folder", "init sub"),
    "a sample in a project": ("sub", "empty", "demo sub"),
    "a sample below a link": ("sub", "folder", "demo sub/new"),
    "an anchor": ("anchor.json", "secret", "publish --anchor anchor.json"),
    "a bundle": ("bundle", "folder", "audit --since 2026-01-01 --until 2026-02-01 --out bundle/new"),
}


@pytest.mark.parametrize("name", WRITES)
def test_no_command_writes_through_a_link_of_a_project(name: str, tmp_path: Path, out: Path) -> None:
    """It is refused with a remedy, and what lies outside is as it was."""
    from tests.history.repository import Repository  # noqa: PLC0415 - only here

    path, target, command = WRITES[name]
    (out / "empty").mkdir()
    begun = Repository(tmp_path / "project")
    begun.start()
    before = contents(out)
    (begun.root / path).parent.mkdir(parents=True, exist_ok=True)
    (begun.root / path).unlink(missing_ok=True)
    (begun.root / path).symlink_to(out / target)
    ended = kpi(begun.root, *command.split())
    assert ended.code in (1, 2)
    assert "symbolic link" in ended.err or "linked-file" in ended.out + ended.err
    assert CANARY not in ended.out + ended.err
    assert contents(out) == before
    assert (begun.root / path).is_symlink()


@pytest.mark.parametrize("path", [".gitignore", ".github", ".github/workflows", "kpis", "schemas", "data", "kpi.yaml"])
def test_no_project_begins_among_links(path: str, tmp_path: Path, out: Path) -> None:
    """`kpi init` writes nothing at all where a part of it would go through a link."""
    root = tmp_path / "new"
    (root / path).parent.mkdir(parents=True)
    (root / path).symlink_to(out / ("secret" if path in (".gitignore", "kpi.yaml") else "folder"))
    before = contents(out)
    ended = kpi(tmp_path, "init", "new")
    assert ended.code == 2
    assert contents(out) == before
    assert not contents(root) or path not in (".github", "kpis", "schemas", "data")
    assert not (root / "schemas").exists() or path == "schemas"


def test_an_export_is_not_copied_over_a_link(tmp_path: Path, out: Path) -> None:
    """A link where a copy would go is in its way, whatever it points to."""
    (tmp_path / "link").symlink_to(out / "nothing")
    copy_file(out / "secret", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == (out / "secret").read_bytes()
    with pytest.raises(KpiError):
        copy_file(out / "missing", tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_a_step_summary_is_added_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What earlier steps wrote stays, behind a link of the runner too; a link of the project is refused."""
    root = project(tmp_path / "project")
    (tmp_path / "summary.md").write_text("earlier\n")
    (tmp_path / "link").symlink_to("summary.md")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "link"))
    assert kpi(root, "check").code == 0
    text = (tmp_path / "summary.md").read_text()
    assert text.startswith("earlier\n")
    assert "A small desk" in text
    (root / "summary.md").symlink_to(tmp_path / "summary.md")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(root / "summary.md"))
    assert kpi(root, "check").code == 2
    assert (tmp_path / "summary.md").read_text() == text

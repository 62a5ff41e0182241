"""Nothing in the repository belongs to one machine or one network."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent

# Written in pieces, so that this file does not match itself.
HOSTS = "|".join(
    name + "[.]" + ending
    for name, ending in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "(?:org|com)"),
        ("yarnpkg", "com"),
        ("deb[.]debian", "org"),
        ("archive[.]ubuntu", "com"),
        ("conda", "(?:org|io)"),
        ("crates", "io"),
    ]
)
FOLDERS = "|".join(("wo" + "rk", "tm" + "p", "ro" + "ot", "op" + "t", "ho" + "me", "Us" + "ers", "fa" + "rm"))
ADDRESS = re.compile(rf"(?:{HOSTS})|--(?:extra-)?index[-]url|--find[-]links|(?<![\w.~/)}}\]-])/(?:{FOLDERS})/\w")


def tracked() -> list[Path]:
    """The text files that git tracks."""
    command = ["git", "grep", "-Il", "", "--", "."]
    output = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / line for line in output.splitlines()]


def addresses(path: Path) -> list[str]:
    """The lines of a file that name a registry's host or a path of one machine."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return [f"{path.relative_to(ROOT)}:{n}: {line[:120]}" for n, line in enumerate(lines, 1) if ADDRESS.search(line)]


def test_no_tracked_file_names_a_registry_or_a_path_of_one_machine() -> None:
    """Whoever clones the repository uses their own registries and their own folders."""
    files = tracked()
    assert len(files) > 10
    assert [line for path in files for line in addresses(path)] == []


def test_every_locked_version_has_hashes() -> None:
    """What is installed is what was locked: each requirement is one version with its hashes."""
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        text = re.sub(r"^#.*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        entries = text.replace("\\\n", " ").splitlines()
        loose = [entry for entry in entries if not re.match(r"[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", entry)]
        assert (path.name, loose) == (path.name, [])


def test_every_action_is_pinned_by_commit() -> None:
    """A tag can be moved to other code; a commit can't. The version stands beside it for the reader."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / ".github").rglob("*.yml")))
    used = re.findall(r"^\s*(?:- )?uses: (.*)$", text, flags=re.MULTILINE)
    loose = [line for line in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\$/\S+", line)]
    assert used
    assert loose == []


def test_no_expression_stands_in_a_script() -> None:
    """What a stranger typed reaches a shell only as an environment variable."""
    for path in sorted((ROOT / ".github").rglob("*.yml")):
        scripts = re.findall(
            r"^( *)(?:- )?run: (.*(?:\n(?:\1  .*|\s*))*)",
            path.read_text(encoding="utf-8"),
            flags=re.MULTILINE,
        )
        assert [script for _, script in scripts if "${{" in script] == []

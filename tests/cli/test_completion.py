"""Completion in the real shells: what `kpi --install-completion` wrote is what the shell then offers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.projects import project

BIN = Path(sys.executable).parent
OFFERED = {
    "bash": """
        source ~/.bash_completions/kpi.sh
        complete -p kpi >/dev/null || exit 3
        read -ra COMP_WORDS <<< "$LINE"; COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _kpi_completion kpi; printf '%s\\n' "${COMPREPLY[@]}"
    """,
    # zsh completes only at a prompt: its two functions print what they would show there.
    "zsh": """
        compdef() { }; _arguments() { print -r -- "$@" }
        source ~/.zfunc/_kpi
        words=(${=LINE}); CURRENT=$#words
        _kpi_completion
    """,
    "fish": """
        source ~/.config/fish/completions/kpi.fish
        complete --do-complete "$LINE"
    """,
}
"""How each shell is asked what it offers after $LINE."""


def offered(shell: str, home: Path, folder: Path, line: str) -> str:
    """What a shell offers after a line, with the completion of this home."""
    return _shell(shell, OFFERED[shell], home, folder, LINE=line)


def _shell(shell: str, script: str, home: Path, folder: Path, **variables: str) -> str:
    environment = {"HOME": str(home), "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "LANG": "C.UTF-8", **variables}
    ended = subprocess.run(
        [shell, "-c", script], cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.mark.parametrize("shell", OFFERED)
def test_a_shell_offers_commands_words_and_ids(shell: str, tmp_path: Path) -> None:
    """Installed for the shell at hand, it offers commands, an option's words, and the project's own ids."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    home, desk = tmp_path / "home", project(tmp_path / "desk")
    home.mkdir()
    # The shell waits for `kpi`, which so finds it to be its parent.
    _shell(shell, "kpi --install-completion; true", home, desk)
    assert "check" in offered(shell, home, desk, "kpi che")
    assert "explain" not in offered(shell, home, desk, "kpi che")
    assert "junit" in offered(shell, home, desk, "kpi check --format ju")
    assert "fix_time" in offered(shell, home, desk, "kpi show fix")
    assert "csat" in offered(shell, home, desk, "kpi add csa")


def test_outside_a_project_there_are_no_ids(tmp_path: Path) -> None:
    """Where no kpi.yaml stands, an id completes to nothing, and nothing is said."""
    asked = {"_KPI_COMPLETE": "complete_bash", "COMP_WORDS": "kpi show f", "COMP_CWORD": "2"}
    ended = subprocess.run(
        [BIN / "kpi"], cwd=tmp_path, env={**os.environ, **asked}, capture_output=True, text=True, check=False
    )
    assert (ended.stdout.strip(), ended.stderr) == ("", "")

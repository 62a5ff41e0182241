"""A page's walk, done: its files are written, its commands run, and what they print is collected."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.docs.pages import Block, blocks


def walk(text: str, folder: Path) -> Iterator[tuple[str, str]]:
    """Do what the text says in a folder; for each `console` block, what it shows and what came.

    A block under a line such as `kpi.yaml`: is a file's text; in a `console` block, lines after `$ ` are
    commands and all others their output; a `sh` block is run and shows no output.
    """
    for block in blocks(text):
        if name := re.fullmatch(r".*`([\w./-]+)`:", block.before):
            path = folder / name[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
        elif block.info in ("console", "sh"):
            came = "".join(_done(line, folder, block) for line in _commands(block))
            if block.info == "console":
                yield block.text, came


def _commands(block: Block) -> list[str]:
    lines = block.text.splitlines()
    return [line[2:] for line in lines if line.startswith("$ ")] if block.info == "console" else lines


def _done(command: str, folder: Path, block: Block) -> str:
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("GITHUB_")},
        "COLUMNS": "100", "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
    }  # fmt: skip
    run = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert block.info == "console" or run.returncode == 0, run.stderr
    shown = "\n".join(line.rstrip() for line in run.stdout.splitlines())
    return f"$ {command}\n{shown}\n" if shown else f"$ {command}\n"

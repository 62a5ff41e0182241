"""Words that must never come out: a variable of the environment, files nobody declared, what a person is called.

They stand where a leak would find them before any command runs. `leaks` names those that a text holds. Workflow
commands are looked for in the same way: a line that a runner would obey and that a user's file wrote.
"""

from __future__ import annotations

import re
from pathlib import Path

VARIABLE = "KPI_HOSTILE_TOKEN"
WORDS = {
    "the environment": "zqenv7x41k",
    "a file outside": "zqout7x42k",
    "a file beside the data": "zqbes7x43k",
    "a personal value": "zqper7x44k",
}
"""What would have leaked, and the word that would show it."""
OBEYED = re.compile(r"^\s*::zqcmd|##\[zqcmd", re.MULTILINE)
"""A workflow command of a user's text: GitHub's runner obeys the first at a line's beginning, the second anywhere."""
COMMANDS = ("::zqcmd::obeyed", "##[zqcmd]obeyed", "line\n::zqcmd::obeyed", "a ##[zqcmd]obeyed")


def leaks(text: str) -> list[str]:
    """What of the hidden words a text holds."""
    lowered = text.lower()
    return [what for what, word in WORDS.items() if word in lowered]


def outside(folder: Path) -> Path:
    """A folder of files that no project declares, each with the word."""
    word = WORDS["a file outside"]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "secret.txt").write_text(f"machine example.com login ada password {word}\n")
    (folder / "secret.csv").write_text(f"id,opened,closed,priority,user\n1,2026-01-01 09:00,{word},{word},{word}\n")
    (folder / "secret.yaml").write_text(f"version: 1\nid: secret\npassword: {word}\n{word}: {word}\n")
    (folder / "secret.json").write_text(f'[{{"id": "{word}", "amount": "{word}"}}]\n')
    return folder


def beside(folder: Path) -> None:
    """A file beside the data, which kpi.yaml does not name."""
    (folder / "private.txt").write_text(f"salaries\n{WORDS['a file beside the data']}\n")

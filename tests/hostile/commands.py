"""What every command promises, whatever its input: how it ends, what it prints, what it leaves alone."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from tests.hostile import canaries
from tests.hostile.children import Ended
from tests.hostile.figures import place_of

CODES = (0, 1, 2)
_TRACE = re.compile(r"Traceback \(most recent call last\)|Exception ignored|Fatal Python error|thread panicked")
_JSON = frozenset({"json", "sarif", "gitlab"})
_DATA = frozenset({"json", "sarif"})
"""What other programs read: there a user's text stands as it is."""


@dataclass(frozen=True)
class Fault:
    """A broken promise: which, where, and what shows it."""

    kind: str
    where: str
    evidence: str = ""


def faults_of(
    ended: Ended, form: str = "text", codes: Collection[int] = CODES, *, on_github: bool = False
) -> list[Fault]:
    """The promises that a command's end and its output break; `on_github`: a runner reads what is printed."""
    if ended.hung:
        return [Fault("hang", "it does not end in time", ended.text[-2000:])]
    if ended.signal is not None:
        return [Fault("crash", f"ended by signal {ended.signal}", ended.text[-2000:])]
    commands = _obeyed(ended.err if form in _DATA else ended.text) if on_github else ()
    return [*_in_text(ended), *commands, *_at_the_end(ended, codes), *_in_payload(ended, form)]


def _in_text(ended: Ended) -> Iterator[Fault]:
    if _TRACE.search(ended.text):
        yield Fault("traceback", place_of(ended.err or ended.out), ended.text[-2500:])
    for what in canaries.leaks(ended.text):
        yield Fault("leak", what, _around(ended.text, canaries.WORDS[what]))


def _obeyed(text: str) -> Iterator[Fault]:
    if obeyed := canaries.OBEYED.search(text):
        shown = text[max(0, obeyed.start() - 300) : obeyed.end() + 100]
        yield Fault("workflow command", f"{obeyed[0].strip()} is obeyed", shown)


def _at_the_end(ended: Ended, codes: Collection[int]) -> Iterator[Fault]:
    if ended.code not in codes and not _TRACE.search(ended.text):
        yield Fault("exit code", f"{ended.code}", ended.text[-1500:])
    if ended.code == 2 and not ended.err.strip():
        yield Fault("silence", "exit code 2, and nothing says why")
    if ended.orphans:
        yield Fault("orphan", f"{len(ended.orphans)} processes live on")


def _in_payload(ended: Ended, form: str) -> Iterator[Fault]:
    """What machines read is whole wherever a command came to a result."""
    if ended.code not in (0, 1) or _TRACE.search(ended.text):
        return
    try:
        if form in _JSON:
            json.loads(ended.out)
        elif form == "junit":
            ElementTree.fromstring(ended.out)  # noqa: S314 - our own output
    except (ValueError, ElementTree.ParseError) as error:
        yield Fault("malformed", f"{form} does not parse", f"{error}\n{ended.out[:800]}")


def _around(text: str, word: str) -> str:
    at = text.lower().find(word)
    return text[max(0, at - 200) : at + 200]


# what lies on the disk


def snapshot(root: Path, but: Collection[str] = ()) -> dict[str, str]:
    """Every file and link under a folder with a mark of its content; folders named in `but` are left out."""
    found = {}
    for folder, names, files in os.walk(root):
        names[:] = [n for n in names if Path(folder, n).relative_to(root).as_posix() not in but]
        for name in (*files, *names):
            path = Path(folder, name)
            found[os.fsencode(path.relative_to(root)).decode("utf-8", "surrogateescape")] = mark(path)
    return found


def mark(path: Path) -> str:
    """What stands for a file's content: it changes when the content does."""
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return f"link {path.readlink()}"
    if stat.S_ISREG(status.st_mode):
        return hashlib.sha256(path.read_bytes()).hexdigest()
    return f"kind {stat.S_IFMT(status.st_mode)}"


def changed(before: dict[str, str], after: dict[str, str], allowed: Collection[str] = ()) -> list[Fault]:
    """The files that a command changed, made or removed, though it had no business there."""
    differing = sorted(p for p in {*before, *after} if before.get(p) != after.get(p))
    strays = [path for path in differing if not path.startswith(tuple(allowed) or "\0")]
    return [Fault("files changed", f"{_folder(p)} by a command that may not", p) for p in strays[:3]]


def _folder(path: str) -> str:
    return path.partition("/")[0]

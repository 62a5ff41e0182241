"""What `kpi explain` and the rules' page show of each rule: when it applies, and an example of bad and good.

`when` is the docstring of the function that reports the rule, where one begins with the rule's name. The examples are
the folders of tests/rules, which a test runs: a bad project, what it is told, and the project put right. They are
written into the package, since an installed package has no tests.

    python docs/rule_examples.py    print the files of all rules, as JSON

`docs/generate.py` writes them.
"""

from __future__ import annotations

import ast
import difflib
import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import takewhile
from pathlib import Path
from shutil import copytree, ignore_patterns
from textwrap import indent

from kpi_framework.model.rule import RULES

ROOT = Path(__file__).parent.parent
CASES = ROOT / "tests" / "rules"
MADE = "# Made by docs/generate.py from tests/rules and the docstrings: run `make docs`.\n"
AROUND, LONGEST, WIDEST = 1, 8, 110
"""Lines beside a difference, lines of one excerpt, and characters of one line."""
_HASH = re.compile(r"[0-9a-f]{12,}")
GONE = "(the file is not there)"
NO_PROCESS, PROCESS = "(a machine that starts no process)", "(a machine that starts processes)"
"""What differs where no file does: the machine."""


def rule_example(rule: str) -> str:
    """The file of the package that shows a rule."""
    with tempfile.TemporaryDirectory() as folder:
        bad, good = (_laid(Path(folder) / side, rule, side) for side in ("bad", "good"))
    fields = {
        "when": _conditions().get(rule, ""),
        "bad": _excerpts(bad, good) or NO_PROCESS,
        "says": (CASES / rule / "expected.txt").read_text(encoding="utf-8"),
        "good": _excerpts(good, bad) or PROCESS,
    }
    return MADE + "".join(f"{name}: |2\n{indent(text.rstrip(), '  ')}\n" for name, text in fields.items() if text)


def _laid(folder: Path, rule: str, side: str) -> Mapping[str, list[str]]:
    """The lines of every file of the tests' project with a side of the rule laid over it."""
    copytree(CASES / "project", folder)
    overlay = CASES / rule / side
    if overlay.is_dir():
        copytree(overlay, folder, dirs_exist_ok=True, ignore=ignore_patterns("DELETE", "LINKS", "NO_ENGINE"))
    files = {str(path.relative_to(folder)): _lines(path) for path in sorted(folder.rglob("*")) if path.is_file()}
    links = [line.split() for line in _lines(overlay / "LINKS")]
    files |= {path: [f"(a link to {target})"] for path, target in links}
    return {path: lines for path, lines in files.items() if path not in _lines(overlay / "DELETE")}


def _lines(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return _HASH.sub("…", text).splitlines()


def _excerpts(shown: Mapping[str, list[str]], other: Mapping[str, list[str]]) -> str:
    """Of each file that differs from the other side's: its name, and the lines around the difference."""
    paths = [path for path in sorted({*shown, *other}) if shown.get(path) != other.get(path)]
    return "\n".join(
        "\n".join((f"# {path}", *_around(shown[path], other.get(path, [])))) if path in shown else f"# {path}\n{GONE}"
        for path in paths
    )


def _around(lines: list[str], other: list[str]) -> Iterator[str]:
    """The lines where a text differs from another, with the ones beside them; long ones are cut."""
    wanted: set[int] = set()
    for kind, start, end, _, _ in difflib.SequenceMatcher(None, lines, other, autojunk=False).get_opcodes():
        if kind != "equal":
            wanted |= set(range(max(start - AROUND, 0), min(end + AROUND, len(lines))))
    numbers = sorted(wanted)[:LONGEST]
    for before, number in zip([-1, *numbers], numbers, strict=False):
        if number > before + 1:
            yield "…"
        yield _short(lines[number], other[number] if number < len(other) else "")
    if numbers and numbers[-1] < len(lines) - 1:
        yield "…"


def _short(line: str, other: str) -> str:
    """A line, or of a long one the part around its first difference from the other side's line."""
    if len(line) <= WIDEST:
        return line
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(line, other, strict=False)))
    start = max(same - WIDEST // 2, 0) if line != other else 0
    return f"{'…' * (start > 0)}{line[start : start + WIDEST]}{'…' * (start + WIDEST < len(line))}"


@cache
def _conditions() -> Mapping[str, str]:
    """The docstring of the function that reports a rule, for each that one alone begins with."""
    heads: dict[str, list[str]] = {}
    for path in sorted((ROOT / "kpi_framework").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            docstring = (ast.get_docstring(node) or "") if isinstance(node, ast.FunctionDef) else ""
            name, colon, text = docstring.partition(": ")
            if colon and name in RULES:
                heads.setdefault(name, []).append(" ".join(text.partition("\n\n")[0].split()))
    return {name: texts[0] for name, texts in heads.items() if len(texts) == 1}


if __name__ == "__main__":
    print(json.dumps({rule: rule_example(rule) for rule in RULES}))

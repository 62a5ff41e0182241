"""Files and functions stay short enough to be read at one go."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "kpi_framework"
FILES = sorted(PACKAGE.rglob("*.py"))
LONGEST_FILE, LONGEST_FUNCTION = 400, 35


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_file_and_no_function_is_too_long(path: Path) -> None:
    """At most 400 lines a file and 35 a function, its docstring and all."""
    text = path.read_text(encoding="utf-8")
    functions = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef)]
    long = [
        f"{f.name}: {f.end_lineno - f.lineno + 1}"
        for f in functions
        if f.end_lineno and f.end_lineno - f.lineno >= LONGEST_FUNCTION
    ]
    assert text.count("\n") <= LONGEST_FILE
    assert long == []

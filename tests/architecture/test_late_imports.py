"""What is imported late is named in full: every such name is a literal, and stands for what is there."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from kpi_framework.report.renderers import RENDERERS

PACKAGE = Path(__file__).parents[2] / "kpi_framework"


def late_imports(tree: ast.AST) -> Iterator[ast.expr]:
    """What each call of import_module is given."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            yield node.args[0]


def modules() -> Iterator[str]:
    """Every full name of a module of the package that stands as a text in it."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isascii():
                parts = node.value.split(".")
                if parts[0] == "kpi_framework" and len(parts) > 1 and all(map(str.isidentifier, parts)):
                    yield node.value


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_is_imported_by_a_made_up_name(path: Path) -> None:
    """A name is a literal, or comes out of a table of literals: no text is put together."""
    for argument in late_imports(ast.parse(path.read_text(encoding="utf-8"))):
        assert not [n for n in ast.walk(argument) if isinstance(n, ast.JoinedStr | ast.BinOp)], ast.unparse(argument)


@pytest.mark.parametrize("name", sorted(set(modules())))
def test_every_named_module_is_there(name: str) -> None:
    """A file that moved is not missed when a user first needs it."""
    assert importlib.import_module(name)


@pytest.mark.parametrize("form", RENDERERS)
def test_every_format_has_its_renderer(form: str) -> None:
    """The function that a format names is in the file that it names."""
    module, function = RENDERERS[form]
    assert callable(getattr(importlib.import_module(module), function))

"""The floors of the house: who may import whom, and who may speak."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from kpi_framework.evaluate.sources.formats import FORMATS

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "kpi_framework"
FILES = sorted(PACKAGE.rglob("*.py"))

# One landlord a library: the rooms, or the one file, that may import it.
LANDLORDS = {
    "click": ("cli",),
    "duckdb": ("evaluate/engine/worker", "evaluate/fetch/snapshot"),
    "holidays": ("compile/time/holidays",),
    "jsonschema": ("load",),
    "lsprotocol": ("lsp",),
    "msgspec": ("model/record",),
    "pydantic": ("model", "load"),
    "pydantic_core": ("model", "load"),
    "pygls": ("lsp",),
    "python_calamine": ("evaluate/sources/workbook",),
    "rich": ("report", "cli"),
    "sqlglot": ("compile",),
    "typer": ("cli",),
    "xlsxwriter": ("report/formats/xlsx",),
    "yaml": ("load",),
}


def imported(path: Path) -> Iterator[str]:
    """The top-level names that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def third_party(path: Path) -> set[str]:
    """The libraries a file imports that are neither Python's nor this package."""
    return set(imported(path)) - sys.stdlib_module_names - {PACKAGE.name}


def speaks(path: Path) -> Iterator[int]:
    """The lines of a file that write to the terminal."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id="print" | "input") | ast.Attribute(value=ast.Name("click" | "typer"))):
                yield node.lineno
            case ast.Attribute(value=ast.Name(id="sys"), attr="stdout" | "stderr"):
                yield node.lineno


def test_every_format_of_sources_is_a_stranger_to_the_others() -> None:
    """The contracts about formats name all of them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    formats = {module for module, _ in FORMATS.values()}
    apart = [set(c["modules"]) for c in contracts if c["name"] == "Formats of sources are strangers"]
    unasked = [set(c["forbidden_modules"]) for c in contracts if c["name"].startswith("Whoever reads a source")]
    assert (apart, unasked) == ([formats], [formats])


def test_imports_run_only_downward() -> None:
    """The contracts in pyproject.toml hold."""
    config = str(ROOT / "pyproject.toml")
    assert lint_imports(config_filename=config, no_cache=True) == EXIT_STATUS_SUCCESS


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_each_library_is_imported_only_in_its_room(path: Path) -> None:
    """A reader who asks where YAML, SQL, an engine or the terminal is dealt with gets one answer."""
    place = path.relative_to(PACKAGE).with_suffix("").as_posix()
    strangers = {
        name
        for name in third_party(path)
        if not any(f"{place}/".startswith(f"{room}/") for room in LANDLORDS.get(name, ()))
    }
    assert strangers == set()


def test_only_the_door_prints() -> None:
    """Rooms return; the command line writes. The worker's standard output is its pipe to the parent, the language
    server's is the editor's. An auditor's script is a program of its own: the package only copies its text.
    """
    worker = PACKAGE / "evaluate" / "engine" / "worker.py"
    allowed = (PACKAGE / "cli", PACKAGE / "lsp" / "streams.py", worker, PACKAGE / "library" / "audit")
    spoken = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in FILES
        if not any(path.is_relative_to(place) for place in allowed)
        for line in speaks(path)
    ]
    assert spoken == []


def test_no_file_of_the_package_is_unreachable_for_these_tests() -> None:
    """The tests above read the whole package."""
    assert {path.relative_to(PACKAGE).parts[0] for path in FILES} >= {
        "cli",
        "compile",
        "discover",
        "evaluate",
        "load",
        "model",
    }

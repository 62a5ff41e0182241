"""What the shell may complete: words of an option, names of the project, names of the package."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from pathlib import Path

import typer

from ..model.diagnostic import KpiError
from ..model.rule import RULES
from ..workflow.project import find_project
from ..workflow.project_files import definition_names

Completion = Callable[[str], list[str]]


def words(known: Iterable[str]) -> Completion:
    """Those of the known words that begin as what is typed."""
    return lambda incomplete: [word for word in known if word.startswith(incomplete)]


def choice(option: str, known: Iterable[str], meaning: str = "") -> object:
    """An option that takes one of the known words, and says so before anything is done. It raises KpiError."""
    known = tuple(known)
    listed = ", ".join(known)

    def checked(value: str | None) -> str | None:
        if value is not None and value not in known:
            raise KpiError(f"{option} {value} is not known", f"Use one of {listed}.")
        return value

    return typer.Option(option, help=meaning or f"One of {listed}.", autocompletion=words(known), callback=checked)


def definitions(incomplete: str) -> list[str]:
    """The ids of the definitions in the nearest project."""
    try:
        root = find_project(None, Path.cwd())
    except KpiError:
        return []
    return words(sorted(set(definition_names(root))))(incomplete)


def offers(incomplete: str) -> list[str]:
    """The ids of the catalogue."""
    # The main job shares this file, and does not wait for the catalogue.
    catalogue = importlib.import_module("kpi_framework.load.templates")
    return words((*catalogue.shipped_templates(), *catalogue.shipped_signals()))(incomplete)


def views(incomplete: str) -> list[str]:
    """The products whose database has shipped views."""
    return words(importlib.import_module("kpi_framework.load.library").shipped_views())(incomplete)


def functions(incomplete: str) -> list[str]:
    """The functions of the formula language."""
    language = importlib.import_module("kpi_framework.compile.language.functions")
    return words(language.FUNCTIONS)(incomplete)


def rules(incomplete: str) -> list[str]:
    """The names of the rules."""
    return words(RULES)(incomplete)

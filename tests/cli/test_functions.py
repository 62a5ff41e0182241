"""`kpi functions`: what a formula may use."""

from __future__ import annotations

from typer.testing import CliRunner

from kpi_framework.cli import commands  # noqa: F401 - registers every command
from kpi_framework.cli.app import app
from kpi_framework.compile.language.functions import FUNCTIONS


def run(*words: str) -> str:
    """What the command prints."""
    outcome = CliRunner().invoke(app, ["functions", *words], catch_exceptions=True)
    return outcome.stdout if outcome.exception is None else f"{outcome.exception}"


def test_every_function_is_listed_with_an_example() -> None:
    """The list needs no project."""
    listed = " ".join(run().split())
    assert [f.name for f in FUNCTIONS.values() if " ".join(f.example.split())[:30] not in listed] == []


def test_one_function_is_shown_by_its_name_or_by_another() -> None:
    """`average` is `avg` here; capital letters do not matter."""
    assert run("avg") == run("AVERAGE")
    assert FUNCTIONS["avg"].example in run("avg")


def test_a_name_that_is_no_function_is_refused() -> None:
    """With the nearest one."""
    assert "medain" in run("medain")

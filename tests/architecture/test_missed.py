"""Continuous integration accepts the sample's shut gate only for the reason that its data give."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parent.parent.parent / ".ci" / "missed.py"
README = "# Data\n`csat`: a survey.\n\n## What must be missed\n`cost`, see `costs.csv`.\n\n## Rest\n"


@pytest.fixture(scope="module")
def script() -> Any:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("missed", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def scorecard(missed: list[str], unknown: int = 0, errors: list[str] | None = None) -> dict[str, Any]:
    """A scorecard with these KPIs missed."""
    return {
        "measurements": [{"kpi": kpi, "judged": True, "status": "missed", "waived": False} for kpi in missed]
        + [
            {"kpi": "met", "judged": True, "status": "met", "waived": False},
            {"kpi": "past", "judged": False, "status": "missed", "waived": False},
            {"kpi": "excused", "judged": True, "status": "missed", "waived": True},
        ],
        "verdict": {"counts": {"unknown": unknown}},
        "diagnostics": [{"rule": rule, "severity": "error", "message": ""} for rule in errors or []],
    }


def test_the_readme_names_kpis_in_one_section(script: Any) -> None:
    """Only the KPIs of the section about misses count."""
    assert script.must_be_missed(README, {"csat", "cost"}) == {"cost"}


def test_the_expected_misses_alone_are_accepted(script: Any) -> None:
    """A judged miss without a waiver is a miss; a past or waived one is not."""
    assert script.problems(scorecard(["cost"]), {"cost"}) == []


@pytest.mark.parametrize(
    "found",
    [
        scorecard([]),
        scorecard(["csat"]),
        scorecard(["cost", "csat"]),
        scorecard(["cost"], unknown=1),
        scorecard(["cost"], errors=["source-unreadable"]),
    ],
)
def test_anything_else_is_a_problem(script: Any, found: dict[str, Any]) -> None:
    """A miss too few or too many, an unknown or an error is not the gate working."""
    assert script.problems(found, {"cost"}) != []


def test_a_readme_that_names_none_is_a_problem(script: Any) -> None:
    """Continuous integration has to see a gate that can shut."""
    assert script.problems(scorecard([]), set()) != []

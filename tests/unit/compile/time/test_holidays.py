"""Holidays by code or by day."""

from __future__ import annotations

import datetime as dt

import pytest

from kpi_framework.compile.time.holidays import days_off, holiday_codes, unknown_holiday


@pytest.mark.parametrize(
    ("name", "is_unknown"),
    [("GB-ENG", False), ("GB", False), ("DE-BY", False), ("2026-05-01", False),
     ("GB-XXX", True), ("XX", True), ("2026-02-30", True), ("", True)],
)  # fmt: skip
def test_a_code_or_a_day_is_known(name: str, is_unknown: bool) -> None:
    """A country, a part of one, or a day that there is."""
    assert unknown_holiday(name) is is_unknown


def test_days_of_a_code() -> None:
    """Easter Monday 2026 is a holiday in England and none in Scotland; the observed day of a Sunday's one counts."""
    assert dt.date(2026, 4, 6) in days_off("GB-ENG")
    assert dt.date(2026, 4, 6) not in days_off("GB-SCT")
    assert dt.date(2022, 12, 27) in days_off("GB-ENG")  # Christmas 2022 fell on a Sunday
    assert dt.date(2026, 4, 7) not in days_off("GB-ENG")


def test_a_single_day_is_itself() -> None:
    """And no other year's."""
    assert days_off("2026-05-01") == {dt.date(2026, 5, 1)}


def test_every_year_of_the_tables_has_its_holidays() -> None:
    """From 1989 to 2060, so that the first and the last day of the working-time tables are judged."""
    years = {day.year for day in days_off("GB-ENG")}
    assert set(range(1990, 2061)) <= years


def test_the_codes_are_those_of_the_library() -> None:
    """Countries with their parts."""
    assert "BY" in holiday_codes()["DE"]

"""The moment of an example's period."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from kpi_framework.compile.plan.example import read_moment
from kpi_framework.compile.sql.errors import FormulaError
from kpi_framework.model.period import Almanac

LONDON = Almanac(ZoneInfo("Europe/London"))


@pytest.mark.parametrize(
    ("text", "instant", "day"),
    [
        ("2026-01-31", "2026-02-01T00:00:00+00:00", "2026-01-31"),
        ("2026-06-30", "2026-06-30T23:00:00+00:00", "2026-06-30"),
        ("2026-06-30 09:00", "2026-06-30T08:00:00+00:00", "2026-06-30"),
    ],
)
def test_a_day_counts_to_its_end_and_a_time_to_itself(text: str, instant: str, day: str) -> None:
    """On the wall of the project's zone."""
    moment = read_moment(text, LONDON)
    assert moment.instant == dt.datetime.fromisoformat(instant)
    assert moment.day == dt.date.fromisoformat(day)


@pytest.mark.parametrize("text", ["2026-02-30", "soon", "2026-01-31 25:00"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    """At the key that says it."""
    with pytest.raises(FormulaError) as refused:
        read_moment(text, LONDON)
    assert (refused.value.rule, refused.value.name) == ("type-mismatch", "at")

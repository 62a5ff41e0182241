"""Behaviour, budget and pace in words: what a reader takes from them is what they say."""

from __future__ import annotations

import datetime as dt

import pytest

from kpi_framework.model.behaviour import Assurance, Behaviour, Pattern, SpecialCause, Variation
from kpi_framework.model.pace import Budget, ExpectedBudget, Pace
from kpi_framework.model.record import replace
from kpi_framework.report.words.behaviour import behaviour_text, behaviour_words, pace_text
from tests.unit.report.scorecards import measure

START = dt.date(2026, 10, 1)
STEADY = Behaviour(Variation.STEADY, Assurance.HIT_OR_MISS, 60.0, (40.0, 80.0), (START,) * 20)


def moving(pattern: Pattern, *, is_high: bool, length: int) -> Behaviour:
    """A judged point that is no noise."""
    return replace(
        STEADY, variation=Variation.WORSENING, special_causes=(SpecialCause(START, pattern, is_high, length),)
    )


@pytest.mark.parametrize(
    ("behaviour", "text"),
    [
        (STEADY, "steady (usual range 40.0–80.0 min); hit or miss"),
        (moving(Pattern.POINT, is_high=True, length=1), "worsening: above the upper limit of 80.0 min; hit or miss"),
        (moving(Pattern.POINT, is_high=False, length=1), "worsening: below the lower limit of 40.0 min; hit or miss"),
        (moving(Pattern.TREND, is_high=True, length=7), "worsening: rising for 7 months; hit or miss"),
        (moving(Pattern.SHIFT, is_high=False, length=9),
         "worsening: below the mean of 60.0 min for 9 months; hit or miss"),
        (moving(Pattern.TWO_OF_THREE, is_high=True, length=3),
         "worsening: far above the mean of 60.0 min in two of three months; hit or miss"),
        (Behaviour(Variation.TOO_LITTLE_HISTORY, None, 60.0, None, (START,) * 8),
         "too little history (8 months; limits need 13)"),
        (replace(STEADY, variation=None), ""),
        (replace(STEADY, assurance=Assurance.USUALLY_MISSES),
         "steady (usual range 40.0–80.0 min); usually misses its target"),
    ],
)  # fmt: skip
def test_the_words_say_why(behaviour: Behaviour, text: str) -> None:
    """The two words, and between them what they stand on, in the KPI's unit and period."""
    assert behaviour_text(replace(measure(), behaviour=behaviour)) == text


def test_a_cell_has_the_two_words() -> None:
    """Short enough to stand beside a status; empty without a behaviour."""
    assert behaviour_words(replace(measure(), behaviour=STEADY)) == "steady, hit or miss"
    assert behaviour_words(measure()) == behaviour_words(None) == behaviour_text(None) == ""


@pytest.mark.parametrize(
    ("budget", "pace", "text"),
    [
        (Budget(7, 9, ExpectedBudget(420, 21)), Pace.OFF_TRACK, "12 of about 21 misses left, off track"),
        (Budget(20, 22, ExpectedBudget(420, 21)), Pace.LOST,
         "1 miss over the about 21 that are allowed, can no longer be met"),
        (Budget(0, 0, ExpectedBudget(18, 0)), Pace.TOO_EARLY, "the first miss will miss the target, too early to tell"),
        (Budget(0, 2, None), Pace.TOO_EARLY, "2 misses so far, too early to tell"),
        (Budget(0, 0, ExpectedBudget(20, 1)), Pace.SAFE, "1 of about 1 miss left, can no longer be missed"),
        (None, Pace.ON_TRACK, "on track"), (None, None, ""),
    ],
)  # fmt: skip
def test_a_budget_is_told_in_misses(budget: Budget | None, pace: Pace | None, text: str) -> None:
    """How many are left of the whole period's; never a share, never infinite."""
    assert pace_text(replace(measure(), budget=budget, pace=pace)) == text

"""One place says which waivers count, and what they cover."""

from __future__ import annotations

import datetime as dt

import pytest

from kpi_framework.model.waiver import Waiver, valid_waivers


def waiver(**fields: object) -> Waiver:
    """A waiver for November 2026; fields as in its YAML."""
    known = {"from": "2026-11-01", "until": "2026-11-30", "limit": "90 min", "reason": "x", "approved_by": "cio"}
    return Waiver.model_validate(known | fields)


def test_a_waiver_holds_on_its_first_and_its_last_day() -> None:
    """Both days are included, the days beside them are not."""
    days = [dt.date(2026, 10, 31), dt.date(2026, 11, 1), dt.date(2026, 11, 30), dt.date(2026, 12, 1)]
    assert [waiver().covers(day, {}) for day in days] == [False, True, True, False]


def test_a_waiver_covers_its_own_segment_alone() -> None:
    """The overall value without a `segment`; the rows without a value are the segment `null`."""
    day = dt.date(2026, 11, 5)
    segments: list[dict[str, str | None]] = [{}, {"priority": "high"}, {"priority": None}]
    covered = {"": {}, "high": {"priority": "high"}, "null": {"priority": "null"}}
    answers = {name: [waiver(segment=named).covers(day, s) for s in segments] for name, named in covered.items()}
    assert answers == {"": [True, False, False], "high": [False, True, False], "null": [False, False, True]}


@pytest.mark.parametrize(("fields", "owner"), [({"until": "2027-02-02"}, "desk"), ({}, " CIO ")])
def test_a_long_or_self_approved_waiver_excuses_nothing(fields: dict[str, object], owner: str) -> None:
    """More than 92 days, or approved by the owner however it is spelt."""
    assert valid_waivers([waiver(**fields)], owner) == ()
    assert valid_waivers([waiver()], "desk") == (waiver(),)


@pytest.mark.parametrize(("until", "days", "is_too_long"), [("2027-01-31", 92, False), ("2027-02-01", 93, True)])
def test_a_waiver_lasts_at_most_92_days_with_both_ends(until: str, days: int, is_too_long: bool) -> None:
    """November, December and January have 30 + 31 + 31 days."""
    assert (waiver(until=until).days, waiver(until=until).is_too_long) == (days, is_too_long)


def test_a_value_may_be_no_worse_than_the_limit() -> None:
    """The limit is included, on the side on which the target is missed; a limit of another unit allows nothing."""
    assert [waiver().allows(v, "minutes", is_above=True) for v in (89.0, 90.0, 91.0)] == [True, True, False]
    assert [waiver().allows(v, "minutes", is_above=False) for v in (89.0, 90.0, 91.0)] == [False, True, True]
    assert not waiver().allows(1.0, "percent", is_above=True)

"""Quantities: what is written stays what it is, and says what it says."""

from __future__ import annotations

import datetime as dt
import json
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from kpi_framework.model.could_not import CouldNot
from kpi_framework.model.kpi import Benchmark, Example, Expectation, Target
from kpi_framework.model.project import DataRule
from kpi_framework.model.quantity import Amount, Duration, Quantity, Relative, Share, Window
from kpi_framework.model.unit import MICROSECONDS, SPELLINGS

UNITS = sorted({*SPELLINGS, "count", "score", "GBP", ""})
NUMBERS = st.from_regex(r"[+-]?[0-9]{1,9}(\.[0-9]{0,6})?", fullmatch=True)
AMOUNTS = st.builds("{}{}{}".format, NUMBERS, st.sampled_from(["", " ", "  "]), st.sampled_from(UNITS))
RELATIVES = st.builds("{} {} {}".format, st.sampled_from(["baseline", "previous"]), st.sampled_from("+-"), AMOUNTS)
TEXTS = st.one_of(AMOUNTS, RELATIVES, NUMBERS.map("{}% of baseline".format), st.text(max_size=20))
PLAIN = st.one_of(TEXTS, st.integers(-(10**18), 10**18), st.floats(allow_nan=False, allow_infinity=False))


@given(PLAIN)
@settings(deadline=None)
def test_a_file_is_written_as_it_was_read(written: int | float | str) -> None:
    """Whatever stands there, readable or not, stands there again: as itself, as JSON and as a message's text."""
    target = Target.model_validate({"at_most": written, "near": [written, written]})
    for dumped in (target.model_dump(), target.model_dump(mode="json"), json.loads(target.model_dump_json())):
        assert dumped["at_most"] == written
        assert type(dumped["at_most"]) is type(written)
        assert list(dumped["near"]) == [written, written]
    assert str(target.at_most) == str(written)


@given(PLAIN, PLAIN)
@settings(deadline=None)
def test_quantities_are_equal_when_their_texts_are(left: int | float | str, right: int | float | str) -> None:
    """`60 min` and `1 h` are two texts, though they say the same."""
    assert (Quantity.read(left) == Quantity.read(right)) == (left == right)
    assert Quantity.read(left) == Quantity.read(left)
    assert len({Quantity.read(left), Quantity.read(right)}) == len({left, right})
    assert Quantity.read("60 min") != Quantity.read("1 h")


@given(NUMBERS, st.sampled_from(sorted(MICROSECONDS)), st.sampled_from(sorted(MICROSECONDS)))
@settings(deadline=None)
def test_durations_convert_exactly(number: str, written_in: str, unit: str) -> None:
    """A number of one unit in another is what fractions give, rounded once."""
    spelling = next(s for s, u in SPELLINGS.items() if u == written_in)
    exact = Fraction(number) * MICROSECONDS[written_in] / MICROSECONDS[unit]
    quantity = Quantity.read(f"{number} {spelling}")
    assert quantity.amount_in(unit) == exact
    assert quantity.to(unit) == float(exact)


@given(NUMBERS)
@settings(deadline=None)
def test_percent_are_fractions_of_a_hundred(number: str) -> None:
    """`95%` is 0.95; without its sign it says nothing in percent."""
    assert Quantity.read(f"{number}%").to("percent") == float(Fraction(number) / 100)
    assert isinstance(Quantity.read(number).to("percent"), CouldNot)
    assert Quantity.read(number).to("hours") == float(Fraction(number))


@pytest.mark.parametrize(("unit", "other"), [*product(("count", "GBP", "hours"), ("percent", "USD", "score"))])
def test_units_of_two_kinds_do_not_convert(unit: str, other: str) -> None:
    """The reason names both, or says how a percent is written."""
    number = Amount(Fraction(5), unit).to(other)
    assert isinstance(number, CouldNot)
    assert all(word in number.why for word in (["%"] if other == "percent" else [unit, other]))


def test_relative_limits_say_what_they_are_relative_to() -> None:
    """A share of a reference, or an offset from one in the KPI's unit; by itself neither is a number."""
    share, offset = Quantity.read("90 % of baseline"), Quantity.read("previous - 10 min")
    assert share.reading == Relative("baseline", Amount(Fraction(9, 10)), is_share=True)
    assert offset.reading == Relative("previous", Amount(Fraction(-10), "minutes"))
    assert (share.amount_in("hours"), offset.amount_in("hours")) == (Fraction(9, 10), Fraction(-1, 6))
    for quantity in (share, offset):
        number = quantity.to("hours")
        assert isinstance(number, CouldNot)
        assert str(quantity.written) in number.why


@pytest.mark.parametrize(
    "text", ["fast", "", "60 mins", "1e3", "60 min or so", "baseline + soon", "1234567890123456789"]
)
def test_an_unreadable_quantity_is_a_value_with_its_reason(text: str) -> None:
    """It does not make its file unreadable: whoever needs the number shows why there is none."""
    benchmark = Benchmark.model_validate({"at_most": text, "source": "a report"})
    assert benchmark.at_most is not None
    assert isinstance(benchmark.at_most.reading, CouldNot)
    assert benchmark.at_most.to("minutes") == benchmark.at_most.amount_in("minutes") == benchmark.at_most.reading


@pytest.mark.parametrize("written", [True, False, None, 7, 2.5, "60 min", {"value": True}, {"value": "7 d"}, {}])
def test_what_an_example_expects_keeps_its_shape(written: object) -> None:
    """A flag stays a flag, and a mapping a mapping, beside quantities."""
    example = Example.model_validate({"name": "A", "given": [], "expect": written})
    assert example.model_dump(exclude_unset=True)["expect"] == written
    assert json.loads(example.model_dump_json(exclude_unset=True))["expect"] == written
    assert example == Example.model_validate(example.model_dump())
    assert isinstance(example.expect, Quantity | Expectation | bool | None)


@given(st.integers(0, 99_999), st.sampled_from(["d", "day", "days", "h", "min", "s", "seconds"]))
@settings(deadline=None)
def test_durations_add_to_instants(number: int, spelling: str) -> None:
    """`2 days` is 48 hours, of every spelling."""
    duration = Duration.read(f"{number} {spelling}")
    assert duration.delta == dt.timedelta(**{SPELLINGS.get(spelling, spelling): number})
    assert dt.timedelta(microseconds=duration.microseconds) == duration.delta


@given(st.integers(1, 99_999))
@settings(deadline=None)
def test_windows_are_whole_days(days: int) -> None:
    """`30 days`, `30d` and `30 day` are 30; any number of days that a calendar holds is one."""
    assert {Window.read(f"{days}{unit}").days for unit in (" days", "d", " day")} == {days}


@given(st.integers(0, 100))
@settings(deadline=None)
def test_shares_are_fractions_however_they_are_written(percent: int) -> None:
    """`50%` and 0.5 are one fraction, and each is written again as it was."""
    for written in (f"{percent}%", percent / 100):
        rule = DataRule.model_validate({"holds": "true", "at_least": written})
        assert rule.at_least.fraction == percent / 100
        assert rule.model_dump(mode="json")["at_least"] == written


@pytest.mark.parametrize("written", ["101%", "-1%", 1.5, "50", True, "half", None])
def test_no_share_is_outside_of_the_whole(written: object) -> None:
    """What is no share is refused when it is read, as a field of the wrong type."""
    with pytest.raises(ValidationError):
        DataRule.model_validate({"holds": "true", "at_least": written})


def test_a_default_is_left_out_where_defaults_are() -> None:
    """A hash without defaults sees none of them."""
    rule = DataRule.model_validate({"holds": "true", "at_least": "100%"})
    assert rule.model_dump(exclude_defaults=True) == {"holds": "true"}
    assert rule.at_least == Share.read("100%")

"""Budget and pace: exact counts of tickets, and chances that a plain sum of fractions gives."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_framework.evaluate.pace import (
    Volumes,
    allowed_share,
    budget_of,
    chance_of_count,
    chance_of_share,
    pace_of_count,
    pace_of_share,
)
from kpi_framework.model.measurement import Goal
from kpi_framework.model.pace import ExpectedBudget, Pace

TWENTIETH = Fraction(1, 20)
USUAL = Volumes(420, 420, 420, 420)
limits = st.floats(0, 1)


# Budget


def test_a_budget_is_in_tickets() -> None:
    """95 % of 420 tickets allow 21 misses; of the 140 so far 7, so 9 are 2 too many."""
    budget = budget_of(TWENTIETH, 140, 9, 420)
    assert (budget.allowed, budget.used, budget.left, budget.expected) == (7, 9, -2, ExpectedBudget(420, 21))
    assert budget_of(TWENTIETH, 140, 9, None).expected is None


def test_a_limit_is_taken_as_it_is_written() -> None:
    """In binary, 1 − 0.95 is less than a twentieth, and 420 tickets would allow 20."""
    share = allowed_share(Goal(at_least=0.95))
    assert share == TWENTIETH
    assert math.floor(share * 420) == 21
    assert allowed_share(Goal(at_most=0.05)) == TWENTIETH


@pytest.mark.parametrize(
    "goal",
    [None, Goal(at_least=1), Goal(at_least=1.0), Goal(at_most=0), Goal(at_least=0), Goal(at_most=1.5),
     Goal(at_least=-0.1), Goal(between=(0.2, 0.3))],
)  # fmt: skip
def test_some_targets_have_no_budget(goal: Goal | None) -> None:
    """100 % allows none, and a band has two ends: there is nothing that could be left, and nothing is divided by it."""
    assert allowed_share(goal) is None


def test_a_small_volume_has_no_budget_left() -> None:
    """18 tickets at 95 % allow none: the first miss decides."""
    assert budget_of(TWENTIETH, 5, 0, 18).expected == ExpectedBudget(18, 0)
    assert pace_of_share(TWENTIETH, 5, 1, Volumes(18, 18, 18, 18)) is Pace.LOST


@given(limits, st.integers(0, 10**9), st.integers(0, 10**9), st.one_of(st.none(), st.integers(0, 10**9)))
def test_a_budget_is_whole_tickets(limit: float, rows: int, misses: int, expected: int | None) -> None:
    """No more misses are allowed than keep the target met, and one more would miss it."""
    share = allowed_share(Goal(at_least=limit))
    if share is None:
        return
    budget = budget_of(share, rows, misses, expected)
    assert budget.left == budget.allowed - misses
    for allowed, of in ((budget.allowed, rows), *(((b.allowed, b.rows),) if (b := budget.expected) else ())):
        least = Fraction(repr(limit)) * of
        assert of - allowed >= least > of - allowed - 1


# Pace of a share


@pytest.mark.parametrize(
    ("rows", "misses", "chance", "pace"),
    [
        (140, 9, 0.193, Pace.OFF_TRACK), (140, 6, 0.702, Pace.TOO_CLOSE_TO_CALL), (140, 12, 0.014, Pace.OFF_TRACK),
        (400, 20, 0.727, Pace.TOO_CLOSE_TO_CALL), (400, 22, 0.0, Pace.LOST), (20, 0, 0.863, Pace.TOO_EARLY),
        (400, 1, 1.0, Pace.SAFE), (300, 2, 1.0, Pace.ON_TRACK),
    ],
)  # fmt: skip
def test_the_pace_of_420_tickets(rows: int, misses: int, chance: float, pace: Pace) -> None:
    """The vectors of a target of 95 %: the chance, and what is said of it."""
    assert chance_of_share(TWENTIETH, rows, misses, 420) == pytest.approx(chance, abs=0.0005)
    assert pace_of_share(TWENTIETH, rows, misses, USUAL) is pace


def test_all_volumes_must_agree() -> None:
    """Where fewer or more tickets than usual would turn the answer, it is too close to call."""
    assert pace_of_share(TWENTIETH, 140, 4, USUAL) is Pace.ON_TRACK
    assert pace_of_share(TWENTIETH, 140, 4, Volumes(420, 150, 420, 420)) is Pace.ON_TRACK
    assert pace_of_share(TWENTIETH, 140, 9, Volumes(420, 420, 4200, 4200)) is Pace.TOO_CLOSE_TO_CALL


def test_it_is_too_early_before_a_fifth_and_before_min_sample() -> None:
    """With twenty rows of 420 and no miss the chance is high already; it says nothing."""
    assert pace_of_share(TWENTIETH, 83, 0, USUAL) is Pace.TOO_EARLY
    assert pace_of_share(TWENTIETH, 84, 0, USUAL) is not Pace.TOO_EARLY
    assert pace_of_share(TWENTIETH, 84, 0, USUAL, min_sample=100) is Pace.TOO_EARLY
    assert pace_of_share(TWENTIETH, 84, 0, None) is Pace.TOO_EARLY


def test_what_can_no_longer_change_holds_for_the_largest_volume_in_a_year() -> None:
    """A busy month may still forgive, or undo."""
    assert pace_of_share(TWENTIETH, 400, 22, Volumes(420, 420, 420, 500)) is not Pace.LOST
    assert pace_of_share(TWENTIETH, 400, 1, Volumes(420, 420, 420, 500)) is not Pace.SAFE
    assert pace_of_share(TWENTIETH, 30, 26, Volumes(420, 420, 420, 500)) is Pace.LOST


def _beta_binomial(rows: int, misses: int, total: int, most: int) -> float:
    """P(X ≤ most) by fractions: X ~ BetaBinomial(total − rows, misses + ½, rows − misses + ½)."""
    left, a, b = total - rows, misses + Fraction(1, 2), rows - misses + Fraction(1, 2)

    def rising(x: Fraction, k: int) -> Fraction:
        return math.prod((x + i for i in range(k)), start=Fraction(1))

    terms = (math.comb(left, k) * rising(a, k) * rising(b, left - k) for k in range(min(most, left) + 1))
    return float(sum(terms, Fraction(0)) / rising(a + b, left))


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.fractions(0, 1, max_denominator=100))
def test_the_chance_of_a_share_is_a_sum_of_fractions(rows: int, misses: int, left: int, share: Fraction) -> None:
    """The closed form against the definition."""
    misses, total = min(misses, rows), rows + left
    most = math.floor(share * total) - misses
    expected = _beta_binomial(rows, misses, total, most) if most >= 0 else 0.0
    assert chance_of_share(share, rows, misses, total) == pytest.approx(expected, abs=1e-10)


volumes = (
    st.lists(st.integers(0, 10**6), min_size=4, max_size=4).map(sorted).map(lambda v: Volumes(v[1], v[0], v[2], v[3]))
)


@given(limits, st.integers(0, 10**6), st.integers(0, 10**6), volumes)
def test_a_share_always_has_a_pace(limit: float, rows: int, misses: int, expected: Volumes) -> None:
    """Whatever the numbers are: no error, nothing infinite, and one more miss never improves the pace."""
    share = allowed_share(Goal(at_least=limit))
    if share is None:
        return
    misses = min(misses, rows)
    chances = [chance_of_share(share, rows, m, max(expected.most, rows)) for m in (misses, min(misses + 1, rows))]
    assert all(0 <= chance <= 1 for chance in chances)
    order = [Pace.SAFE, Pace.ON_TRACK, Pace.TOO_CLOSE_TO_CALL, Pace.OFF_TRACK, Pace.LOST]
    paces = [pace_of_share(share, rows, m, expected) for m in (misses, min(misses + 1, rows))]
    if Pace.TOO_EARLY not in paces:
        assert order.index(paces[0]) <= order.index(paces[1])


# Pace of a count


def _negative_binomial(count: int, elapsed: Fraction, most: int) -> float:
    """P(X ≤ most) by fractions, but for the one root: X ~ NegBinomial(count + ½, elapsed)."""
    r = count + Fraction(1, 2)
    terms, term = Fraction(0), Fraction(1)
    for k in range(most + 1):
        terms += term
        term *= (k + r) / (k + 1) * (1 - elapsed)
    return float(terms) * math.pow(elapsed, r)


@given(st.integers(0, 60), st.fractions(Fraction(1, 20), Fraction(19, 20), max_denominator=40), st.integers(-5, 80))
def test_the_chance_of_a_count_is_a_sum_of_fractions(count: int, elapsed: Fraction, most: int) -> None:
    """The closed form against the definition, for a limit from above and from below."""
    below = _negative_binomial(count, elapsed, most) if most >= 0 else 0.0
    assert chance_of_count(count, elapsed, None, count + most) == pytest.approx(below, abs=1e-10)
    assert chance_of_count(count, elapsed, count + most + 1, None) == pytest.approx(1 - below, abs=1e-10)


@pytest.mark.parametrize(
    ("count", "elapsed", "goal", "pace"),
    [
        (11, "1/10", Goal(at_most=10), Pace.LOST), (10, "1/10", Goal(at_most=10), Pace.TOO_EARLY),
        (10, "1/10", Goal(at_least=10), Pace.SAFE), (10, "1/2", Goal(at_most=10), Pace.OFF_TRACK),
        (10, "1/2", Goal(at_most=40), Pace.ON_TRACK), (10, "1/2", Goal(at_most=20), Pace.TOO_CLOSE_TO_CALL),
        (10, "1/2", Goal(at_least=40), Pace.OFF_TRACK), (10, "1/2", Goal(at_least=12), Pace.ON_TRACK),
        (10, "1/2", Goal(between=(2, 9)), Pace.LOST), (10, "1/2", Goal(between=(10, 60)), Pace.ON_TRACK),
        (0, "1/2", Goal(at_most=0), Pace.TOO_CLOSE_TO_CALL),
        (10, "1/2", Goal(at_most=10.5), Pace.OFF_TRACK),
    ],
)  # fmt: skip
def test_the_pace_of_a_count(count: int, elapsed: str, goal: Goal, pace: Pace) -> None:
    """A count only grows: over its limit it is lost, at its least it is safe."""
    assert pace_of_count(count, Fraction(elapsed), goal) is pace


@given(st.integers(0, 10**6), st.fractions(0, 1), st.integers(0, 10**6))
def test_a_count_always_has_a_pace(count: int, elapsed: Fraction, limit: int) -> None:
    """Whatever the numbers are; and a lower ceiling never improves it."""
    order = [Pace.ON_TRACK, Pace.TOO_CLOSE_TO_CALL, Pace.OFF_TRACK, Pace.LOST]
    paces = [pace_of_count(count, elapsed, Goal(at_most=at_most)) for at_most in (limit + 1, limit)]
    ranks = [order.index(pace) for pace in paces if pace in order]
    assert all(better <= worse for better, worse in pairwise(ranks))

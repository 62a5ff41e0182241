"""The spread of values is that of exact arithmetic, and knows neither the order of rows nor the number of threads."""

from __future__ import annotations

import random
import statistics
from collections.abc import Sequence
from fractions import Fraction
from math import sqrt

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from kpi_framework.compile.dialect.duckdb.spelling import sql_of
from kpi_framework.compile.language.aggregates import SPREADS, Aggregate
from kpi_framework.compile.plan.non_additive import held_call
from kpi_framework.evaluate.rounding import published

NUMBERS = st.floats(-1e9, 1e9, allow_nan=False, allow_subnormal=False).map(lambda x: round(x, 6))
NEAR = st.builds(lambda base, steps: [base + step / 8 for step in steps], st.integers(10**6, 10**12),
                 st.lists(st.integers(0, 40), min_size=2, max_size=60))  # fmt: skip
"""A large mean and a small spread, where sums of squares lose everything."""
VALUES = st.one_of(st.lists(NUMBERS, max_size=40), NEAR)


def spreads(values: Sequence[float | None], threads: int = 1) -> dict[str, float | None]:
    """What the engine gives for each function over rows in this order."""
    engine = duckdb.connect(config={"threads": threads})
    engine.execute("CREATE TABLE rows (x DOUBLE)")
    engine.execute("INSERT INTO rows SELECT unnest(?::DOUBLE[])", [list(values)])
    names = sorted(SPREADS)
    calls = (sql_of(held_call([Aggregate(name, (exp.column("x"),))])) for name in names)
    [row] = engine.execute(f"SELECT {', '.join(calls)} FROM rows").fetchall()  # noqa: S608 - our own SQL
    return dict(zip(names, row, strict=True))


def exactly(values: Sequence[float | None], name: str) -> float | None:
    """The same by fractions."""
    known = [Fraction(v) for v in values if v is not None]
    degrees = len(known) - name.endswith("samp")
    if degrees < 1:
        return None
    mean = sum(known) / Fraction(len(known))
    variance = sum((v - mean) ** 2 for v in known) / degrees
    return sqrt(variance) if name.startswith("stddev") else float(variance)


@given(VALUES)
@settings(deadline=None, max_examples=60)
def test_a_spread_is_that_of_exact_arithmetic(values: list[float]) -> None:
    """Within the bound that the docstring of the dialect's `spread` states, however large the mean is."""
    for name, value in spreads([*values, None]).items():
        assert value == (pytest.approx(exact, rel=2e-15, abs=0) if (exact := exactly(values, name)) else exact), name


@given(VALUES, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=40)
def test_the_order_of_rows_does_not_show(values: list[float], chance: random.Random) -> None:
    """Not even in the last bit."""
    shuffled = chance.sample(values, len(values))
    assert spreads(values) == spreads(shuffled)


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_threads_do_not_show(threads: int) -> None:
    """A hundred thousand rows around a large mean give the digits of exact arithmetic on any number of threads."""
    chance = random.Random(11)  # noqa: S311 - no secret
    values = [1e8 + chance.randrange(1000) / 64 for _ in range(100_000)]
    for name, value in spreads(values, threads).items():
        assert published(value) == published(exactly(values, name)), name


def test_equal_values_have_no_spread() -> None:
    """Ten times 0.1 vary by 0, not by a rounding."""
    assert set(spreads([0.1] * 10).values()) == {0.0}
    assert statistics.pvariance([0.1] * 10) == 0

"""Expressions over a row: each gives in the engine what plain Python gives, and its type and unit are known before."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from functools import partial
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from kpi_framework.compile.dialect.duckdb.functions import zone_functions
from kpi_framework.compile.dialect.duckdb.spelling import sql_of
from kpi_framework.compile.language.formula import compile_column, compile_condition
from kpi_framework.compile.language.scope import Scope
from kpi_framework.compile.sql.errors import FormulaError
from kpi_framework.compile.sql.typed_sql import Term
from kpi_framework.model.period import Almanac, Grain

COLUMNS = {
    "a": "integer",
    "b": "integer",
    "t": "text",
    "start": "timestamp",
    "stop": "timestamp",
    "day": "date",
    "flag": "boolean",
}
TYPES = {"integer": "BIGINT", "text": "VARCHAR", "timestamp": "TIMESTAMP", "date": "DATE", "boolean": "BOOLEAN"}
LONDON = Almanac(ZoneInfo("Europe/London"), week_starts="sunday", fiscal_year_starts=4)


def scope() -> Scope:
    """The columns of a row, in a project in London whose weeks begin on Sunday and whose year begins in April."""
    columns: dict[str, Callable[[], Term]] = {
        name: partial(Term, exp.column(name), kind) for name, kind in COLUMNS.items()
    }
    return Scope(columns, LONDON)


def evaluated(text: str, **row: object) -> object:
    """What the engine makes of a computed column."""
    term, _ = compile_column(text, scope())
    engine = duckdb.connect()
    for statement in map(sql_of, zone_functions("Europe/London")):
        engine.execute(statement)
    names = ", ".join(f"?::{TYPES[kind]} AS {name}" for name, kind in COLUMNS.items())
    query = f"SELECT {sql_of(term.sql)} FROM (SELECT {names})"  # noqa: S608 - our own names
    [(value,)] = engine.execute(query, [row.get(name) for name in COLUMNS]).fetchall()
    return value


@pytest.mark.parametrize(("a", "b"), [(7, 2), (-7, 2), (0, 3), (5, 0), (None, 2), (3, None)])
def test_arithmetic(a: int | None, b: int | None) -> None:
    """Division is that of real numbers, by zero it gives nothing, and with nothing nothing comes of it."""
    known = a is not None and b is not None
    assert evaluated("a + b * 2 - 1", a=a, b=b) == (a + b * 2 - 1 if a is not None and b is not None else None)
    assert evaluated("a / b", a=a, b=b) == (a / b if a is not None and b else None)
    assert evaluated("(a - (b - 1)) / 2", a=a, b=b) == ((a - (b - 1)) / 2 if a is not None and b is not None else None)
    assert (evaluated("abs(-a) + b", a=a, b=b) is None) is not known


@pytest.mark.parametrize("a", [-2, 0, 1, 100])
def test_curves_give_nothing_where_there_is_no_value(a: int) -> None:
    """The logarithm of zero, the root of a negative number: NULL and no error."""
    assert evaluated("ln(a)", a=a) == (pytest.approx(math.log(a)) if a > 0 else None)
    assert evaluated("sqrt(a)", a=a) == (pytest.approx(math.sqrt(a)) if a >= 0 else None)


@pytest.mark.parametrize(("a", "b"), [(1, 2), (2, 1), (1, 1), (None, 1), (1, None), (None, None)])
def test_extremes_of_the_unknown_are_unknown(a: int | None, b: int | None) -> None:
    """greatest and least with a NULL are NULL on every engine; coalesce takes the first that is known."""
    known = [n for n in (a, b) if n is not None]
    assert evaluated("greatest(a, b)", a=a, b=b) == (max(known) if len(known) == 2 else None)
    assert evaluated("least(a, b)", a=a, b=b) == (min(known) if len(known) == 2 else None)
    assert evaluated("coalesce(a, b, 9)", a=a, b=b) == next(iter(known), 9)
    assert evaluated("nullif(a, b)", a=a, b=b) == (None if a == b else a)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a > 1 and b > 1", False),
        ("a > 1 or b > 1", None),
        ("not b > 1", None),
        ("b is null", True),
        ("a is not null", True),
        ("a in (1, 2)", True),
        ("b in (1, 2)", None),
    ],
)
def test_logic_has_three_values(text: str, value: bool | None) -> None:
    """a is 1 and b unknown: what does not hang on b is known."""
    assert evaluated(text, a=1) is value


def test_choice_and_text() -> None:
    """The first condition that holds; letters and lengths."""
    assert evaluated("case a when 1 then 'one' when 2 then 'two' else 'many' end", a=2) == "two"
    assert evaluated("case when a > 5 then 1 end", a=2) is None
    assert (evaluated("upper(t)", t="abc"), evaluated("length(t)", t="zoë")) == ("ABC", 3)
    assert evaluated("t like 'in%t'", t="incident") is True


START, STOP = dt.datetime(2026, 3, 28, 12), dt.datetime(2026, 3, 29, 18, 30)
"""In UTC; between them the clocks go forward."""


@pytest.mark.parametrize(("unit", "seconds"), [("seconds", 1), ("minutes", 60), ("hours", 3600), ("days", 86_400)])
def test_time_between_is_exact_and_signed(unit: str, seconds: int) -> None:
    """Real time, whatever the clocks show; from the later to the earlier it is negative."""
    expected = (STOP - START).total_seconds() / seconds
    assert evaluated(f"{unit}_between(start, stop)", start=START, stop=STOP) == pytest.approx(expected, rel=1e-15)
    assert evaluated(f"{unit}_between(stop, start)", start=START, stop=STOP) == pytest.approx(-expected, rel=1e-15)
    term, _ = compile_column(f"{unit}_between(start, stop)", scope())
    assert (term.type, term.unit) == ("double", unit)


def test_parts_of_time_are_those_of_the_wall() -> None:
    """In London: half past eleven at night in UTC is the next day there, and the next week where Sunday begins it."""
    late = dt.datetime(2026, 3, 31, 23, 30)
    assert evaluated("extract(hour from start)", start=late) == 0
    assert evaluated("extract(month from start)", start=late) == 4
    assert evaluated("date_trunc('month', start)", start=late) == dt.date(2026, 4, 1)
    assert evaluated("date_trunc('week', start)", start=late) == dt.date(2026, 3, 29)
    assert evaluated("date_trunc('year', start)", start=late) == dt.date(2026, 4, 1)
    assert evaluated("date_trunc('year', day)", day=dt.date(2026, 3, 31)) == dt.date(2025, 4, 1)


def test_a_text_beside_a_time_is_read_on_the_wall() -> None:
    """Midnight in London's summer is an hour before UTC's."""
    midnight = dt.datetime(2026, 6, 30, 23)
    assert evaluated("start >= '2026-07-01'", start=midnight) is True
    assert evaluated("start >= '2026-07-01'", start=midnight - dt.timedelta(seconds=1)) is False


@pytest.mark.parametrize(
    ("text", "kind", "unit"),
    [
        ("a + b", "integer", None),
        ("a * 1.5", "decimal", None),
        ("a / b", "double", None),
        ("a > b", "boolean", None),
        ("lower(t)", "text", None),
        ("hours_between(start, stop) + 2", "double", "hours"),
        ("hours_between(start, stop) / hours_between(start, stop)", "double", "ratio"),
        ("cast(start as date)", "date", None),
    ],
)
def test_types_and_units_are_known(text: str, kind: str, unit: str | None) -> None:
    """Before any row is read."""
    term, _ = compile_column(text, scope())
    assert (term.type, term.unit) == (kind, unit)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("a + t", "type-mismatch"),
        ("t > start", "type-mismatch"),
        ("a = flag", "type-mismatch"),
        ("sum(a)", "not-an-aggregate"),
        ("hours_between(start, stop) + minutes_between(start, stop)", "type-mismatch"),
        ("c + 1", "unknown-column"),
        ("start > 'soon'", "type-mismatch"),
        ("business_hours(start, stop)", "unknown-reference"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_rule(text: str, rule: str) -> None:
    """Never guessed."""
    with pytest.raises(FormulaError) as refused:
        compile_column(text, scope())
    assert refused.value.rule == rule


def test_a_condition_is_a_boolean() -> None:
    """A number is none."""
    sql, text = compile_condition("A > 1", scope())
    assert (sql_of(sql), text) == (
        sql_of(compile_condition("1 < a", scope())[0]),
        compile_condition("1 < a", scope())[1],
    )
    with pytest.raises(FormulaError):
        compile_condition("a + 1", scope())


DAYS = st.dates(dt.date(1980, 1, 1), dt.date(2040, 12, 31))


@given(start=DAYS, stop=DAYS)
@settings(deadline=None, max_examples=40)
def test_years_and_quarters_are_the_project_s(start: dt.date, stop: dt.date) -> None:
    """`extract`, `date_trunc` and `date_diff` read one calendar: the one in which the project's periods are cut."""
    years, quarters = ([LONDON.period_of(day, grain) for day in (start, stop)] for grain in (Grain.YEAR, Grain.QUARTER))
    days = f"cast('{start}' as date), cast('{stop}' as date)"
    parts = ("extract(year from {d})", "extract(quarter from {d})", "date_trunc('year', {d})")
    year, quarter, trunc = (evaluated(part.format(d=f"cast('{start}' as date)")) for part in parts)
    assert (year, trunc) == (years[0].start.year, years[0].start)
    assert quarter == 1 + (quarters[0].start.month - LONDON.fiscal_year_starts) % 12 // 3
    assert evaluated(f"date_diff('year', {days})") == years[1].start.year - years[0].start.year
    months = [quarter.start.year * 12 + quarter.start.month for quarter in quarters]
    assert evaluated(f"date_diff('quarter', {days})") == (months[1] - months[0]) // 3

"""A number as a person writes it becomes that number, or nothing: no sign is guessed."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest
from sqlglot import exp

from kpi_framework.compile.dataset.numbers import Notation, notation_of, plain_number
from kpi_framework.compile.dialect.duckdb.spelling import sql_of
from kpi_framework.model.source import Source


def read(cell: str, notation: Notation, currency: str | None = None) -> Decimal | None:
    """The number that a cell holds."""
    sql = sql_of(plain_number(exp.column("cell"), notation))
    [(text,)] = duckdb.execute(f"SELECT {sql} FROM (SELECT ? AS cell, ? AS code)", [cell, currency]).fetchall()  # noqa: S608
    return Decimal(text) if text else None


GERMAN, ENGLISH, FRENCH, SWISS = Notation(",", "."), Notation(".", ","), Notation(",", " "), Notation(".", "'")


@pytest.mark.parametrize(
    ("cell", "notation", "number"),
    [
        ("1.234,50", GERMAN, "1234.50"),
        ("1,5", GERMAN, "1.5"),
        ("-1.234.567", GERMAN, "-1234567"),
        ("1.5", GERMAN, None),
        ("12.34", GERMAN, None),
        ("1.234.5", GERMAN, None),
        ("1 234,5", GERMAN, None),
        ("1,234.5", ENGLISH, "1234.5"),
        ("12,34,567", ENGLISH, "1234567"),
        ("1,23", ENGLISH, None),
        ("1234.5", ENGLISH, "1234.5"),
        ("2 553", FRENCH, "2553"),
        ("2\N{NO-BREAK SPACE}553,25", FRENCH, "2553.25"),
        ("2\N{NARROW NO-BREAK SPACE}553", FRENCH, "2553"),
        ("1'234.50", SWISS, "1234.50"),
        ("1\N{RIGHT SINGLE QUOTATION MARK}234", SWISS, "1234"),
        (" +7 ", GERMAN, "7"),
        ("", GERMAN, None),
        ("-", GERMAN, None),
        ("12 apples", GERMAN, None),
        ("1.234,50 €", Notation(",", ".", "EUR"), "1234.50"),
        ("€1.234,50", Notation(",", ".", "EUR"), "1234.50"),
        ("$1", Notation(",", ".", "EUR"), None),
    ],
)
def test_a_number_is_read_in_its_notation(cell: str, notation: Notation, number: str | None) -> None:
    """Decimals, thousands and signs stand where the notation has them, and nowhere else."""
    assert read(cell, notation) == (Decimal(number) if number else None)


@pytest.mark.parametrize(
    ("cell", "currency", "number"),
    [
        ("$12.50", "USD", "12.50"),
        ("$12.50", "CAD", "12.50"),
        ("-$3", "USD", "-3"),
        ("US$ 3", "USD", "3"),
        ("US$ 3", "CAD", None),
        ("12 USD", "USD", "12"),
        ("12 USD", "EUR", None),
        ("€12", "USD", None),
        ("12", "EUR", "12"),
    ],
)
def test_a_sign_beside_an_amount_is_that_of_its_currency(cell: str, currency: str, number: str | None) -> None:
    """Whether the column has one currency or each row its own; a sign that several share is the column's."""
    expected = Decimal(number) if number else None
    assert read(cell, Notation(currency=currency)) == expected
    assert read(cell, Notation(by_row=exp.column("code")), currency) == expected


def test_plain_numbers_need_no_notation() -> None:
    """What an engine reads itself it reads itself: nothing is slower, and no value is another."""
    assert notation_of(Source(path="a.csv"), "minutes", None) is None
    assert notation_of(Source(path="a.csv"), "GBP", None) == Notation(currency="GBP")
    assert notation_of(Source(path="a.csv", decimal=","), None, None) == Notation(",")

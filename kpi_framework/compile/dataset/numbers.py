"""Numbers as people write them, with their decimals, thousands and currency, as numbers that an engine can read."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlglot import exp

from ...model.currency_signs import SIGNS, signs_of
from ...model.record import Record
from ...model.source import Source
from ...model.unit import is_currency
from ..sql.operations import FullyMatches, MatchedPart, Replaced, Without
from ..sql.typed_sql import binary, case, conjunction, disjunction, is_one_of

_BLANKS = " \t\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}"
_GROUPING = {" ": f"[{_BLANKS}]", "'": "['\N{RIGHT SINGLE QUOTATION MARK}]"}


class Notation(Record):
    """How the numbers of a column are written."""

    decimal: str = "."
    thousands: str | None = None
    currency: str | None = None
    """The currency of all its amounts."""
    by_row: exp.Expr | None = None
    """The currency of each row's amount."""

    @property
    def is_plain_too(self) -> bool:
        """Whether a number that an engine reads itself means the same here."""
        return self.decimal == "."


def notation_of(source: Source, unit: str | None, by_row: exp.Expr | None) -> Notation | None:
    """How numbers of a unit are written in a source; None where an engine reads them as they are."""
    currency = unit if unit is not None and is_currency(unit) and by_row is None else None
    if source.decimal == "." and source.thousands is None and currency is None and by_row is None:
        return None
    return Notation(source.decimal, source.thousands, currency, by_row)


def plain_number(text: exp.Expr, notation: Notation) -> exp.Expr:
    """A number as an engine reads it; NULL where the text is none in this notation."""
    fits = FullyMatches(expressions=[text.copy(), exp.Literal.string(_shape(notation))])
    digits: exp.Expr = Without(expressions=[text.copy(), exp.Literal.string(f"[^0-9+{notation.decimal}-]")])
    if notation.decimal != ".":
        digits = Replaced(expressions=[digits, exp.Literal.string(notation.decimal), exp.Literal.string(".")])
    fits_row = _is_of_row(text, notation.by_row) if notation.by_row is not None else None
    condition = conjunction(fits, fits_row)
    assert condition is not None
    return case(condition, digits)


def _shape(notation: Notation) -> str:
    """The pattern of a whole cell: a sign, a currency before or after, and digits."""
    decimal, blank = re.escape(notation.decimal), f"[{_BLANKS}]*"
    whole = "[0-9]+"
    if notation.thousands:
        group = _GROUPING.get(notation.thousands, re.escape(notation.thousands))
        whole = rf"(?:[0-9]{{1,3}}(?:{group}[0-9]{{2,3}})*{group}[0-9]{{3}}|[0-9]+)"
    digits = rf"(?:{whole}(?:{decimal}[0-9]*)?|{decimal}[0-9]+)"
    money = f"(?:{_alternatives(_signs(notation))})?" if _signs(notation) else ""
    return f"{blank}[+-]?{blank}{money}{blank}[+-]?{blank}{digits}{blank}{money}{blank}"


def _signs(notation: Notation) -> Sequence[str]:
    if notation.by_row is not None:
        return (*SIGNS, "[A-Z]{3}")
    return signs_of(notation.currency) if notation.currency else ()


def _alternatives(signs: Sequence[str]) -> str:
    escaped = (sign if sign == "[A-Z]{3}" else re.escape(sign) for sign in sorted(signs, key=len, reverse=True))
    return "|".join(escaped)


def _is_of_row(text: exp.Expr, currency: exp.Expr) -> exp.Expr:
    """Whether the sign beside a number, if there is one, is one of the row's currency."""
    pattern = rf"([^0-9.,'+{_BLANKS}-]+)"
    sign = MatchedPart(expressions=[text.copy(), exp.Literal.string(pattern), exp.Literal.number(1)])
    shared = (conjunction(binary(exp.EQ, sign.copy(), exp.Literal.string(written)), is_one_of(currency.copy(), codes))
              for written, codes in SIGNS.items())  # fmt: skip
    fits = disjunction(
        binary(exp.EQ, sign.copy(), exp.Literal.string("")), binary(exp.EQ, sign.copy(), currency.copy()), *shared
    )
    assert fits is not None
    return fits

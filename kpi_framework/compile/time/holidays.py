"""Public holidays by the code of a country or region, and single closed days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache

_YEARS = range(1989, 2061)
"""Those of the working-time tables, and the year before: what it begins may end in the first."""


def unknown_holiday(name: str) -> bool:
    """Whether a holiday is neither a date nor a code of the `holidays` library."""
    if _date(name) is not None:
        return False
    country, _, part = name.partition("-")
    supported = holiday_codes()
    return country not in supported or (bool(part) and part not in supported[country])


@lru_cache
def holiday_codes() -> Mapping[str, tuple[str, ...]]:
    """The countries of the `holidays` library and the parts of each."""
    from holidays import list_supported_countries  # noqa: PLC0415 - a tenth of a second, for those who need it

    return {country: tuple(parts) for country, parts in list_supported_countries(include_aliases=False).items()}


@lru_cache
def days_off(name: str) -> frozenset[dt.date]:
    """The days of a holiday code, observed ones included, or of a single date."""
    single = _date(name)
    if single is not None:
        return frozenset({single})
    from holidays import country_holidays  # noqa: PLC0415 - a tenth of a second, for those who need it

    country, _, part = name.partition("-")
    return frozenset(country_holidays(country, subdiv=part or None, years=_YEARS))


def _date(name: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(name)
    except ValueError:
        return None

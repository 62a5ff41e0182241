"""The signs that stand beside amounts of money, and the currencies that each may mean."""

from __future__ import annotations

from collections.abc import Mapping

_DOLLARS = ("USD", "AUD", "BBD", "BMD", "BND", "BSD", "BZD", "CAD", "CLP", "COP", "FJD", "GYD", "HKD", "JMD", "KYD",
            "LRD", "MXN", "NAD", "NZD", "SBD", "SGD", "SRD", "TTD", "TWD", "XCD", "ARS", "UYU", "DOP")  # fmt: skip
SIGNS: Mapping[str, tuple[str, ...]] = {
    "$": _DOLLARS, "US$": ("USD",), "A$": ("AUD",), "AU$": ("AUD",), "C$": ("CAD",), "CA$": ("CAD",), "NZ$": ("NZD",),
    "HK$": ("HKD",), "S$": ("SGD",), "NT$": ("TWD",), "R$": ("BRL",), "MX$": ("MXN",), "€": ("EUR",),
    "£": ("GBP", "EGP", "FKP", "GIP", "LBP", "SHP", "SYP"), "¥": ("JPY", "CNY"), "￥": ("JPY", "CNY"), "元": ("CNY",),
    "円": ("JPY",), "₹": ("INR",), "₩": ("KRW",), "₽": ("RUB",), "₺": ("TRY",), "₪": ("ILS",), "₴": ("UAH",),
    "₫": ("VND",), "₱": ("PHP",), "฿": ("THB",), "₦": ("NGN",), "₡": ("CRC",), "₲": ("PYG",), "₸": ("KZT",),
    "zł": ("PLN",), "Kč": ("CZK",), "Ft": ("HUF",), "kr": ("SEK", "NOK", "DKK", "ISK"), "Fr": ("CHF",), "SFr": ("CHF",),
    "lei": ("RON",), "лв": ("BGN",), "R": ("ZAR",), "RM": ("MYR",), "Rp": ("IDR",), "Rs": ("INR", "PKR", "LKR", "NPR"),
}  # fmt: skip
"""A sign that several currencies share is that of the column it stands in."""


def signs_of(currency: str) -> tuple[str, ...]:
    """What may stand beside an amount of this currency: its code, and its signs."""
    return (currency, *(sign for sign, currencies in SIGNS.items() if currency in currencies))

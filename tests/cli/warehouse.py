"""Small data of every contract, made from the contract alone: what a project must have to add any template."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from kpi_framework.load.library import shipped_contracts
from kpi_framework.model.project import Contract, ContractColumn

MONTHS = (1, 2, 3)
ROWS_A_MONTH = 24
WORDS = {
    "category": ("password", "mfa", "access", "hardware"),
    "question": ("csat", "nps", "ces"),
    "type": ("incident", "request"),
    "requester": ("ann", "ben", "cy"),
    "device_id": ("d1", "d2", "d3", "d4", "d5"),
}


def write_data(folder: Path, names: tuple[str, ...]) -> None:
    """A CSV file of three months for each of these datasets."""
    for name in names:
        contract = shipped_contracts()[name]
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(contract.columns), lineterminator="\n")
            writer.writeheader()
            writer.writerows(_rows(contract))


def _rows(contract: Contract) -> Iterator[dict[str, object]]:
    rank = _ranks(contract)
    a_month = 2 if contract.grain else ROWS_A_MONTH
    for number in range(len(MONTHS) * a_month):
        month, place = MONTHS[number // a_month], number % a_month
        row: dict[str, object] = {}
        for name, column in contract.columns.items():
            day = dt.datetime(2026, month, 1 if contract.grain else 1 + place)
            row[name] = _cell(contract, name, column, number, day + dt.timedelta(hours=9 + 2 * rank.get(name, 0)))
        yield row


def _ranks(contract: Contract) -> dict[str, int]:
    """How many columns come before one in time."""
    rank = dict.fromkeys(contract.columns, 0)
    for _ in contract.order:
        for first, second in contract.order:
            rank[second] = max(rank[second], rank[first] + 1)
    return rank


def _cell(contract: Contract, name: str, column: ContractColumn, number: int, moment: dt.datetime) -> object:
    """A value that fits, the same on every machine; every fifth thing is not finished yet."""
    ends = {second for _, second in contract.order}
    if column.type in ("date", "timestamp"):
        if column.nullable and name in ends and number % 5 == 4:
            return ""
        return f"{moment:%Y-%m-%d}" if column.type == "date" else f"{moment:%Y-%m-%d %H:%M}"
    if column.type == "boolean":
        return "false" if name == "merged" or number % 3 == 0 else "true"
    if column.type == "text":
        words = column.values or WORDS.get(name, ("a", "b"))
        is_key = name in contract.key and name not in WORDS
        return f"{name}{number}" if is_key and not column.values else words[number % len(words)]
    if name == "max_score":
        return 10
    return {"score": (10, 8, 3, 9)[number % 4], "service_minutes": 43200}.get(name, number % 4 + 1)

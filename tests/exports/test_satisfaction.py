"""Ratings that stand inside the tickets of an unknown tool become a KPI of satisfaction, with the right figure."""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.projects import kpi
from tests.exports.desk import APRIL, MARCH, Ticket, tickets

pytestmark = pytest.mark.usefixtures("engine_inside")

Rated = tuple[Ticket, str]


def rated_desk(words: Sequence[str]) -> list[Rated]:
    """Tickets, about half of the resolved ones with one of these ratings."""
    source = random.Random(3)  # noqa: S311 - nothing secret
    return [(t, source.choice(words) if t.resolved and source.random() < 0.5 else "") for t in tickets()]


def judged(folder: Path, desk: Sequence[Rated], header: str, kpi_id: str, *, dated: bool) -> float:
    """The KPI's value for March (a share of 1) after `kpi init` and the first check over a file with such a column."""
    path = folder / "export.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["Ref", "Raised", "Fixed at", "Status", header, *(["Rated on"] if dated else [])])
        for ticket, rating in desk:
            day = [late(ticket) if rating else ""] if dated else []
            rows.writerow([ticket.number, ticket.created, ticket.resolved or "", ticket.status, rating, *day])
    assert kpi(folder, "init", "p", "--from", str(path), "--timezone", "UTC").code == 0
    measurements = kpi(folder / "p", "check", "--format", "json").json["measurements"]
    (value,) = [m["value"] for m in measurements if m["kpi"] == kpi_id and m["judged"] and not m["segment"]]
    return float(value)


def late(ticket: Ticket) -> dt.datetime | None:
    """When the person rated: a day after the ticket's end."""
    return ticket.resolved and ticket.resolved + dt.timedelta(days=1)


@pytest.mark.parametrize(("header", "most"), [("Satisfaction", 5), ("Zufriedenheit", 10), ("CSAT Score", 100)])
def test_points(header: str, most: int, tmp_path: Path) -> None:
    """Points count out of the scale on which the highest of them lies, on the day on which the person gave them."""
    desk = rated_desk([str(most), str(most * 0.6), str(most * 0.2)])
    points = [float(rating) / most for t, rating in desk if rating and (day := late(t)) and MARCH <= day < APRIL]
    value = judged(tmp_path, desk, header, "csat_in_tickets", dated=True)
    assert value == pytest.approx(sum(points) / len(points))


@pytest.mark.parametrize(
    ("header", "good", "bad"), [("Survey result", "Good", "Bad"), ("Ocena", "Zadowolony", "Niezadowolony")]
)
def test_words(header: str, good: str, bad: str, tmp_path: Path) -> None:
    """Good and bad ratings are a share of the rated tickets; an offered survey is no rating."""
    desk = rated_desk([good, good, bad, "Offered"])
    march = [rating for t, rating in desk if t.resolved and MARCH <= t.resolved < APRIL and rating in (good, bad)]
    value = judged(tmp_path, desk, header, "csat_satisfied", dated=False)
    assert value == pytest.approx(march.count(good) / len(march))


def test_a_column_of_other_things(tmp_path: Path) -> None:
    """A column that is called rating and holds neither points nor known words makes no KPI of satisfaction."""
    desk = rated_desk(["A", "B", "C"])
    with pytest.raises(ValueError, match="not enough values"):
        judged(tmp_path, desk, "Rating", "csat_satisfied", dated=False)
    assert not list((tmp_path / "p" / "kpis").glob("csat*"))

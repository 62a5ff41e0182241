"""What nobody can tell is neither guessed in silence nor a red gate: it is named, and what stands on it is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.projects import kpi

pytestmark = pytest.mark.usefixtures("engine_inside")


def desk(status: str, priority: str, header: str = "ID,Created,Resolved,Priority,Status") -> str:
    """Three months of tickets, four a day, each resolved after two hours."""
    days = [f"2026-{month:02}-{day:02}" for month in (1, 2, 3) for day in range(1, 29)]
    rows = [(f"{day} {hour:02}:00", f"{day} {hour + 2:02}:00") for day in days for hour in (8, 10, 12, 14)]
    lines = (
        f"{n},{a},{b},{priority if n % 2 else '2'},{status if n % 3 == 0 else 'Closed'}"
        for n, (a, b) in enumerate(rows)
    )
    return f"{header}\n" + "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("text", "word"),
    [(desk("Closed", "1"), "`Priority`"), (desk("Parked", "High"), "`Parked`")],
    ids=["numbers", "words"],
)
def test_words_that_nobody_knows_are_named(tmp_path: Path, text: str, word: str) -> None:
    """Numbers of priorities and a status of the desk's own are asked about; all other figures stand, and exit 0."""
    (tmp_path / "a.csv").write_text(text)
    ended = kpi(tmp_path, "init", "p", "--from", "a.csv", "--timezone", "UTC")
    assert word in ended.out.partition("To decide")[2]
    check = kpi(tmp_path / "p", "check", "--format", "json")
    assert check.code == 0
    judged = {m["kpi"]: m["value"] for m in check.json["measurements"] if m["judged"] and not m["segment"]}
    assert judged["ticket_volume"] == 112
    assert judged["time_to_resolution"] == 2.0


def test_a_date_of_something_else_is_no_creation(tmp_path: Path) -> None:
    """The day of a purchase is before all others, and no ticket was opened then."""
    header = "ID,Date of Purchase,col1,Priority,Status"
    (tmp_path / "a.csv").write_text(desk("Closed", "High", header.replace("col1", "Created")))
    ended = kpi(tmp_path, "init", "p", "--from", "a.csv", "--timezone", "UTC")
    assert "created_at ← Created" in ended.out
    assert "Date of Purchase" not in ended.out


def test_a_table_without_times_says_what_is_missing(tmp_path: Path) -> None:
    """One finding, which says how to name the columns, and nothing written."""
    (tmp_path / "a.csv").write_text("colour,taste\nred,sweet\n")
    ended = kpi(tmp_path, "init", "p", "--from", "a.csv")
    assert ended.code == 1
    assert "--answer tickets.created_at=" in " ".join(ended.out.split())
    assert not (tmp_path / "p").exists()

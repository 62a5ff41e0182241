"""What an export does not tell is asked, taken as an answer, or kept unknown: nothing is guessed in silence."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import pytest

from kpi_framework.cli import init as door
from tests.cli.projects import Ended, kpi

pytestmark = pytest.mark.usefixtures("engine_inside")

DAY_FIRST, MONTH_FIRST = "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"


def ambiguous() -> list[dt.datetime]:
    """Times of 2025 in no order, on the first twelve days of each month."""
    source = random.Random(5)  # noqa: S311 - nothing secret
    days = [dt.datetime(2025, month, day, 9) for month in range(1, 13) for day in range(1, 13)]
    return source.sample(days, 100)


def begun(folder: Path, written: str, *arguments: str) -> Ended:
    """`kpi init` over a file whose dates nothing decides."""
    folder.mkdir(exist_ok=True)
    ids = random.Random(6).sample(range(1000, 9999), 100)  # noqa: S311 - the same
    rows = (f"T{number},{moment.strftime(written)}" for number, moment in zip(ids, ambiguous(), strict=True))
    (folder / "a.csv").write_text("Ticket ID,Created\n" + "\n".join(rows) + "\n")
    return kpi(folder, "init", "p", "--from", "a.csv", "--timezone", "UTC", *arguments)


def volumes(folder: Path) -> dict[str, Any]:
    """The tickets of each month, as the check says them."""
    ended = kpi(folder / "p", "check", "--as-of", "2026-01-05", "--format", "json")
    return {m["period"]["start"][:7]: m["value"] for m in ended.json["measurements"] if m["kpi"] == "ticket_volume"}


def counted() -> dict[str, int]:
    """The tickets of each month of 2025, by plain Python."""
    months = [moment.strftime("%Y-%m") for moment in ambiguous()]
    return {month: months.count(month) for month in sorted(set(months))}


def test_what_nothing_decides_is_a_finding_and_unknown(tmp_path: Path) -> None:
    """The report names the question, the check refuses both orders and knows no value, until one is deleted."""
    ended = begun(tmp_path, DAY_FIRST)
    assert ended.code == 0
    assert "`tickets.day_first`" in ended.out
    check = kpi(tmp_path / "p", "check", "--format", "json")
    assert check.code == 1
    assert {m["value"] for m in check.json["measurements"]} == {None}
    [finding] = [d for d in check.json["diagnostics"] if d["severity"] == "error"]
    assert finding["rule"] == "source-unreadable"
    assert DAY_FIRST in finding["message"]
    config = tmp_path / "p" / "kpi.yaml"
    lines = config.read_text().splitlines(keepends=True)
    config.write_text("".join(line for line in lines if f"- '{MONTH_FIRST}'" not in line))
    assert {m: v for m, v in volumes(tmp_path).items() if m.startswith("2025")} == counted()


@pytest.mark.parametrize(("written", "answer"), [(DAY_FIRST, "yes"), (MONTH_FIRST, "no")])
def test_an_answer_decides(tmp_path: Path, written: str, answer: str) -> None:
    """With `--answer tickets.day_first` every month's count is that of plain Python."""
    assert begun(tmp_path, written, "--answer", f"tickets.day_first={answer}").code == 0
    assert {m: v for m, v in volumes(tmp_path).items() if m.startswith("2025")} == counted()


def test_a_person_at_a_terminal_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The question comes before anything is written, and the answer is what `--answer` would say."""
    monkeypatch.setattr(door, "is_answered", lambda: True)
    monkeypatch.setattr("typer.prompt", lambda *_, **__: "no")
    assert begun(tmp_path, MONTH_FIRST).code == 0
    assert {m: v for m, v in volumes(tmp_path).items() if m.startswith("2025")} == counted()


def test_an_answer_names_a_column(tmp_path: Path) -> None:
    """Which of two equal columns is the creation, only a person knows."""
    rows = "".join(f"T{n},2026-03-{n:02} 09:00,2026-02-{n:02} 09:00,x\n" for n in range(1, 29))
    (tmp_path / "a.csv").write_text(f"Key,col1,col2,Summary\n{rows}")
    ended = kpi(
        tmp_path, "init", "p", "--from", "a.csv", "--answer", "tickets.created_at=col1", "--answer", "timezone=UTC"
    )
    assert ended.code == 0, ended.err
    assert "created_at ← col1" in ended.out
    assert "timezone: UTC" in (tmp_path / "p" / "kpi.yaml").read_text()


@pytest.mark.parametrize(
    "answer", ["", "tickets.day_first", "tickets.day_first=maybe", "timezone=Moon", "nothing=1", "tickets.taste=x"]
)
def test_an_answer_to_no_question_is_refused(tmp_path: Path, answer: str) -> None:
    """Exit 2, what may be answered, and nothing written."""
    ended = begun(tmp_path, DAY_FIRST, "--answer", answer)
    assert ended.code == 2
    assert "--answer" in ended.err
    assert not (tmp_path / "p").exists()


def test_a_column_that_the_file_lacks_is_no_answer(tmp_path: Path) -> None:
    """The answer is refused with the file's columns."""
    ended = begun(tmp_path, DAY_FIRST, "--answer", "tickets.created_at=Opened")
    assert ended.code == 2
    assert "Opened" in ended.err
    assert not (tmp_path / "p").exists()


ISO = "%Y-%m-%d %H:%M"


def desk(rows: int, status: str, resolved: str = "") -> str:
    """So many tickets of one day a row, all alike."""
    start = dt.datetime(2026, 1, 1, 9)
    lines = (f"T{n},{(start + dt.timedelta(minutes=100 * n)).strftime(ISO)},{resolved},{status}" for n in range(rows))
    return "Ticket ID,Created,Resolved,Status\n" + "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (desk(500, "Closed", "2026-03-01 10:00"), "exactly 500 rows"),
        (desk(300, "Open"), "open tickets only"),
        (desk(300, "Open", "1900-01-01 00:00:00"), "1900-01-01 00:00:00"),
    ],
    ids=["capped", "open", "sentinel"],
)
def test_what_an_export_cannot_tell_is_said(tmp_path: Path, text: str, word: str) -> None:
    """Cut off at a round number of rows, open tickets alone, a date that stands for none."""
    (tmp_path / "a.csv").write_text(text)
    ended = kpi(tmp_path, "init", "p", "--from", "a.csv", "--timezone", "UTC")
    assert ended.code == 0, ended.out + ended.err
    assert word in ended.out


def test_a_date_that_stands_for_none_closes_nothing(tmp_path: Path) -> None:
    """Unsolved as 1900-01-01: all tickets are open, and not solved before they were made."""
    (tmp_path / "a.csv").write_text(desk(900, "Open", "1900-01-01 00:00:00"))
    assert kpi(tmp_path, "init", "p", "--from", "a.csv", "--timezone", "UTC").code == 0
    check = kpi(tmp_path / "p", "check", "--format", "json").json
    backlog = {m["period"]["start"]: m["value"] for m in check["measurements"] if m["kpi"] == "ticket_backlog"}
    opened = {m["period"]["start"]: m["value"] for m in check["measurements"] if m["kpi"] == "ticket_volume"}
    assert opened["2026-01-01"] == 441
    assert backlog.get("2026-01-01") in (441, None)


def test_an_answer_wins_over_a_product(tmp_path: Path) -> None:
    """What a person says is a column of the project, whatever the preset maps."""
    text = "number,opened_at,sys_created_on,state\nINC1,2026-01-05 10:00:00,2026-01-06 10:00:00,New\n"
    (tmp_path / "a.csv").write_text(text)
    answer = ("--answer", "tickets.created_at=sys_created_on")
    assert kpi(tmp_path, "init", "p", "--from", "a.csv", "--timezone", "UTC", *answer).code == 0
    config = (tmp_path / "p" / "kpi.yaml").read_text()
    assert "      created_at:\n        from: sys_created_on\n" in config
    assert "preset: servicenow" in config


def test_costs_of_a_month_reach_to_its_end(tmp_path: Path) -> None:
    """A row that covers a month says itself how far it reaches: no day is stated for it."""
    (tmp_path / "costs.csv").write_text("month,cost\n2026-01-01,1000\n2026-02-01,1100\n")
    (tmp_path / "a.csv").write_text(desk(1000, "Closed", "2026-03-09 10:00"))
    assert kpi(tmp_path, "init", "p", "--from", "a.csv", "costs.csv", "--timezone", "UTC").code == 0
    config = (tmp_path / "p" / "kpi.yaml").read_text()
    assert config.partition("  costs:")[2].count("complete_through: newest_row") == 1
    assert "complete_from" not in config.partition("  costs:")[2]

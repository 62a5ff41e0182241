"""Odd input ends in a finding or a sentence: never in a traceback, and never after a long wait."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.projects import DATA, FORMULA, KPI, Ended, kpi, project, text

pytestmark = pytest.mark.usefixtures("engine_inside")

CANARY = "hunter2-canary"
SLOWEST = 20.0
"""Seconds: four times what was promised, for a busy machine."""


def with_formula(formula: str) -> dict[str, str | bytes | None]:
    """The definition with another formula."""
    return {KPI: text(KPI).replace(FORMULA, f"formula: {json.dumps(formula)}")}


def refused(ended: Ended, *codes: int) -> None:
    """It ended with one of the documented codes, in words."""
    assert ended.code in (codes or (1,)), ended
    assert "Traceback" not in ended.err + ended.out
    assert max(map(len, (ended.out + ended.err).splitlines()), default=0) < 5_000


FORMULAS = (
    "max()", "min()", "count(distinct)", "sum()", "median(1, 2)", "1e5000", "1e999999999", "sum(x) + 1e", "0x", ".",
    "-", "(", "'", '"', "9" * 3_900, "count(*) filter (where", "share(", "quantile_cont(1)", "case when", "count(*) +",
    "ln(" * 20 + "sum(1)" + ")" * 20, "cast(count(*) as hugeint)", "date_trunc('x', created_at)", "extract(x from 1)",
    "min(date '9999-12-31')", "max(timestamp '0001-01-01 00:00:00+14:00')", "count(*) /* ", "count(*) --",
    "\ud83d\ude00",
)  # fmt: skip


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_that_is_none_is_a_finding(formula: str, tmp_path: Path) -> None:
    """Unfinished, empty, endless and unheard-of ones: a finding at the formula's line."""
    root = project(tmp_path, with_formula(formula))
    refused(kpi(root, "lint"), 0, 1)
    refused(kpi(root, "check"), 0, 1)


DAYS = ("9999-12-31", "9999-12-30", "0001-01-01", "0001-01-02", "1969-12-31", "2100-01-01")
PLACES = {
    "target": ("target: {", "target: {from: @, "),
    "baseline": ("from: 2026-01-01", "from: @"),
    "review": ("cadence: monthly", "cadence: monthly, last: @"),
    "waiver": ("unit:", "waiver: {from: @, until: @, limit: 9 h, reason: r, approved_by: b}\nunit:"),
    "notes": ("unit:", "notes: [{period: @, cause: c, fix: f, by: b}]\nunit:"),
    "action": ("do:", "due: @, do:"),
}


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("place", PLACES)
def test_a_day_at_the_ends_of_time_in_a_definition(place: str, day: str, tmp_path: Path) -> None:
    """Wherever a date stands in a KPI's file, one that cannot be reckoned with is a finding."""
    before, after = PLACES[place]
    root = project(tmp_path, {KPI: text(KPI).replace(before, after.replace("@", day), 1)})
    for command in ("lint", "check", "due", "baseline verify"):
        refused(kpi(root, *command.split()), 0, 1, 2)


@pytest.mark.parametrize("day", [*DAYS, "2026-02-30", "nonsense", ""])
@pytest.mark.parametrize("command", [
    "check --as-of @", "lint --as-of @", "due --as-of @", "baseline verify --as-of @", "show fix_time --as-of @",
    "review fix_time --note n --by b --date @",
])  # fmt: skip
def test_a_day_at_the_ends_of_time_as_an_option(command: str, day: str, tmp_path: Path) -> None:
    """A usage error with a remedy, or a run; never a traceback."""
    refused(kpi(project(tmp_path), *(word.replace("@", day) for word in command.split())), 0, 1, 2)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("setting", ["as_of: @", "events: [{date: @, what: w}]",
                                     'calendars: {c: {hours: {mon: ["09:00-10:00"]}, holidays: [@]}}'])  # fmt: skip
def test_a_day_at_the_ends_of_time_in_the_project(setting: str, day: str, tmp_path: Path) -> None:
    """In kpi.yaml, too."""
    config = "\n".join(line for line in text("kpi.yaml").splitlines() if not line.startswith("as_of"))
    root = project(tmp_path, {"kpi.yaml": f"{config}\n{setting.replace('@', day)}\n"})
    for command in ("lint", "check"):
        refused(kpi(root, command), 0, 1)


@pytest.mark.parametrize("moment", ["9999-12-31 23:59:59", "0001-01-01 00:00", "99999-01-01", "1e400", "-1"])
def test_a_moment_at_the_ends_of_time_in_the_data(moment: str, tmp_path: Path) -> None:
    """A row of the year 9999 or 1 is a row, or a cell that does not fit."""
    root = project(
        tmp_path,
        {DATA: text(DATA) + text(DATA).splitlines()[1].replace("2026", moment[:4]) + f"\nX,{moment},{moment}\n"},
    )
    refused(kpi(root, "check"), 0, 1)


QUANTITIES = {
    "freshness": ("kpi.yaml", "key: ticket_id", "key: ticket_id\n    freshness: 99999999999999 days"),
    "settle": (KPI, "unit:", "settle: 99999999999999 days\nunit:"),
    "target": (KPI, "at_most: 4 h", f"at_most: {'9' * 309} h"),
    "near": (KPI, "near: 5 h", f"near: {'9' * 400} h"),
    "tiny": (KPI, "at_most: 4 h", f"at_most: 0.{'0' * 4000}1 h"),
    "min_sample": (KPI, "unit:", "min_sample: 99999999999999999999\nunit:"),
    "window": (KPI, "unit:", "window: 99999999999 days\nunit:"),
    "benchmark": (KPI, "unit:", "benchmark: {at_most: 1e308 h, source: s, year: 2026}\nunit:"),
}


@pytest.mark.parametrize("name", QUANTITIES)
def test_a_quantity_beyond_reckoning_is_a_finding(name: str, tmp_path: Path) -> None:
    """Durations, limits and counts that no clock and no machine holds."""
    path, before, after = QUANTITIES[name]
    assert before in text(path)
    root = project(tmp_path, {path: text(path).replace(before, after, 1)})
    for command in ("lint", "check"):
        refused(kpi(root, command), 0, 1)


@pytest.mark.parametrize("path", ["", "x" * 5_000, "a/" * 2_500, "a\\0b.csv", "/", ".", "..", "~", "data"])
def test_a_source_that_is_no_path_is_a_finding(path: str, tmp_path: Path) -> None:
    """Empty, over-long, a folder, outside: at its line."""
    root = project(tmp_path, {"kpi.yaml": text("kpi.yaml").replace(DATA, f'"{path}"')})
    for command in ("lint", "check"):
        refused(kpi(root, command), 0, 1)


@pytest.mark.parametrize("option", ["--project", "--scorecard", "--output"])
@pytest.mark.parametrize("path", ["", "x" * 5_000, "a\0b", "/dev/null/x"])
def test_an_option_that_is_no_path_is_a_usage_error(option: str, path: str, tmp_path: Path) -> None:
    """Exit 2 and a sentence."""
    refused(kpi(project(tmp_path), "check", option, path), 0, 1, 2)


def quickly(work: Callable[[], Ended]) -> Ended:
    """Run it within bounds."""
    began = time.monotonic()
    ended = work()
    assert time.monotonic() - began < SLOWEST
    return ended


def test_80_000_unknown_keys_are_told_quickly(tmp_path: Path) -> None:
    """The first ones are findings; it took a minute."""
    keys = "".join(f"key_{number}: 1\n" for number in range(80_000))
    refused(quickly(lambda: kpi(project(tmp_path, {KPI: text(KPI) + keys}), "lint")))


def test_a_header_of_100_000_columns_is_read_quickly(tmp_path: Path) -> None:
    """It took half a minute."""
    extra = ",".join(f"c{number}" for number in range(100_000))
    lines = text(DATA).splitlines()
    table = "\n".join([f"{lines[0]},{extra}", *(line + "," * 100_000 for line in lines[1:4])]) + "\n"
    refused(quickly(lambda: kpi(project(tmp_path, {DATA: table}), "lint")), 0, 1)


def test_a_cell_of_200_000_characters_is_read(tmp_path: Path) -> None:
    """In CSV and in one line of JSON: longer than Python's own limit for a cell."""
    lines = text(DATA).splitlines()
    long = "x" * 200_000
    table = "\n".join([f"{lines[0]},remark", f"{lines[1]},{long}", *(f"{line}," for line in lines[2:])]) + "\n"
    whole = kpi(project(tmp_path / "a"), "check", "--format", "json").json["measurements"]
    wide = kpi(project(tmp_path / "b", {DATA: table}), "check", "--format", "json").json["measurements"]
    assert [m["value"] for m in wide] == [m["value"] for m in whole]
    refused(kpi(tmp_path / "b", "init", str(tmp_path / "new"), "--from", str(tmp_path / "b" / DATA)), 0, 1)


@pytest.mark.parametrize("value", [f"{CANARY} " * 40, f"{CANARY}\\u200b{'y' * 300}", f"{CANARY}\\n{'z' * 100}"])
@pytest.mark.parametrize("field", ["unit", "owner", "period", "settle", "dataset", "time", "target", "id", "level"])
def test_a_long_value_is_not_repeated_in_a_finding(field: str, value: str, tmp_path: Path) -> None:
    """What may be a password in the wrong file is told by kind and length."""
    lines = [line for line in text(KPI).splitlines() if not line.startswith(f"{field}:")]
    root = project(tmp_path, {KPI: "\n".join([*lines, f'{field}: "{value}"']) + "\n"})
    for form in ("text", "json"):
        ended = kpi(root, "lint", "--format", form)
        refused(ended, 0, 1)
        assert CANARY not in ended.out + ended.err

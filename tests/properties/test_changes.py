"""Laws of changes: goalposts against brute force, spelling never counts, and every field that differs is named."""

from __future__ import annotations

import copy
import datetime as dt
import json
import math
import random
from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kpi_framework.compile.language.canonical import one_text
from kpi_framework.history.changes import changes
from kpi_framework.history.comparison import Comparison, Side
from kpi_framework.load.catalog import load_catalog
from kpi_framework.load.library import shipped_contracts
from kpi_framework.model.change import Change, ChangeClass
from tests.unit.history.flips import BASE, FILES, edited, texts

TODAY = dt.date(2026, 4, 2)
CONTRACTS = shipped_contracts()
Plain = dict[str, Any]


def side(files: Mapping[str, str]) -> Side:
    """A side as it is read from texts."""
    catalog, findings = load_catalog(files, CONTRACTS)
    assert catalog is not None
    assert findings == ()
    return Side(catalog, {}, one_text)


def compared(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Change, ...]:
    """The changes between two sets of texts."""
    return changes(Comparison(side(before), side(after), TODAY))


# goalposts

SPELLINGS = ({"": 1}, {" h": 1}, {" min": 60}, {" s": 3600})
DAYS = [TODAY - dt.timedelta(days=60), TODAY - dt.timedelta(days=5), TODAY, TODAY + dt.timedelta(days=40)]
VALUES = [n / 2 for n in range(-2, 20)]
UNJUDGED, MET, NEAR, MISSED = 3, 2, 1, 0
"""How well a value fares; what is not judged cannot fail."""


@st.composite
def amounts(draw: st.DrawFn, least: int = 0, most: int = 8) -> tuple[int, object]:
    """A whole number of hours, and one of its spellings."""
    hours = draw(st.integers(least, most))
    [(unit, times)] = draw(st.sampled_from(SPELLINGS)).items()
    return hours, f"{hours * times}{unit}" if unit else hours


@st.composite
def limits(draw: st.DrawFn) -> tuple[Plain, Plain]:
    """A target as its file says it, and as plain numbers."""
    direction = draw(st.sampled_from(["at_most", "at_least", "between"]))
    low, said_low = draw(amounts(most=7))
    high, said_high = draw(amounts(least=low))
    has_near = draw(st.booleans())
    said: Plain
    meant: Plain
    if direction == "at_most":
        said, meant = {"at_most": said_low, "near": said_high}, {"met": (-math.inf, low), "passes": (-math.inf, high)}
    elif direction == "at_least":
        said, meant = {"at_least": said_high, "near": said_low}, {"met": (high, math.inf), "passes": (low, math.inf)}
    else:
        wide = (low - draw(st.integers(0, 2)), high + draw(st.integers(0, 2)))
        said = {"between": [said_low, said_high], "near": list(wide)}
        meant = {"met": (low, high), "passes": wide}
    if not has_near:
        del said["near"]
        meant["passes"] = meant["met"]
    return said, meant


@st.composite
def targets(draw: st.DrawFn) -> tuple[list[Plain], list[tuple[dt.date, Plain, Plain]]]:
    """Dated targets with parts, as their file says them, and as (day, whole, parts)."""
    said, meant = [], []
    for day in sorted(draw(st.sets(st.sampled_from([dt.date.min, *DAYS]), max_size=3))):
        one, whole = draw(limits())
        one = {**one, **({"from": day.isoformat()} if day != dt.date.min else {})}
        parts = {}
        for part in sorted(draw(st.sets(st.sampled_from(["high", "low"])))):
            inner, parts[part] = draw(limits())
            one.setdefault("by", {}).setdefault("priority", {})[part] = inner
        said.append(one)
        meant.append((day, whole, parts))
    return said, meant


def fares(meant: list[tuple[dt.date, Plain, Plain]], day: dt.date, part: str | None, value: float) -> int:
    """How a value fares on a day, by the plain reading of the targets."""
    force = [(whole, parts) for since, whole, parts in meant if since <= day]
    goal = (force[-1][1].get(part) if part else force[-1][0]) if force else None
    if goal is None:
        return UNJUDGED
    if goal["met"][0] <= value <= goal["met"][1]:
        return MET
    return NEAR if goal["passes"][0] <= value <= goal["passes"][1] else MISSED


@given(targets(), targets())
@settings(max_examples=300)
def test_goalposts_are_compared_as_brute_force_does(
    before: tuple[list[Plain], Any], after: tuple[list[Plain], Any]
) -> None:
    """Better now or later is loosened; another past is backdated, beside it or alone; the same is no change."""
    sides = [texts(edited(BASE, {"kpi/target": said or None})) for said, _ in (before, after)]
    classes = {c.cls for c in compared(*sides) if c.field == "target"}
    gains: dict[dt.date, set[int]] = {}
    for day in (dt.date(2025, 1, 1), *DAYS, dt.date(2027, 1, 1)):
        pairs = [
            (fares(before[1], day, part, value), fares(after[1], day, part, value))
            for part in (None, "high", "low") for value in VALUES
        ]  # fmt: skip
        gains[day] = {(new > old) - (new < old) for old, new in pairs}
    now_or_later = [gains[day] for day in gains if day >= TODAY]
    differing = {day for day, gain in gains.items() if gain != {0}}
    assert (ChangeClass.LOOSENED in classes) == any(1 in gain for gain in now_or_later)
    if differing and TODAY not in differing and min(differing) < TODAY:
        assert ChangeClass.BACKDATED in classes
    if not differing or min(differing) >= TODAY:
        assert ChangeClass.BACKDATED not in classes
    assert classes <= {ChangeClass.LOOSENED, ChangeClass.TIGHTENED, ChangeClass.BACKDATED}
    assert bool(classes) == bool(differing)


# spelling

RICH = edited(BASE, {
    "kpi/where": "priority <> 'low' and not (resolved_at is null)", "kpi/description": "How long a fix: takes # it",
    "kpi/segments": ["priority", ["priority", "channel"]], "kpi/settle": "2 days",
    "kpi/target": [{"at_most": "2 h", "near": 3, "by": {"priority": {"high": {"at_most": "90 min"}}}},
                   {"from": "2026-05-01", "at_most": "100 min"}],
    "kpi/examples": [{"name": "an hour", "expect": "1 h", "given": [
        {"created_at": "2026-01-05 09:00", "resolved_at": "2026-01-05 10:00", "priority": "high"}]}],
    "config/required": ["fix_time", "steady"], "config/gate": {"governance": "error"},
    "config/datasets/tickets/derive": {"span": "hours_between(created_at, resolved_at)"},
})  # fmt: skip
SQL = {
    "median(hours_between(created_at, resolved_at))": [
        "MEDIAN( hours_between(Created_At,resolved_at) )", "quantile_cont(hours_between(created_at, resolved_at), 0.5)",
        "(median((hours_between(created_at, resolved_at))))", "median(\n  hours_between(created_at, resolved_at)\n)",
        "percentile_cont(0.50) within group (order by hours_between(created_at, resolved_at))",
    ],
    "priority <> 'low' and not (resolved_at is null)": [
        "priority != 'low' AND resolved_at is not null", "(priority <> 'low') and (not resolved_at is null)",
    ],
    "count(*)": ["count(1)", "COUNT( * )"],
}  # fmt: skip
PROSE = ("description", "name", "counts", "excludes", "asks")


class Scribe:
    """Writes values as YAML in any style that means the same."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def file(self, value: Plain) -> str:
        """A whole file."""
        return self._noise() + self._block(value, 0) + self._noise()

    def _noise(self, indent: int = 0) -> str:
        return self.rng.choice(["", "", "\n", f"{' ' * indent}# a remark: {{it}} says 'nothing'\n"])

    def _block(self, value: Plain, indent: int) -> str:
        names = list(value)
        self.rng.shuffle(names)
        return "".join(self._noise(indent) + self._pair(n, value[n], indent) for n in names)

    def _pair(self, name: str, value: object, indent: int) -> str:
        head = f"{' ' * indent}{self.rng.choice([name, json.dumps(name)])}:"
        deeper = indent + self.rng.choice([1, 2, 4])
        if isinstance(value, dict) and value and self.rng.random() < 0.7:
            return f"{head}\n{self._block(value, deeper)}"
        if isinstance(value, list) and value and self.rng.random() < 0.5:
            items = "".join(f"{' ' * deeper}- {self._flow(one)}\n" for one in value)
            return f"{head}\n{items}"
        return f"{head}{' ' * self.rng.randint(1, 3)}{self._flow(value)}{self.rng.choice(['', '   # so it is'])}\n"

    def _flow(self, value: object) -> str:
        if isinstance(value, dict):
            pairs = list(value.items())
            self.rng.shuffle(pairs)
            return "{" + ", ".join(f"{json.dumps(k)}: {self._flow(v)}" for k, v in pairs) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(self._flow, value)) + "]"
        return self._scalar(value)

    def _scalar(self, value: object) -> str:
        if not isinstance(value, str):
            return json.dumps(value)
        text: str = self.rng.choice([value, *SQL.get(value, ())])
        single = "'" + text.replace("'", "''") + "'"
        plain = [text] if text.replace("_", "").isalnum() and not text[0].isdigit() else []
        spellings: list[str] = [json.dumps(text), *([single] if "\n" not in text else []), *plain]
        return self.rng.choice(spellings)


@given(st.integers())
@settings(max_examples=200)
def test_spelling_is_no_change(seed: int) -> None:
    """White space, comments, the order of keys, quotes, flow and block style, and SQL of the same meaning."""
    scribe = Scribe(random.Random(seed))  # noqa: S311 - a way to write, not a secret
    written = {FILES[name]: scribe.file(content) for name, content in RICH.items()}
    assert compared(texts(RICH), written) == ()
    assert compared(written, texts(RICH)) == ()


@given(st.dictionaries(st.sampled_from(PROSE), st.text(st.characters(categories=["L", "N"]), min_size=1), min_size=1))
@settings(max_examples=100)
def test_prose_is_cosmetic(words: dict[str, str]) -> None:
    """Whatever is written for people: nothing but cosmetic changes."""
    found = compared(texts(RICH), texts(edited(RICH, {f"kpi/{name}": text for name, text in words.items()})))
    differs = {name for name, text in words.items() if RICH["kpi"].get(name) != text}
    assert {(c.cls.value, c.field) for c in found} == {("cosmetic", name) for name in differs}


# completeness

EDITS: dict[str, tuple[str | None, Any]] = {
    **{f"kpi/{name}": ("fix_time", value) for name, value in {
        "name": "Another", "counts": "all", "owner": "lead@example.com", "min_sample": 7, "min_measured": "20%",
        "settle": "5 days", "period": "quarter", "time": "created_at", "where": "priority = 'high'", "exact": False,
        "formula": "avg(hours_between(created_at, resolved_at))", "segments": ["channel"], "family": "cost",
        "baseline": {"from": "2026-01-10", "to": "2026-02-28"}, "target": {"at_most": "9 h"},
        "review": {"cadence": "yearly"}, "action": {"do": "Nothing."}, "read_with": ["steady"], "meta": {"x": 1},
        "benchmark": {"at_most": 5, "source": "a guide"}, "status": "draft", "level": "advanced", "examples": [],
    }.items()},
    **{f"config/{name}": (None, value) for name, value in {
        "timezone": "Europe/London", "as_of": "2026-03-01", "week_starts": "sunday", "fiscal_year_starts": 4,
        "name": "Others", "meta": {"x": 1}, "gate/targets": "warning", "rules/missing-owner": "off",
        "required/steady": None, "datasets/tickets/freshness": "9 days", "datasets/tickets/max_bad_rows": 3,
        "datasets/tickets/complete_through": "2026-05-01", "datasets/tickets/columns/extra": "id",
        "datasets/tickets/source/path": "data/quick.csv", "privacy/min_rows": 3,
    }.items()},
}  # fmt: skip


def applied(chosen: set[str]) -> Plain:
    """The project with some of the edits."""
    found: Plain = copy.deepcopy(RICH)
    for path in sorted(chosen):
        value = EDITS[path][1]
        if path == "config/required/steady":
            found = edited(found, {"config/required": ["fix_time"]})
        else:
            found = edited(found, {path.removesuffix("/path"): value})
    return found


@given(st.sets(st.sampled_from(sorted(EDITS))))
@settings(max_examples=200)
def test_exactly_the_fields_that_differ_are_named(chosen: set[str]) -> None:
    """Any set of edits: each is found by its KPI and field, and nothing else is; back again, the same ones."""
    before, after = texts(RICH), texts(applied(chosen))
    wanted = {(EDITS[path][0], _field(path)) for path in chosen}
    for one, other in ((before, after), (after, before)):
        found = compared(one, other)
        assert {(c.kpi, c.field) for c in found} == wanted
        assert len(found) == len(wanted)
    assert compared(after, after) == ()


def _field(path: str) -> str:
    name = path.partition("/")[2].replace("/", ".")
    return "datasets.tickets.columns" if name.startswith("datasets.tickets.columns") else name

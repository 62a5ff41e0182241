"""Signals: what an operand is, and that an unknown one never turns a signal off."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi_framework.compile.catalog import Compilation
from kpi_framework.compile.language.signal import compile_signal
from kpi_framework.compile.sql.errors import FormulaError
from kpi_framework.evaluate.engine.duckdb import DuckWorker, WorkerLimits
from kpi_framework.evaluate.gate import Strictness
from kpi_framework.evaluate.session import Session
from kpi_framework.evaluate.signals import judge_signals
from kpi_framework.load.catalog import load_catalog, load_definition
from kpi_framework.load.templates import shipped_signals, shipped_templates
from kpi_framework.model.catalog import Catalog, Entry, Located
from kpi_framework.model.kpi import Kpi, Metric
from kpi_framework.model.measurement import Goal, Measurement, Reason, Segment, Status
from kpi_framework.model.period import Almanac, Grain, Period
from kpi_framework.model.record import replace
from kpi_framework.model.signal import Signal
from kpi_framework.workflow.checking.check import Options, check, lint_project
from kpi_framework.workflow.project import ProjectRoot

pytestmark = pytest.mark.usefixtures("engine_inside")

UTC = Almanac(ZoneInfo("UTC"))
PROJECT = "version: 1\nname: Desk\n"


def kpi(one: str, **more: Any) -> Kpi:
    """A KPI to read signals over."""
    return Kpi.model_validate({"version": 1, "id": one, "name": one, "dataset": "t", "formula": "count(*)",
                               "unit": "count", "segments": ["part"], **more})  # fmt: skip


def measured(one: str, value: float | None, status: Status = Status.MET, *, month: int = 3, part: str | None = None,
             judged: bool = True, **more: Any) -> Measurement:  # fmt: skip
    """A measurement of a month of 2026."""
    segment: Segment = (("part", part),) if part else ()
    fields: dict[str, Any] = {
        "population": 50, "measured": 50, "excluded": 0, "missing": 0, "interval": None, "reason": None,
        "target": Goal(at_most=10.0), "baseline": None, "frozen": True, "previous": None,
        "definition": "", **more,
    }  # fmt: skip
    period = Period(dt.date(2026, month, 1), dt.date(2026, month + 1, 1), Grain.MONTH)
    return Measurement(kpi=one, kind="kpi", judged=judged, period=period, segment=segment, value=value,
                       unit="count", status=status, **fields)  # fmt: skip


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """An engine for all conditions."""
    with Session(lambda: DuckWorker(WorkerLimits())) as found:
        yield found


def compilation(when: str, *definitions: Metric) -> Compilation:
    """A catalog of one signal."""
    read, _ = load_catalog({"kpi.yaml": PROJECT}, {})
    assert read is not None
    signal = Signal(version=1, kind="signal", id="s", name="S", when=when)
    at = Located("kpis/s.yaml")
    return Compilation(Catalog(read.project, tuple(Entry(d, at) for d in definitions), (Entry(signal, at),)))


def state(session: Session, when: str, *measurements: Measurement) -> str:
    """The state of a signal over a and b."""
    [result] = judge_signals(compilation(when, kpi("a"), kpi("b")), measurements, session)
    return result.state.value


def operand(session: Session, name: str, *measurements: Measurement) -> Any:
    """What an operand was read as."""
    [result] = judge_signals(compilation(f"{name} is not null", kpi("a", min_sample=20)), measurements, session)
    assert list(result.operands) == [name]
    return result.operands[name]


# three-valued logic

Known = bool | None
leaves = st.sampled_from(["a.value > 0", "b.value > 0", "a.previous > 0", "b.previous > 0"])
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner), st.tuples(st.sampled_from(["and", "or"]), inner, inner)
    ),
    max_leaves=6,
)  # fmt: skip
values = st.sampled_from([1, -1, None])


def text_of(tree: Any) -> str:
    """A condition as it is written."""
    if isinstance(tree, str):
        return tree
    return f"(not {text_of(tree[1])})" if tree[0] == "not" else f"({text_of(tree[1])} {tree[0]} {text_of(tree[2])})"


def truth(tree: Any, known: dict[str, Known]) -> Known:
    """Kleene's logic in plain Python."""
    if isinstance(tree, str):
        return known[tree]
    if tree[0] == "not":
        inner = truth(tree[1], known)
        return None if inner is None else not inner
    sides = [truth(one, known) for one in tree[1:]]
    decisive = bool(tree[0] == "or")
    if decisive in sides:
        return decisive
    return None if None in sides else not decisive


def leaves_of(tree: Any) -> set[str]:
    """The comparisons in a condition."""
    return {tree} if isinstance(tree, str) else {leaf for one in tree[1:] for leaf in leaves_of(one)}


@settings(max_examples=150)
@given(tree=conditions, given_values=st.tuples(values, values, values, values))
def test_an_unknown_operand_never_turns_a_signal_off(
    session: Session, tree: Any, given_values: tuple[Any, Any, Any, Any]
) -> None:
    """On or off only where all is known, as plain Python reckons; else unknown."""
    a, b, before_a, before_b = given_values
    reason_a, reason_b = (None if v is not None else Reason.NO_DATA for v in (a, b))
    numbers = {
        "a.value > 0": a, "b.value > 0": b,
        "a.previous > 0": before_a if a is not None else None, "b.previous > 0": before_b if b is not None else None,
    }  # fmt: skip
    known = {name: None if number is None else number > 0 for name, number in numbers.items()}
    wanted = truth(tree, known)
    if any(known[leaf] is None for leaf in leaves_of(tree)):
        wanted = None
    found = state(
        session, text_of(tree),
        measured("a", a, reason=reason_a, previous=before_a), measured("b", b, reason=reason_b, previous=before_b),
    )  # fmt: skip
    assert found == {True: "on", False: "off", None: "unknown"}[wanted]


def test_an_unknown_made_known_by_coalesce_is_unknown(session: Session) -> None:
    """Unknown is not zero, whatever a condition says of it."""
    unknown = measured("a", None, Status.UNKNOWN, reason=Reason.STALE)
    assert state(session, "coalesce(a.value, 0) < 1", unknown) == "unknown"
    assert state(session, "case when a.value > 1 then false else true end", unknown) == "unknown"
    assert state(session, "a.value is null", unknown) == "unknown"


def test_a_value_shown_but_not_judged_is_unknown(session: Session) -> None:
    """A stale value is published; a signal does not rest on it."""
    assert state(session, "a.value > 1", measured("a", 5, Status.UNKNOWN, reason=Reason.STALE)) == "unknown"
    assert state(session, "a.value > 1") == "unknown"


# operands


def test_operands_of_a_whole(session: Session) -> None:
    """change = (value − previous) ÷ |previous|, points their difference, target the limit."""
    one = measured("a", 12, Status.MISSED, previous=-8, baseline=6.5)
    wanted = {"value": 12, "previous": -8, "change": 2.5, "points": 20, "baseline": 6.5, "target": 10.0,
              "status": "missed", "streak": 1}  # fmt: skip
    assert {name: operand(session, f"a.{name}", one) for name in wanted} == wanted
    assert operand(session, "a.change", measured("a", 12, previous=0)) is None


def test_a_streak_counts_back_to_the_last_other_status(session: Session) -> None:
    """Periods in a row with the judged one's status; the running period plays no part."""
    statuses = [Status.MISSED, Status.MET, Status.MISSED, Status.MISSED, Status.MET]
    series = [measured("a", 1, s, month=n + 1, judged=n == 3) for n, s in enumerate(statuses)]
    assert operand(session, "a.streak", *series) == 2


def test_the_worst_segment_is_furthest_beyond_its_own_target(session: Session) -> None:
    """In units of the target; too small ones, unknown ones and the winning side do not count as worse."""
    parts = [
        measured("a", 18, Status.MISSED, part="far"),
        measured("a", 90, Status.MISSED, part="lenient", target=Goal(at_most=80.0)),
        measured("a", 99, Status.MISSED, part="small", measured=19),
        measured("a", 99, Status.UNKNOWN, part="unknown", reason=Reason.MOSTLY_MISSING),
        measured("a", 15, Status.INFORMATIVE, part="held to the whole's", target=None),
    ]
    whole = measured("a", 9)
    assert operand(session, "a.worst_segment.value", whole, *parts) == 18
    assert operand(session, "a.worst_segment.status", whole, parts[4]) == "missed"
    assert operand(session, "a.worst_segment.target", whole, parts[4]) == 10.0
    assert operand(session, "a.worst_segment.value", whole, parts[2]) is None


def test_a_segment_is_named_by_column_and_value(session: Session) -> None:
    """Text in quotes, quotes inside doubled; `null` names the rows without a value."""
    assert operand(session, "a['part', 'it''s'].value", measured("a", 3, part="it's")) == 3
    empty = replace(measured("a", 4), segment=(("part", None),))
    assert state(session, "a['part', 'null'].value > 1", empty) == "on"


@pytest.mark.parametrize(
    ("when", "rule", "word"),
    [
        ("c.value > 1", "unknown-reference", "no KPI or metric `c`"),
        ("a.worth > 1", "unknown-reference", "no `worth`"),
        ("m.status = 'met'", "type-mismatch", "never judged"),
        ("a.status = 'good'", "type-mismatch", "'good' is not a status"),
        ("a.status in ('met', 'unknown')", "type-mismatch", "'unknown' is not a status"),
        ("a['other', 'x'].value > 1", "unknown-reference", "no segments by other"),
        ("a['part'].value > 1", "formula-syntax", "written csat"),
        ("a[b].value > 1", "formula-syntax", "written csat"),
        ("m.worst_segment.value > 1", "unknown-reference", "no segments"),
        ("a.value", "type-mismatch", "condition"),
        ("1 = 1", "type-mismatch", "names no KPI"),
        ("value > 1", "unknown-reference", "names no field"),
        ("sum(a.value) > 1", "forbidden-function", "sum"),
        ("a.value > (select 1)", "forbidden-function", "subquery"),
        ("read_csv('x') and a.value > 1", "forbidden-function", "read"),
        ("a.value > 1; drop table t", "formula-syntax", "one SQL expression"),
        ("a.b.c.value > 1", "forbidden-function", "a.b.c"),
        ("a.status > 1", "type-mismatch", "compared"),
    ],
)
def test_what_a_condition_may_not_say(when: str, rule: str, word: str) -> None:
    """Each mistake is refused by its rule, in words."""
    metric = Metric.model_validate({"version": 1, "kind": "metric", "id": "m", "name": "M", "dataset": "t",
                                    "formula": "count(*)", "unit": "count"})  # fmt: skip
    with pytest.raises(FormulaError) as raised:
        compile_signal(when, {"a": kpi("a"), "m": metric}, UTC)
    assert (raised.value.rule, word in raised.value.message) == (rule, True), raised.value.message


# the shipped ones, and a project's


@pytest.mark.parametrize("one", sorted(shipped_signals()))
def test_a_shipped_signal_reads_the_catalogue(one: str) -> None:
    """Its file is a signal of that id, over definitions of the catalogue, with a question and an action."""
    texts = {"kpi.yaml": PROJECT, f"kpis/{one}.yaml": shipped_signals()[one]}
    read, findings = load_catalog(texts, {})
    assert not findings
    assert read is not None
    signal = read.signals[0].noun
    assert signal.id == one
    assert signal.asks
    assert signal.do
    known = {i: load_definition(i, json.dumps({"version": 1, **t.kpi})) for i, t in shipped_templates().items()}
    definitions = {i: one.entry.noun for i, one in known.items() if one.entry is not None}
    assert set(definitions) == set(shipped_templates())
    assert compile_signal(signal.when, definitions, UTC).operands


ROWS = "at,part\n2026-03-05 10:00,x\n2026-03-06 10:00,x\n2026-02-06 10:00,x\n"
DATASET = {"source": "t.csv", "time": "at", "complete_from": "2026-01-01", "complete_through": "2026-04-30",
           "columns": {"at": {"from": "at", "type": "timestamp"}}}  # fmt: skip


def desk(root: Path, when: str, gate: dict[str, str], severity: str | None = None) -> Options:
    """A project on disk: one metric, one signal."""
    (root / "kpis").mkdir(parents=True)
    (root / "t.csv").write_text(ROWS)
    project = {"version": 1, "name": "Desk", "as_of": "2026-04-02", "datasets": {"t": DATASET}, "gate": gate}
    (root / "kpi.yaml").write_text(json.dumps(project))
    metric = {"version": 1, "kind": "metric", "id": "rows", "name": "Rows", "dataset": "t", "formula": "count(*)",
              "unit": "count"}  # fmt: skip
    signal = {"version": 1, "kind": "signal", "id": "more", "name": "More", "when": when}
    (root / "kpis/rows.yaml").write_text(json.dumps(metric))
    (root / "kpis/more.yaml").write_text(json.dumps({**signal, **({"severity": severity} if severity else {})}))
    return Options(ProjectRoot(root), dt.datetime.now(dt.UTC), strictness=Strictness("all", "error"))


@pytest.mark.parametrize(
    ("when", "gate", "severity", "fails"),
    [
        ("rows.change > 0.5", "error", None, True),
        ("rows.change > 0.5", "error", "warning", False),
        ("rows.change > 0.5", "warning", "error", False),
        ("rows.change > 1.5", "error", None, False),
        ("rows.change > 0.5", "off", None, False),
    ],
)
def test_a_signal_weighs_at_most_what_the_gate_says(
    tmp_path: Path, when: str, gate: str, severity: str | None, fails: bool
) -> None:
    """It fails the check only when it is on, and both the gate and itself say error."""
    card = check(desk(tmp_path, when, {"signals": gate}, severity)).scorecard
    assert card is not None
    assert ("signal more is on" in card.verdict.reasons) is fails
    assert card.signals[0].operands == {"rows.change": 1.0}


def test_lint_places_a_signal_s_mistake(tmp_path: Path) -> None:
    """At its `when`, with the nearest remedy."""
    found = [f for f in lint_project(desk(tmp_path, "more.value > 1", {})).diagnostics if f.code != "KPI115"]
    assert [(f.rule, f.span.path) for f in found] == [("unknown-reference", "kpis/more.yaml")]
    assert "never another signal" in found[0].hint

"""The ledger's lines, byte for byte: another byte is another hash, and no earlier publication could be verified."""

from __future__ import annotations

import datetime as dt

import pytest

from kpi_framework.history.ledger import read_chain, sealed
from kpi_framework.model.ledger import Chain
from kpi_framework.model.measurement import Goal, Measurement, Reason, Status
from kpi_framework.model.period import Grain, Period
from kpi_framework.model.record import replace
from kpi_framework.model.waiver import Waiver
from kpi_framework.workflow.ledger.lines import restatement, value_line

MARCH = Period(dt.date(2026, 3, 1), dt.date(2026, 4, 1), Grain.MONTH)
MET = Measurement(
    kpi="fix_time", kind="kpi", judged=True, period=MARCH, segment=(("team", "Büro"), ("site", None)), value=3.5,
    unit="hours", population=120, measured=118, excluded=1, missing=1, interval=(3.0, 4.0), status=Status.MET,
    reason=None, target=Goal(at_most=4.0, near=5.0, from_=dt.date(2026, 1, 1), of="baseline"),
    baseline=7, frozen=True, previous=3.0, definition="sha256:d", inputs={"a": 1}, because="no part of a line",
)  # fmt: skip
WAIVER = Waiver.model_validate(
    {"from": dt.date(2026, 3, 1), "until": dt.date(2026, 4, 30), "limit": "9 h", "reason": "r", "approved_by": "a"}
)
ABOUT = {"commit": "c", "data": "sha256:f", "engine": "duckdb", "isolation": "process", "as_of": "2026-04-02T00:00:00"}
FIRST = (
    '{"as_of":"2026-04-02T00:00:00","baseline":7,"commit":"c","data":"sha256:f","definition":"sha256:d",'
    '"engine":"duckdb","excluded":1,"hash":"e528bb65be1f2e1fb28eb9715cd0638b70aa9edab88ac47aa2661e3ba585b631",'
    '"isolation":"process","kpi":"fix_time","measured":118,"missing":1,'
    '"period":{"end":"2026-04-01","grain":"month","start":"2026-03-01"},"population":120,'
    '"previous":"f5dcaf0f433b461d7762c5cc1849c817051991aa5141c3097437524613d4780b","reason":null,'
    '"segment":{"site":null,"team":"Büro"},"seq":1,"status":"met",'
    '"target":{"at_most":4.0,"from":"2026-01-01","near":5.0,"of":"baseline"},"unit":"hours","value":3.5,'
    '"waived":false}\n'
)
SECOND = (
    '{"as_of":"2026-04-02T00:00:00","baseline":null,"because":"why \\"so\\"","commit":"c","data":"sha256:f",'
    '"definition":"sha256:d","engine":"duckdb","excluded":1,'
    '"hash":"b8729bd8623441d7bd6366ae45db536fcae8b78a29a7ce164769a905dd8103ed","isolation":"process",'
    '"kpi":"fix_time","measured":118,"missing":1,"period":{"end":"2026-04-01","grain":"month","start":"2026-03-01"},'
    '"population":120,"previous":"e528bb65be1f2e1fb28eb9715cd0638b70aa9edab88ac47aa2661e3ba585b631",'
    '"reason":"not_run","restates":1,"segment":{},"seq":2,"status":"unknown",'
    '"target":{"between":[1.0,null],"from":null,"near":[0.5,9.0]},"unit":"hours","value":null,"waived":true,'
    '"was":3.5}\n'
)


def test_lines_are_these_bytes() -> None:
    """Every field, its spelling and the hashes over them: of a value, and of one that takes the place of another."""
    first = sealed(Chain("fix_time"), [{**value_line(MET), **ABOUT}])
    assert first == FIRST
    chain = read_chain("fix_time", first.encode())
    assert chain.fault is None
    later = replace(
        MET, value=float("nan"), status=Status.UNKNOWN, reason=Reason.NOT_RUN, segment=(), baseline=float("inf"),
        target=Goal(between=(1.0, float("inf")), near=(0.5, 9.0)), waiver=WAIVER,
    )  # fmt: skip
    body = {**value_line(later), **ABOUT, **restatement(chain.entries[0], 'why "so"', ())}
    assert sealed(chain, [body]) == SECOND


@pytest.mark.parametrize(
    ("target", "line"),
    [
        (None, None),
        (Goal(), {"near": None, "from": None}),
        (Goal(at_least=0.95, near=0.9), {"at_least": 0.95, "near": 0.9, "from": None}),
        (Goal(at_most=float("nan")), {"near": None, "from": None}),
        (
            Goal(between=(1.0, 2.0), of="previous"),
            {"between": [1.0, 2.0], "near": None, "from": None, "of": "previous"},
        ),
    ],
)
def test_a_target_is_its_limits(target: Goal | None, line: dict[str, object] | None) -> None:
    """A limit stands there only if there is one; a value without a target has null."""
    assert value_line(replace(MET, target=target))["target"] == line

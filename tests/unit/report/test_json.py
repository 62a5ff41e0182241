"""JSON: exactly the keys that programs rely on."""

from __future__ import annotations

import json
import math
from importlib.resources import files

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from kpi_framework.model.measurement import Goal, Reason, Status
from kpi_framework.report.formats.json import render_json
from kpi_framework.report.view.result import Report
from tests.unit.report.reading import control_characters, hostile
from tests.unit.report.scorecards import (
    example,
    finding,
    kpi,
    measure,
    scorecard,
    segment,
    service_desk,
    unknown,
)

SCHEMA = json.loads((files("kpi_framework") / "library/schemas/scorecard.schema.json").read_text(encoding="utf-8"))


def strict(text: str) -> object:
    """Parse JSON that may not hold NaN or Infinity."""

    def refuse(name: str) -> float:
        raise AssertionError(name)

    return json.loads(text, parse_constant=refuse)


def test_the_scorecard_fits_its_schema() -> None:
    """Another program can rely on schemas/scorecard.schema.json."""
    Draft202012Validator(SCHEMA).validate(strict(render_json(Report(service_desk()))))


def test_a_measurement_has_all_its_keys_in_order() -> None:
    """A measurement, key by key."""
    found = strict(render_json(Report(scorecard([measure()]))))
    assert isinstance(found, dict)
    assert list(found) == [
        "schema_version", "project", "as_of", "engine", "isolation", "verdict", "measurements", "views", "signals",
        "diagnostics",
    ]  # fmt: skip
    assert found["measurements"] == [
        {
            "kpi": "first_response_time", "kind": "kpi", "judged": True,
            "period": {"grain": "month", "start": "2026-10-01", "end": "2026-11-01"}, "segment": {},
            "value": 72.5, "unit": "minutes", "population": 412, "measured": 409, "excluded": 9, "missing": 3,
            "interval": [66.0, 80.0], "status": "near", "reason": None, "waived": False,
            "target": {"at_most": 60, "near": 75, "from": None}, "baseline": 81.0, "frozen": True,
            "previous": 70.0, "definition": measure().definition,
        }
    ]  # fmt: skip
    assert found["as_of"] == "2026-11-06T00:00:00+00:00"
    assert list(found["verdict"]["counts"]) == ["met", "near", "missed", "waived", "unknown"]


def test_segments_inputs_reasons_and_bands() -> None:
    """What only some measurements have stands only there."""
    band = Goal(between=(0.2, 0.3), near=(0.1, 0.4), of="90% of baseline")
    part = measure(
        segment=segment(priority="critical", channel=None),
        value=None,
        target=band,
        inputs={"a": 1, "b": None},
    )
    lost = unknown("csat", Reason.INPUT_UNKNOWN, because="csat_points")
    found = strict(render_json(Report(scorecard([part, lost]))))
    assert isinstance(found, dict)
    first, second = found["measurements"]
    assert first["segment"] == {"priority": "critical", "channel": None}
    assert first["target"] == {
        "between": [0.2, 0.3],
        "near": [0.1, 0.4],
        "from": None,
        "of": "90% of baseline",
    }
    assert first["inputs"] == {"a": 1, "b": None}
    assert "because" not in first
    assert (second["reason"], second["because"]) == ("input_unknown", "csat_points")
    assert "inputs" not in second


def test_whole_numbers_stay_whole() -> None:
    """A count of 7 is 7, not 7.0."""
    text = render_json(Report(scorecard([measure(value=7, status=Status.INFORMATIVE)])))
    assert '"value": 7,' in text


@given(st.sampled_from([math.nan, math.inf, -math.inf]))
def test_what_is_no_number_is_null(value: float) -> None:
    """No program ever reads NaN."""
    found = strict(render_json(Report(scorecard([measure(value=value, previous=value, baseline=value)]))))
    assert isinstance(found, dict)
    assert [found["measurements"][0][key] for key in ("value", "previous", "baseline")] == [None] * 3


@given(hostile)
def test_any_string_survives(text: str) -> None:
    """It comes back as it was, and nothing invisible stands in the file."""
    rendered = render_json(Report(scorecard([measure(segment=segment(channel=text))], [kpi()], project=text)))
    assert control_characters(rendered) == set()
    rendered.encode("utf-8")
    found = json.loads(rendered)
    assert found["project"] == text
    assert found["measurements"][0]["segment"] == {"channel": text}


def test_findings_alone() -> None:
    """A lint has its findings in the order of the files, and its verdict."""
    late, early = finding(line=9), finding("yaml-syntax", "kpi.yaml", 2)
    text = render_json(Report(diagnostics=(late, early, late), passed=False, exit_code=1))
    found = strict(text)
    assert text.endswith("}\n")
    assert isinstance(found, dict)
    assert found["schema_version"] == 1
    assert found["verdict"] == {"passed": False, "exit_code": 1}
    assert [one["path"] for one in found["diagnostics"]] == ["kpi.yaml", "kpis/csat.yaml"]
    assert list(found["diagnostics"][0]) == [
        "code",
        "rule",
        "severity",
        "message",
        "hint",
        "path",
        "line",
        "column",
    ]
    assert "examples" not in found


def test_examples() -> None:
    """A test run has its examples."""
    found = strict(render_json(Report(examples=(example(passed=False),))))
    assert isinstance(found, dict)
    assert found["examples"] == [
        {
            "kpi": "csat", "example": "four fifths", "passed": False, "expected": "80 %", "got": "79.9 %",
            "path": "kpis/csat.yaml", "line": 30,
        }
    ]  # fmt: skip

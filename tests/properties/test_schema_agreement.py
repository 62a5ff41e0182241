"""The JSON Schemas and the models agree on every document: what an editor accepts, `kpi lint` reads."""

import copy
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from kpi_framework.load.schema import schemas
from kpi_framework.load.validate import definition_model
from kpi_framework.model.baseline import BaselineFile
from kpi_framework.model.kpi import Kpi
from kpi_framework.model.project import Contract, Project

TARGET = {
    "at_most": "60 min",
    "near": 75,
    "from": "2026-01-01",
    "min_sample": 3,
    "by": {"priority": {"critical": {"at_most": 30, "near": [1, 2]}}},
}
METRIC = {
    "version": 1,
    "kind": "metric",
    "id": "x",
    "name": "X",
    "description": "d",
    "counts": "c",
    "excludes": "e",
    "asks": "a",
    "family": "quality",
    "level": "advanced",
    "objectives": ["o"],
    "owner": "me",
    "dataset": "tickets",
    "time": "created_at",
    "where": "true",
    "formula": "count(*)",
    "unit": "count",
    "period": "week",
    "segments": ["a", ["a", "b"]],
    "min_sample": 2,
    "min_measured": "40%",
    "settle": "2 days",
    "exact": False,
    "read_with": ["y"],
    "status": "active",
    "retired": None,
    "renamed_from": "old",
    "meta": {"any": [1, {"b": None}]},
    "examples": [
        {"name": "n", "given": [{"a": 1, "b": None, "c": True}], "expect": "25 min", "previous": {"y": 1}},
        {"name": "m", "given": {"a": 1.5}, "expect": {"value": True, "status": "met", "missing": 1}},
    ],
}
KPI = {
    **METRIC,
    "kind": "kpi",
    "baseline": {"from": "2026-01-01", "to": "2026-02-28", "value": 3, "source": "s"},
    "target": TARGET,
    "benchmark": {"between": [1, "2 h"], "source": "s", "year": 2026},
    "review": {"cadence": "monthly", "last": "2026-01-31", "by": "b", "note": "n"},
    "action": {"do": "it", "owner": "o", "link": "l", "due": "2026-05-01"},
    "waiver": {
        "from": "2026-01-01",
        "until": "2026-02-01",
        "limit": 9,
        "reason": "r",
        "approved_by": "a",
        "segment": {"priority": "high"},
    },
}
SEVERAL = {**KPI, "target": [TARGET, {"between": [1, 2]}], "waiver": [KPI["waiver"]]}
RETIRED = {**KPI, "status": "retired", "retired": {"since": "2026-01-01", "because": "b", "replaced_by": "y"}}
PROJECT = {
    "version": 1,
    "name": "n",
    "timezone": "UTC",
    "week_starts": "sunday",
    "fiscal_year_starts": 4,
    "as_of": "2026-01-31",
    "required": ["x"],
    "objectives": {"o": "O"},
    "calendars": {
        "business": {"hours": {"mon-fri": ["09:00-17:30"]}, "timezone": "UTC", "holidays": ["GB-ENG", "2026-12-24"]},
        "always": {"hours": "24x7"},
        "desk": {"hours": [{"mon-fri": ["09:00-17:00"]}, {"from": "2026-03-01", "mon": ["08:00-18:00"]}]},
    },
    "events": [{"date": "2026-01-01", "what": "w"}],
    "datasets": {
        "tickets": {
            "source": "a.csv",
            "contract": "tickets",
            "columns": {
                "a": "b",
                "c": {
                    "from": "d",
                    "type": "text",
                    "values": {"1": "one"},
                    "personal": True,
                    "unit": "minutes",
                    "timestamps": "%d",
                    "timezone": "UTC",
                    "optional": True,
                    "day": "8 h",
                },
            },
            "derive": {"e": "f"},
            "key": "a",
            "latest_by": ["b"],
            "first_by": ["b"],
            "time": "t",
            "complete_through": "newest_row",
            "complete_from": "oldest_row",
            "opening": "none",
            "final": ["closed"],
            "freshness": "1 days",
            "grain": "month",
            "max_bad_rows": 0,
            "tracked": True,
            "erased": [{"on": "2026-05-04", "because": "request 17"}],
            "rules": {"r": {"holds": "h", "at_least": "99%"}},
            "clocks": {
                "waited": {"history": "events", "running": ["new", "open"], "calendar": "business"},
                "solved_at": {"history": ["events", "more"], "last": "resolved", "otherwise": ["closed"]},
                "replied_at": {"history": "events", "first": "reply"},
                "replies": {"history": "events", "count": ["reply"]},
            },
            "policies": {
                "sla": {
                    "history": "events",
                    "from": "t",
                    "until": ["reply", "resolved"],
                    "targets": {"high": "2 h", "other": "8 h"},
                    "pausing": "pending",
                    "calendar": "business",
                }
            },
        },
        "costs": {
            "source": {
                "path": "p",
                "format": "csv",
                "delimiter": ";",
                "quote": "'",
                "encoding": "latin-1",
                "nulls": ["?"],
                "timestamps": "%d",
                "timezone": "UTC",
                "decimal": ",",
                "thousands": ".",
                "skip": 2,
                "sheet": "s",
                "records": "r",
            },
            "key": ["a", "b"],
        },
    },
    "privacy": {"segment_by": ["a"], "min_rows": 5, "reason": "r"},
    "publish": {"branch": "main"},
    "views": {"executive": {"kpis": ["a"], "limit": 5}, "operations": {"kpis": "all"}},
    "gate": {"targets": "error", "unknown": "warning", "data": "note", "governance": "off", "signals": "note"},
    "engine": "duckdb",
    "rules": {"unguarded": "off"},
    "meta": {},
}
BASELINE = {
    "version": 1,
    "kpi": "x",
    "from": "2026-01-01",
    "to": "2026-02-28",
    "frozen_on": "2026-03-01",
    "definition": "d",
    "data": "f",
    "engine": "duckdb",
    "values": [{"segment": {"priority": None}, "value": 1.5, "method": "range", "population": 3, "measured": 2}],
}
CONTRACT = {
    "version": 1,
    "name": "t",
    "description": "d",
    "key": ["a"],
    "time": "a",
    "grain": "day",
    "order": [["a", "b"]],
    "spans": ["a", "b"],
    "columns": {
        "a": {
            "description": "d",
            "type": "integer",
            "unit": "minutes",
            "required": True,
            "nullable": False,
            "values": ["v"],
            "minimum": 0,
            "maximum": 1.5,
            "personal": False,
        }
    },
}

# fmt: off
STRANGE: st.SearchStrategy[Any] = st.sampled_from([
    None, True, False, 0, 1, 2, -1, 1.0, 2.5, "", "x", "Not Snake", "a" * 90, "2026-01-31", "2026-02-31",
    "2026-1-1", "now", "metric", "kpi", "signal", "active", "draft", "retired", "month", "error", "text",
    "csv", ";", "60 min", [], [1], [1, 2], [1, 2, 3], ["a"], ["a", "b"], [[]], {}, {"a": 1}, {"a": "b"},
    {"A b": "c"}, {"at_most": 1}, {"at_least": None}, {"at_most": 1, "at_least": 2}, {"from": "a"},
    {"path": "p"}, {"value": 1}, {"status": "met"}, [{"at_most": 1}], [None],
])
NAMES = st.sampled_from([
    "extra", "from", "at_least", "between", "Bad name", "values", "path", "status", "retired", "target",
])
# fmt: on


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every path into a document."""
    yield path
    steps = {**node} if isinstance(node, dict) else dict(enumerate(node)) if isinstance(node, list) else {}
    for step, inner in steps.items():
        yield from places(inner, (*path, step))


@st.composite
def mutated(draw: st.DrawFn, document: Any) -> Any:
    """The document with up to three values replaced, keys removed or keys added."""
    document = copy.deepcopy(document)
    for _ in range(draw(st.integers(0, 3))):
        path = draw(st.sampled_from([p for p in places(document) if p] or [("meta",)]))
        parent = document
        for step in path[:-1]:
            parent = parent[step]
        change = draw(st.sampled_from(["replace", "remove", "add"]))
        if change == "replace":
            parent[path[-1]] = copy.deepcopy(draw(STRANGE))
        elif change == "remove" and path[-1] in (parent if isinstance(parent, dict) else range(len(parent))):
            del parent[path[-1]]
        elif isinstance(parent, dict):
            parent[draw(NAMES)] = copy.deepcopy(draw(STRANGE))
    return document


def structure(name: str) -> jsonschema.Draft7Validator:
    """A schema without what it asks of active KPIs beyond the models."""
    schema = copy.deepcopy(schemas()[name])
    rules = schema.get("allOf", [])
    schema["allOf"] = [rule for rule in rules if "owner" not in rule["then"].get("required", [])]
    return jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker(["date"]))


def is_read(model: type[BaseModel], document: Any) -> bool:
    """Whether the model takes the document."""
    try:
        model.model_validate(document)
    except ValidationError:
        return False
    return True


DEFINITIONS = structure("kpi")
OTHERS = [
    ("project", Project, PROJECT),
    ("baseline", BaselineFile, BASELINE),
    ("contract", Contract, CONTRACT),
]


@pytest.mark.parametrize("document", [METRIC | {"retired": None}, KPI, SEVERAL, RETIRED])
def test_the_full_definitions_are_accepted_by_both(document: Any) -> None:
    """The mutations begin with documents that hold every field."""
    assert is_read(definition_model(document), document)
    assert DEFINITIONS.is_valid(document)
    assert {*document} - {"kind"} <= {f.alias or n for n, f in Kpi.model_fields.items()}


@pytest.mark.parametrize("start", [METRIC, KPI, SEVERAL, RETIRED], ids=["metric", "kpi", "several", "retired"])
@given(data=st.data())
@settings(max_examples=250)
def test_definitions_are_judged_alike(start: dict[str, Any], data: st.DataObject) -> None:
    """Types, unknown and required keys, enumerations, exactly-one-of: one answer from both."""
    document = data.draw(mutated(start))
    assert DEFINITIONS.is_valid(document) == is_read(definition_model(document), document), document


@pytest.mark.parametrize(("name", "model", "start"), OTHERS, ids=[o[0] for o in OTHERS])
@given(data=st.data())
@settings(max_examples=250)
def test_other_files_are_judged_alike(
    name: str, model: type[BaseModel], start: dict[str, Any], data: st.DataObject
) -> None:
    """kpi.yaml, baselines and contracts too; each unmutated document holds every field."""
    document = data.draw(mutated(start))
    assert structure(name).is_valid(document) == is_read(model, document), document
    assert is_read(model, start)
    assert set(start) == {f.alias or n for n, f in model.model_fields.items()}

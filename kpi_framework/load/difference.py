"""The JSON of `kpi diff`, which a stranger's run may have written → a Difference.

It is checked against schemas/diff.schema.json before anything looks into it. What is wrong is said in words of
the schema alone: nothing of the file reaches a log. Its texts are still a stranger's: whoever shows them escapes them.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from jsonschema import Draft7Validator

from ..model.change import Change, ChangeClass, Difference, Impact, Judged
from ..model.diagnostic import Diagnostic, Severity, Span
from ..model.measurement import Status
from ..model.period import Grain, Period
from .schema import schemas

LARGEST = 10_000_000
"""Bytes."""
DEEPEST = 60
_SHOWN = 6

Json = Any


def read_difference(content: bytes) -> Difference:
    """The difference that a file holds. Raises ValueError, in words that quote nothing of the file."""
    document = _parsed(content)
    error = next(Draft7Validator(schemas()["diff"]).iter_errors(document), None)
    if error is not None:
        where = "/".join(map(str, list(error.absolute_schema_path)[-_SHOWN:]))
        raise ValueError(f"it does not fit schemas/diff.schema.json at {where}")
    try:
        return _difference(document)
    except (ValueError, OverflowError):
        raise ValueError("a day or a time in it does not exist") from None


def _parsed(content: bytes) -> Json:
    if len(content) > LARGEST:
        raise ValueError(f"it is larger than {LARGEST:,} bytes")
    try:
        document = json.loads(content.decode("utf-8"), parse_constant=_refused)
    except (ValueError, RecursionError):
        raise ValueError("it is not JSON") from None
    if _depth(document) > DEEPEST:
        raise ValueError(f"it has more than {DEEPEST} nested levels")
    return document


def _refused(constant: str) -> Json:
    raise ValueError(constant)


def _depth(value: Json) -> int:
    """How many levels stand inside each other; told level by level, so that no depth is too much."""
    level, depth = [value], 0
    while level:
        depth += 1
        level = [inner for value in level if isinstance(value, dict | list) for inner in _inside(value)]
    return depth


def _inside(value: dict[str, Json] | list[Json]) -> list[Json]:
    return list(value.values()) if isinstance(value, dict) else value


# nouns


def _difference(document: Mapping[str, Json]) -> Difference:
    as_of = document.get("as_of")
    return Difference(
        base=document["base"], head=document["head"], changes=tuple(map(_change, document["changes"])),
        impact=tuple(map(_impact, document["impact"])), reasons=tuple(document.get("reasons", ())),
        diagnostics=tuple(map(_finding, document.get("diagnostics", ()))), names=document.get("names", {}),
        as_of=dt.datetime.fromisoformat(as_of) if as_of else None,
    )  # fmt: skip


def _change(change: Mapping[str, Json]) -> Change:
    effective = change.get("effective")
    return Change(
        change["kpi"], ChangeClass(change["class"]), change["field"], change["before"], change["after"],
        change["path"], change["line"], tuple(change.get("touches", ())),
        dt.date.fromisoformat(effective) if effective else None, change.get("because"), bool(change.get("published")),
    )  # fmt: skip


def _impact(impact: Mapping[str, Json]) -> Impact:
    period = impact["period"]
    start, end = (dt.date.fromisoformat(period[side]) for side in ("start", "end"))
    return Impact(
        impact["kpi"], impact["unit"], Period(start, end, Grain(period["grain"]) if period["grain"] else None),
        tuple(impact["segment"].items()), _side(impact["before"]), _side(impact["after"]),
        tuple(impact["because"]), impact["judged"],
    )  # fmt: skip


def _side(judged: Mapping[str, Json]) -> Judged:
    return Judged(judged["value"], Status(judged["status"]) if judged["status"] else None)


def _finding(finding: Mapping[str, Json]) -> Diagnostic:
    span = Span(finding["path"], finding["line"], finding["column"])
    return Diagnostic(
        finding["code"], finding["rule"], Severity(finding["severity"]), finding["message"], finding["hint"], span
    )

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


def read_difference(data: bytes) -> Difference:
    """The difference that a file holds. Raises ValueError, in words that quote nothing of the file."""
    found = _parsed(data)
    error = next(Draft7Validator(schemas()["diff"]).iter_errors(found), None)
    if error is not None:
        where = "/".join(map(str, list(error.absolute_schema_path)[-_SHOWN:]))
        raise ValueError(f"it does not fit schemas/diff.schema.json at {where}")
    try:
        return _difference(found)
    except (ValueError, OverflowError):
        raise ValueError("a day or a time in it does not exist") from None


def _parsed(data: bytes) -> Json:
    if len(data) > LARGEST:
        raise ValueError(f"it has more than {LARGEST:,} bytes")
    try:
        found = json.loads(data.decode("utf-8"), parse_constant=_refused)
    except (ValueError, RecursionError):
        raise ValueError("it is no JSON") from None
    if _depth(found) > DEEPEST:
        raise ValueError(f"more than {DEEPEST} levels stand inside each other")
    return found


def _refused(constant: str) -> Json:
    raise ValueError(constant)


def _depth(value: Json) -> int:
    """How many levels stand inside each other; told level by level, so that no depth is too much."""
    level, depth = [value], 0
    while level:
        depth += 1
        level = [inner for one in level if isinstance(one, dict | list) for inner in _inside(one)]
    return depth


def _inside(value: dict[str, Json] | list[Json]) -> list[Json]:
    return list(value.values()) if isinstance(value, dict) else value


# nouns


def _difference(found: Mapping[str, Json]) -> Difference:
    as_of = found.get("as_of")
    return Difference(
        base=found["base"], head=found["head"], changes=tuple(map(_change, found["changes"])),
        impact=tuple(map(_impact, found["impact"])), reasons=tuple(found.get("reasons", ())),
        diagnostics=tuple(map(_finding, found.get("diagnostics", ()))), names=found.get("names", {}),
        as_of=dt.datetime.fromisoformat(as_of) if as_of else None,
    )  # fmt: skip


def _change(one: Mapping[str, Json]) -> Change:
    effective = one.get("effective")
    return Change(
        one["kpi"], ChangeClass(one["class"]), one["field"], one["before"], one["after"], one["path"], one["line"],
        tuple(one.get("touches", ())), dt.date.fromisoformat(effective) if effective else None,
    )  # fmt: skip


def _impact(one: Mapping[str, Json]) -> Impact:
    period = one["period"]
    start, end = (dt.date.fromisoformat(period[side]) for side in ("start", "end"))
    return Impact(
        one["kpi"], one["unit"], Period(start, end, Grain(period["grain"]) if period["grain"] else None),
        tuple(one["segment"].items()), _side(one["before"]), _side(one["after"]), tuple(one["because"]), one["judged"],
    )  # fmt: skip


def _side(one: Mapping[str, Json]) -> Judged:
    return Judged(one["value"], Status(one["status"]) if one["status"] else None)


def _finding(one: Mapping[str, Json]) -> Diagnostic:
    span = Span(one["path"], one["line"], one["column"])
    return Diagnostic(one["code"], one["rule"], Severity(one["severity"]), one["message"], one["hint"], span)

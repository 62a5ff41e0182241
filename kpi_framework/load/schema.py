"""One JSON Schema per file kind, made from the models: an editor completes, explains and checks with it.

Draft 7, which yaml-language-server reads best; `definitions` and descriptions beside a `$ref` show on hover.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel

from ..model.approval import ApprovalsFile
from ..model.baseline import BaselineFile
from ..model.kpi import Kpi, Lifecycle, Metric
from ..model.preset import Preset
from ..model.project import Contract, ContractColumn, Project
from ..model.signal import Signal
from ..model.template import Template
from .library import shipped_contracts

Schema = dict[str, Any]

_DRAFT = "http://json-schema.org/draft-07/schema#"
_TEMPLATE = "#/definitions/{model}"
_BOUNDS = {"ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum", "lt": "exclusiveMaximum"}
_NAMED = ("properties", "definitions", "patternProperties")
_JSON_TYPES = {"integer": "integer", "decimal": "number", "double": "number", "boolean": "boolean"}
_GIVEN: Schema = {"not": {"type": "null"}}


@cache
def schemas() -> Mapping[str, Schema]:
    """Every schema by its name: `kpi.schema.json` is schemas()["kpi"]."""
    by_name = {
        "kpi": _definition(),
        "signal": _of(Signal, "A signal: kpis/<id>.yaml"),
        "project": _of(Project, "kpi.yaml"),
        "baseline": _of(BaselineFile, "baselines/<id>.yaml"),
        "template": _of(Template, "A template of the catalogue"),
        "contract": _of(Contract, "A dataset's contract"),
        "preset": _of(Preset, "A vendor's column map"),
        "approvals": _of(ApprovalsFile, "approvals.json"),
        "scorecard": _shipped("scorecard"),
        "diff": _shipped("diff"),
        "history": _shipped("history"),
        "ledger": _shipped("ledger"),
    }
    rows = {f"datasets/{name}": _row(contract) for name, contract in shipped_contracts().items()}
    return {**by_name, **rows}


def render_schema(name: str) -> str:
    """The text of schemas/<name>.schema.json."""
    return json.dumps(schemas()[name], indent=2, ensure_ascii=False) + "\n"


def _definition() -> Schema:
    """KPIs and metrics share a folder, and a schema."""
    schema = _of(Kpi, "A KPI or a metric: kpis/<id>.yaml")
    schema["allOf"] = [_metric_is_never_judged(), _active_kpi_is_complete(), *_retired_says_why()]
    schema["properties"]["target"] = _one_or_more(schema["properties"]["target"])
    schema["properties"]["waiver"] = _one_or_more(schema["properties"]["waiver"])
    return schema


def _metric_is_never_judged() -> Schema:
    judging = [n for n in Kpi.model_fields if n not in Metric.model_fields]
    return {
        "if": {"required": ["kind"], "properties": {"kind": {"const": "metric"}}},
        "then": {"properties": dict.fromkeys(judging, False)},
    }


def _active_kpi_is_complete() -> Schema:
    """An active KPI names its owner, formula, baseline, target, review and action; lint names the rule."""
    required: dict[str, Schema] = dict.fromkeys(Kpi.REQUIRED, _GIVEN)
    required |= {name: {"type": "string", "pattern": r"\S"} for name in ("owner", "formula")}
    active = {"kind": {"const": "kpi"}, "status": {"const": Lifecycle.ACTIVE.value}}
    return {"if": {"properties": active}, "then": {"required": list(Kpi.REQUIRED), "properties": required}}


def _retired_says_why() -> list[Schema]:
    """`status: retired` and `retired:` go together."""
    status = {"required": ["status"], "properties": {"status": {"const": Lifecycle.RETIRED.value}}}
    reason = {"required": ["retired"], "properties": {"retired": _GIVEN}}
    return [{"if": status, "then": reason}, {"if": reason, "then": status}]


def _one_or_more(schema: Schema) -> Schema:
    """One mapping may stand where a list of them does."""
    if schema.get("type") == "array":
        others = {k: v for k, v in schema.items() if k not in ("type", "items")}
        return {**others, "anyOf": [schema["items"], {"type": "array", "items": schema["items"]}]}
    lists = [option for option in schema["anyOf"] if option.get("type") == "array"]
    return {**schema, "anyOf": [*(option["items"] for option in lists), *schema["anyOf"]]}


def _of(model: type[BaseModel], title: str) -> Schema:
    made = model.model_json_schema(by_alias=True, ref_template=_TEMPLATE)
    definitions = made.pop("$defs", {})
    schema = _each({**made, "definitions": definitions}, _plain)
    schema["definitions"] = dict(sorted(schema["definitions"].items()))
    for name in {"Source", "BucketSource", "Column"} & definitions.keys():
        stamps = schema["definitions"][name]["properties"]
        stamps["timestamps"] = _one_or_more(stamps["timestamps"])
    return {"$schema": _DRAFT, "title": title, **schema}


def _each(schema: Schema, change: Callable[[Schema], Schema]) -> Schema:
    """Apply a change to a schema and to every schema inside it; names of properties are not schemas."""
    changed: Schema = {}
    for key, value in change(schema).items():
        if key in _NAMED and isinstance(value, dict):
            changed[key] = {name: _inner(inner, change) for name, inner in value.items()}
        else:
            changed[key] = _inner(value, change) if key not in ("default", "enum", "const") else value
    return changed


def _inner(value: Any, change: Callable[[Schema], Schema]) -> Any:  # noqa: ANN401 - JSON of any kind
    if isinstance(value, dict):
        return _each(value, change)
    return [_inner(v, change) for v in value] if isinstance(value, list) else value


def _plain(schema: Schema) -> Schema:
    """Without titles that repeat the name, with bounds by their names, and with closed mappings."""
    plain = {_BOUNDS.get(k, k): v for k, v in schema.items() if k != "title"}
    patterns = plain.pop("patternProperties", None)
    if patterns:
        # Keys are checked for their shape, and a key of another shape is an error, not a stranger.
        ((pattern, inner),) = patterns.items()
        plain["propertyNames"] = {**plain.get("propertyNames", {}), "pattern": pattern}
        plain["additionalProperties"] = inner
    return plain


def _row(contract: Contract) -> Schema:
    """What one row of a dataset of this contract holds."""
    return {
        "$schema": _DRAFT,
        "title": f"A row of {contract.name}",
        "description": contract.description,
        "type": "object",
        "properties": {name: _cell(column) for name, column in contract.columns.items()},
        "required": [name for name, column in contract.columns.items() if column.required],
    }


def _cell(column: ContractColumn) -> Schema:
    kind = _JSON_TYPES.get(column.type, "string")
    cell: Schema = {"description": column.description, "type": [kind, "null"] if column.nullable else kind}
    if column.type in ("date", "timestamp"):
        cell["format"] = "date" if column.type == "date" else "date-time"
    if column.values:
        cell["enum"] = [*column.values, *((None,) if column.nullable else ())]
    bounds = {"minimum": column.minimum, "maximum": column.maximum}
    return cell | {name: bound for name, bound in bounds.items() if bound is not None}


def _shipped(name: str) -> Schema:
    """A schema written by hand, for what is no model: results."""
    resource = files("kpi_framework").joinpath(f"library/schemas/{name}.schema.json")
    schema: Schema = json.loads(resource.read_text(encoding="utf-8"))
    return schema

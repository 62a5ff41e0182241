"""What all models of YAML files share: frozen, closed, and documented by their attributes."""

from __future__ import annotations

import ast
import datetime as dt
import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Annotated, Any

from pydantic import (
    AllowInfNan,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    Strict,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from .day import DAY, FIRST_DAY, LAST_DAY, read_day
from .unit import MICROSECONDS, PLAIN, UNIT

# Lists become tuples and words become enums; numbers, flags and dates are taken only as what they are.
_DATE = rf"^{DAY}$"
_MOMENT = rf"^{DAY}([ T][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}})?)?$"
_PERIOD = r"^(19[7-9][0-9]|20[0-9]{2})(-[0-9]{2}(-[0-9]{2})?)?$"
_MAX_PATH = 1_000
_PATH = rf"^(?=.*\S)[^\x00-\x1f\x7f]{{1,{_MAX_PATH}}}$"
_TIME = r"([01]\d|2[0-3]):[0-5]\d"
_HOURS = rf"^{_TIME}-({_TIME}|24:00)$"


class Model(BaseModel):
    """A frozen noun read from a YAML file; unknown keys are errors, attribute docstrings its reference."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_by_name=False, validate_by_alias=True, defer_build=True
    )

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The schema, with each field's sentence."""
        schema = handler(core)
        properties = handler.resolve_ref_schema(schema)["properties"]
        for name, sentence in sentences(cls).items():
            properties[cls.model_fields[name].alias or name]["description"] = sentence
        return schema


@cache
def sentences(model: type[BaseModel]) -> Mapping[str, str]:
    """What is written under each field of a model.

    Read from the source when somebody asks (pydantic's `use_attribute_docstrings` would read it at every start).
    """
    sentence_of: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if issubclass(base, Model):
            sentence_of |= _written(base.__module__).get(base.__qualname__, {})
    return {name: sentence for name, sentence in sentence_of.items() if name in model.model_fields}


@cache
def _written(module: str) -> Mapping[str, Mapping[str, str]]:
    """The sentences under the fields of every class of a module."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {node.name: dict(_below_fields(node)) for node in tree.body if isinstance(node, ast.ClassDef)}


def _below_fields(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, below in pairwise(node.body):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(sentence))):
                yield name, inspect.cleandoc(sentence)


def _whole(value: Any) -> Any:
    """JSON Schema calls 1.0 an integer; so do the models."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _date(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value
    if not isinstance(value, str):
        raise ValueError("expected a date such as 2026-01-31")
    return read_day(value)


def text_like(pattern: str, expected: str) -> BeforeValidator:
    """A check of a text's shape that says in words what was expected."""

    def check(value: Any) -> Any:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise ValueError(f"expected {expected}")
        return value

    return BeforeValidator(check)


Integer = Annotated[int, Strict(), BeforeValidator(_whole)]
Flag = Annotated[bool, Strict()]
Version = Annotated[
    Integer,
    Field(ge=1, le=1),
    WithJsonSchema({"const": 1, "description": "The version of this file's format: 1."}),
]
DATE_SCHEMA = {"type": "string", "format": "date", "pattern": _DATE}
Date = Annotated[
    dt.date,
    BeforeValidator(_date),
    WithJsonSchema(DATE_SCHEMA),
]
Moment = Annotated[
    str,
    text_like(_MOMENT, f"a time such as 2026-01-31 09:00, or a day, from {FIRST_DAY} to {LAST_DAY}"),
    WithJsonSchema({"type": "string", "pattern": _MOMENT}),
]
SourcePath = Annotated[
    str,
    text_like(_PATH, f"a path (at most {_MAX_PATH:,} characters, no control characters)"),
    WithJsonSchema({"type": "string", "pattern": _PATH}),
]
PeriodName = Annotated[
    str,
    text_like(_PERIOD, f"a period such as 2026-09, or its first day, from {FIRST_DAY} to {LAST_DAY}"),
    WithJsonSchema({"type": "string", "pattern": _PERIOD}),
]
Number = Annotated[int, Strict()] | Annotated[float, Strict(), AllowInfNan(False)]
HOURS_SCHEMA = {"type": "string", "pattern": _HOURS}
Hours = Annotated[
    str,
    text_like(_HOURS, 'hours, such as "09:00-17:30"'),
    WithJsonSchema(HOURS_SCHEMA),
]
Unit = Annotated[
    str,
    text_like(UNIT, "count, percent, score, ratio, seconds, minutes, hours, days or a currency such as GBP"),
    WithJsonSchema({"type": "string", "pattern": UNIT, "examples": [*PLAIN, *MICROSECONDS, "GBP", "EUR", "USD"]}),
]
Meta = dict[str, Any]

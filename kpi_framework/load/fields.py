"""Which fields a place of a file has: the models walked along a path, with each field's sentence."""

from __future__ import annotations

import types
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from ..model.base import sentences
from ..model.catalog import Path


@cache
def fields_of(model: type[BaseModel]) -> dict[str, str]:
    """The fields of a model as they are written in YAML, and what they mean."""
    sentence_of = sentences(model)
    return {f.alias or name: sentence_of.get(name, "") for name, f in model.model_fields.items()}


def models_at(model: type[BaseModel], path: Path) -> tuple[type[BaseModel], ...]:
    """The models that can stand at a path: more than one where a field takes several shapes."""
    places: list[Any] = [model]
    for step in path:
        places = [inner for place in places for inner in _inside(place, step)]
    return tuple(m for place in places for m in _shapes(place) if _is_model(m))


def _shapes(place: Any) -> Iterator[Any]:  # noqa: ANN401 - a type, of any kind
    """What may stand at a place; one mapping may stand where a list of them does."""
    for option in _alternatives(place):
        yield from _alternatives(get_args(option)[0]) if get_origin(option) is tuple else (option,)


def _inside(place: Any, step: str | int) -> Iterator[Any]:  # noqa: ANN401 - a type, of any kind
    for option in _alternatives(place):
        if _is_model(option):
            yield from (f.annotation for n, f in option.model_fields.items() if (f.alias or n) == step)
        elif get_origin(option) is dict:
            yield get_args(option)[1]
        elif get_origin(option) is tuple:
            element = get_args(option)[0]
            yield from (element,) if isinstance(step, int) else _inside(element, step)


def _alternatives(place: Any) -> Iterator[Any]:  # noqa: ANN401 - a type, of any kind
    origin = get_origin(place)
    if origin is Annotated:
        yield from _alternatives(get_args(place)[0])
    elif origin in (Union, types.UnionType):
        for option in get_args(place):
            yield from _alternatives(option)
    else:
        yield place


def _is_model(place: Any) -> bool:  # noqa: ANN401 - a type, of any kind
    return isinstance(place, type) and issubclass(place, BaseModel)

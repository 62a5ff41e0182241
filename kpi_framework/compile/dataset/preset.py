"""A preset laid under a dataset: of the vendor's columns, those that the source has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlglot import exp

from ...model.preset import Preset, PresetColumn
from ...model.project import Column, Dataset
from ..language.syntax import parse
from .names import snake_case


def adopted(dataset: Dataset, preset: Preset, headers: Iterable[str] | None) -> Dataset:
    """The dataset with the preset's columns that its source has; what kpi.yaml maps itself stays as it is.

    `headers` None: nobody has looked at the source, and every column of the preset may exist.
    """
    own = {*dataset.columns, *dataset.derive}
    known = None if headers is None else tuple(headers)
    columns = {n: c for n, p in preset.columns.items() if n not in own and (c := column_in(p, known)) is not None}
    names = own | columns.keys() | {snake_case(h) for h in known or ()}
    derive = _computable({n: d for n, d in preset.derive.items() if n not in own}, names)
    merged = {"columns": {**columns, **dataset.columns}, "derive": {**derive, **dataset.derive}}
    return dataset.model_copy(update=merged)


def column_in(column: PresetColumn, headers: tuple[str, ...] | None) -> Column | None:
    """The column as these headers spell it, to the letter or but for case and punctuation; None if they lack it."""
    spelling = column.from_ if headers is None else _spelling(column.names, headers)
    if spelling is None:
        return None
    fields = column.model_dump(exclude={"from_", "spellings"}, exclude_unset=True)
    return Column(**{**fields, "from": spelling})


def _spelling(names: tuple[str, ...], headers: tuple[str, ...]) -> str | None:
    exact = next((n for n in names if n in headers), None)
    if exact is not None:
        return exact
    alike: dict[str, str] = {}
    for header in headers:
        alike.setdefault(snake_case(header), header)
    return next((alike[s] for s in map(snake_case, names) if s in alike and s != "c_"), None)


def _computable(derive: Mapping[str, str], names: set[str]) -> dict[str, str]:
    """The derived columns whose every column is there, in their order: one may stand on those before it."""
    computable: dict[str, str] = {}
    for name, text in derive.items():
        if all(c.name in names or c.name in computable for c in parse(text).find_all(exp.Column)):
            computable[name] = text
    return computable

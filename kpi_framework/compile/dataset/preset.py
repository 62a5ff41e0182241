"""A preset laid under a dataset: of the vendor's columns, those that the source has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlglot import exp

from ...model.header import Header
from ...model.preset import Preset, PresetColumn, column_in
from ...model.project import Column, Dataset
from ..language.syntax import parse


def adopted(dataset: Dataset, preset: Preset, headers: Iterable[str] | None) -> Dataset:
    """The dataset with the preset's columns that its source has; what kpi.yaml maps itself stays as it is.

    `headers` None: nobody has looked at the source, and every column of the preset may exist.
    """
    own = {*dataset.columns, *dataset.derive}
    known = None if headers is None else Header(tuple(headers))
    columns = {n: c for n, p in preset.columns.items() if n not in own and (c := _column(p, known)) is not None}
    names = own | columns.keys() | (known.by_name.keys() if known else set())
    derive = _computable({n: d for n, d in preset.derive.items() if n not in own}, names)
    merged = {"columns": {**columns, **dataset.columns}, "derive": {**derive, **dataset.derive}}
    return dataset.model_copy(update=merged)


def _column(column: PresetColumn, header: Header | None) -> Column | None:
    """The column as the source spells it; an optional one that it lacks is empty. None of others that it lacks."""
    if column.optional and header is not None and header.spelling(column.names) is None:
        return column_in(column, None)
    return column_in(column, header)


def _computable(derive: Mapping[str, str], names: set[str]) -> dict[str, str]:
    """The derived columns whose every column is there, in their order: one may stand on those before it."""
    computable: dict[str, str] = {}
    for name, text in derive.items():
        if all(c.name in names or c.name in computable for c in parse(text).find_all(exp.Column)):
            computable[name] = text
    return computable

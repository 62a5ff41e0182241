"""A preset laid under a dataset: of the vendor's columns, those that the source has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

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
    known = None if headers is None else Spellings(headers)
    columns = {n: c for n, p in preset.columns.items() if n not in own and (c := column_in(p, known)) is not None}
    names = own | columns.keys() | (known.alike.keys() if known else set())
    derive = _computable({n: d for n, d in preset.derive.items() if n not in own}, names)
    merged = {"columns": {**columns, **dataset.columns}, "derive": {**derive, **dataset.derive}}
    return dataset.model_copy(update=merged)


class Spellings:
    """A source's headers as they are looked for: to the letter, or but for case and punctuation."""

    def __init__(self, headers: Iterable[str]) -> None:
        self.exact = dict.fromkeys(headers)
        self.alike: dict[str, str] = {}
        for header in self.exact:
            self.alike.setdefault(snake_case(header), header)

    def of(self, names: Sequence[str]) -> str | None:
        """The header that one of the names means; None where there is none."""
        exact = next((n for n in names if n in self.exact), None)
        if exact is not None:
            return exact
        return next((self.alike[s] for s in map(snake_case, names) if s in self.alike and s != "c_"), None)


def column_in(column: PresetColumn, headers: Spellings | None) -> Column | None:
    """The column as these headers spell it, to the letter or but for case and punctuation; None if they lack it."""
    spelling = column.from_ if headers is None else headers.of(column.names)
    if spelling is None:
        return None
    fields = column.model_dump(exclude={"from_", "spellings"}, exclude_unset=True)
    return Column(**{**fields, "from": spelling})


def _computable(derive: Mapping[str, str], names: set[str]) -> dict[str, str]:
    """The derived columns whose every column is there, in their order: one may stand on those before it."""
    computable: dict[str, str] = {}
    for name, text in derive.items():
        if all(c.name in names or c.name in computable for c in parse(text).find_all(exp.Column)):
            computable[name] = text
    return computable

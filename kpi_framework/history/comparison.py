"""The two sides of a comparison: a catalog as it was, and what each of its definitions meant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..model.base import Model
from ..model.catalog import Catalog, Entry, Located, Path
from ..model.change import Change, ChangeClass
from ..model.kpi import Metric
from ..model.language import is_former
from ..model.record import Record, field
from .readers import readers


class Side(Record):
    """A catalog, the definition hash of each of its definitions, and one spelling for SQL of one meaning.

    A hash is missing or empty where a definition does not compile: then its fields speak for themselves.
    """

    catalog: Catalog
    hashes: Mapping[str, str] = field(default_factory=dict)
    canonical: Callable[[str], str] = str.strip
    parts: Mapping[str, str] = field(default_factory=dict)
    """What the segments of each definition are computed from."""
    checks: Mapping[str, str] = field(default_factory=dict)
    """What the rules of each dataset look at."""
    inputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The definitions that each derived one stands on."""
    settings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What each definition takes from each setting of kpi.yaml, by the setting's path, such as `datasets.tickets.key`.

    Missing where nobody knows: then it may stand on all that its dataset names.
    """
    condition: Callable[[str], str] = str.strip
    """One spelling for conditions of signals of one meaning."""
    former_hashes: Mapping[str, str] = field(default_factory=dict)
    """The hashes in the language of 0.1.0, by which what it recorded is known."""

    def readers(self, dataset: str) -> frozenset[str]:
        """The definitions that stand on a dataset, themselves or by their inputs; by name where no more is known."""
        named = readers(self.catalog, dataset)
        return frozenset(i for i in named if i not in self.settings or self._takes(i, f"datasets.{dataset}."))

    def _takes(self, definition_id: str, prefix: str) -> bool:
        return any(path.startswith(prefix) for path in self.settings[definition_id])

    def means(self, definition_id: str, recorded: str) -> bool | None:
        """Whether a recorded hash is this definition's, in the language of the record; None where nobody knows."""
        meaning = (self.former_hashes if is_former(recorded) else self.hashes).get(definition_id)
        return meaning == recorded if meaning else None


def _unknown(_definition_id: str) -> dt.date | None:
    return None


class Comparison(Record):
    """Before and after, as one day sees them: what lies before `today` is the past."""

    before: Side
    after: Side
    today: dt.date
    begins: Callable[[str], dt.date | None] = _unknown
    """The first day of the first period in which data can give a definition a value; None where nobody knows."""

    def same_parts(self, former: str, definition_id: str) -> bool:
        """Whether the segments of a definition are computed from the same."""
        return self.before.parts.get(former) == self.after.parts.get(definition_id)

    def same_sql(self, before: str | None, after: str | None) -> bool:
        """Whether two expressions mean the same, however they are written."""
        if before is None or after is None:
            return before == after
        return before == after or self.before.canonical(before) == self.after.canonical(after)

    def same_condition(self, before: str, after: str) -> bool:
        """The same of the conditions of signals."""
        return before == after or self.before.condition(before) == self.after.condition(after)


class Pair(Record):
    """One definition on both sides."""

    comparison: Comparison
    before: Entry[Metric]
    after: Entry[Metric]

    @property
    def id(self) -> str:
        """Its id today."""
        return self.after.noun.id

    @property
    def same_meaning(self) -> bool | None:
        """Whether the hashes agree; None where one of them is not known."""
        before = self.comparison.before.hashes.get(self.before.noun.id)
        after = self.comparison.after.hashes.get(self.id)
        return before == after if before and after else None

    def values(self, name: str) -> tuple[Any, Any]:
        """A field on both sides; None where that kind of definition has none."""
        return getattr(self.before.noun, name, None), getattr(self.after.noun, name, None)

    def change(self, cls: ChangeClass, name: str, *path: str | int, effective: dt.date | None = None) -> Change:
        """A change of a field, at its place on the side that has it."""
        before, after = plain_field(self.before.noun, name), plain_field(self.after.noun, name)
        span = location((self.after.at, self.before.at), path or (name,))
        return Change(self.id, cls, name, before, after, span[0], span[1], effective=effective)


def plain_field(noun: Model, name: str) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """A field as plain values, as its file would say it."""
    info = type(noun).model_fields.get(name)
    if info is None:
        return None
    alias = info.alias or name
    dumped = noun.model_dump(mode="json", by_alias=True, exclude_unset=True, include={name})
    value = dumped.get(alias)
    # One mapping may stand where a list of them does: said as its author did.
    return value[0] if name in ("target", "waiver") and isinstance(value, list) and len(value) == 1 else value


def location(located: tuple[Located, ...], path: Path) -> tuple[str, int]:
    """File and line of a key on the first side that has it."""
    for at in located:
        if path in at.spans:
            return at.spans[path].path, at.spans[path].line
    span = located[0].key(*path)
    return span.path, span.line


Classify = Callable[[Pair, str], Iterator[Change]]
"""Judges one field of a pair whose values may differ."""


def always(cls: ChangeClass) -> Classify:
    """Any difference of this field is of this class."""

    def classify(pair: Pair, name: str) -> Iterator[Change]:
        before, after = pair.values(name)
        if before != after:
            yield pair.change(cls, name)

    return classify


def ordered(read: Callable[[Any], Any], *, higher: ChangeClass, lower: ChangeClass) -> Classify:
    """A field with an order: what a higher value is, and what a lower one. Raises nothing: lint has read it."""

    def classify(pair: Pair, name: str) -> Iterator[Change]:
        before, after = map(read, pair.values(name))
        if before != after:
            yield pair.change(higher if after > before else lower, name)

    return classify

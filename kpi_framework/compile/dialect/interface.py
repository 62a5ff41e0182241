"""What the rest of the house asks of an engine's language."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from ...model.period import Almanac
from ..dataset.source_type import SourceType
from ..sql.tree import Tree


class Dialect(Protocol):
    """Trees → one engine's SQL, and its answers about columns → ours."""

    def text(self, tree: Tree) -> str:
        """The SQL of a statement or query."""

    def readable(self, sql: str) -> str:
        """A statement's SQL in lines for people; of one that explains itself, only its words."""

    def describe(self, query: Tree) -> Tree:
        """What asks for the columns of a query: a row each, its name and its type first."""

    def source_type(self, name: str) -> SourceType:
        """What the engine's name of a type says of a source's column."""

    def zone_functions(self, zone: str) -> Sequence[Tree]:
        """What has to run before a query reads this zone's clocks."""

    def working_time(self, almanac: Almanac, calendars: Collection[str]) -> Sequence[Tree]:
        """What has to run, again for more calendars, before a query reckons in their working time.

        Raises FormulaError for a calendar that does not exist.
        """

"""A dataset as a typed table: its columns, where each comes from, and the query that loads what is needed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial

from sqlglot import exp

from ...model.clock import POLICY_PARTS, Clock
from ...model.header import snake_case
from ...model.period import Almanac, Grain
from ...model.project import Column, Contract, Dataset, Source
from ...model.quoting import listed, shown
from ...model.record import Record, field, replace
from ...model.unit import MICROSECONDS
from ..language.canonical import names_in
from ..language.formula import compile_column
from ..language.scope import Scope
from ..language.times import SQL_TYPES
from ..sql.errors import FormulaError
from ..sql.typed_sql import Term, conjunction, disjunction, duration, is_null, not_null
from ..time.working_time import Lookup
from .casts import out_of_contract, to_instant, translated, typed_cell, wall_time, without_nulls
from .columns import Base, Earlier, Native, Staged, sound_term, texts
from .durations import duration_cell
from .source_type import SourceType


class Table(Record, dict=True):
    """A dataset with the columns its source has. `native` None: nobody has looked yet, any name may exist."""

    name: str
    dataset: Dataset
    contract: Contract | None
    almanac: Almanac
    native: Native | None = None
    lookups: dict[str, Lookup] = field(default_factory=dict)
    """The working times that anything compiled over it stands on, by the names of their columns."""

    @property
    def source(self) -> Source:
        """The source as a mapping."""
        return self.dataset.reading

    @property
    def zone(self) -> str:
        """The zone of timestamps without offset."""
        return self.source.timezone or self.almanac.zone.key

    @cached_property
    def bases(self) -> dict[str, Base]:
        """The columns read from the source, by canonical name."""
        bases = {n: self._mapped(n, c) for n, c in self._mappings.items()}
        taken = {c.from_ for c in self._mappings.values()}
        computed = {*self.dataset.columns, *self.clocks} - set(bases)
        for header in self._headers:
            name = snake_case(header)
            if header not in taken and name not in bases and name not in computed:
                bases[name] = self._mapped(name, Column(**{"from": header}))
        return bases

    @cached_property
    def raws(self) -> dict[str, Base]:
        """The source's columns as they are, for columns that are computed from them."""
        raws = {}
        for header in self._headers:
            native = self.native.types[header] if self.native else SourceType.TEXT
            name = f"_raw_{snake_case(header)}"
            raws[name] = Base(name, header, native.canonical, native, None, False, {}, None)
        return raws

    def with_given(self, native: Native) -> Table:
        """The table as an example gives it: canonical columns by name, without the source's mapping."""
        mapped = {n: Column(**{"from": n, "type": b.type, "unit": b.unit, "personal": b.personal})
                  for n, b in self.bases.items()}  # fmt: skip
        given = self.computed & (native.types.keys() | self.clocks.keys())
        typed = {n: self._as_given(n) for n in sorted(given)}
        columns = {**mapped, **typed}
        derive = {n: d for n, d in self.dataset.derive.items() if n not in native.types}
        source = Source(path="given.csv")
        update = {"columns": columns, "derive": derive, "source": source, "clocks": {}, "policies": {}}
        everything = Native({**texts(columns).types, **native.types})
        return replace(self, dataset=self.dataset.model_copy(update=update), native=everything, lookups={})

    def _as_given(self, name: str) -> Column:
        """A computed column as one that is given: of the type and unit that it is computed in."""
        try:
            term = self.scope.columns[name]()
        except FormulaError:
            return Column(**{"from": name, "type": "text"})
        kind = term.type if term.type in SQL_TYPES else "text"
        return Column(**{"from": name, "type": kind, "unit": term.unit})

    def base(self, name: str) -> Base:
        """A column of the typed table: a canonical one or a raw one."""
        return self.bases[name] if name in self.bases else self.raws[name]

    @property
    def _headers(self) -> tuple[str, ...]:
        if self.native is not None:
            return tuple(self.native.types)
        return tuple(self.contract.columns) if self.contract else ()

    @cached_property
    def _mappings(self) -> dict[str, Column]:
        """The columns that name one column of the source; the others are SQL."""
        mappings = {}
        for name, column in self.dataset.columns.items():
            if isinstance(column, Column):
                mappings[name] = column
            elif self._is_header(column):
                mappings[name] = Column(**{"from": self._header(column)})
        return mappings

    def _is_header(self, text: str) -> bool:
        return text in self._header_set or bool(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", text))

    def _header(self, text: str) -> str:
        """The source's own spelling of a name: SQL names have no case."""
        return self._spellings.get(text.lower(), text)

    @cached_property
    def _header_set(self) -> frozenset[str]:
        return frozenset(self._headers)

    @cached_property
    def _spellings(self) -> dict[str, str]:
        """The headers by their lower case; of several the first."""
        return {header.lower(): header for header in reversed(self._headers)}

    def _mapped(self, name: str, column: Column) -> Base:
        meaning = self.contract.columns.get(name) if self.contract else None
        native = self.native.types.get(column.from_, SourceType.TEXT) if self.native else SourceType.TEXT
        personal = column.personal if column.personal is not None else bool(meaning and meaning.personal)
        kind = column.type or (meaning.type if meaning else native.canonical)
        unit = column.unit or (meaning.unit if meaning else None)
        if column.duration:
            kind, unit = "double", unit if unit in MICROSECONDS else "minutes"
        return Base(name, column.from_, kind, native, unit, personal, column.values, meaning, column.duration)

    @cached_property
    def clocks(self) -> dict[str, Term]:
        """The columns that come from a history: minutes, moments, counts, and whether a service level was met."""
        terms = {n: _clock_term(n, c) for n, c in self.dataset.clocks.items()}
        for name in self.dataset.policies:
            terms[name] = Term(exp.column(name), "boolean")
            for part in POLICY_PARTS:
                terms[f"{name}{part}"] = duration(exp.column(f"{name}{part}"), "minutes")
        return terms

    @property
    def computed(self) -> frozenset[str]:
        """The columns that are no column of the source: computed from others, or by a clock."""
        columns = (n for n, c in self.dataset.columns.items() if isinstance(c, str) and n not in self._mappings)
        return frozenset((*columns, *self.dataset.derive, *self.clocks))

    def clocks_of(self, used: frozenset[str]) -> frozenset[str]:
        """The clocks and policies behind the used columns."""
        owners = {n: n for n in self.dataset.clocks} | {
            f"{n}{part}": n for n in self.dataset.policies for part in ("", *POLICY_PARTS)
        }
        return frozenset(owners[leaf] for name in used for leaf in self._behind(name) if leaf in owners)

    @cached_property
    def scope(self) -> Scope:
        """The names a formula over this dataset may use."""
        columns: dict[str, Callable[[], Term]] = {n: partial(self._base_term, n) for n in self.bases}
        for name, text in self.dataset.columns.items():
            if isinstance(text, str) and name not in self._mappings:
                columns[name] = partial(self._computed, name, text)
        columns |= {n: partial(_itself, term) for n, term in self.clocks.items()}
        others = dict(columns)
        columns |= {n: partial(self._derived, n, others) for n in self.dataset.derive}
        columns["period_start"] = partial(Term, exp.column("period_start"), "timestamp")
        columns["period_end"] = partial(Term, exp.column("period_end"), "timestamp")
        return self._scope(columns, f"dataset `{self.name}`")

    def _scope(self, columns: Mapping[str, Callable[[], Term]], place: str) -> Scope:
        return Scope(columns, self.almanac, place=place, lookups=self.lookups)

    def fresh_scope(self) -> Scope:
        """The same names, with nothing marked as used yet."""
        return replace(self.scope, used=set())

    def _base_term(self, name: str) -> Term:
        base = self.bases[name]
        if self.native is not None and base.source not in self.native.types:
            raise FormulaError(
                "source-unreadable", f"the source of `{self.name}` has no column {shown(base.source)}",
                f"It has: {listed(self.native.types)}.", base.source,
            )  # fmt: skip
        return Term(base.read, base.type, base.unit, personal=name if base.personal else None)

    def _computed(self, name: str, text: str) -> Term:
        """A column given as SQL over the source's own columns; of personal ones, only another personal one is made."""
        is_personal = bool(self.contract and name in self.contract.columns and self.contract.columns[name].personal)
        scope = replace(self._scope(self._own_columns, f"the source of `{self.name}`"), allow_personal=is_personal)
        return self._as_contract(name, compile_column(text, scope)[0])

    @cached_property
    def _own_columns(self) -> dict[str, Callable[[], Term]]:
        personal = {base.source for base in self.bases.values() if base.personal}
        return {
            spelling: partial(Term, b.read, b.type, personal=b.source if b.source in personal else None)
            for b in self.raws.values()
            for spelling in (b.source.lower(), snake_case(b.source))
        }

    def _derived(self, name: str, others: Mapping[str, Callable[[], Term]]) -> Term:
        """A column computed from others. Those it stands on come first, so that no chain of them is too long."""
        for needed in self._behind_derived(name):
            earlier = Earlier(others, self._made, self._places, self._places[needed])
            try:
                term, _ = compile_column(self.dataset.derive[needed], self._scope(earlier, f"dataset `{self.name}`"))
                self._made[needed] = self._as_contract(needed, term)
            except FormulaError as error:
                self._made[needed] = error
        return sound_term(self._made[name])

    @cached_property
    def _made(self) -> dict[str, Term | FormulaError]:
        """What the derived columns came to: each is compiled once, however many stand on it."""
        return {}

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.dataset.derive)}

    def _behind_derived(self, name: str) -> list[str]:
        """The derived columns that a derived one stands on, in their order, and itself; without those that are made."""
        needed: set[str] = set()
        waiting = [name]
        while waiting:
            current = waiting.pop()
            if current not in self._made and current not in needed:
                needed.add(current)
                place = self._places[current]
                waiting += [n for n in names_in(self.dataset.derive[current]) if self._places.get(n, place) < place]
        return sorted(needed, key=self._places.__getitem__)

    def _as_contract(self, name: str, term: Term) -> Term:
        meaning = self.contract.columns.get(name) if self.contract else None
        unit = term.unit or (meaning.unit if meaning else None)
        personal = name if meaning and meaning.personal else None
        return Term(term.sql, term.type, unit, term.micros, degree=0, personal=personal, size=term.size)

    # the query that loads it

    def staged(self, base: Base) -> Staged:
        """The cell in steps, so that the engine parses each text once: raw, wall time, typed."""
        raw = self._raw(base)
        raw_name, wall_name = exp.column(f"_cell_{base.name}"), exp.column(f"_wall_{base.name}")
        wall = self._wall(base, raw)
        typed = self._typed(base, raw_name, wall_name if wall is not None else None)
        return Staged(base, raw, wall, typed, raw_name, wall_name)

    def _raw(self, base: Base) -> exp.Expr:
        """The cell as the source has it; a CSV reader has already made its nulls NULL."""
        cell = exp.column(exp.to_identifier(base.source, quoted=True))
        return cell if self.is_csv else without_nulls(cell, base.native, self.source.nulls)

    @property
    def is_csv(self) -> bool:
        """Whether a CSV reader reads the source."""
        return self.source.kind == "csv"

    def _wall(self, base: Base, raw: exp.Expr) -> exp.Expr | None:
        if base.type != "timestamp" or self.zone == "UTC":
            return None
        return wall_time(raw, base.native, self._formats)

    @property
    def _formats(self) -> tuple[str, ...]:
        """How timestamps are written, with the zone's name where they name it."""
        return tuple(f.replace("%Z", self.zone) for f in self.source.timestamps or ())

    def _typed(self, base: Base, raw: exp.Expr, wall: exp.Expr | None) -> exp.Expr:
        if base.duration:
            return duration_cell(raw, base.duration, base.unit or "minutes")
        typed = typed_cell(
            raw, base.native, base.type, self._formats, to_instant(wall, self.zone) if wall is not None else None
        )
        return translated(typed, dict(base.values)) if base.type == "text" else typed

    def misfit(self, stage: Staged) -> exp.Expr | None:
        """True where a filled cell does not fit its type or the contract's bounds; None where it cannot happen."""
        base, meaning, typed = stage.base, stage.base.contract, exp.column(f"_typed_{stage.base.name}")
        is_own = base.native is not SourceType.TEXT and base.type == base.native.canonical
        unread = None
        if base.duration or (base.type != "text" and not is_own):
            unread = conjunction(not_null(stage.raw_name), is_null(typed))
        required = conjunction(not_null(stage.raw_name), is_null(typed)) if meaning and not meaning.nullable else None
        bounds = out_of_contract(typed, (), meaning.minimum, meaning.maximum) if meaning else None
        return disjunction(unread, required, bounds)

    def empty(self, stage: Staged) -> exp.Expr | None:
        """True where a cell is empty that the contract requires; None where it may be."""
        meaning = stage.base.contract
        return is_null(stage.raw_name) if meaning and not meaning.nullable else None

    @property
    def time(self) -> str | None:
        """The timestamp that dates its rows: the dataset's own, else its contract's."""
        return self.dataset.time or (self.contract.time if self.contract else None)

    @property
    def grain(self) -> Grain | None:
        """The length of time one row stands for, if longer than an instant."""
        return self.dataset.grain or (self.contract.grain if self.contract else None)

    @property
    def keys(self) -> tuple[str, ...]:
        """The canonical columns that name a row's thing."""
        key = self.dataset.key
        return (key,) if isinstance(key, str) else key or ()

    def source_columns(self, used: frozenset[str], *, own: bool = True) -> frozenset[str]:
        """The base columns behind the used ones, and, if `own`, those that loading needs itself."""
        loading = {*self.keys, *self.dataset.latest_by, self.time, self.complete_column}
        names = {*used, *(o for o in loading if o and own)}
        columns = {b for name in names for b in self._behind(name)}
        return frozenset(columns - set(self.clocks)) | self._behind_clocks(frozenset(names))

    def check_own(self) -> None:
        """Whether what names its rows and puts them in order are columns. Raises FormulaError."""
        for name in (*self.keys, *self.dataset.latest_by):
            self.fresh_scope().term(name)

    def has(self, name: str) -> bool:
        """Whether there is such a column, as far as anybody has looked."""
        base = self.bases.get(name)
        if base is None or self.native is None:
            return name in self.scope.columns
        return base.source in self.native.types

    def leaves(self, name: str) -> frozenset[str]:
        """What an example gives in place of a column: the columns of the source behind it, and the clocks."""
        return frozenset(self._behind(name))

    def _behind_clocks(self, used: frozenset[str]) -> frozenset[str]:
        """The base columns that the clocks behind the used columns are computed from."""
        names: set[str] = set()
        for name in self.clocks_of(used):
            policy, clock = self.dataset.policies.get(name), self.dataset.clocks.get(name)
            names |= {*self.keys, *((policy.from_, "priority") if policy else ())}
            calendar = policy.calendar if policy else clock.calendar if clock else None
            names |= {calendar} if calendar and calendar not in self.almanac.calendars else set()
        known = (n for n in names if self.has(n) and n not in self.clocks)
        return frozenset(b for name in known for b in self._behind(name))

    @property
    def complete_column(self) -> str | None:
        """The column with the export's time, if `complete_through` names one."""
        through = self.dataset.complete_through
        return through if isinstance(through, str) and through != "newest_row" else None

    def _behind(self, name: str) -> set[str]:
        if name in self.bases:
            self._base_term(name)
            return {name}
        if name not in self.scope.columns or name.startswith("period_"):
            return set()
        return set(self._columns_in(self.scope.columns[name]().sql))

    def _columns_in(self, sql: exp.Expr) -> Iterator[str]:
        for column in sql.find_all(exp.Column):
            lookup = self.lookups.get(column.name)
            if lookup is not None:
                yield from (*self._columns_in(lookup.instant), *self._columns_in(lookup.calendar))
            elif column.name in self.bases or column.name in self.raws or column.name in self.clocks:
                yield column.name


def _itself(term: Term) -> Term:
    return term


def _clock_term(name: str, clock: Clock) -> Term:
    """What a clock's column holds; minutes are kept in whole microseconds."""
    column = exp.column(name)
    if clock.kind == "running":
        return duration(column, "minutes")
    return Term(column, "integer", "count") if clock.kind == "count" else Term(column, "timestamp")

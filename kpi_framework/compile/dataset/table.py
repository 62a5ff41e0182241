"""A dataset as a typed table: its columns, where each comes from, and the query that loads what is needed."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property, partial

from sqlglot import exp

from ...model.clock import Policy
from ...model.header import folded, snake_case
from ...model.period import Almanac, Grain
from ...model.project import NEWEST_ROW, PULLED, Column, Contract, Dataset
from ...model.quoting import listed, shown
from ...model.record import Record, field, replace
from ...model.source import Snapshot, Source
from ...model.unit import MICROSECONDS
from ..language.canonical import is_expression, names_in
from ..language.formula import compile_column
from ..language.scope import Scope
from ..language.times import SQL_TYPES
from ..sql.errors import FormulaError
from ..sql.typed_sql import Term
from ..time.working_time import Lookup
from .columns import Base, Earlier, Native, sound_term, texts
from .durations import ANY
from .source_type import SourceType
from .timed import clock_owners, clock_terms

_HASHED = "It names people: `kpi pull` keeps a hash of it where KPI_PERSONAL_KEY is set."


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
        taken = {base.source for base in bases.values()}
        persons = {base.source for base in bases.values() if base.personal}
        computed = {*self.dataset.columns, *self.clocks} - set(bases)
        for header in self._headers:
            name = snake_case(header)
            if header not in taken and name not in bases and name not in computed:
                within_person = any(header.startswith(f"{source}.") for source in persons)
                column = Column(**{"from": header, "personal": within_person or None})
                bases[name] = self._mapped(name, column)
        return bases

    @cached_property
    def raws(self) -> dict[str, Base]:
        """The source's columns as they are, for columns that are computed from them."""
        raws = {}
        for header in self._headers:
            native = self.type_in_source(header).cut
            name = f"_raw_{snake_case(header)}"
            raws[name] = Base(name, header, native.canonical, native, None, False, {}, None, may_err=self._may_err)
        return raws

    @property
    def _may_err(self) -> bool:
        return self.source.kind == "xlsx"

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
            return tuple(header for header in self.native.types if folded(header) not in self._dropped)
        return tuple(self.contract.columns) if self.contract else ()

    @cached_property
    def _dropped(self) -> frozenset[str]:
        """The source's columns that nobody is to see."""
        columns = (c for c in self.dataset.columns.values() if isinstance(c, Column))
        return frozenset(folded(c.from_) for c in columns if c.personal == "drop")

    @cached_property
    def _mappings(self) -> dict[str, Column]:
        """The columns that name one column of the source; the others are SQL."""
        mappings = {}
        for name, column in self.dataset.columns.items():
            if isinstance(column, Column):
                if column.personal == "drop":
                    continue
                mappings[name] = column
            elif self._is_header(column):
                mappings[name] = Column(**{"from": column})
        return mappings

    def _is_header(self, text: str) -> bool:
        """Whether a text is a source's column: as the source has it, or words that are no SQL expression."""
        if folded(text) in self._spellings or re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", text):
            return True
        return bool(re.fullmatch(r"\w+( \w+)+", text)) and not is_expression(text)

    def _header(self, text: str) -> str:
        """The source's own spelling of a name: neither case nor outer blanks tell columns apart."""
        return self._spellings.get(folded(text), text)

    @cached_property
    def _spellings(self) -> dict[str, str]:
        return {folded(header): header for header in reversed(self._headers)}

    def _mapped(self, name: str, column: Column) -> Base:
        meaning = self.contract.columns.get(name) if self.contract else None
        source = self._header(column.from_)
        native = self.type_in_source(source).cut
        personal = bool(column.personal if column.personal is not None else meaning and meaning.personal)
        written = "timestamp" if column.timestamps or column.timezone else native.canonical
        kind: str = column.type or (meaning.type if meaning else written)
        unit = column.unit or (meaning.unit if meaning else None)
        duration = column.duration or (ANY if column.type == "duration" else None)
        if duration:
            kind, unit = "double", unit if unit in MICROSECONDS else "minutes"
        return Base(
            name, source, kind, native, unit, personal, column.values, meaning, duration, column.optional,
            column.timestamps, column.timezone, column.currency, self._may_err,
            column.day.microseconds if column.day else None,
        )  # fmt: skip

    @cached_property
    def clocks(self) -> dict[str, Term]:
        """The columns that come from a history: minutes, moments, counts, and whether a service level was met."""
        return clock_terms(self.dataset)

    @property
    def computed(self) -> frozenset[str]:
        """The columns that are no column of the source: computed from others, or by a clock."""
        columns = (n for n, c in self.dataset.columns.items() if isinstance(c, str) and n not in self._mappings)
        return frozenset((*columns, *self.dataset.derive, *self.clocks))

    def clocks_of(self, used: frozenset[str]) -> frozenset[str]:
        """The clocks and policies behind the used columns."""
        owners = clock_owners(self.dataset)
        reached: set[str] = set()
        waiting = set(used)
        while waiting:
            names = {owners[leaf] for name in waiting for leaf in self._behind(name) if leaf in owners} - reached
            reached |= names
            waiting = {column for name in names for column in self.columns_of_clock(name)}
        return frozenset(reached)

    def behind_clock(self, name: str) -> frozenset[str]:
        """The other clocks and policies that have to be known before this one: its start or its calendar is theirs."""
        return self.clocks_of(self.columns_of_clock(name)) - {name}

    def columns_of_clock(self, name: str) -> frozenset[str]:
        """The columns that a clock or policy reads of its own row, beside the key."""
        clock = self.dataset.timed[name]
        columns = {clock.calendar} - set(self.almanac.calendars)
        columns |= {clock.from_, "priority"} if isinstance(clock, Policy) else set()
        columns |= {"merged"} if clock.runs else set()
        columns |= {"created_at"} if clock.asks_replies else set()
        return frozenset(c for c in columns if c and self.has(c))

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
        order, meanings = (self.contract.order, self.contract.columns) if self.contract else ((), ())
        return Scope(
            columns, self.almanac, place=place, lookups=self.lookups, order=order, meanings=meanings,
            advice=self.native.hint if self.native else "",
        )  # fmt: skip

    def fresh_scope(self) -> Scope:
        """The same names, with nothing marked as used yet."""
        return replace(self.scope, used=set())

    def _base_term(self, name: str) -> Term:
        base = self.bases[name]
        if self.native is not None and not self.has(name):
            advice = _HASHED if self.is_left_out(name) else self.native.hint
            raise FormulaError(
                "source-unreadable", f"the source of `{self.name}` has no column {shown(base.source)}",
                f"It has: {listed(self.native.types)}. {advice}".rstrip(), base.source,
            )  # fmt: skip
        return Term(base.read, base.type, base.unit, personal=name if base.personal else None)

    def is_left_out(self, name: str) -> bool:
        """Whether a mapped column is rightly not there: it names people, and the snapshot was made without it."""
        column, base = self.dataset.columns.get(name), self.bases.get(name)
        is_dropped = isinstance(column, Column) and column.personal == "drop"
        return is_dropped or (bool(base and base.personal) and isinstance(self.source, Snapshot) and not self.has(name))

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

    def type_in_source(self, header: str) -> SourceType:
        """The type that a column has in the source; text where nobody has looked."""
        return self.native.types.get(header, SourceType.TEXT) if self.native else SourceType.TEXT

    def zone_of(self, base: Base) -> str:
        """The zone of a column's timestamps without offset: its own, else the source's."""
        return base.timezone or self.zone

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
        loading = {*self.keys, *self.dataset.ordered_by, self.time, self.complete_column}
        names = {*used, *(o for o in loading if o and own)}
        names |= {first for first, second in self.ordered_times if second in names and self.has(first)}
        columns = {b for name in names for b in self._behind(name)}
        columns |= {b for c in sorted(self.currencies(columns) if own else ()) for b in self._behind(c)}
        return frozenset(columns - set(self.clocks)) | self._behind_clocks(frozenset(names))

    def currencies(self, columns: Collection[str]) -> frozenset[str]:
        """The columns with the currencies of these."""
        return frozenset(c for n in columns if n in self.bases and (c := self.bases[n].currency) is not None)

    @property
    def ordered_times(self) -> Iterator[tuple[str, str]]:
        """The contract's pairs of times: the second is read as missing where it lies before the first."""
        contract = self.contract
        for first, second in contract.order if contract else ():
            # What lasts is judged with both its ends: without its end it would last for ever.
            is_span = contract is not None and contract.spans == (first, second)
            if contract is not None and not is_span and contract.columns[second].type in ("date", "timestamp"):
                yield first, second

    def has(self, name: str) -> bool:
        """Whether there is such a column, as far as anybody has looked."""
        base = self.bases.get(name)
        if base is None or self.native is None:
            return name in self.scope.columns
        return base.optional or base.source in self.native.types

    def lacking(self, columns: Iterable[str]) -> frozenset[str]:
        """Which of these base columns some files of the source lack, though they should have it."""
        native = self.native
        return frozenset(
            n for n in columns for b in [self.base(n)] if native and not b.optional and native.is_lacking(b.source)
        )

    def leaves(self, name: str) -> frozenset[str]:
        """What an example gives in place of a column: the columns of the source behind it, and the clocks."""
        return frozenset(self._behind(name))

    def _behind_clocks(self, used: frozenset[str]) -> frozenset[str]:
        """The base columns that the clocks behind the used columns are computed from."""
        names: set[str] = set()
        for name in self.clocks_of(used):
            names |= {*self.keys, *self.columns_of_clock(name)}
        known = (n for n in names if self.has(n) and n not in self.clocks)
        return frozenset(b for name in known for b in self._behind(name))

    @property
    def complete_column(self) -> str | None:
        """The column with the export's time, if `complete_through` names one."""
        through = self.dataset.complete_through
        return through if isinstance(through, str) and through not in (NEWEST_ROW, PULLED) else None

    @property
    def is_bounded(self) -> bool:
        """Whether both ends of the data are stated: then no rows at all are a known nothing."""
        is_through = self.dataset.complete_through != NEWEST_ROW and self.complete_column is None
        return self.dataset.complete_from != "oldest_row" and is_through

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

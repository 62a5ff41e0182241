"""Clocks and service levels: the query that computes a dataset's further columns from its history.

rows + events → states (who follows whom) → stints with their working time → one row a ticket → its columns.
Events are put in order by their instant, then `sequence`, then by how far along their status is: a file's own
order means nothing. A repeat of the status that a ticket already has is no change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from sqlglot import exp

from ...model.clock import POLICY_PARTS, Clock, Policy
from ...model.record import Record
from ..dataset.table import Table
from ..sql.operations import HashOf
from ..sql.typed_sql import binary, case, cast, conjunction, filtered, is_one_of, not_null, null
from ..time.working_time import with_worked
from .events import calendar_of, declared_statuses, events_of, in_order, key_of, start_of
from .final import closing_statuses, ended_at, enters, final_statuses
from .replies import comments, openings_query, opens
from .service_levels import ServiceLevels, calendar_column, lookup_of, priority_at, worked_at

EVENTS_AT_ONCE = 4_000_000
"""At most so many events are put in order at once: some 500 MB."""
_ZERO = exp.Literal.number("0")
_KINDS = {"reply": "comment", "comment": "comment", "assignment": "assignment"}
"""The kind of event behind each word that is no status."""


class ClockPlan(Record, dict=True):
    """The clocks and policies of one dataset that stand on the same histories."""

    table: Table
    histories: tuple[Table, ...]
    clocks: Mapping[str, Clock]
    policies: Mapping[str, Policy]
    as_of: exp.Expr
    width: int

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it adds."""
        return (*self.clocks, *(f"{n}{part}" for n in self.policies for part in ("", *POLICY_PARTS)))

    @cached_property
    def _levels(self) -> ServiceLevels:
        return ServiceLevels(self.policies, self.final, self.as_of)

    def queries(self, source: str, columns: Sequence[str], events: int) -> Iterator[exp.Select]:
        """The rows of `source` with these columns, and the clocks' columns beside them: a share of the tickets each.

        `events` is how many rows the histories have: the engine sorts a share's at a time.
        """
        shares = -(-events // EVENTS_AT_ONCE) or 1
        for share in range(shares):
            final = self._final(columns)
            for name, cte in self._ctes(source, columns, _share(share, shares) if shares > 1 else None):
                final = final.with_(name, as_=cte, copy=False)
            yield final

    def openings(self, source: str) -> exp.Select | None:
        """The query of `openings_query`; None where a dataset says what a first comment is, or no clock asks."""
        timed: list[Clock | Policy] = [*self.clocks.values(), *self.policies.values()]
        is_told = all((h.dataset.opening or self.table.dataset.opening) is not None for h in self.histories)
        if is_told or not any(clock.asks_replies for clock in timed):
            return None
        query = openings_query()
        tables = [("_rows", self._rows(source, ())), ("_events", self._events()), *comments(self.final, self._starts)]
        for name, cte in tables[:-1]:  # the last one is of each comment
            query = query.with_(name, as_=cte, copy=False)
        return query

    def _ctes(self, source: str, columns: Sequence[str], share: exp.Expr | None) -> Iterator[tuple[str, exp.Expr]]:
        rows, events = self._rows(source, columns), self._events()
        if share is not None:
            rows = exp.select("*").from_(rows.subquery("_every", copy=False), copy=False).where(share)
            events = exp.select("*").from_(exp.Subquery(this=events, alias=exp.to_identifier("_every"))).where(share)
        yield "_rows", rows
        yield "_events", events
        yield "_seen", self._seen()
        for kind in sorted(self.kinds, key=lambda kind: kind == "comment"):  # comments look at statuses
            if kind == "comment":
                yield from comments(self.final, self._starts)
            else:
                yield f"_{kind}", self._stints(kind)
            yield f"_of_{kind}", self._grouped(kind)
        yield "_wide", self._wide()
        if self.policies:
            stops = {n: self._columns_of(n, p.until) for n, p in self.policies.items()}
            yield "_timed", self._levels.timed(stops, self.width)
            yield "_paused", self._levels.paused()

    # the rows and their events

    def _rows(self, source: str, columns: Sequence[str]) -> exp.Select:
        """The dataset's rows, with the calendar of each clock and the start of each policy."""
        scope = self.table.fresh_scope()
        starts = [exp.alias_(start_of(scope, n, p), f"_from_{n}") for n, p in self.policies.items()]
        named = [exp.alias_(calendar_of(self.table, scope, c), calendar_column(c)) for c in self.calendars]
        is_asked = bool(self.policies) and self.table.has("priority")
        own = exp.alias_(scope.term("priority").sql if is_asked else null("VARCHAR"), "_own")
        key = exp.alias_(key_of(self.table).sql, "_key")
        created = exp.alias_(self._own("created_at", "timestamp", "TIMESTAMP"), "_created")
        merged = exp.alias_(self._own("merged", "boolean", "BOOLEAN"), "_merged")
        return exp.select(*map(exp.column, columns), key, own, created, merged, *starts, *named).from_(source)

    def _own(self, name: str, kind: str, blank: str) -> exp.Expr:
        """A column of the dataset that some clock reads; NULL where there is none of this type."""
        is_read = any(name in self.table.columns_of_clock(n) for n in (*self.clocks, *self.policies))
        term = self.table.fresh_scope().term(name) if is_read else None
        return term.sql if term is not None and term.type == kind else null(blank)

    @cached_property
    def final(self) -> tuple[str, ...]:
        """The statuses that end a ticket."""
        return final_statuses(self.histories)

    @property
    def _starts(self) -> list[str]:
        return [f"_from_{n}" for n in self.policies]

    def _seen(self) -> exp.Select:
        """The tickets that have a history, and their last event."""
        seen = exp.alias_(exp.Boolean(this=True), "_is_seen")
        return (
            exp.select("_key", seen, exp.alias_(exp.Max(this=exp.column("_at")), "_last_at"))
            .from_("_events")
            .group_by("_key")
        )

    @cached_property
    def calendars(self) -> tuple[str, ...]:
        """The calendars, and columns that name one, that the clocks run by."""
        every: list[Clock | Policy] = [*self.clocks.values(), *self.policies.values()]
        return tuple(sorted({c.calendar for c in every if c.calendar}))

    def _events(self) -> exp.Query:
        selects = [events_of(h, self.table.keys[0], opens=opens(h, self.table)) for h in self.histories]
        return selects[0] if len(selects) == 1 else exp.union(*selects, distinct=False)

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of events that are looked at."""
        words = [w for c in self.clocks.values() for w in (*c.words, *(c.otherwise or ()))]
        words += [w for p in self.policies.values() for w in (*p.until, *(p.pausing or ()))]
        kinds = {_kind(w) for w in words} | ({"priority", "status"} if self.policies else set())
        return tuple(sorted(kinds | ({"status"} if "comment" in kinds else set())))

    def _stints(self, kind: str) -> exp.Select:
        """Each state of a ticket, from when to when, what it was before, and the working time at both ends."""
        order = _order(self._rank(kind))
        states = exp.select(
            "_key", "_at", "_value",
            exp.alias_(_over(exp.Lag(this=exp.column("_value")), order), "_before"),
            exp.alias_(_over(exp.Lead(this=exp.column("_at")), order), "_until"),
            exp.alias_(_over(exp.RowNumber(), order), "_number"),
        ).from_("_events").where(_is("_field", kind), not_null(exp.column("_value"))).subquery("_states")  # fmt: skip
        # A merged ticket lives on in another one: after its last event nothing happens to it.
        merged_at = case(exp.column("_merged"), exp.column("_last_at"))
        ended = exp.Coalesce(this=exp.column("_until"), expressions=[merged_at, self.as_of.copy()])
        columns = ["_key", "_at", "_value", "_before", "_until", "_number", "_end", "_merged", *self._starts]
        joined = (
            exp.select(
                "_states.*", exp.alias_(ended, "_end"), "_merged", *self._starts, *map(calendar_column, self.calendars)
            )
            .from_(states)
            .join("_rows", on="_states._key = _rows._key")
            .join("_seen", on="_states._key = _seen._key")
        )
        lookups = [lookup_of(c, e) for c in self.calendars for e in ("_at", "_end")] if kind == "status" else []
        return with_worked(joined, lookups, columns, self.width) if lookups else joined

    def _rank(self, kind: str) -> exp.Expr | None:
        """How far along a status is: of equal instants the further one is the later."""
        words = declared_statuses(self.table) if kind == "status" else ()
        if not words:
            return None
        ifs = [exp.If(this=exp.Literal.string(w), true=exp.Literal.number(str(i))) for i, w in enumerate(words)]
        return exp.Case(this=exp.column("_value"), ifs=ifs, default=exp.Literal.number(str(len(words))))

    # one row a ticket

    def _grouped(self, kind: str) -> exp.Select:
        parts = [exp.alias_(sql, name) for name, sql in self._parts(kind)]
        return exp.select("_key", *parts).from_(f"_{kind}").group_by("_key")

    def _parts(self, kind: str) -> Iterator[tuple[str, exp.Expr]]:
        """What the tickets' columns need to know of one kind of event."""
        for name, clock in self.clocks.items():
            for part, words in (("", clock.words), ("_else", clock.otherwise or ())):
                happened = _happened(kind, words, is_open=clock.kind == "first")
                if happened is not None:
                    yield f"_{kind}_{name}{part}", self._measured(clock, happened, words)
        for name, policy in self.policies.items():
            in_time = binary(exp.GTE, exp.column("_at"), exp.column(f"_from_{name}"))
            happened = _happened(kind, policy.until, is_open=True)
            if happened is not None:
                yield f"_{kind}_{name}", filtered(exp.Min(this=exp.column("_at")), conjunction(happened, in_time))
            if kind == "status":
                closed = conjunction(
                    enters(closing_statuses(self.final), self.final), self._not_merged(), in_time.copy()
                )
                yield f"_closed_{name}", filtered(exp.Min(this=exp.column("_at")), closed)
            if kind == "priority":
                yield f"_priority_{name}", priority_at(exp.column(f"_from_{name}"))
        if kind == "status" and self.policies:
            yield "_ended_at", ended_at(self.final)

    def _not_merged(self) -> exp.Expr:
        return exp.Not(this=exp.Coalesce(this=exp.column("_merged"), expressions=[exp.Boolean(this=False)]))

    def _measured(self, clock: Clock, happened: exp.Expr, words: Sequence[str]) -> exp.Expr:
        if clock.kind == "running":
            run = exp.Sub(this=worked_at(clock.calendar, "_end"), expression=worked_at(clock.calendar, "_at"))
            total = filtered(
                exp.Sum(this=run), is_one_of(exp.column("_value"), [w for w in words if w not in self.final])
            )
            whole = cast(total, "BIGINT")
            return exp.Coalesce(this=whole, expressions=[_ZERO.copy()])
        if clock.kind == "count":
            return filtered(exp.Count(this=exp.Star()), happened)
        moment = (exp.Min if clock.kind == "first" else exp.Max)(this=exp.column("_at"))
        return filtered(moment, happened)

    def _wide(self) -> exp.Select:
        """The rows with everything that was found of them."""
        names = [name for kind in self.kinds for name, _ in self._parts(kind)]
        query = exp.select("_rows.*", "_is_seen", "_last_at", *names).from_("_rows")
        query = query.join("_seen", on="_rows._key = _seen._key", join_type="left")
        for kind in self.kinds:
            query = query.join(f"_of_{kind}", on=f"_rows._key = _of_{kind}._key", join_type="left")
        return query

    def _columns_of(self, name: str, words: Sequence[str], part: str = "") -> list[exp.Expr]:
        return [exp.column(f"_{kind}_{name}{part}") for kind in self.kinds if _happened(kind, words) is not None]

    def _final(self, columns: Sequence[str]) -> exp.Select:
        own_columns = [exp.column(c, table="_wide") for c in columns]
        clocks = [exp.alias_(self._column(n, c), n) for n, c in self.clocks.items()]
        levels = [exp.alias_(sql, name) for n, p in self.policies.items() for name, sql in self._levels.columns(n, p)]
        query = exp.select(*own_columns, *clocks, *levels).from_("_wide")
        if self.policies:
            query = query.join("_timed", on="_wide._key = _timed._key", join_type="left")
            query = query.join("_paused", on="_wide._key = _paused._key", join_type="left")
        return query

    def _column(self, name: str, clock: Clock) -> exp.Expr:
        columns = self._columns_of(name, clock.words)
        if clock.kind == "running":
            return columns[0]
        if clock.kind == "count":
            return _total([self._counted(f, clock.words) for f in columns])
        moment = self._extreme(clock, columns)
        otherwise = self._columns_of(name, clock.otherwise or (), "_else")
        return exp.Coalesce(this=moment, expressions=[self._extreme(clock, otherwise)]) if otherwise else moment

    def _counted(self, count: exp.Expr, words: Sequence[str]) -> exp.Expr:
        """A ticket with a history and no comment in it has none; one without a history, nobody knows."""
        if any(_kind(w) == "status" for w in words):
            return count
        return case(exp.column("_is_seen"), exp.Coalesce(this=count, expressions=[_ZERO.copy()]))

    def _extreme(self, clock: Clock, moments: list[exp.Expr]) -> exp.Expr:
        kind = exp.Least if clock.kind == "first" else exp.Greatest
        return kind(this=moments[0], expressions=moments[1:], ignore_nulls=True) if len(moments) > 1 else moments[0]


def clock_plans(
    table: Table, histories: Mapping[str, Table], names: frozenset[str], as_of: exp.Expr, width: int
) -> Iterator[ClockPlan]:
    """A plan for each set of histories that the named clocks and policies stand on, in the order of computing.

    Raises FormulaError where one needs itself.
    """
    every = table.dataset.timed
    for wanted in ({n: every[n] for n in sorted(names)} for names in in_order(table, names)):
        yield from _plans(table, histories, wanted, as_of, width)


def _plans(
    table: Table, histories: Mapping[str, Table], wanted: Mapping[str, Clock | Policy], as_of: exp.Expr, width: int
) -> Iterator[ClockPlan]:
    for sources in dict.fromkeys(c.history for c in wanted.values()):
        mine = {n: c for n, c in wanted.items() if c.history == sources}
        clocks = {n: c for n, c in mine.items() if isinstance(c, Clock)}
        policies = {n: c for n, c in mine.items() if isinstance(c, Policy)}
        yield ClockPlan(table, tuple(histories[h] for h in sources), clocks, policies, as_of, width)


# parts of the query


def _share(number: int, shares: int) -> exp.Expr:
    """Whether a ticket is one of a share's; one without a key is of one of them, too."""
    hashed = exp.Mod(this=HashOf(expressions=[exp.column("_key")]), expression=exp.Literal.number(shares))
    return exp.EQ(this=hashed, expression=exp.Literal.number(number))


def _order(rank: exp.Expr | None) -> list[exp.Ordered]:
    fields = [exp.column("_at"), exp.column("_sequence"), *((rank,) if rank is not None else ()), exp.column("_value")]
    return [exp.Ordered(this=f, nulls_first=True) for f in fields]


def _over(function: exp.Expr, order: list[exp.Ordered]) -> exp.Expr:
    return exp.Window(
        this=function, partition_by=[exp.column("_key")], order=exp.Order(expressions=[o.copy() for o in order])
    )


def _kind(word: str) -> str:
    return _KINDS.get(word, "status")


def _happened(kind: str, words: Sequence[str], *, is_open: bool = False) -> exp.Expr | None:
    """Whether an event of this kind is one that the words ask for; None if they ask for none of it.

    `is_open`: a reply counts only as long as the ticket has not ended.
    """
    mine = [w for w in words if _kind(w) == kind]
    if not mine:
        return None
    if kind == "comment":
        spoken, opening = exp.column("_is_spoken"), exp.Not(this=exp.column("_is_opening"))
        in_time = exp.Not(this=exp.column("_is_late")) if is_open else None
        return spoken if "comment" in mine else conjunction(spoken, opening, in_time)
    if kind == "assignment":
        return exp.Boolean(this=True)
    stayed = exp.Coalesce(this=is_one_of(exp.column("_before"), mine), expressions=[exp.Boolean(this=False)])
    return conjunction(is_one_of(exp.column("_value"), mine), exp.Not(this=stayed))


def _is(column: str, word: str) -> exp.Expr:
    return exp.EQ(this=exp.column(column), expression=exp.Literal.string(word))


def _total(parts: list[exp.Expr]) -> exp.Expr:
    """The sum of counts; unknown only where no kind of event is known of the ticket."""
    if len(parts) == 1:
        return parts[0]
    known: list[exp.Expr] = [exp.Coalesce(this=p.copy(), expressions=[_ZERO.copy()]) for p in parts]
    total = known[0]
    for part in known[1:]:
        total = exp.Add(this=total, expression=part)
    some = exp.Coalesce(this=parts[0].copy(), expressions=[p.copy() for p in parts[1:]])
    return case(not_null(some), total)

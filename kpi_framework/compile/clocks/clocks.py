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
from ..sql.operations import HashOf, Micros
from ..sql.typed_sql import binary, case, cast, conjunction, filtered, is_null, is_one_of, not_null, null
from ..time.working_time import Lookup, with_worked
from .events import calendar_of, declared_statuses, events_of, in_order, key_of, start_of

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

    def _ctes(self, source: str, columns: Sequence[str], share: exp.Expr | None) -> Iterator[tuple[str, exp.Expr]]:
        rows, events = self._rows(source, columns), self._events()
        if share is not None:
            rows = exp.select("*").from_(rows.subquery("_every", copy=False), copy=False).where(share)
            events = exp.select("*").from_(exp.Subquery(this=events, alias=exp.to_identifier("_every"))).where(share)
        yield "_rows", rows
        yield "_events", events
        for kind in self.kinds:
            yield f"_{kind}", self._remarks() if kind == "comment" else self._stints(kind)
            yield f"_of_{kind}", self._grouped(kind)
        yield (
            "_seen",
            exp.select("_key", exp.alias_(exp.Boolean(this=True), "_is_seen")).from_("_events").group_by("_key"),
        )
        yield "_wide", self._wide()
        if self.policies:
            yield "_timed", with_worked(self._ended(), self._edges(), self._timed_columns, self.width)
            yield "_paused", self._paused()

    # the rows and their events

    def _rows(self, source: str, columns: Sequence[str]) -> exp.Select:
        """The dataset's rows, with the calendar of each clock and the start of each policy."""
        scope = self.table.fresh_scope()
        starts = [exp.alias_(start_of(scope, n, p), f"_from_{n}") for n, p in self.policies.items()]
        named = [exp.alias_(calendar_of(self.table, scope, c), _calendar(c)) for c in self.calendars]
        is_asked = bool(self.policies) and self.table.has("priority")
        own = exp.alias_(scope.term("priority").sql if is_asked else null("VARCHAR"), "_own")
        key = exp.alias_(key_of(self.table).sql, "_key")
        return exp.select(*map(exp.column, columns), key, own, *starts, *named).from_(source)

    @cached_property
    def calendars(self) -> tuple[str, ...]:
        """The calendars, and columns that name one, that the clocks run by."""
        every: list[Clock | Policy] = [*self.clocks.values(), *self.policies.values()]
        return tuple(sorted({c.calendar for c in every if c.calendar}))

    def _events(self) -> exp.Query:
        selects = [events_of(h, self.table.keys[0]) for h in self.histories]
        return selects[0] if len(selects) == 1 else exp.union(*selects, distinct=False)

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of events that are looked at."""
        words = [w for c in self.clocks.values() for w in (*c.words, *(c.otherwise or ()))]
        words += [w for p in self.policies.values() for w in (*p.until, *(p.pausing or ()))]
        kinds = {_kind(w) for w in words} | ({"priority", "status"} if self.policies else set())
        return tuple(sorted(kinds))

    def _stints(self, kind: str) -> exp.Select:
        """Each state of a ticket, from when to when, what it was before, and the working time at both ends."""
        order = _order(self._rank(kind))
        states = exp.select(
            "_key", "_at", "_value",
            exp.alias_(_over(exp.Lag(this=exp.column("_value")), order), "_before"),
            exp.alias_(_over(exp.Lead(this=exp.column("_at")), order), "_until"),
            exp.alias_(_over(exp.RowNumber(), order), "_number"),
        ).from_("_events").where(_is("_field", kind), not_null(exp.column("_value"))).subquery("_states")  # fmt: skip
        ended = exp.Coalesce(this=exp.column("_until"), expressions=[self.as_of.copy()])
        starts = [f"_from_{n}" for n in self.policies]
        columns = ["_key", "_at", "_value", "_before", "_until", "_number", "_end", *starts]
        joined = (
            exp.select("_states.*", exp.alias_(ended, "_end"), *starts, *map(_calendar, self.calendars))
            .from_(states)
            .join("_rows", on="_states._key = _rows._key")
        )
        lookups = [_lookup(c, e) for c in self.calendars for e in ("_at", "_end")] if kind == "status" else []
        return with_worked(joined, lookups, columns, self.width) if lookups else joined

    def _rank(self, kind: str) -> exp.Expr | None:
        """How far along a status is: of equal instants the further one is the later."""
        words = declared_statuses(self.table) if kind == "status" else ()
        if not words:
            return None
        ifs = [exp.If(this=exp.Literal.string(w), true=exp.Literal.number(str(i))) for i, w in enumerate(words)]
        return exp.Case(this=exp.column("_value"), ifs=ifs, default=exp.Literal.number(str(len(words))))

    def _remarks(self) -> exp.Select:
        """Comments in their order; whether a person of the desk spoke, and whether it is the ticket's first."""
        by_desk = _is("_by", "agent")
        first = [exp.column("_at"), exp.column("_sequence"), by_desk, exp.Not(this=exp.column("_public"))]
        spoken = binary(exp.And, exp.column("_public"), by_desk)
        numbered = exp.select(
            "_key", "_at", exp.alias_(spoken, "_spoken"),
            exp.alias_(_over(exp.RowNumber(), [exp.Ordered(this=f, nulls_first=True) for f in first]), "_number"),
        ).from_("_events").where(_is("_field", "comment")).subquery("_states")  # fmt: skip
        starts = [f"_from_{n}" for n in self.policies]
        return exp.select("_states.*", *starts).from_(numbered).join("_rows", on="_states._key = _rows._key")

    # one row a ticket

    def _grouped(self, kind: str) -> exp.Select:
        parts = [exp.alias_(sql, name) for name, sql in self._parts(kind)]
        return exp.select("_key", *parts).from_(f"_{kind}").group_by("_key")

    def _parts(self, kind: str) -> Iterator[tuple[str, exp.Expr]]:
        """What the tickets' columns need to know of one kind of event."""
        for name, clock in self.clocks.items():
            for part, words in (("", clock.words), ("_else", clock.otherwise or ())):
                happened = _happened(kind, words)
                if happened is not None:
                    yield f"_{kind}_{name}{part}", self._measured(clock, happened, words)
        for name, policy in self.policies.items():
            happened = _happened(kind, policy.until)
            if happened is not None:
                in_time = binary(exp.GTE, exp.column("_at"), exp.column(f"_from_{name}"))
                yield f"_{kind}_{name}", filtered(exp.Min(this=exp.column("_at")), conjunction(happened, in_time))
            if kind == "priority":
                yield f"_priority_{name}", _priority_at(exp.column(f"_from_{name}"))

    def _measured(self, clock: Clock, happened: exp.Expr, words: Sequence[str]) -> exp.Expr:
        if clock.kind == "running":
            run = exp.Sub(this=_worked(clock.calendar, "_end"), expression=_worked(clock.calendar, "_at"))
            total = filtered(exp.Sum(this=run), is_one_of(exp.column("_value"), words))
            whole = cast(total, "BIGINT")
            return exp.Coalesce(this=whole, expressions=[_ZERO.copy()])
        if clock.kind == "count":
            return filtered(exp.Count(this=exp.Star()), happened)
        moment = (exp.Min if clock.kind == "first" else exp.Max)(this=exp.column("_at"))
        return filtered(moment, happened)

    def _wide(self) -> exp.Select:
        """The rows with everything that was found of them."""
        names = [name for kind in self.kinds for name, _ in self._parts(kind)]
        query = exp.select("_rows.*", "_is_seen", *names).from_("_rows")
        query = query.join("_seen", on="_rows._key = _seen._key", join_type="left")
        for kind in self.kinds:
            query = query.join(f"_of_{kind}", on=f"_rows._key = _of_{kind}._key", join_type="left")
        return query

    def _columns_of(self, name: str, words: Sequence[str], part: str = "") -> list[exp.Expr]:
        return [exp.column(f"_{kind}_{name}{part}") for kind in self.kinds if _happened(kind, words) is not None]

    # service levels

    def _ended(self) -> exp.Select:
        """Each policy's end: what stopped it, else as_of."""
        stops = {n: exp.Least(this=f[0], expressions=f[1:], ignore_nulls=True) if len(f) > 1 else f[0]
                 for n, p in self.policies.items() for f in [self._columns_of(n, p.until)]}  # fmt: skip
        cells = [exp.alias_(stop, f"_stop_{n}") for n, stop in stops.items()]
        cells += [
            exp.alias_(exp.Coalesce(this=stop.copy(), expressions=[self.as_of.copy()]), f"_end_{n}")
            for n, stop in stops.items()
        ]
        return exp.select("*", *cells).from_("_wide")

    def _edges(self) -> list[Lookup]:
        return [_lookup(p.calendar, f"_{edge}_{n}") for n, p in self.policies.items() if p.calendar
                for edge in ("from", "end")]  # fmt: skip

    @property
    def _timed_columns(self) -> list[str]:
        parts = (f"_{edge}_{n}" for n in self.policies for edge in ("from", "stop", "end", "priority"))
        return ["_key", "_own", *parts]

    def _paused(self) -> exp.Select:
        """Each policy's time in its pausing statuses, between its start and its end."""
        sums = []
        for name, policy in self.policies.items():
            ends = exp.Least(this=_worked(policy.calendar, "_end", "_status"), ignore_nulls=True,
                             expressions=[_worked(policy.calendar, f"_end_{name}", "_timed")])  # fmt: skip
            begins = exp.Greatest(this=_worked(policy.calendar, "_at", "_status"), ignore_nulls=True,
                                  expressions=[_worked(policy.calendar, f"_from_{name}", "_timed")])  # fmt: skip
            overlap = exp.Sub(this=ends, expression=begins)
            held = exp.Greatest(this=overlap, expressions=[_ZERO.copy()], ignore_nulls=True)
            inside = is_one_of(exp.column("_value"), policy.pausing or ())
            total = cast(filtered(exp.Sum(this=held), inside), "BIGINT")
            sums.append(exp.alias_(total, f"_paused_{name}"))
        joined = exp.select("_status._key", *sums).from_("_status")
        return joined.join("_timed", on="_status._key = _timed._key").group_by("_status._key")

    def _final(self, columns: Sequence[str]) -> exp.Select:
        own_columns = [exp.column(c, table="_wide") for c in columns]
        clocks = [exp.alias_(self._column(n, c), n) for n, c in self.clocks.items()]
        levels = [exp.alias_(sql, name) for n, p in self.policies.items() for name, sql in self._level(n, p)]
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

    def _level(self, name: str, policy: Policy) -> Iterator[tuple[str, exp.Expr]]:
        """Met, breached or undecided; the time it took, or has taken so far; the time it may take."""
        span = exp.Sub(this=_worked(policy.calendar, f"_end_{name}", "_timed"),
                       expression=_worked(policy.calendar, f"_from_{name}", "_timed"))  # fmt: skip
        paused = exp.Coalesce(this=exp.column(f"_paused_{name}"), expressions=[_ZERO.copy()])
        run = exp.Sub(this=span, expression=paused)
        # A start that is still ahead has taken no time.
        elapsed = case(not_null(run), exp.Greatest(this=run, expressions=[_ZERO.copy()], ignore_nulls=True))
        target = _target(policy, exp.Coalesce(this=exp.column(f"_priority_{name}", table="_timed"),
                                              expressions=[exp.column("_own", table="_timed")]))  # fmt: skip
        stopped = not_null(exp.column(f"_stop_{name}", table="_timed"))
        met = exp.Case(ifs=[
            exp.If(this=is_null(target), true=exp.Null()),
            exp.If(this=stopped, true=binary(exp.LTE, elapsed, target)),
            exp.If(this=binary(exp.GT, elapsed, target), true=exp.Boolean(this=False)),
        ])  # fmt: skip
        yield name, cast(met, "BOOLEAN")
        yield f"{name}_elapsed", elapsed
        yield f"{name}_target", cast(target, "BIGINT")


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


def _happened(kind: str, words: Sequence[str]) -> exp.Expr | None:
    """Whether an event of this kind is one that the words ask for; None if they ask for none of it."""
    mine = [w for w in words if _kind(w) == kind]
    if not mine:
        return None
    if kind == "comment":
        spoken = exp.column("_spoken")
        later = binary(exp.GT, exp.column("_number"), exp.Literal.number("1"))
        return spoken if "comment" in mine else conjunction(spoken, later)
    if kind == "assignment":
        return exp.Boolean(this=True)
    stayed = exp.Coalesce(this=is_one_of(exp.column("_before"), mine), expressions=[exp.Boolean(this=False)])
    return conjunction(is_one_of(exp.column("_value"), mine), exp.Not(this=stayed))


def _priority_at(start: exp.Expr) -> exp.Expr:
    """The priority in force at the start; for one that came later, the first there was."""
    began = binary(exp.LTE, exp.column("_at"), start)
    ended = exp.Or(this=is_null(exp.column("_until")), expression=binary(exp.LT, start, exp.column("_until")))
    in_force = filtered(exp.Max(this=exp.column("_value")), conjunction(began, exp.Paren(this=ended)))
    first = filtered(exp.Max(this=exp.column("_value")), binary(exp.EQ, exp.column("_number"), exp.Literal.number("1")))
    return exp.Coalesce(this=in_force, expressions=[first])


def _target(policy: Policy, priority: exp.Expr) -> exp.Expr:
    limits = {p: exp.Literal.number(str(t.microseconds)) for p, t in policy.targets.items()}
    other = limits.pop("other", exp.Null())
    if not limits:
        return other
    return exp.Case(
        this=priority, default=other, ifs=[exp.If(this=exp.Literal.string(p), true=t) for p, t in limits.items()]
    )


def _calendar(name: str) -> str:
    return f"_calendar_{name}"


def _lookup(calendar: str, instant: str) -> Lookup:
    return Lookup(exp.column(_calendar(calendar)), exp.column(instant))


def _worked(calendar: str | None, instant: str, table: str | None = None) -> exp.Expr:
    """Working time up to an instant, or, without a calendar, the instant itself in microseconds."""
    if calendar is None:
        return Micros(expressions=[exp.column(instant, table=table)])
    return exp.column(_lookup(calendar, instant).name, table=table)


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

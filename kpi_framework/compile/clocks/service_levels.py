"""Service levels: when each policy starts and ends for a ticket, how long it took, and whether it was met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from ...model.clock import Policy
from ...model.record import Record
from ..sql.operations import Micros
from ..sql.typed_sql import binary, case, cast, conjunction, filtered, is_null, is_one_of, not_null
from ..time.working_time import Lookup, with_worked

_ZERO = exp.Literal.number("0")


class ServiceLevels(Record):
    """The policies of one plan, over the tables `_wide` (a row a ticket) and `_status` (a row a stint)."""

    policies: Mapping[str, Policy]
    final: tuple[str, ...]
    as_of: exp.Expr

    def timed(self, stops: Mapping[str, list[exp.Expr]], width: int) -> exp.Select:
        """Each policy's end, and the working time up to its edges; `stops` are the moments that may stop it."""
        return with_worked(self._ended(stops), self._edges(), self._timed_columns, width)

    def _ended(self, stops: Mapping[str, list[exp.Expr]]) -> exp.Select:
        """Each policy's end: what stopped it, else where the ticket ended, else as_of."""
        cells = []
        for name in self.policies:
            stop = exp.Least(this=exp.column(f"_closed_{name}"), expressions=stops[name],
                             ignore_nulls=True)  # fmt: skip
            dead = _dead(f"_from_{name}")
            end = exp.Coalesce(this=stop.copy(), expressions=[dead, self.as_of.copy()])
            cells += [
                exp.alias_(stop, f"_stop_{name}"),
                exp.alias_(dead.copy(), f"_dead_{name}"),
                exp.alias_(end, f"_end_{name}"),
            ]
        return exp.select("*", *cells).from_("_wide")

    def _edges(self) -> list[Lookup]:
        return [lookup_of(p.calendar, f"_{edge}_{n}") for n, p in self.policies.items() if p.calendar
                for edge in ("from", "end")]  # fmt: skip

    @property
    def _timed_columns(self) -> list[str]:
        parts = (f"_{edge}_{n}" for n in self.policies for edge in ("from", "stop", "dead", "end", "priority"))
        return ["_key", "_own", *parts]

    def paused(self) -> exp.Select:
        """Each policy's time in its pausing statuses, between its start and its end."""
        sums = []
        for name, policy in self.policies.items():
            ends = exp.Least(this=worked_at(policy.calendar, "_end", "_status"), ignore_nulls=True,
                             expressions=[worked_at(policy.calendar, f"_end_{name}", "_timed")])  # fmt: skip
            begins = exp.Greatest(this=worked_at(policy.calendar, "_at", "_status"), ignore_nulls=True,
                                  expressions=[worked_at(policy.calendar, f"_from_{name}", "_timed")])  # fmt: skip
            overlap = exp.Sub(this=ends, expression=begins)
            held = exp.Greatest(this=overlap, expressions=[_ZERO.copy()], ignore_nulls=True)
            inside = is_one_of(exp.column("_value"), (*(policy.pausing or ()), *self.final))
            total = cast(filtered(exp.Sum(this=held), inside), "BIGINT")
            sums.append(exp.alias_(total, f"_paused_{name}"))
        joined = exp.select("_status._key", *sums).from_("_status")
        return joined.join("_timed", on="_status._key = _timed._key").group_by("_status._key")

    def columns(self, name: str, policy: Policy) -> Iterator[tuple[str, exp.Expr]]:
        """Met, breached or undecided; the time it took, or has taken so far; the time it may take."""
        span = exp.Sub(this=worked_at(policy.calendar, f"_end_{name}", "_timed"),
                       expression=worked_at(policy.calendar, f"_from_{name}", "_timed"))  # fmt: skip
        paused = exp.Coalesce(this=exp.column(f"_paused_{name}"), expressions=[_ZERO.copy()])
        run = exp.Sub(this=span, expression=paused)
        # A start that is still ahead has taken no time.
        elapsed = case(not_null(run), exp.Greatest(this=run, expressions=[_ZERO.copy()], ignore_nulls=True))
        limit = _target(policy, exp.Coalesce(this=exp.column(f"_priority_{name}", table="_timed"),
                                              expressions=[exp.column("_own", table="_timed")]))  # fmt: skip
        stopped = not_null(exp.column(f"_stop_{name}", table="_timed"))
        # A ticket that was cancelled, or merged, inside its limit is bound to none.
        is_bound = exp.or_(
            stopped, is_null(exp.column(f"_dead_{name}", table="_timed")), binary(exp.GT, elapsed, limit)
        )
        target = case(is_bound, limit)
        met = exp.Case(ifs=[
            exp.If(this=is_null(target), true=exp.Null()),
            exp.If(this=stopped, true=binary(exp.LTE, elapsed, target)),
            exp.If(this=binary(exp.GT, elapsed, target), true=exp.Boolean(this=False)),
        ])  # fmt: skip
        yield name, cast(met, "BOOLEAN")
        yield f"{name}_elapsed", elapsed
        yield f"{name}_target", cast(target, "BIGINT")


def _dead(start: str) -> exp.Expr:
    """Where a ticket ended that has not been opened again, though no sooner than `start`; NULL while it lives."""
    last = exp.Coalesce(this=exp.column("_last_at"), expressions=[exp.column(start)])
    ended = exp.Coalesce(this=exp.column("_ended_at"), expressions=[case(exp.column("_merged"), last)])
    return case(not_null(ended), exp.Greatest(this=ended.copy(), expressions=[exp.column(start)], ignore_nulls=True))


def priority_at(start: exp.Expr) -> exp.Expr:
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


# working time


def calendar_column(name: str) -> str:
    """The column that holds the calendar of each row: it has one name, or the name of a column."""
    return f"_calendar_{name}"


def lookup_of(calendar: str, instant: str) -> Lookup:
    """The working time of such a calendar up to an instant of each row."""
    return Lookup(exp.column(calendar_column(calendar)), exp.column(instant))


def worked_at(calendar: str | None, instant: str, table: str | None = None) -> exp.Expr:
    """Working time up to an instant, or, without a calendar, the instant itself in microseconds."""
    if calendar is None:
        return Micros(expressions=[exp.column(instant, table=table)])
    return exp.column(lookup_of(calendar, instant).name, table=table)

"""Final statuses: where a ticket's clocks end, until a later status opens it again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlglot import exp

from ...model.clock import CANCELLED, FINAL
from ..dataset.table import Table
from ..sql.typed_sql import case, filtered, is_null, is_one_of


def final_statuses(histories: Iterable[Table]) -> tuple[str, ...]:
    """The statuses that end a ticket: closed, cancelled, and those that the histories name."""
    return tuple(dict.fromkeys([*FINAL, *(s for h in histories for s in h.dataset.final or ())]))


def closing_statuses(final: Sequence[str]) -> list[str]:
    """Those of them that count as the end of what a policy waits for; a cancelled ticket is bound to nothing."""
    return [status for status in final if status != CANCELLED]


def enters(statuses: Sequence[str], final: Sequence[str]) -> exp.Expr:
    """Whether a change brings a ticket into one of these statuses out of one that is not final."""
    was_final = exp.Coalesce(this=is_one_of(exp.column("_before"), final), expressions=[exp.Boolean(this=False)])
    return exp.and_(is_one_of(exp.column("_value"), statuses), exp.Not(this=exp.Paren(this=was_final)))


def ended_at(final: Sequence[str]) -> exp.Expr:
    """When a ticket entered the final statuses that it is in now; NULL where it is in none."""
    entered = filtered(exp.Max(this=exp.column("_at")), enters(final, final))
    is_last = exp.and_(is_null(exp.column("_until")), is_one_of(exp.column("_value"), final))
    ended = exp.GT(this=filtered(exp.Count(this=exp.Star()), is_last), expression=exp.Literal.number(0))
    return case(ended, entered)

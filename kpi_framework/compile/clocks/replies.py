"""Comments of a history: which is the ticket's opening text, and which are replies to it.

comments + events → their order → the opening text of each ticket → comments with what is known of each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from ..dataset.table import Table
from ..sql.operations import Micros
from ..sql.typed_sql import binary, case, conjunction, filtered, is_null, is_one_of, not_null

_MINUTE = 60_000_000


def comments(final: Sequence[str], starts: Sequence[str]) -> Iterator[tuple[str, exp.Expr]]:
    """The tables behind `_comment`, a row a comment, out of `_events`, `_rows` and the stints of `_status`.

    `_is_spoken` says that a person of the desk wrote it in public; `_is_opening` that it is the ticket's own text;
    `_is_late` that the ticket was closed or cancelled then.
    """
    yield "_begun", _begun()
    yield "_numbered", _numbered()
    yield "_opening", _opening()
    yield "_comment", _comments(final, starts)


def opens(history: Table, owner: Table) -> bool:
    """Whether a ticket's first comment may be its opening text: as the history says, else the tickets' preset."""
    return (history.dataset.opening or owner.dataset.opening) != "none"


def openings_query() -> exp.Select:
    """The tickets whose opening text is taken to be an agent's comment, and those whose first comment is none."""
    is_opening = not_null(exp.column("_key", "_opening"))
    by_agent = filtered(exp.Count(this=exp.Star()), exp.and_(is_opening, exp.column("_is_spoken", "_numbered")))
    others = filtered(exp.Count(this=exp.Star()), exp.Not(this=is_opening.copy()))
    query = exp.select(by_agent, others).from_("_numbered")
    query = query.join("_opening", on="_numbered._key = _opening._key", join_type="left")
    return query.where(_is_first(), exp.column("_opens", "_numbered"))


def _begun() -> exp.Select:
    """The events with which each ticket begins, and by whom: of one instant and no known order there are several."""
    order = exp.Order(expressions=[exp.Ordered(this=exp.column(c), nulls_first=True) for c in ("_at", "_sequence")])
    rank = exp.Window(this=exp.Rank(), partition_by=[exp.column("_key")], order=order)
    ranked = exp.select("_key", "_at", "_by", "_actor", exp.alias_(rank, "_rank")).from_("_events").subquery("_ranked")
    return exp.select("*").from_(ranked).where(exp.column("_rank").eq(exp.Literal.number(1)))


def _numbered() -> exp.Select:
    """Comments in their order, public and internal ones apart; the requester's before the agent's."""
    by_desk = exp.EQ(this=exp.column("_by"), expression=exp.Literal.string("agent"))
    fields = [exp.column("_at"), exp.column("_sequence"), by_desk]
    number = exp.Window(
        this=exp.RowNumber(), partition_by=[exp.column("_key"), exp.column("_public")],
        order=exp.Order(expressions=[exp.Ordered(this=f, nulls_first=True) for f in fields]),
    )  # fmt: skip
    spoken = binary(exp.And, exp.column("_public"), by_desk.copy())
    columns = ["_key", "_at", "_by", "_actor", "_public", "_opens"]
    query = exp.select(*columns, exp.alias_(spoken, "_is_spoken"), exp.alias_(number, "_number")).from_("_events")
    return query.where(is_one_of(exp.column("_field"), ["comment"]))


def _opening() -> exp.Select:
    """The tickets whose first public comment is their own text: of their first minute, by whom they begin with."""
    created = exp.Coalesce(this=exp.column("_created", "_rows"), expressions=[exp.column("_at", "_begun")])
    age = exp.Sub(this=Micros(expressions=[exp.column("_at", "_numbered")]), expression=Micros(expressions=[created]))
    actors = [exp.column("_actor", "_numbered"), exp.column("_actor", "_begun")]
    roles = exp.EQ(this=exp.column("_by", "_numbered"), expression=exp.column("_by", "_begun"))
    both = conjunction(*map(not_null, actors))
    assert both is not None
    # Where nobody knows who began the ticket, a comment of its first minute is taken for its text.
    is_author = case(both, exp.EQ(this=actors[0].copy(), expression=actors[1].copy()),
                     exp.Coalesce(this=roles, expressions=[exp.Boolean(this=True)]))  # fmt: skip
    query = exp.select(exp.column("_key", "_numbered")).from_("_numbered")
    query = query.join("_begun", on="_numbered._key = _begun._key").join("_rows", on="_numbered._key = _rows._key")
    is_early = exp.LTE(this=age, expression=exp.Literal.number(_MINUTE))
    return query.where(_is_first(), exp.column("_opens", "_numbered"), is_early, is_author).group_by("_numbered._key")


def _is_first() -> exp.Expr:
    first = exp.column("_number", "_numbered").eq(exp.Literal.number(1))
    return exp.and_(exp.column("_public", "_numbered"), first)


def _comments(final: Sequence[str], starts: Sequence[str]) -> exp.Select:
    is_opening = exp.and_(_is_first(), not_null(exp.column("_key", "_opening")))
    cells = [
        exp.alias_(exp.Coalesce(this=is_opening, expressions=[exp.Boolean(this=False)]), "_is_opening"),
        exp.alias_(not_null(exp.column("_key", "_status")), "_is_late"),
    ]
    own_columns = [exp.column(c, "_numbered") for c in ("_key", "_at", "_is_spoken")]
    query = exp.select(*own_columns, *cells, *(exp.column(s, "_rows") for s in starts))
    query = query.from_("_numbered").join("_rows", on="_numbered._key = _rows._key")
    query = query.join("_opening", on="_numbered._key = _opening._key", join_type="left")
    return query.join("_status", on=_while_ended(final), join_type="left")


def _while_ended(final: Sequence[str]) -> exp.Expr:
    """A comment inside a stint of a final status. What is written as the ticket is closed is not inside."""
    at, until = exp.column("_at", "_numbered"), exp.column("_until", "_status")
    before_end = exp.or_(is_null(until), exp.LT(this=at, expression=until.copy()))
    return exp.and_(
        exp.column("_key", "_numbered").eq(exp.column("_key", "_status")),
        is_one_of(exp.column("_value", "_status"), final),
        exp.LT(this=exp.column("_at", "_status"), expression=at.copy()),
        before_end,
    )

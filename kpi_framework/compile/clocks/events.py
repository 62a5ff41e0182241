"""What clocks stand on: a key, calendars, starts, and histories whose rows are the events of tickets."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from ...model.clock import Policy
from ...model.quoting import shown
from ..dataset.dedupe import table_name
from ..dataset.table import Table
from ..language.scope import Scope
from ..sql.errors import FormulaError
from ..sql.typed_sql import Term, is_one_of, not_null, null
from ..time.working_time import calendars_of, working_time_in

_OPTIONAL = {"value": "VARCHAR", "sequence": "BIGINT", "by": "VARCHAR", "public": "BOOLEAN", "actor": "VARCHAR"}
"""The columns that a history may lack, and their types."""


def check_clocks(table: Table, tables: Mapping[str, Table], names: frozenset[str]) -> None:
    """Whether the clocks can be computed from what there is. Raises FormulaError."""
    every = table.dataset.timed
    in_order(table, names)
    for name in sorted(names):
        clock, scope = every[name], table.fresh_scope()
        key_of(table)
        for history in clock.history:
            if history not in tables:
                raise FormulaError("source-unreadable", f"`{name}` needs the history {shown(history)}", name=history)
            event_columns(tables[history], table.keys[0])
        if clock.asks_comments:
            _check_comments([tables[h] for h in clock.history], name)
        if clock.calendar:
            calendar_of(table, scope, clock.calendar)
        if isinstance(clock, Policy):
            start_of(scope, name, clock)


def _check_comments(histories: list[Table], name: str) -> None:
    """Whether any of the histories says of comments who wrote them, and who can read them. Raises FormulaError."""
    if any(history.has("public") and history.has("by") for history in histories):
        return
    first = histories[0]
    lacking = next(c for c in ("public", "by") if not first.has(c))
    raise FormulaError(
        "source-unreadable", f"`{name}` needs replies, and the history `{first.name}` has no column `{lacking}`",
        "Map it under the history's `columns`. Without it nobody knows which comments are replies.", name,
    )  # fmt: skip


def in_order(table: Table, names: frozenset[str]) -> list[frozenset[str]]:
    """The clocks in rounds: each after those that give its start or its calendar. Raises FormulaError."""
    rounds: list[frozenset[str]] = []
    waiting = set(names)
    while waiting:
        ready = frozenset(n for n in waiting if not table.behind_clock(n) & waiting)
        if not ready:
            name = min(waiting)
            raise FormulaError("reference-cycle", f"`{name}` needs its own column to be computed",
                               "Let `from` or `calendar` name a column that does not come from it.", name)  # fmt: skip
        rounds.append(ready)
        waiting -= ready
    return rounds


def clock_calendars(table: Table, names: frozenset[str]) -> frozenset[str]:
    """The calendars that clocks run by. Raises FormulaError."""
    scope = table.fresh_scope()
    clocks = [table.dataset.timed[name] for name in sorted(names)]
    starts = [start_of(scope, n, c) for n, c in zip(sorted(names), clocks, strict=True) if isinstance(c, Policy)]
    own = calendars_of([calendar_of(table, scope, c.calendar) for c in clocks if c.calendar], table.almanac)
    return own | working_time_in(starts, table.lookups, table.almanac).calendars


def key_of(table: Table) -> Term:
    """The column that names a row's ticket in the histories. Raises FormulaError."""
    if len(table.keys) != 1:
        raise FormulaError(
            "unknown-reference", f"dataset `{table.name}` has clocks, so it needs a `key` of one column",
            "Name the column that the history also has, such as `key: ticket_id`.",
        )  # fmt: skip
    return table.fresh_scope().term(table.keys[0])


def calendar_of(table: Table, scope: Scope, calendar: str) -> exp.Expr:
    """A clock's calendar: its name, or the column that names one for each row. Raises FormulaError."""
    if calendar in scope.almanac.calendars:
        return scope.calendar(calendar)
    # A source that nobody has looked at, as a Parquet file before the engine reads it, may have the column.
    if calendar in scope.columns or table.native is None:
        scope.any_calendar()
        return scope.term(calendar).sql
    return scope.calendar(calendar)


def start_of(scope: Scope, name: str, policy: Policy) -> exp.Expr:
    """The timestamp at which a policy's time starts. Raises FormulaError (type-mismatch)."""
    term = scope.term(policy.from_)
    if term.type != "timestamp":
        raise FormulaError(
            "type-mismatch",
            f"policy `{name}` starts at {shown(policy.from_)}, which is a {term.type}, not a timestamp",
            "Name a timestamp, such as created_at.", policy.from_,
        )  # fmt: skip
    return term.sql


def declared_statuses(table: Table) -> tuple[str, ...]:
    """The statuses that the dataset's contract knows, in the order of a ticket's life."""
    column = table.contract.columns.get("status") if table.contract else None
    return column.values if column else ()


def event_columns(history: Table, key: str) -> dict[str, exp.Expr]:
    """A history's columns as the clocks read them. Raises FormulaError where one is missing."""
    scope = history.fresh_scope()
    columns = {"_key": scope.term(key).sql, "_at": scope.term("at").sql, "_field": scope.term("field").sql}
    for name, blank in _OPTIONAL.items():
        columns[f"_{name}"] = scope.term(name).sql if history.has(name) else null(blank)
    return columns


def event_names(history: Table, key: str) -> frozenset[str]:
    """The names of the columns that the clocks read of a history."""
    optional = (n for n in _OPTIONAL if history.has(n))
    return frozenset({key, "at", "field", *optional})


def events_of(history: Table, key: str, *, opens: bool = True) -> exp.Select:
    """The events of a history that have a ticket and a time. Raises FormulaError where a column is missing.

    `opens` says that a ticket's first comment may be its opening text.
    """
    cells = [exp.alias_(sql, name) for name, sql in event_columns(history, key).items()]
    cells.append(exp.alias_(exp.Boolean(this=opens), "_opens"))
    query = exp.select(*cells).from_(table_name(history)).subquery("_history")
    return exp.select("*").from_(query).where(not_null(exp.column("_key")), not_null(exp.column("_at")))


def unknown_statuses(table: Table, history: Table) -> exp.Select | None:
    """How many rows of a history have a status that the dataset's contract does not know."""
    words = declared_statuses(table)
    if not words:
        return None
    words = (*words, *(history.dataset.final or ()))
    strange = exp.Not(this=exp.Paren(this=is_one_of(exp.column("_value"), words)))
    changes = events_of(history, table.keys[0]).subquery("_events")
    is_status = is_one_of(exp.column("_field"), ["status"])
    return exp.select(exp.Count(this=exp.Star())).from_(changes).where(is_status, strange)

"""Formulas by the grammar of the language: mostly what the language has, now and then what it has not.

`FORMS` says how an expression of a kind is made of others, `LEAVES` where it ends. A share of the pieces (`NOISE`)
is of another kind than its place asks for, so that every check of types and every refusal is met.
"""

from __future__ import annotations

import re
from random import Random

from tests.hostile.pieces import FORBIDDEN, NUMBERS, TEXTS, TIMES

NOISE = 0.02
_HOLE = re.compile(r"\{(\w+)\}")

LEAVES = {
    "number": ("cost", "touches", '"cost"', '"Touches"', "COST", "{elapsed}", "{literal}", "length({text})"),
    "text": ("priority", "channel", '"priority"', "Channel", "lower(priority)", "{word}"),
    "instant": ("created_at", "resolved_at", "first_response_at", '"created_at"', "Resolved_At", "{time}"),
    "condition": (
        "reopened", '"reopened"', "merged", "true", "false", "{number} {comparison} {number}", "{text} = {word}",
        "{instant} {comparison} {instant}", "{text} is not null",
    ),
    "final": ("{aggregate}",),
    "number_word": NUMBERS, "word": TEXTS, "time": ("period_start", "period_end", *TIMES),
    "literal": ("0", "1", "2", "7.5", "0.25", "100", "{number_word}"),
    "comparison": ("=", "<>", "!=", "<", "<=", ">", ">=", "is distinct from", "=="),
    "sign": ("+", "-", "*", "/", "%"),
    "unit": ("seconds", "minutes", "hours", "days"),
    "part": ("year", "quarter", "month", "day", "hour", "minute", "second", "dow", "isodow", "doy", "week", "isoyear",
             "decade", "century", "epoch"),
    "type": (
        "integer", "bigint", "double", "decimal", "decimal(18, 6)", "date", "timestamp", "varchar", "boolean", "text",
        "smallint", "float", "{exotic}",
    ),
    "exotic": ("json", "blob", "uuid", "hugeint", "int[]", "struct(a int)", "timestamptz", "bit", "interval",
               "decimal(99, 9)", "decimal(1)", "varchar(3)", "nothing", "map(int, int)"),
    "level": ("0.5", "0.9", "0", "1", "1.5", "-0.1", "cost", "[0.5, 0.9]", ".95", "1e-9"),
    "elapsed": (
        "{unit}_between({instant}, {instant})", "business_minutes({instant}, {instant})",
        "business_hours({instant}, {instant}, 'desk')", "business_minutes({instant}, {instant}, 'nobody')",
    ),
    "stranger": (
        "nothing", '"no such column"', "requester", "tickets.cost", "t.*", '"zq""x"', "kpi_1", "period_start", "null",
        "user", 'upper("user")', "lower(user)", "coalesce(user, 'x')",
        '"Cost "', '"créé"', "{forbidden}", "{word}", "{time}", "{literal}",
    ),
    "forbidden": FORBIDDEN,
    "id": ("kpi_1", "kpi_2", "kpi_1", "kpi_2", "nothing"),
    "operand": ("{id}{segment}.{field}",),
    "segment": ("", "", "", "['priority', 'high']", ".worst_segment", "['priority']", "['a''b', 'é']"),
    "field": ("value", "previous", "change", "points", "baseline", "target", "status", "streak", "nothing"),
}  # fmt: skip
"""Where expressions end; a leaf is one of these, as it is written here."""

FORMS = {
    "number": (
        "{number} {sign} {number}", "{number} {sign} {number}", "-{number}", "({number})", "abs({number})",
        "ln({number})", "exp({number})", "sqrt({number})", "coalesce({number}, {number})", "nullif({number}, {number})",
        "greatest({number}, {number})", "least({number}, {number}, {number})", "length({text})",
        "case when {condition} then {number} else {number} end", "case {text} when {word} then {number} end",
        "if({condition}, {number}, {number})", "extract({part} from {instant})", "{part}({instant})",
        "date_diff('{part}', {instant}, {instant})", "cast({any} as {type})", "try_cast({number} as {type})",
        "{number}::{type}", "{elapsed}",
    ),
    "text": (
        "lower({text})", "upper({text})", "coalesce({text}, {text})", "cast({any} as varchar)",
        "nullif({text}, {text})",
        "case when {condition} then {text} else {text} end",
    ),
    "instant": (
        "date_trunc('{part}', {instant})", "coalesce({instant}, {instant})", "cast({instant} as date)",
        "cast({instant} as timestamp)", "greatest({instant}, {instant})", "case when {condition} then {instant} end",
        "cast({text} as timestamp)",
    ),
    "condition": (
        "{any} {comparison} {any}", "{number} {comparison} {number}", "{text} {comparison} {text}", "({condition})",
        "{instant} between {instant} and {instant}", "{number} not between {number} and {number}", "{any} is null",
        "{text} in ({text}, {text}, {word})", "{number} not in ({number}, {literal})", "not {condition}",
        "{condition} and {condition}", "{condition} or {condition}", "{text} like {word}", "{text} not ilike {word}",
        "{text} ~~ {word}", "coalesce({condition}, false)", "{condition} is true", "{condition} = {condition}",
    ),
    "final": (
        "{final} {sign} {final}", "{final} / {final}", "coalesce({final}, {literal})", "nullif({final}, {literal})",
        "case when {final} > {literal} then {final} else {final} end", "abs({final})", "sqrt({final})", "({final})",
        "greatest({final}, {final})", "-{final}", "{aggregate}", "{aggregate}",
    ),
    "any": ("{number}", "{text}", "{instant}", "{condition}"),
    "aggregate": (
        "count(*){where}", "count(*)", "count()", "count({any}){where}", "count(distinct {any}){where}",
        "count(distinct requester)", "count(requester)", "sum({number}){where}", "avg({number}){where}",
        "min({number})", "max({number}){where}", "median({number})", "stddev({number})", "var_pop({number})",
        "stddev_pop({number})", "quantile_cont({number}, {level})", "quantile_disc({number}, {level}){where}",
        "percentile_cont({level}) within group (order by {number})", "count_if({condition})", "bool_and({condition})",
        "bool_or({condition}){where}", "share({condition})", "share({condition}){where}",
        "approx_quantile({number}, 0.5)", "approx_count_distinct({any})", "sum(distinct {number})", "avg({condition})",
        "max({instant})", "min({text})", "median({elapsed})", "avg({elapsed}){where}", "sum({elapsed})",
    ),
    "where": ("", " filter (where {condition})", " filter (where {condition})"),
    "derived": (
        "{id} / {id}", "{id} / previous({id}) - 1", "year_ago({id})", "baseline({id}) - {id}",
        "coalesce({id}, 0) + {literal}",
        "case when {id} > {literal} then {id} end", "previous(previous({id}))", "{number} * {id}", "nullif({id}, {id})",
        "greatest({id}, {id}, {literal})", "sqrt({id}) {sign} {derived}", "{derived} {sign} {derived}",
    ),
    "signal": (
        "{operand} = 'met'", "{operand} <> 'missed'", "{operand} {comparison} {literal}", "{operand} is null",
        "{operand} in ({word}, 'met')", "{operand} {comparison} {operand}", "{signal} and {signal}",
        "not ({signal}) or {signal}", "{operand} - {operand} > {literal}", "{condition}",
    ),
    "name": ("{number}", "{text}", "{instant}", "{stranger}", "{stranger}", "{any}"),
}  # fmt: skip
"""How an expression is made of smaller ones."""
_ENDS = {"derived": "{id} / {id}", "signal": "{operand} > 1"}
_THROUGH = frozenset({"aggregate", "any", "where", "name"})
"""Kinds that only stand for others: they cost no depth."""
_WHOLE = frozenset({"number_word", "word", "time", "forbidden"})
"""Kinds whose pieces are taken as they are: their braces are no holes."""


class Grammar:
    """The language, by a source of random choices: equal seeds give equal formulas."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def expression(self, kind: str) -> str:
        """An expression of this kind; a formula is now and then as deep or long as the language allows, or more."""
        if kind == "final" and self.random.randrange(40) == 0:
            return self._deep()
        return self._of(kind, self.random.choice((1, 2, 2, 3, 4)))

    def _of(self, kind: str, depth: int) -> str:
        if self.random.random() < NOISE and kind in FORMS:
            kind = "stranger"
        if kind == "aggregate":
            depth = self.random.choice((0, 1, 1, 2))
        if kind in FORMS and (depth > 0 or kind in _THROUGH):
            form = self.random.choice(FORMS[kind])
        else:
            form = self.random.choice(LEAVES[kind]) if kind in LEAVES else _ENDS[kind]
        if kind in _WHOLE:
            return form
        deeper = depth - (kind in FORMS and kind not in _THROUGH)
        return _HOLE.sub(lambda hole: self._of(hole[1], max(0, deeper)), form)

    def _deep(self) -> str:
        """At a limit: brackets, chains and lengths."""
        many = self.random.choice((2, 20, 31, 32, 33, 119, 121, 400, 1300))
        forms = (
            "(" * many + "count(*)" + ")" * many, " + ".join(["count(*)"] * many), "-" * many + " count(*)",
            "not " * many + "bool_and(reopened)", f"count_if({' and '.join(['reopened'] * many)})",
            f"sum({'abs(' * many}cost{')' * many})", f"count_if(priority in ({', '.join(TEXTS * (many // 10 + 1))}))",
            f"sum(case {'when reopened then cost ' * many} end)", "count(*)" + " " * many * 4, f"sum({'9' * many})",
            f"sum({'case when reopened then ' * many}cost{' end' * many})", "count(*) /*" + "*" * many + "*/",
            f"count_if({' or '.join(f'touches = {n}' for n in range(many))})", f"sum(cost{' + 1' * many})",
        )  # fmt: skip
        return self.random.choice(forms)

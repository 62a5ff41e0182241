"""The functions a formula may use, one table: `kpi functions`, the reference and the hints are made from it."""

from __future__ import annotations

from collections.abc import Mapping

from ...model.diagnostic import did_you_mean
from ...model.formula_function import FormulaFunction

AGGREGATES, ROWS, TIMES, DERIVED = "Over all rows", "For each row", "Time", "In derived formulas"
_LIST = "Run `kpi functions` for the list."
_LEFT_OUT = {
    "over": "A formula sees the rows of one period: take `window:` for trailing days, or previous(id)."
} | dict.fromkeys(
    ("corr", "correl", "correlation", "covar_pop", "covar_samp", "regr_slope", "regr_r2"),
    "Its last digits depend on the order of the rows. Publish both numbers as metrics, and compare their trends.",
)
"""Functions that other tools have and this language leaves out on purpose: what to do instead."""

_ALL = tuple(FormulaFunction(*row) for row in (
    ("count", AGGREGATES, "count(*), count(x), count(distinct x)", "The number of rows, of rows with a value, or of different values.", "count(distinct requester)", ("counta", "countd", "count_distinct", "distinctcount")),
    ("count_if", AGGREGATES, "count_if(condition)", "The number of rows for which the condition is true.", "count_if(priority = 'critical')", ("countif", "countifs")),
    ("share", AGGREGATES, "share(condition)", "The share of rows for which the condition is true, among those where it is known.", "share(resolved_at <= due_at)", ("ratio", "percent", "percentage", "pct", "rate", "proportion")),
    ("sum", AGGREGATES, "sum(x)", "The sum.", "sum(handle_minutes)", ("total",)),
    ("avg", AGGREGATES, "avg(x)", "The average.", "avg(handle_minutes)", ("average", "mean")),
    ("min", AGGREGATES, "min(x)", "The smallest value.", "min(handle_minutes)", ("minimum", "smallest")),
    ("max", AGGREGATES, "max(x)", "The largest value.", "max(handle_minutes)", ("maximum", "largest")),
    ("median", AGGREGATES, "median(x)", "The middle value.", "median(minutes_between(created_at, first_response_at))", ("med",)),
    ("quantile_cont", AGGREGATES, "quantile_cont(x, level)", "The value below which this share of the rows lies, from 0 to 1: 0.9 is the 90th percentile.", "quantile_cont(hours_between(created_at, resolved_at), 0.9)", ("percentile", "quantile", "percentile_inc", "perc", "p90", "p95")),
    ("quantile_disc", AGGREGATES, "quantile_disc(x, level)", "Like quantile_cont, but always one of the values.", "quantile_disc(handle_minutes, 0.9)", ()),
    ("percentile_cont", AGGREGATES, "percentile_cont(level) within group (order by x)", "The SQL form of quantile_cont.", "percentile_cont(0.9) within group (order by handle_minutes)", ()),
    ("bool_and", AGGREGATES, "bool_and(condition)", "Whether the condition is true for all rows.", "if(bool_and(escalated), 1, 0)", ("every", "all_true")),
    ("bool_or", AGGREGATES, "bool_or(condition)", "Whether the condition is true for any row.", "if(bool_or(escalated), 1, 0)", ("any_true", "some")),
    ("stddev", AGGREGATES, "stddev(x), stddev_pop(x)", "The standard deviation of a sample, or of all rows.", "stddev(handle_minutes)", ("stdev", "std", "standard_deviation")),
    ("variance", AGGREGATES, "variance(x), var_pop(x)", "The variance of a sample, or of all rows.", "variance(handle_minutes)", ("var",)),
    ("if", ROWS, "if(condition, a, b)", "The one value if the condition is true, else the other; `case when … then … else … end` for more.", "sum(if(escalated, 1, 0))", ("iff", "iif", "switch", "decode")),
    ("coalesce", ROWS, "coalesce(x, y, …)", "The first of these that has a value.", "sum(coalesce(handle_minutes, 0))", ("ifnull", "isnull", "nvl", "zn")),
    ("nullif", ROWS, "nullif(x, y)", "No value where x equals y, else x.", "avg(nullif(handle_minutes, 0))", ()),
    ("abs", ROWS, "abs(x)", "The number without its sign.", "avg(abs(handle_minutes))", ()),
    ("greatest", ROWS, "greatest(x, y, …)", "The largest of these.", "avg(greatest(handle_minutes, 1))", ()),
    ("least", ROWS, "least(x, y, …)", "The smallest of these.", "avg(least(handle_minutes, 480))", ()),
    ("ln", ROWS, "ln(x), exp(x), sqrt(x)", "Natural logarithm, exponential and square root.", "avg(sqrt(handle_minutes))", ("log", "log10", "power", "pow")),
    ("lower", ROWS, "lower(text), upper(text)", "The text in lower or upper case.", "count_if(lower(category) = 'password')", ("lcase", "ucase", "tolower", "toupper")),
    ("length", ROWS, "length(text)", "The number of characters.", "avg(length(category))", ("len", "char_length")),
    ("cast", ROWS, "cast(x as type)", "The value as integer, double, decimal, date, timestamp, varchar or boolean.", "sum(cast(handle_minutes as integer))", ("to_number", "to_date", "int", "convert")),
    ("hours_between", TIMES, "hours_between(start, end)", "The elapsed time from start to end; also seconds_between, minutes_between and days_between.", "median(hours_between(created_at, resolved_at))", ("seconds_between", "minutes_between", "days_between", "datediff", "timestampdiff", "timediff", "age", "networkdays")),
    ("business_minutes", TIMES, "business_minutes(start, end, calendar)", "The working minutes from start to end; also business_hours. Without a calendar: that of kpi.yaml.", "median(business_minutes(created_at, resolved_at))", ("business_hours", "workinghours", "working_hours", "networkhours")),
    ("overlap_minutes", TIMES, "overlap_minutes(), overlap_minutes(calendar)", "The part of a row's span that lies inside the period, with a calendar its working time; also overlap_hours. Only with `spans`.", "sum(overlap_minutes())", ("overlap_hours", "overlap", "downtime")),
    ("date_diff", TIMES, "date_diff('day', start, end)", "The number of day, month or other limits between two times.", "avg(date_diff('day', created_at, resolved_at))", ()),
    ("date_trunc", TIMES, "date_trunc('month', t)", "The first day of the month, week, quarter or year.", "count_if(date_trunc('month', created_at) = date_trunc('month', resolved_at))", ("trunc", "startofmonth")),
    ("extract", TIMES, "extract(hour from t)", "A part of a time: year, quarter, month, week, day, hour, dow and others.", "count_if(extract(hour from created_at) < 9)", ("datepart", "date_part", "weekday", "dayofweek", "hour", "year", "month", "day")),
    ("previous", DERIVED, "previous(id)", "The value of another definition in the period before.", "ticket_volume - previous(ticket_volume)", ("lag", "prior")),
    ("year_ago", DERIVED, "year_ago(id)", "The value of another definition a year earlier.", "ticket_volume / year_ago(ticket_volume)", ("sameperiodlastyear", "last_year")),
    ("baseline", DERIVED, "baseline(id)", "The baseline of another definition.", "ticket_volume / baseline(ticket_volume)", ()),
))  # fmt: skip

FUNCTIONS: Mapping[str, FormulaFunction] = {function.name: function for function in _ALL}
"""Every function by its name, in the order of the list."""
_OTHER_NAMES = {other: function for function in _ALL for other in function.other_names}


def function_named(name: str) -> FormulaFunction | None:
    """The function of this name, or the one that has it under another name."""
    return FUNCTIONS.get(name.lower()) or _OTHER_NAMES.get(name.lower())


def instead_of(name: str) -> str:
    """A hint for a function that does not exist here: the one that is meant, or where the list is."""
    if name.lower() in _LEFT_OUT:
        return _LEFT_OUT[name.lower()]
    if name.lower() in FUNCTIONS:
        return f"Write it as {FUNCTIONS[name.lower()].signature}."
    if meant := _OTHER_NAMES.get(name.lower()):
        return f"Use `{meant.name}`: {meant.signature}. {meant.meaning}"
    return did_you_mean(name.lower(), FUNCTIONS, _LIST)

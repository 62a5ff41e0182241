"""Pieces of SQL to build formulas of, and to spoil good ones with: literals of all kinds, and what no formula may hold."""

from __future__ import annotations

NUMBERS = (
    "9999999999999999999", "170141183460469231731687303715884105727", "1e308", "1e5000", "1e-5000", "0.1e1", "1e",
    "1.e", ".5", "5.", "-1", "- -1", "0x1F", "0b11", "1_000", "0.1234567890123456789012345678901234567890", "9" * 309,
    "9" * 1000, "1e99999999999999", "00012", "1.0", "+5", "'NaN'::double", "'inf'::double", "١٢",
)  # fmt: skip
TEXTS = (
    "''", "'high'", "'low'", "'it''s'", "'%'", "'_'", "'a%b_c'", "'\\'", "'\\\\%'", "'é'", "'\U0001f600'", "'ß'",
    "'İ'", "'--'", "'/*'", "';'", "e'\\n'", "E'\\x00'", "$$dollar$$", "$a$x$a$", "x'00'", "b'1'", "N'national'",
    "U&'\\0041'", "'" + "x" * 300 + "'", "'::zqcmd::obeyed'", "'##[zqcmd]obeyed'", "'{{braces}}'", "'<b>'", "'|'",
)  # fmt: skip
TIMES = (
    "date '0001-01-01'", "date '9999-12-31'", "timestamp '0001-01-01 00:00:00'", "timestamp '9999-12-31 23:59:59.999999'",
    "date '2026-02-30'", "date 'infinity'", "timestamp '-infinity'", "timestamp '2026-03-29 01:30:00'", "date 'today'",
    "timestamp '2026-01-01 00:00:00+05'", "interval 1 day", "interval '1' month", "interval '99999999999 years'",
    "date '294247-01-10'", "time '12:00'", "timestamp 'epoch'", "timestamptz '2026-01-01'", "date ''",
)  # fmt: skip
FORBIDDEN = (
    # files, the network, the machine
    "(select max(content) from read_text('../outside/secret.txt'))", "read_csv('../outside/secret.csv')",
    "(select count(*) from '../outside/secret.csv')", "(select count(*) from glob('/**'))", "getenv('KPI_HOSTILE_TOKEN')",
    "read_blob('../outside/secret.txt')", "(from read_json('../outside/secret.json'))", "current_setting('home_directory')",
    "(select max(filename) from read_text('*'))", "read_parquet('data/visits.parquet')", "sniff_csv('data/private.txt')",
    "(select count(*) from duckdb_settings())", "(select count(*) from pragma_version())", "version()", "current_user",
    "(select count(*) from 'https://example.com/x.csv')", "pg_read_file('/etc/passwd')", "parse_path('x')",
    # other statements
    "copy (select 1) to 'out.csv'", "attach 'other.db'", "pragma database_list", "set memory_limit = '1TB'", "reset all",
    "install httpfs", "load httpfs", "export database 'out'", "create table x as select 1", "drop table tickets",
    "insert into tickets values (1)", "delete from tickets", "update tickets set cost = 0", "call pragma_version()",
    "create secret (type s3)", "create macro m() as 1", "explain select 1", "describe tickets", "show tables",
    "checkpoint", "vacuum", "use main", "begin transaction", "prepare v as select 1", "execute v", "detach main",
    # queries
    "(select 1)", "select 1", "(select requester from tickets)", "exists (select 1)", "cost in (select 1)", "values (1)",
    "with a as (select 1) select * from a", "(table tickets)", "any (select 1)", "1 = all (select 1)", "from tickets",
    # functions and forms that are not of the language
    "random()", "now()", "current_timestamp", "today()", "uuid()", "regexp_matches(priority, 'x')", "priority || 'x'",
    "concat(priority, requester)", "string_agg(requester, ',')", "list(requester)", "array_agg(cost)", "first(requester)",
    "any_value(requester)", "min(requester)", "max(requester)", "mode(requester)", "arg_max(requester, cost)",
    "histogram(requester)", "list_transform([1], x -> x)", "x -> x + 1", "sum(cost) over ()", "row_number() over ()",
    "sum(cost order by cost)", "[1, 2, 3]", "{'a': 1}", "map {'a': 1}", "priority[1]", "struct_pack(a := 1)", "?", "$1",
    ":name", "@x", "#1", "*", "columns(*)", "* exclude (cost)", "unnest([1])", "generate_series(1, 1000000000)",
    "range(100000000)", "repeat('x', 1000000000)", "error('x')", "sleep(10)", "md5(requester)", "hash(requester)",
    "error(requester)", "cast(requester as integer)", "cast(priority as integer)", "requester = 'x'", "length(requester)",
    "coalesce(requester, '')", "case requester when 'x' then 1 end", "max()", "min()", "sum()", "count(*, *)", "sum(*)",
    "count(distinct)", "avg(cost, 1)", "median()", "quantile_cont()", "quantile_cont(cost)", "share()", "share(1, 2)",
    "business_minutes()", "business_minutes(created_at)", "hours_between()", "hours_between(1, 2)", "previous(kpi_1)",
    "if()", "if(reopened)", "greatest()", "least()", "coalesce()", "nullif(1)", "extract(x from created_at)",
    "date_trunc(priority, created_at)", "date_diff('day')", "cast(cost as)", "try_cast()", "count(*) filter ()",
    "count(*) filter (where)", "percentile_cont(0.5) within group ()", "percentile_cont() within group (order by cost)",
    "case end", "case when end", "case when reopened then", "not", "and", "in ()", "cost in ()", "between 1", "like",
    "abs(cost, cost)", "approx_quantile(cost)", "date_trunc('week', cost)", "current_date", "localtime",
)  # fmt: skip
STRAYS = (
    "(", ")", "[", "]", "{", "}", "'", '"', "`", ";", "--", "/*", "*/", ",", ".", "::", "||", "->", "=>", "\\", "#", "$$",
    "\n", "\t", "\r", "\x00", "\x0b", "\x1b[31m", "\x7f", "\x85", "\u00a0", "\u200b", "\u202e", "\u2028", "\ufeff", "\ufffd",
    "\ud800", "\U000e0041", "é", "ß", "İ", "ﬁ", "Ⅷ", "\U0001f600", "e\u0301", "＋", "（", "“", "−", "٣", "null", "not",
    "/* comment */", "-- comment\n", "/* open", "&nbsp;", "%s", "{{ x }}", "{% x %}", "${KPI_HOSTILE_TOKEN}", "~", "^", "!",
    "::zqcmd::obeyed", "\n::zqcmd::obeyed\n", "##[zqcmd]obeyed", "\\N", "@@version", "1=1", " or 1=1 --", "'; drop table x; --",
)  # fmt: skip
GOOD = (
    "count(*)", "upper(user)", "coalesce(lower(user), priority)", "cast(cost as double)", "cast(created_at as timestamp)",
    "count(distinct requester)", "median(hours_between(created_at, resolved_at))", "sum(cost)", "avg(touches)",
    "share(reopened)", "count_if(reopened) / count(*)", "sum(cost) / nullif(count(*), 0)", "quantile_cont(cost, 0.9)",
    "avg(case when priority = 'high' then cost else 0 end)", "sum(cost) filter (where priority in ('high', 'low'))",
    "percentile_cont(0.75) within group (order by cost)", "business_minutes(created_at, first_response_at)",
    "median(business_hours(created_at, resolved_at, 'desk'))", "max(date_diff('day', created_at, resolved_at))",
    "not coalesce(merged, false)", "priority = 'high' and cost > 10", "created_at >= timestamp '2026-01-05 09:00:00'",
    "extract(month from created_at) = 3", "date_trunc('month', created_at)", "lower(priority)", "cast(cost as integer)",
    "priority like 'h%' or channel ilike '%MAIL%'", "cost between 1 and 100", "first_response_at is null",
    "coalesce(first_response_at, resolved_at) >= created_at", "length(priority) % 2 = 0", "stddev(cost) / avg(cost)",
    "greatest(sum(cost), 1) - least(count(*), 5)", "sqrt(abs(cost)) + exp(ln(touches))", "bool_and(resolved_at >= created_at)",
    "approx_count_distinct(priority)", "var_pop(cost)", "quantile_disc(touches, 0.5)", "count(first_response_at)",
    "kpi_1.status = 'met' and kpi_2.value > 3", "kpi_1['priority', 'high'].value < kpi_1.value", "kpi_1.change > 0.1",
    "kpi_2 / kpi_1", "kpi_2 / previous(kpi_2) - 1", "year_ago(kpi_2)", "baseline(kpi_1) - kpi_1",
    "hours_between(created_at, coalesce(resolved_at, period_end)) > 24", "try_cast(priority as double) is null",
)  # fmt: skip

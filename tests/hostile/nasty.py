"""Values that a file may bring where a good one stood: as YAML has them, for JSON, for a cell of a table, for a name."""

from __future__ import annotations

import re

from tests.hostile.canaries import COMMANDS, VARIABLE
from tests.hostile.pieces import FORBIDDEN
from tests.hostile.pieces import NUMBERS as SQL_NUMBERS
from tests.hostile.pieces import TIMES as SQL_TIMES

LONG = "x" * 1_000_000
DATES = ("0001-01-01", "9999-12-31", "0000-00-00", "2026-02-30", "10000-01-01", "-2026-01-01", "2026-W05-1", "20260101",
         "2026-01-01T25:00", "9999-12-31 23:59:59.999999", "now", "1969-12-31", "0001-01-01 00:00")  # fmt: skip
DURATIONS = ("99999999999999 days", "1e99 days", "-5 days", "0 days", f"{'9' * 400} h", "0.0000001 s", "inf days",
             "1 fortnight", "9999999 years", "106751991 days", "48:00", "nan min", "1 d 1 d", "days")  # fmt: skip
NUMBERS = ("9" * 309, "1e308", "1e400", "-0", ".inf", "-.inf", ".nan", "0x1F", "0o17", "1_000", "1e-400", "2147483648",
           "99999999999999999999", "-1", "0", "0.1", "1e5000", "101%", "-5%", "1e400%", f"{'9' * 400}%", "5 GBP",
           "100% of nothing", f"{'9' * 309}% of baseline", "baseline + 1e400", "previous - 9e999 min", "% of baseline",
           "0% of previous", "٣", "1,5", "NaN", "inf")  # fmt: skip
PATHS = (
    "", ".", "..", "/", "//", "./.", "data", "data/", "data/.", "../../**", "/**/x", "**", "*", "a**b.csv", "data/**/*.csv",
    "data/[x].csv", "data/x[1].csv", "data/[!a]*.csv", "data/{a,b}.csv", "data/?ickets.csv", "data/tickets.csv ",
    "~/.netrc", "../outside/secret.csv", "../outside/secret.json", "data/../../outside/secret.csv", "../outside/*",
    "/dev/zero", "/dev/stdin", "/proc/self/environ", "/proc/self/fd/0", "/etc/passwd", "x" * 300 + ".csv", "x/" * 2500,
    "x" * 5000, "http://127.0.0.1:9/x.csv", "file:///etc/passwd", "s3://bucket/x.csv", "\\\\host\\share\\x.csv", "CON", "NUL",
    "C:\\x.csv", "data/tickets.csv\n", "data/nothing.csv", "kpi.yaml", "data/private.txt", ".git/config", "data/tickets.csv/x",
    "hf://datasets/x.csv", "stdin.csv", "-", "--help", "data/tickets.csv;data/events-1.csv", "data//tickets.csv",
)  # fmt: skip
ZONES = ("Europe/../../etc/passwd", "../outside/secret.txt", "/etc/passwd", "UTC+25", "Factory", "posixrules", "Local",
         "Europe", "europe/london", "Etc/GMT+12", "localtime", "x" * 5000)  # fmt: skip
FORMATS = ("rot13", "base64", "zlib", "idna", "undefined", "utf-7", "utf-16", "hex", "unicode_escape", "%", "%Q", "%s" * 500,
           "ab", "'", "\\t", "mbcs", "charmap", "latin-1")  # fmt: skip
WORDS = (
    *COMMANDS, "é", "\u202eabc", "a\u200bb", "\u2028", "\u2029", "\ufeff", "\x85", "\ufffe", "e" + "\u0301" * 1000, "\U0001f600" * 50,
    "\U000e0041", "<script>alert(1)</script>", "]]>", "--><b>", "|", "`", "*bold*", "[a](javascript:x)", "&#0;", "%0A::zqcmd::",
    "${{ github.token }}", f"${{{VARIABLE}}}", f"${VARIABLE}", "$(id)", "`id`", "'; drop table x; --", "__class__", "constructor",
    "../x", "{{x}}", "{0.__class__}", "%s%n", "=1+1", "@SUM(A1)", "null", "true", "no", "on", "~", "12:30", "012", "1", "''",
    '""', "'", '"', "#", " #x", ": ", "- ", "?", "!", "fix_time", "volume", "tickets", "period_start", "all", "none", "id",
    "x" * 100, "x" * 5000, "a b", "A", "_", "9a", "é_é", " ", "   ", "\t",
)  # fmt: skip
RAW = (
    "&a [*a]", "*a", "&a {x: *a}", "!!python/object/apply:os.system ['id']", "!!binary aGk=", "!!set {a, b}", "!x y",
    "{<<: {a: 1}}", "|\n  a\n  b", ">-\n  a", "|99", "? [a]: b", "[" * 500 + "]" * 500, "[" * 5000, "{a: " * 200 + "1" + "}" * 200,
    "{a: " * 3000, "{", "[", "]", "- - - a", "%YAML 1.1", "--- a", "...", "\x00", "\x07", "\x1b[2J", "\ufeff", "\u2028", "\t x",
    "'unclosed", '"unclosed', '"\\x00"', '"\\ud800"', '"\\U0010FFFF"', "[]", "{}", "[a]", "{a: b}", "[[[]]]", "[null]", "null", "",
    "[1, [2, [3]]]", "true", "no", "1", "1.5", "2026-01-01", "[a, a]", "{a: 1, a: 2}", f'"{LONG}"', f"[{'a, ' * 20000}a]",
    "\n" * 50_000, " " * 100_000 + "x", "x: y", "x:y", "@x", "`x`", "%x", "a: b: c", "- a\n- b", "\r", "\r\n  x: 1",
)  # fmt: skip
"""Text that takes a value's place as it is, quoted by nobody."""
QUOTED = (*DATES, *DURATIONS, *NUMBERS, *PATHS, *ZONES, *FORMATS, *WORDS)
"""Texts that stand quoted where a value stood."""
SQL = (*FORBIDDEN, *SQL_NUMBERS, *SQL_TIMES)
_KINDRED = (
    (r"\d{4}-\d\d", DATES), (r"[\d.]+ ?(min|h|days?|hours?|minutes?|s)\b", DURATIONS), (r".*%", NUMBERS), (r"-?\d", NUMBERS),
    (r"UTC$|\w+/\w+$", ZONES), (r".*\.(csv|json|parquet|yaml)|.*/", PATHS), (r"utf|latin|csv$|%|.$", FORMATS), (r".*[()<>=]", SQL),
)  # fmt: skip
"""How values of a kind look, and the nasty ones of that kind."""


def kindred(text: str) -> tuple[str, ...]:
    """The nasty values of the kind of this one: a date for a date, a path for a path."""
    return next((values for form, values in _KINDRED if re.match(form, text)), WORDS)


KEYS = ("version", "id", "name", "kind", "<<", "null", "true", "1", "", "x", "__proto__", "formul", "Formula", "formula ", "é",
        "a b", "x" * 2000, *COMMANDS, "\u202ename", "targets", "source", "meta", "=", "~", "on", "::zqcmd::x")  # fmt: skip
JSON_VALUES: tuple[object, ...] = (
    None, True, 0, -1, 1e308, 10**400, "", "x", [], {}, [[]], {"a": 1}, "9999-12-31", "0001-01-01T00:00:00+00:00",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", *COMMANDS, "\ud800", "\x00", "\u2028", "x" * 100_000, "../x", "NaN",
    "2026-13-01", "met", "sha256:1:" + "0" * 64, 2**63, -(2**63), 0.1, "<script>",
)  # fmt: skip
JSON_TEXTS = ("NaN", "Infinity", "-Infinity", "1e999", "[" * 5000, "{" * 5000, '{"a":' * 2000, "'x'", "undefined", "01",
              "9" * 5000)  # fmt: skip
CELLS = (
    "x" * 131_073, "x" * 2_000_000, '"', '""', '"a', 'a"b', '"a\nb"', '"a,b"', "\r", "\x00", "\ufeff", "\u2028", "NULL", "nan", "inf",
    "-inf", "1e400", "9" * 309, "9" * 5000, "0001-01-01 00:00", "9999-12-31 23:59", "2026-02-30 10:00", "31/12/2026", "1,5", "=1+1",
    "-1:30", "99999999999:00", "::zqcmd::obeyed", "##[zqcmd]obeyed", "\\N", "\x1b[31m", "é", "e\u0301" * 100, "true", "", " ", "1 - High",
    "294247-01-10 04:00", "2026-03-29 01:30", "2026-10-25 01:30", "290309-12-22", "-290308-12-21", "١", "0x10",
)  # fmt: skip
NAMES = (
    "x\n.yaml", "::zqcmd::x.yaml", "##[zqcmd]x.yaml", "a b.yaml", "é.yaml", "e\u0301.yaml", "\u202ex.yaml", "x" * 240 + ".yaml", ".yaml",
    "..yaml", "-x.yaml", "x.YAML", "x.yml", "x.yaml~", ".x.yaml.swp", "\udcff\udcfe.yaml", "con.yaml", "x;y.yaml", "$(id).yaml", "'.yaml",
    '".yaml', "<b>.yaml", "|.yaml", "*.yaml", "[x].yaml", "%0A::zqcmd::.yaml", "x\t.yaml", "x\u2028.yaml", "x\x1b[31m.yaml",
)  # fmt: skip
BYTES = (b"\x00", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\xc3", b"\xed\xa0\x80", b"\xe2\x80\xa8", b"\xc2\x85", b"\r", b"\r\n", b"\n", b"\t",
         b"\x1b[2J", b"\x1a", b"'", b'"', b":", b"#", b" #", b"{", b"[", b"&a ", b"*a ", b"!!x ", b"- ", b"? ", b"---\n", b"...\n",
         b"%YAML 1.1\n", b"<<<<<<< HEAD\n", b"=======\n", b">>>>>>> x\n", b"\n::zqcmd::obeyed\n", b"##[zqcmd]obeyed")  # fmt: skip

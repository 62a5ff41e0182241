"""What keeps a formula from a runner: the worker process, its locked connection, the gates before and after."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_framework.compile.language.syntax import parse
from kpi_framework.compile.sql.errors import FormulaError
from kpi_framework.evaluate.engine.duckdb import DuckWorker, WorkerLimits
from kpi_framework.evaluate.engine.interface import EngineError
from tests.cli.projects import FORMULA, KPI, kpi, project, text


@pytest.fixture
def worker() -> Iterator[DuckWorker]:
    """A locked worker."""
    with DuckWorker(WorkerLimits(deadline=20)) as one:
        one.lock()
        yield one


REACHING_OUT = (
    "SELECT * FROM read_csv('{file}')",
    "SELECT * FROM read_text('{file}')",
    "SELECT * FROM '{file}'",
    "SELECT * FROM glob('{folder}/*')",
    "COPY (SELECT 1) TO '{folder}/out.csv'",
    "EXPORT DATABASE '{folder}/out'",
    "ATTACH '{folder}/other.db'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SELECT * FROM read_csv('http://localhost:9/x.csv')",
    "SET enable_external_access = true",
    "SET memory_limit = '100GB'",
    "SET threads = 64",
    "SET lock_configuration = false",
    "RESET enable_external_access",
    "PRAGMA temp_directory='{folder}'",
    "CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')",
)


@pytest.mark.parametrize("statement", REACHING_OUT)
def test_a_locked_worker_reaches_nothing(worker: DuckWorker, statement: str, tmp_path: Path) -> None:
    """No file, no network, no extension and no setting, even for SQL that no gate has seen."""
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with pytest.raises(EngineError):
        worker.run([statement.format(file=tmp_path / "secret.csv", folder=tmp_path)])
    assert sorted(p.name for p in tmp_path.iterdir()) == ["secret.csv"]


def test_an_error_of_the_engine_quotes_no_data(worker: DuckWorker) -> None:
    """What leaves the worker is the kind of an error, not its text."""
    with pytest.raises(EngineError) as caught:
        worker.fetch("SELECT CAST('a person''s name' AS INTEGER)")
    assert "person" not in f"{caught.value!r} {caught.value}"
    assert caught.value.kind == "ConversionException"


def test_a_worker_has_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens of the runner do not reach the process that runs formulas."""
    monkeypatch.setenv("KPI_SECRET_URL", "postgresql://user:password@host/db")
    with DuckWorker(WorkerLimits()) as one:
        environment = Path(f"/proc/{one._process.pid}/environ")
        if environment.exists():
            assert environment.read_bytes() in (b"", b"LC_CTYPE=C.UTF-8\0")
        with pytest.raises(EngineError):
            one.fetch("SELECT getenv('KPI_SECRET_URL')")


ENDLESS = "SELECT count(*) FROM range(1000000) a, range(1000000) b, range(99) c WHERE a.range % 7 = b.range % 5"


def test_a_query_that_never_ends_is_killed() -> None:
    """At the deadline the process ends, whatever the engine is doing; the next one starts afresh."""
    with DuckWorker(WorkerLimits(deadline=4.0)) as one:
        began = time.monotonic()
        with pytest.raises(EngineError) as caught:
            one.fetch(ENDLESS)
        assert caught.value.died
        assert time.monotonic() - began < 30
        assert one._process.wait(timeout=10) == -signal.SIGKILL


def test_what_takes_too_much_memory_fails_alone() -> None:
    """The engine's limit holds, and the worker lives on."""
    with DuckWorker(WorkerLimits(memory="100MB")) as one:
        with pytest.raises(EngineError):
            one.fetch("SELECT len(list(range)) FROM range(100000000)")
        assert one.fetch("SELECT 1") == [(1,)]


def test_a_dead_worker_fails_its_own_kpi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The definition that kills the engine is unknown; the others are computed by a new one."""
    ask, killed = DuckWorker._ask, []

    def asked(self: DuckWorker, request: dict[str, object]) -> dict[str, object]:
        if "quantile_cont" in str(request) and "cube" in str(request):
            killed.append(self._process.pid)
            os.kill(self._process.pid, signal.SIGKILL)
        return ask(self, request)

    monkeypatch.setattr(DuckWorker, "_ask", asked)
    card = kpi(project(tmp_path), "check", "--format", "json").json
    states = {m["kpi"]: (m["value"], m["reason"]) for m in card["measurements"] if m["judged"] and not m["segment"]}
    assert killed
    assert states["fix_time"][0] is None
    assert states["volume"] == (24, None)
    assert "formula-failed" in {d["rule"] for d in card["diagnostics"]}


@pytest.mark.parametrize(
    "answer", ["not json", '{"ok": true, "rows": [[{"a": 1}]]}', '{"ok": true, "rows": "x"}', "[]", ""]
)
def test_a_malformed_answer_is_no_value(answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The parent believes nothing that is not a plain number, text, boolean or NULL."""
    with DuckWorker(WorkerLimits()) as one, monkeypatch.context() as patched:
        patched.setattr(one._process, "stdout", _Saying(answer))
        try:
            rows = one.fetch("SELECT 1")
        except EngineError:
            rows = []
        assert rows == []


class _Saying:
    """A pipe that says one thing."""

    def __init__(self, text: str) -> None:
        self.text = text

    def readline(self, _limit: int) -> str:
        """Say it."""
        return self.text + "\n"

    def close(self) -> None:
        """Nothing to close."""


# the gates before


def refusal(sql: str) -> str | None:
    """The rule that refuses a formula, None where it passes the text gate and the allow-list."""
    try:
        parse(sql)
    except FormulaError as error:
        return error.rule
    return None


@pytest.mark.parametrize(
    "sql",
    [
        "count(*)" + " " * 4000,
        "(" * 33 + "1" + ")" * 33,
        "[" * 5000,
        "count(*) \u202e",
        "count(*)\x00",
        "sum(a\u200bb)",
        "select 1",
        "count(*) over ()",
        "(select count(*) from t)",
        "count(*); drop table t",
        "list(a)",
        "a -> a + 1",
        "regexp_matches(a, 'x')",
        "first(a)",
        "string_agg(a, ',')",
        "random()",
        "current_timestamp",
        "now()",
        "a || b",
        "array_agg(a)",
        "sum(a order by b)",
        "count(*) filter (where exists (select 1))",
    ],
)
def test_what_is_not_of_the_language_is_refused(sql: str) -> None:
    """Too long, too deep, invisible, non-deterministic, or simply not on the list."""
    assert refusal(sql) in ("formula-syntax", "forbidden-function")


KNOWN = frozenset(
    [
        "count",
        "sum",
        "avg",
        "min",
        "max",
        "median",
        "quantile_cont",
        "quantile_disc",
        "percentile_cont",
        "percentile_disc",
        "countif",
        "count_if",
        "bool_and",
        "bool_or",
        "stddev",
        "stddev_samp",
        "stddev_pop",
        "var_pop",
        "var_samp",
        "variance",
        "coalesce",
        "nullif",
        "abs",
        "greatest",
        "least",
        "ln",
        "exp",
        "sqrt",
        "lower",
        "lcase",
        "upper",
        "ucase",
        "length",
        "len",
        "date_trunc",
        "date_diff",
        "datediff",
        "datetrunc",
        "approx_count_distinct",
        "approx_quantile",
        "if",
        "share",
        "quantile",
        "mean",
        "logical_and",
        "logical_or",
        "every",
        "any_value",
        "cast",
        "try_cast",
        "extract",
        "year",
        "month",
        "day",
        "hour",
        "minute",
        "second",
        "quarter",
        "week",
        "dayofweek",
        "dayofyear",
        "dow",
        "doy",
        "isodow",
        "isoyear",
        "epoch",
        "date_part",
        "char_length",
        "character_length",
    ]
)


def test_no_function_of_the_engine_slips_through() -> None:
    """Of all that DuckDB knows, only the functions of the language pass the allow-list."""
    names = {row[0] for row in duckdb.connect().sql("select distinct function_name from duckdb_functions()").fetchall()}
    plain = sorted(n for n in names if n.isidentifier() and n.lower() not in KNOWN)
    assert len(plain) > 300
    passed = [n for n in plain for call in (f"{n}(a)", f"{n}(a, b)", f"{n}()") if refusal(call) is None]
    assert passed == []


@given(st.text(max_size=200))
def test_any_text_is_refused_or_parsed(sql: str) -> None:
    """The gate and the parser answer every text; none gets an exception of another kind."""
    assert refusal(sql) in (None, "formula-syntax", "forbidden-function", "type-mismatch")


def test_no_gate_is_needed_for_an_honest_formula(tmp_path: Path) -> None:
    """The walls leave the work alone."""
    assert FORMULA in text(KPI)
    assert kpi(project(tmp_path), "check").code == 0


@pytest.mark.parametrize("text_", ["cast(a as double", "quantile_cont(a, 0.5", "extract(month from a", "sum(a", "((1)"])
def test_a_bracket_that_is_not_closed_is_refused(text_: str) -> None:
    """The parser would guess where it closes."""
    assert refusal(text_) == "formula-syntax"


@pytest.mark.parametrize("text_", ["count_if(a = '(')", 'sum("a (b")', "sum(a) -- (", "sum(a) /* ( */"])
def test_brackets_in_texts_names_and_comments_are_none(text_: str) -> None:
    """They close nothing and open nothing."""
    assert refusal(text_) is None


def test_a_computed_column_gives_no_person_away(tmp_path: Path) -> None:
    """SQL over a source column that is mapped as personal is refused: a segment by it would list names."""
    config = text("kpi.yaml").replace("requester: user}", "requester: user, shouted: upper(user)}")
    assert "shouted" in config
    root = project(tmp_path, {"kpi.yaml": config, KPI: text(KPI).replace("unit:", "segments: [shouted]\nunit:", 1)})
    ended = kpi(root, "check", "--format", "json")
    assert "personal-column" in {d["rule"] for d in ended.json["diagnostics"]}
    assert not [m for m in ended.json["measurements"] if m["segment"]]

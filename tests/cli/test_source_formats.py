"""Whatever an export is written in: the same rows give the same scorecard, and what is refused says what to do."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kpi_framework.evaluate.sources import text
from tests.cli.projects import kpi
from tests.workbooks import Error, Formula, write_workbook

pytestmark = pytest.mark.usefixtures("engine_inside")
HEADER = ["ticket_id", "created_at", "resolved_at", "priority", "mins", "note"]
ROWS = [
    [
        f"T{n}", f"2026-{1 + n % 3:02}-{1 + n % 27:02} 09:{n:02}:00",
        f"2026-{1 + n % 3:02}-{1 + n % 27:02} 1{n % 9}:30:00" if n % 5 else "",
        ("high", "low")[n % 2], f"{n * 1.25:g}", f'n "{n}", ü;\nx',
    ]
    for n in range(1, 31)
]  # fmt: skip
FORMULAS = {
    "vol": ("count(*)", "count"), "mean": ("avg(mins)", "minutes"), "notes": ("count(distinct note)", "count"),
    "slow": ("median(minutes_between(created_at, resolved_at))", "minutes"),
}  # fmt: skip
zstd: Any = import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")


def project(folder: Path, source: object, columns: Mapping[str, object] | None = None) -> None:
    """A project over this source, with a metric for each formula."""
    (folder / "kpis").mkdir(exist_ok=True)
    dataset = {
        "source": source, "key": "ticket_id", "time": "created_at", "complete_from": "2026-01-01",
        "complete_through": "2026-04-09",
        "columns": columns or {"mins": {"from": "mins", "type": "double", "unit": "minutes"}},
    }  # fmt: skip
    config = {"version": 1, "name": "A desk", "as_of": "2026-04-10", "timezone": "Europe/London"}
    (folder / "kpi.yaml").write_text(json.dumps({**config, "datasets": {"tickets": dataset}}))
    for name, (formula, unit) in FORMULAS.items():
        metric = {
            "version": 1, "kind": "metric", "id": name, "name": name, "description": "d", "counts": "elapsed time",
            "family": "quality", "dataset": "tickets", "formula": formula, "unit": unit, "segments": ["priority"],
        }  # fmt: skip
        (folder / f"kpis/{name}.yaml").write_text(json.dumps(metric))


def checked(folder: Path) -> dict[str, Any]:
    """What `kpi check` says of the project, as JSON."""
    report: dict[str, Any] = kpi(folder, "check", "--format", "json", "--periods", "4").json
    return report


def values(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All that was measured; how files are read is a part of what a definition means."""
    return [{k: v for k, v in m.items() if k != "definition"} for m in report["measurements"]]


def delimited(delimiter: str = ",", above: str = "") -> str:
    """The rows as text."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([HEADER, *ROWS])
    return above + out.getvalue()


def objects() -> list[dict[str, str | None]]:
    """The rows as JSON has them."""
    return [dict(zip(HEADER, [cell or None for cell in row], strict=True)) for row in ROWS]


def workbook(path: Path) -> None:
    """The rows with real times and numbers, below a title, in one of two sheets."""
    rows = [
        [r[0], *(dt.datetime.fromisoformat(t) if t else None for t in r[1:3]), r[3], float(r[4]), r[5]] for r in ROWS
    ]
    write_workbook(path, {"Notes": [["nothing"]], "Export": [["Tickets of the desk"], [], HEADER, *rows, []]})


def parquet(path: Path) -> None:
    """The rows with types of their own: times to the nanosecond, exact decimals."""
    rows = path.with_suffix(".csv")
    rows.write_text(delimited(), newline="")
    types = (
        "created_at::TIMESTAMP_NS AS created_at, resolved_at::TIMESTAMP_NS AS resolved_at, mins::DECIMAL(12, 4) AS mins"
    )
    query = f"SELECT * REPLACE ({types}) FROM read_csv('{rows}', all_varchar = true, header = true, quote = '\"')"  # noqa: S608
    relation = duckdb.sql(query)
    assert relation is not None
    relation.write_parquet(str(path))


def packed(content: bytes) -> bytes:
    """Packed with Zstandard."""
    packed_content: bytes = zstd.compress(content)
    return packed_content


NESTED = {
    "id": "ticket_id", "fields.created": "created_at", "fields.time.resolved": "resolved_at", "fields.prio": "priority",
    "fields.mins": "mins", "note": "note",
}  # fmt: skip


def nested() -> list[dict[str, Any]]:
    """The rows with their values inside of objects."""
    return [
        {
            "id": row["ticket_id"], "note": row["note"],
            "fields": {
                "created": row["created_at"], "time": {"resolved": row["resolved_at"]}, "prio": row["priority"],
                "mins": float(row["mins"] or 0), "tags": [{"a": 1}],
            },
        }
        for row in objects()
    ]  # fmt: skip


WAYS: dict[str, tuple[str, Callable[[], bytes] | Callable[[Path], None], dict[str, object]]] = {
    "csv.gz": ("t.csv.gz", lambda: gzip.compress(delimited().encode()), {}),
    "csv.zst": ("t.csv.zst", lambda: packed(delimited().encode()), {}),
    "tsv": ("t.tsv", lambda: delimited("\t").encode(), {}),
    "utf-16": ("t.tsv", lambda: delimited("\t").encode("utf-16"), {"encoding": "utf-16"}),
    "utf-16, big end first": (
        "t.csv", lambda: b"\xfe\xff" + delimited().encode("utf-16-be"), {"encoding": "utf-16"},
    ),
    "windows-1252": ("t.csv", lambda: delimited(";").encode("cp1252"), {"encoding": "windows-1252", "delimiter": ";"}),
    "any encoding, packed": ("t.csv.gz", lambda: gzip.compress(delimited().encode("cp850")), {"encoding": "cp850"}),
    "a mark": ("t.csv", lambda: delimited().encode("utf-8-sig"), {}),
    "titles": ("t.csv", lambda: delimited(above="A title,,\n\n").encode(), {"skip": 2}),
    "sep=": ("t.csv", lambda: delimited(";", "sep=;\n").encode("utf-8-sig"), {"delimiter": ";"}),
    "rows without values": ("t.csv", lambda: delimited().encode() + b",,,,,\r\n", {}),
    "json": ("t.json", lambda: json.dumps(objects()).encode(), {}),
    "json with a mark": ("t.json", lambda: json.dumps(objects()).encode("utf-8-sig"), {}),
    "json lines": ("t.jsonl", lambda: "\n".join(map(json.dumps, objects())).encode(), {}),
    "json.gz": ("t.json.gz", lambda: gzip.compress(json.dumps(objects()).encode()), {}),
    "envelope": (
        "t.json", lambda: json.dumps({"count": 30, "data": {"result": objects()}}, indent=1).encode(),
        {"records": "data.result"},
    ),
    "envelopes": (
        "t.json.zst",
        lambda: packed("\n".join(json.dumps({"x": objects()[a : a + 9]}) for a in range(0, 30, 9)).encode()),
        {"records": "x"},
    ),
    "xlsx": ("t.xlsx", workbook, {"sheet": "Export", "skip": 2}),
    "parquet": ("t.parquet", parquet, {}),
}  # fmt: skip


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The scorecard of the rows as CSV."""
    folder = tmp_path_factory.mktemp("plain")
    (folder / "t.csv").write_text(delimited(), newline="", encoding="utf-8")
    project(folder, "t.csv")
    measured = values(checked(folder))
    volumes = {m["period"]["start"]: m["value"] for m in measured if m["kpi"] == "vol" and not m["segment"]}
    assert volumes == {f"2026-{m:02}-01": 10 for m in (1, 2, 3)} | {"2025-12-01": None, "2026-04-01": 0}
    return measured


@pytest.mark.parametrize("way", WAYS)
def test_the_same_rows_are_the_same_scorecard(way: str, tmp_path: Path, plain: list[dict[str, Any]]) -> None:
    """Whatever they are written in: every value, count, interval and status."""
    name, write, options = WAYS[way]
    content = write(tmp_path / name) if write in (workbook, parquet) else write()  # type: ignore[call-arg]
    if isinstance(content, bytes):
        (tmp_path / name).write_bytes(content)
    project(tmp_path, {"path": name, **options})
    report = checked(tmp_path)
    assert values(report) == plain
    assert not [d for d in report["diagnostics"] if d["rule"] in ("contract-violation", "source-unreadable")]


def test_values_inside_of_objects_are_columns(tmp_path: Path, plain: list[dict[str, Any]]) -> None:
    """A column is called by the names that lead to it, with dots between them; many pages are one source."""
    for page in range(3):
        (tmp_path / f"page-{page}.json").write_text(json.dumps({"issues": nested()[page * 10 : page * 10 + 10]}))
    columns = {name: {"from": place} for place, name in NESTED.items()}
    columns["mins"] |= {"type": "double", "unit": "minutes"}
    project(tmp_path, {"path": "page-*.json", "records": "issues"}, columns)
    assert values(checked(tmp_path)) == plain


def test_a_run_leaves_no_copies_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was copied for the engine is gone when the run ends, whatever it holds."""
    made = tmp_path / "temporary"
    made.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(made))
    (tmp_path / "t.csv").write_bytes(delimited().encode("utf-16"))
    project(tmp_path, {"path": "t.csv", "encoding": "utf-16"})
    assert checked(tmp_path)["measurements"]
    assert list(made.iterdir()) == []


REFUSED: dict[str, tuple[str, bytes | Callable[[Path], None], dict[str, object], str]] = {
    "a title taken for the header": ("t.csv", delimited(above="A report,,,,,\n\n").encode(), {}, "`skip: 1`"),
    "no workbook": ("t.xlsx", b"PK\x03\x04 and then nothing", {}, ".xlsx"),
    "an old workbook": ("t.xlsx", b"\xd0\xcf\x11\xe0" + b"\0" * 99, {}, ".xlsx"),
    "a workbook called CSV": ("t.csv", workbook, {}, "format: xlsx"),
    "several sheets": ("t.xlsx", workbook, {}, "sheet: Notes"),
    "another sheet": ("t.xlsx", workbook, {"sheet": "Exports"}, "`Export`"),
    "no header there": ("t.xlsx", workbook, {"sheet": "Export", "skip": 1}, "skip:"),
    "not packed": ("t.csv.gz", b"id,b\n1,2\n", {}, "again"),
    "cut off": ("t.csv.gz", gzip.compress(delimited().encode() * 9)[:-40], {"encoding": "windows-1252"}, "again"),
    "not packed with Zstandard": ("t.csv.zst", b"id,b\n1,2\n", {}, "again"),
    "packed, and called CSV": ("t.csv", gzip.compress(b"id\n1\n"), {}, ".gz"),
    "another encoding": ("t.csv", delimited().encode("cp1252"), {}, "windows-1252"),
    "another delimiter is stated": ("t.csv", delimited(";", "sep=;\n").encode(), {}, "';'"),
    "no such list": ("t.json", json.dumps({"result": objects()}).encode(), {"records": "tickets"}, "`result`"),
    "no list": ("t.json", json.dumps({"result": {"a": 1}}).encode(), {"records": "result"}, "list"),
    "an envelope": ("t.json", json.dumps({"result": objects()}).encode(), {}, "records: result"),
    "half a document": ("t.json", b'{"result": [{"ticket_id": 1}, {"tick', {"records": "result"}, "again"),
    "no JSON": ("t.json", b'{"result": [1, 2', {}, "records:"),
    "one sign for two things": ("t.csv", delimited().encode(), {"decimal": ",", "thousands": ","}, "decimal"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_read_says_which_file_and_what_to_do(what: str, tmp_path: Path) -> None:
    """An error with the file's name and a remedy; the values are unknown."""
    name, content, options, remedy = REFUSED[what]
    if isinstance(content, bytes):
        (tmp_path / name).write_bytes(content)
    else:
        content(tmp_path / name)
    project(tmp_path, {"path": name, **options})
    report = checked(tmp_path)
    errors = [d for d in report["diagnostics"] if d["severity"] == "error"]
    assert [d for d in errors if remedy in f"{d['message']} {d['hint']}"], errors
    assert {m["value"] for m in report["measurements"]} <= {None}


def test_a_cell_of_a_workbook_without_its_value_is_a_bad_cell(tmp_path: Path) -> None:
    """An error such as #N/A, and a formula whose value was not saved: told, and no number stands on the others."""
    rows = [
        ["T1", dt.datetime(2026, 2, 3, 9), "high", 10], ["T2", dt.datetime(2026, 2, 4, 9), Error("#N/A"), 20],
        ["T3", dt.datetime(2026, 2, 5, 9), "low", Formula("D1*2")],
        ["T4", dt.datetime(2026, 2, 6, 9), "low", Error("#DIV/0!")],
        ["T5", dt.datetime(2026, 2, 7, 9), "low", Formula("D1*2", 20.0)],
    ]  # fmt: skip
    write_workbook(tmp_path / "t.xlsx", {"Export": [["ticket_id", "created_at", "priority", "mins"], *rows]})
    project(tmp_path, "t.xlsx")
    for name in ("notes", "slow"):
        (tmp_path / f"kpis/{name}.yaml").unlink()
    report = checked(tmp_path)
    bad = {d["message"].split(":")[0]: d["message"] for d in report["diagnostics"] if d["rule"] == "contract-violation"}
    assert set(bad) == {"tickets.mins", "tickets.priority"}
    assert "2 rows" in bad["tickets.mins"]
    assert "1 row" in bad["tickets.priority"]
    assert "t.xlsx:Export!D4" in bad["tickets.mins"]
    assert "t.xlsx:Export!C3" in bad["tickets.priority"]
    judged = {
        m["kpi"]: m["value"]
        for m in report["measurements"]
        if m["period"]["start"] == "2026-02-01" and not m["segment"]
    }
    assert judged["mean"] is None


def test_a_packed_file_does_not_fill_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is larger than it may be once it is unpacked is refused, and its copy is gone."""
    monkeypatch.setattr(text, "MAX_UNPACKED", 10_000)
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(delimited().encode("cp1252") + b"T,,,,,\n" * 100_000))
    project(tmp_path, {"path": "t.csv.gz", "encoding": "windows-1252"})
    errors = [d for d in checked(tmp_path)["diagnostics"] if d["severity"] == "error"]
    assert "t.csv.gz" in errors[0]["message"]
    assert "several files" in errors[0]["hint"]

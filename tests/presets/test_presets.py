"""Every vendor's export means what a person reads in it: names, words, times, durations, signs."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlglot import exp

from kpi_framework.compile.dataset.dedupe import table_name
from kpi_framework.compile.definition import table_of
from kpi_framework.compile.language.syntax import parse
from kpi_framework.evaluate.completion import Loaded, Wanted
from kpi_framework.evaluate.engine.duckdb import DuckWorker, WorkerLimits
from kpi_framework.evaluate.session import Session
from kpi_framework.evaluate.sources.formats import columns_without_engine, find_files
from kpi_framework.load.catalog import load_catalog
from kpi_framework.load.library import shipped_contracts, shipped_presets
from kpi_framework.load.write import as_yaml
from kpi_framework.model.catalog import Catalog
from kpi_framework.model.project import Contract
from tests.cli.projects import kpi
from tests.presets.vendors import SHAPES, Shape

pytestmark = pytest.mark.usefixtures("engine_inside")


def catalog_of(root: Path, dataset: dict[str, Any]) -> Catalog:
    """A project with one dataset."""
    text = as_yaml({"version": 1, "name": "Desk", "datasets": {"tickets": dataset}})
    catalog, findings = load_catalog({"kpi.yaml": text}, shipped_contracts())
    assert findings == ()
    assert catalog is not None
    return catalog


def read(root: Path, dataset: dict[str, Any], names: set[str]) -> tuple[list[dict[str, Any]], Loaded]:
    """The canonical rows of a dataset, as the engine has them."""
    catalog = catalog_of(root, dataset)
    whole = catalog.datasets["tickets"]
    table = table_of(catalog, "tickets", columns_without_engine(whole, root, ()))
    terms = {n: table.scope.term(n) for n in sorted(names)}
    reached = table.source_columns(frozenset(names))
    with Session(lambda: DuckWorker(WorkerLimits())) as session:
        as_of = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
        wanted = Wanted(table, find_files(whole, root, ()), reached, as_of)
        session.admit([wanted.files])
        session.read(wanted)
        loaded = session.complete(wanted)
        query = exp.select(*(exp.alias_(t.sql, n) for n, t in terms.items())).from_(table_name(table))
        rows = [dict(zip(terms, row, strict=True)) for row in session.fetch(query)]
    return sorted(rows, key=lambda r: str(r["ticket_id"])), loaded


def plain(value: Any) -> Any:
    """A value of the engine as the shapes write it."""
    return value.replace(" ", "T") if isinstance(value, str) and value[4:5] == "-" and value[10:11] == " " else value


@pytest.mark.parametrize("name", SHAPES)
def test_an_export_means_what_a_person_reads_in_it(name: str, tmp_path: Path) -> None:
    """Each named cell of each row, through `preset:` alone and the options that only the exporting person knows."""
    shape = SHAPES[name]
    (tmp_path / "export.csv").write_bytes(shape.text.encode(shape.encoding))
    dataset = {"source": {"path": "export.csv", **shape.options}, "preset": shape.preset}
    rows, loaded = read(tmp_path, dataset, {n for row in shape.rows for n in row})
    assert [{n: plain(row[n]) for n in wanted} for row, wanted in zip(rows, shape.rows, strict=True)] == shape.rows
    assert (loaded.misfits, loaded.words) == ({}, {})


def test_every_preset_has_an_export_that_it_reads() -> None:
    """A preset that nobody tried on the shape of an export promises nothing."""
    assert {shape.preset for shape in SHAPES.values()} == set(shipped_presets())


def contract_of(preset: str) -> Contract:
    """The contract that a preset follows."""
    return shipped_contracts()[shipped_presets()[preset].contract]


@pytest.mark.parametrize("name", sorted(shipped_presets()))
def test_a_preset_keeps_its_contract(name: str) -> None:
    """Its words are canonical ones, what the contract requires is there, and its derived columns name its own."""
    preset, contract = shipped_presets()[name], contract_of(name)
    assert {n for n, c in contract.columns.items() if c.required} <= preset.columns.keys()
    for column, mapping in preset.columns.items():
        words = contract.columns[column].values if column in contract.columns else ()
        assert not words or set(mapping.values.values()) <= set(words), column
        assert not (column in contract.columns and mapping.type), f"{column} is typed by the contract"
    names = {*preset.columns, *preset.derive}
    for text in preset.derive.values():
        assert {c.name for c in parse(text).find_all(exp.Column)} <= names
    assert preset.key in preset.columns


def test_what_kpi_yaml_says_wins(tmp_path: Path) -> None:
    """A mapped column, a derived one and a reading option replace the preset's; the rest of it stays."""
    rows = "A,05.01.2026 09:00,7,true,-,9\nB,06.01.2026 09:00,1,false,1,8\n"
    (tmp_path / "a.csv").write_text(f"number,opened_at,state,made_sla,priority,u_state\n{rows}")
    dataset = {
        "source": {"path": "a.csv", "timestamps": "%d.%m.%Y %H:%M", "nulls": ["-"]},
        "preset": "servicenow",
        "columns": {"status": {"from": "u_state", "values": {"9": "closed", "8": "open"}}},
        "derive": {"sla_met": "status = 'closed'"},
    }
    read_rows, _ = read(tmp_path, dataset, {"ticket_id", "status", "sla_met", "priority", "created_at"})
    assert [(r["ticket_id"], r["status"], r["sla_met"], r["priority"]) for r in read_rows] == [
        ("A", "closed", True, None),
        ("B", "open", False, "critical"),
    ]


def test_a_cell_of_another_zone_does_not_fit(tmp_path: Path) -> None:
    """Times that name another zone than the source's are counted as misfits, and never read in the wrong one."""
    shape: Shape = SHAPES["otrs"]
    (tmp_path / "a.csv").write_text(shape.text)
    dataset = {"source": {"path": "a.csv", "timezone": "Europe/Berlin"}, "preset": "otrs"}
    rows, loaded = read(tmp_path, dataset, {"ticket_id", "created_at"})
    assert [r["created_at"] for r in rows] == [None, None]
    assert loaded.misfits["created_at"] == 2


def test_misfits_of_a_duration_are_counted(tmp_path: Path) -> None:
    """A cell of another form is missing, and said to be."""
    (tmp_path / "a.csv").write_text(
        "Issue key,Issue id,Created,Custom field (Time to resolution)\nA,1,,1h 30m\nB,2,,1:30\n"
    )
    rows, loaded = read(
        tmp_path,
        {"source": "a.csv", "preset": "jira_service_management"},
        {"ticket_id", "resolution_remaining_minutes"},
    )
    assert [r["resolution_remaining_minutes"] for r in rows] == [None, 90]
    assert loaded.misfits["resolution_remaining_minutes"] == 1


def test_a_duration_can_have_another_unit(tmp_path: Path) -> None:
    """`unit: hours` makes hours of it."""
    (tmp_path / "a.csv").write_text("ticket_id,created_at,spent\nA,2026-01-05,-5400\n")
    column = {"from": "spent", "duration": "seconds", "unit": "hours"}
    rows, _ = read(tmp_path, {"source": "a.csv", "columns": {"spent": column}}, {"ticket_id", "spent"})
    assert rows[0]["spent"] == -1.5


def test_a_preset_reads_parquet_too(tmp_path: Path) -> None:
    """Columns that have types of their own: numbers, moments and intervals are durations as well."""
    duckdb.execute(
        f"""COPY (SELECT 'INC1' AS number, TIMESTAMP '2026-01-05 09:00:00' AS opened_at, 5400 AS calendar_stc,
        TIMESTAMP '1970-01-01 02:30:00' AS time_worked, true AS made_sla) TO '{tmp_path / "a.parquet"}'"""
    )
    metric = "version: 1\nkind: metric\nid: m\nname: M\ndataset: tickets\nunit: minutes\n"
    for one in ("resolution_minutes", "handle_minutes"):
        path = tmp_path / "kpis" / f"m_{one}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(metric.replace("id: m", f"id: m_{one}") + f"formula: sum({one})\n")
    source = {"tickets": {"source": "a.parquet", "preset": "servicenow", "complete_from": "2026-01-01"}}
    project = {"version": 1, "name": "Desk", "as_of": "2026-02-10", "datasets": source}
    (tmp_path / "kpi.yaml").write_text(as_yaml(project))
    found = kpi(tmp_path, "check", "--format", "json").json["measurements"]
    assert {m["kpi"]: m["value"] for m in found if m["population"]} == {
        "m_resolution_minutes": 90,
        "m_handle_minutes": 150,
    }

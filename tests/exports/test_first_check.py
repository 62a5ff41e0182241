"""Any desk's export goes in, and the first check says something true: the columns are right, and so are the figures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from kpi_framework.load.catalog import load_catalog
from kpi_framework.load.library import shipped_contracts
from kpi_framework.model.header import snake_case
from tests.cli.projects import kpi
from tests.exports.desk import Ticket, figures, tickets
from tests.exports.shapes import SHAPES, Shape, written

pytestmark = pytest.mark.usefixtures("engine_inside")

DESK = tickets()
TOLD = ("ticket_id", "created_at", "first_response_at", "resolved_at", "closed_at", "status", "priority")


def begun(folder: Path, shape: Shape, desk: list[Ticket], *arguments: str) -> dict[str, str]:
    """`kpi init` over the file that a shape makes of a desk; the header of each canonical column."""
    text, headers = written(shape, desk)
    path = folder / f"export.{shape.ending}"
    path.write_bytes(text.encode(shape.encoding))
    ended = kpi(folder, "init", "p", "--from", str(path), "--timezone", "UTC", *arguments)
    assert ended.code == 0, ended.out + ended.err
    return headers


def dataset(folder: Path) -> Any:
    """The dataset that was written."""
    catalog, findings = load_catalog({"kpi.yaml": (folder / "p" / "kpi.yaml").read_text()}, shipped_contracts())
    assert catalog is not None, findings
    return catalog.project.noun.datasets["tickets"]


def judged(folder: Path) -> Mapping[str, Mapping[str, Any]]:
    """What the first check says of the judged month, overall."""
    ended = kpi(folder / "p", "check", "--format", "json")
    assert ended.code == 0, ended.out[:3000]
    return {m["kpi"]: m for m in ended.json["measurements"] if m["judged"] and not m["segment"]}


@pytest.mark.parametrize("name", SHAPES)
def test_the_first_check_is_right(name: str, tmp_path: Path) -> None:
    """Every column of a ticket is found, and volume, time to resolve, backlog and first reply are those of a person."""
    shape = SHAPES[name]
    headers = begun(tmp_path, shape, DESK)
    proposed = dataset(tmp_path)
    assert proposed.preset == shape.preset
    if shape.preset is None:
        plain = {snake_case(header): header for header in headers.values()}
        found = plain | {column: mapping.from_ for column, mapping in proposed.columns.items()}
        assert {c: found.get(c) for c in TOLD if c in headers} == {c: headers[c] for c in TOLD if c in headers}
    wanted = figures(DESK, ends=shape.ends, has_reply="first_response_at" in shape.header)
    measured = judged(tmp_path)
    assert measured["ticket_volume"]["period"]["start"] == "2026-03-01"
    assert measured["ticket_volume"]["value"] == wanted.volume
    assert measured["time_to_resolution"]["value"] == pytest.approx(wanted.hours)
    assert measured["ticket_backlog"]["value"] == wanted.backlog
    if wanted.reply is not None:
        assert measured["first_response_time"]["value"] == pytest.approx(wanted.reply)
    assert measured["time_to_resolution"]["would_be"] in ("met", "near", "missed")


@pytest.mark.parametrize("name", SHAPES)
def test_no_rule_fires_about_what_init_wrote(name: str, tmp_path: Path) -> None:
    """Findings of the first check are about the data, never about a definition; lint has none at all."""
    begun(tmp_path, SHAPES[name], DESK)
    lint = kpi(tmp_path / "p", "lint", "--format", "json")
    assert (lint.code, lint.json["diagnostics"]) == (0, [])
    check = kpi(tmp_path / "p", "check", "--format", "json").json
    assert {d["rule"] for d in check["diagnostics"]} <= {"left-cut", "unfinished-ticket", "data-begin"}

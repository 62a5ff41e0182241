"""Baselines whose data or definition cannot be read: said at the place, with exit 1, and nothing is written."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.cli.projects import Ended, kpi, project

pytestmark = pytest.mark.usefixtures("engine_inside")

SAMPLE = Path(__file__).parents[2]
DERIVED, MEASURED, APART = "cost_per_ticket", "first_response_time", "csat"


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """The sample project of this repository without its tickets."""
    for name in ("kpis", "baselines", "data"):
        shutil.copytree(SAMPLE / name, tmp_path / name)
    shutil.copy(SAMPLE / "kpi.yaml", tmp_path / "kpi.yaml")
    (tmp_path / "data/tickets.csv").unlink()
    return tmp_path


def found(ended: Ended) -> set[tuple[str, str]]:
    """The rules that were found, and in which files."""
    diagnostics: list[dict[str, Any]] = ended.json["diagnostics"]
    return {(d["rule"], d["path"]) for d in diagnostics}


def definition(root: Path, one: str) -> Path:
    """The file of a definition."""
    return next((root / "kpis").rglob(f"{one}.yaml"))


UNREADABLE = ("source-unreadable", "kpi.yaml")


@pytest.mark.parametrize("ids", [(), (MEASURED,), (DERIVED,)])
def test_a_baseline_without_its_data_is_not_verified(ids: tuple[str, ...], sample: Path) -> None:
    """All baselines, a measured and a derived one: the source is a finding in kpi.yaml, and nothing else is one."""
    ended = kpi(sample, "baseline", "verify", *ids, "--format", "json")
    assert (ended.code, found(ended)) == (1, {UNREADABLE})


def test_a_baseline_on_other_data_is_verified_as_before(sample: Path) -> None:
    """A named KPI that needs nothing of the lost source passes; its freezing changes nothing."""
    ended = kpi(sample, "baseline", "verify", APART, "--format", "json")
    assert (ended.code, found(ended)) == (0, set())
    assert kpi(sample, "baseline", "freeze", APART).code == 0


def test_a_changed_definition_is_stale_even_without_data(sample: Path) -> None:
    """What kpi.yaml names is enough to know that a definition is another one, whatever its segments are."""
    path = definition(sample, MEASURED)
    path.write_text(path.read_text(encoding="utf-8").replace("median(", "avg("), encoding="utf-8")
    ended = kpi(sample, "baseline", "verify", "--format", "json")
    assert (ended.code, found(ended)) == (1, {UNREADABLE, ("baseline-stale", f"baselines/{MEASURED}.yaml")})


def test_a_definition_in_columns_nobody_named_is_not_called_stale(sample: Path) -> None:
    """Where only the data could say what a column is, the unreadable source is all that is said."""
    path = sample / "kpi.yaml"
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if "first_response_at:" not in line]
    path.write_text("\n".join(kept), encoding="utf-8")
    ended = kpi(sample, "baseline", "verify", MEASURED, "--format", "json")
    assert ended.code == 1
    assert UNREADABLE in found(ended)
    assert "baseline-stale" not in {rule for rule, _ in found(ended)}


@pytest.mark.parametrize("spoiled", ["definition", "baseline", "dataset"])
def test_what_cannot_be_compared_is_never_green(spoiled: str, sample: Path) -> None:
    """A definition or a frozen file that is no YAML, a dataset that does not exist: each is an error in its file."""
    shutil.copy(SAMPLE / "data/tickets.csv", sample / "data/tickets.csv")
    path = sample / f"baselines/{MEASURED}.yaml" if spoiled == "baseline" else definition(sample, MEASURED)
    before = path.read_text(encoding="utf-8")
    after = before.replace("dataset: tickets", "dataset: letters") if spoiled == "dataset" else f"{before}\n: [\n"
    path.write_text(after, encoding="utf-8")
    ended = kpi(sample, "baseline", "verify", "--format", "json")
    assert ended.code == 1
    assert path.relative_to(sample).as_posix() in {where for _, where in found(ended)}


@pytest.mark.parametrize("one", [MEASURED, DERIVED])
def test_freezing_without_data_names_the_source_and_writes_nothing(one: str, sample: Path) -> None:
    """The finding with the path of the data stands where the file's name would; exit 1, and no file."""
    (sample / f"baselines/{one}.yaml").unlink()
    ended = kpi(sample, "baseline", "freeze", one)
    assert ended.code == 1
    assert all(part in ended.out for part in ("kpi.yaml:", "source-unreadable", "data/tickets.csv"))
    assert not (sample / f"baselines/{one}.yaml").exists()


@pytest.mark.parametrize("one", [MEASURED, DERIVED])
def test_showing_without_data_shows_the_finding(one: str, sample: Path) -> None:
    """In every format: the definition, and the source that cannot be read; exit 1."""
    ended = kpi(sample, "show", one, "--format", "json")
    assert (ended.code, found(ended), ended.json["kpi"]) == (1, {UNREADABLE}, one)
    for form in ("text", "markdown"):
        ended = kpi(sample, "show", one, "--format", form)
        assert ended.code == 1
        assert all(part in ended.out for part in (one, "source-unreadable"))
    ended = kpi(sample, "show", APART, "--format", "json")
    assert (ended.code, found(ended)) == (0, set())


def test_a_part_that_no_file_can_name_is_said_and_no_file_is_written(tmp_path: Path) -> None:
    """A segment's value with a NUL in it, as Parquet can hold: freezing names it, and the project still lints."""
    (tmp_path / "data").mkdir()
    duckdb.connect().sql("""
        SELECT i::VARCHAR AS ticket_id, TIMESTAMP '2026-01-05 09:00' + INTERVAL 1 MONTH * (i % 3) AS created_at,
               CASE WHEN i % 2 = 1 THEN 'first' || chr(0) || 'line' ELSE 'second' END AS team
        FROM range(60) AS t(i)
    """).write_parquet(str(tmp_path / "data/tickets.parquet"))
    (tmp_path / "kpi.yaml").write_text(
        "version: 1\nname: Desk\nas_of: 2026-04-05\n"
        "datasets: {t: {source: data/tickets.parquet, time: created_at, key: ticket_id, complete_from: 2026-01-01}}\n"
    )
    (tmp_path / "kpis").mkdir()
    (tmp_path / "kpis/volume.yaml").write_text(
        "version: 1\nid: volume\nname: Volume\ndescription: Tickets.\nowner: a@example.com\ndataset: t\n"
        "formula: count(*)\nunit: count\nsegments: [team]\nbaseline: {from: 2026-01-01, to: 2026-02-28}\n"
        "target: {at_most: 50}\n"
    )
    ended = kpi(tmp_path, "baseline", "freeze")
    assert ended.code == 1
    assert "not frozen volume" in ended.out + ended.err
    assert "NUL" in ended.out + ended.err
    assert not (tmp_path / "baselines/volume.yaml").exists()


def test_days_that_are_not_over_are_not_frozen(tmp_path: Path) -> None:
    """A baseline of two months is no baseline in the middle of the second; on its last day's evening it is."""
    root = project(tmp_path)
    ended = kpi(root, "baseline", "freeze", "fix_time", "--as-of", "2026-02-27")
    assert ended.code == 1
    assert "2026-02-28" in ended.out + ended.err
    assert not (root / "baselines").exists()
    assert kpi(root, "baseline", "freeze", "fix_time", "--as-of", "2026-02-28").code == 0
    assert (root / "baselines/fix_time.yaml").is_file()

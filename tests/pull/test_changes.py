"""What a change of a connection means for the numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.projects import kpi
from tests.history.repository import Repository
from tests.pull.desks import fill_sqlite, project, pull, rows, table_source

pytestmark = pytest.mark.usefixtures("engine_inside")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("KPI_TICKETS_URL", "KPI_OTHER_URL", "connection"), ("table: tickets", "table: others", "table"),
        ("data/tickets.parquet", "data/others.parquet", "into"),
    ],
)  # fmt: skip
def test_another_connection_or_table_is_other_data(old: str, new: str, field: str, tmp_path: Path) -> None:
    """It is restating, whatever the hashes of the definitions say."""
    fill_sqlite(tmp_path / "desk.db", list(rows(30)))
    folder = project(tmp_path, table_source("tickets"))
    assert pull(folder, "sqlite:///desk.db").code == 0
    repository = Repository(folder)
    repository.git("init", "-q")
    repository.commit("begin")
    text = (folder / "kpi.yaml").read_text()
    repository.write("kpi.yaml", text.replace(old, new))
    repository.commit("another\n\nReason: it moved to the new server last week")
    changes = kpi(folder, "diff", "HEAD~1", "HEAD", "--no-impact", "--format", "json").json["changes"]
    assert [(c["class"], c["field"]) for c in changes] == [("restating", f"datasets.tickets.source.{field}")]


def test_a_revision_has_its_snapshot_with_its_manifest(tmp_path: Path) -> None:
    """What `kpi check --at` reads is the pair of that commit."""
    fill_sqlite(tmp_path / "desk.db", list(rows(30)))
    folder = project(tmp_path, table_source("tickets"))
    assert pull(folder, "sqlite:///desk.db").code == 0
    repository = Repository(folder)
    repository.git("init", "-q")
    repository.commit("begin")
    (folder / "desk.db").unlink()
    fill_sqlite(folder / "desk.db", list(rows(60)))
    assert pull(folder, "sqlite:///desk.db").code == 0
    repository.commit("later")
    earlier, later = (
        kpi(folder, "check", "--at", name, "--format", "json").json["measurements"] for name in ("HEAD~1", "HEAD")
    )
    backlogs = [max(m["value"] or 0 for m in ms if m["kpi"] == "backlog") for ms in (earlier, later)]
    assert 0 < backlogs[0] < backlogs[1]

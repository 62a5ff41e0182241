"""The door for Python: the scorecard of `kpi check`, as values."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import kpi_framework

ROOT = Path(__file__).parent.parent.parent
SAMPLE = ROOT / "examples" / "it-department"
PUBLIC = {"KpiError", "Scorecard", "check", "columns"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample project, in a folder of its own."""
    return Path(shutil.copytree(SAMPLE, tmp_path_factory.mktemp("api") / "desk"))


def files_of(folder: Path) -> dict[Path, bytes]:
    """What a folder holds."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_values_are_those_of_the_command(desk: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A notebook and scorecard.json have the same measurements; the function writes nothing and prints nothing."""
    before = files_of(desk)
    scorecard = kpi_framework.check(desk, periods=6)
    assert files_of(desk) == before
    assert capfd.readouterr() == ("", "")
    done = subprocess.run(
        [sys.executable, "-m", "kpi_framework", "check", "--project", desk, "--periods", "6", "--scorecard", tmp_path],
        capture_output=True, check=False,
    )  # fmt: skip
    written = json.loads((tmp_path / "scorecard.json").read_text(encoding="utf-8"))
    assert scorecard.verdict.exit_code == done.returncode == 1
    table = kpi_framework.columns(scorecard)
    for column in ("kpi", "value", "status", "population", "measured", "missing", "excluded", "judged", "definition"):
        assert table[column] == [m[column] for m in written["measurements"]], column
    assert {len(cells) for cells in table.values()} == {len(written["measurements"])}


def test_what_was_asked_for(desk: Path) -> None:
    """Day, number of periods and definitions are chosen as on the command line."""
    scorecard = kpi_framework.check(str(desk), as_of=dt.date(2026, 3, 31), periods=2, only=["availability"])
    assert {m.kpi for m in scorecard.measurements} >= {"availability"}
    assert max(m.period.end for m in scorecard.measurements if m.judged) == dt.date(2026, 4, 1)
    assert len(scorecard.judged()) < len(kpi_framework.check(desk, periods=2).judged())


@pytest.mark.parametrize(
    ("wish", "names"),
    [
        ({"only": ["no_such_kpi"]}, "no_such_kpi"),
        ({"only": "availability"}, "only"),
        ({"periods": 0}, "0 periods"),
        ({"periods": 401}, "401 periods"),
    ],
)
def test_a_wish_that_cannot_be_met(desk: Path, wish: dict[str, Any], names: str) -> None:
    """It is refused by name; no other scorecard is returned in its place."""
    with pytest.raises(kpi_framework.KpiError, match=names):
        kpi_framework.check(desk, **wish)


@pytest.mark.parametrize(("text", "names"), [(None, "kpi.yaml"), ("name: [", "kpi.yaml:1"), ("", "kpi.yaml:1")])
def test_no_scorecard_is_an_error(tmp_path: Path, text: str | None, names: str) -> None:
    """Without a readable kpi.yaml there is no scorecard, and the error says so."""
    if text is not None:
        (tmp_path / "kpi.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(kpi_framework.KpiError, match=names) as raised:
        kpi_framework.check(tmp_path)
    assert raised.value.__notes__ == [raised.value.hint]


def test_a_broken_definition_is_a_finding(desk: Path, tmp_path: Path) -> None:
    """What can be computed is; the rest is among the findings, and the verdict fails."""
    copy = Path(shutil.copytree(desk, tmp_path / "desk"))
    (copy / "kpis" / "broken.yaml").write_text("id: broken\n", encoding="utf-8")
    scorecard = kpi_framework.check(copy, periods=1)
    assert scorecard.judged()
    assert any(d.span.path == "kpis/broken.yaml" for d in scorecard.diagnostics)
    assert scorecard.verdict.exit_code == 1


def test_what_is_public() -> None:
    """The names that are versioned are these; importing the package reads nothing else."""
    assert set(kpi_framework.__all__) == PUBLIC
    assert all(getattr(kpi_framework, name) for name in PUBLIC)
    with pytest.raises(AttributeError, match="no_such"):
        _ = kpi_framework.no_such
    done = subprocess.run(
        [sys.executable, "-c", "import sys, kpi_framework; print([m for m in sys.modules if 'kpi_framework.' in m])"],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.stdout.strip() == "[]"

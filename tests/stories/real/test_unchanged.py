"""The results over real files are byte for byte those of the last change that said it would change them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.conftest import Golden
from tests.stories.fingerprints import checked, scorecard_lines

HERE = Path(__file__).parent
DATA = Path(os.environ.get("KPI_REAL_DATA", HERE.parents[3] / "shared" / "data"))

if not DATA.is_dir():
    pytest.skip(f"{DATA} is not there: the real files lie beside this repository", allow_module_level=True)


@pytest.mark.parametrize("project", ["boston", "events", "servicenow"])
def test_values_are_what_they_were(project: str, tmp_path: Path, golden: Golden) -> None:
    """Every value, status and hash; only words that people read may be others."""
    root = tmp_path / project
    shutil.copytree(HERE / project, root)
    config = root / "kpi.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("@DATA@", DATA.as_posix()), encoding="utf-8")
    golden(f"{project}.txt", "\n".join(scorecard_lines(checked(root, "--allow-path", str(DATA)))) + "\n")

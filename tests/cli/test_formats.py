"""Each machine format of `kpi lint` parses as what it says it is."""

from __future__ import annotations

import json
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.cli.projects import kpi

BAD = Path(__file__).parents[1] / "rules"


@pytest.mark.parametrize("form", ["json", "sarif", "gitlab", "junit"])
def test_a_format_parses_as_what_it_is(form: str, tmp_path: Path) -> None:
    """A failing lint still writes a whole document."""
    for side in ("project", "missing-owner/bad"):
        shutil.copytree(BAD / side, tmp_path, dirs_exist_ok=True)
    ended = kpi(tmp_path, "lint", "--format", form)
    assert ended.code == 1
    assert (ET.fromstring if form == "junit" else json.loads)(ended.out) is not None

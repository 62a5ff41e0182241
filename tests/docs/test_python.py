"""docs/python.md: its first example runs, and what it calls public is there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import kpi_framework

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")


def test_the_first_example_runs() -> None:
    """Who pastes it in a clone sees the verdict and a line for each judged KPI."""
    example = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0]
    done = subprocess.run(
        [sys.executable, "-c", example], cwd=ROOT, capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    first, *others = done.stdout.splitlines()
    assert first.startswith("False ")
    assert len(others) == len(kpi_framework.check(ROOT / "examples" / "it-department").judged())


def test_what_the_page_calls_public_is_there(tmp_path: Path) -> None:
    """Each name of the list can be reached on the object it is said of."""
    desk = Path(shutil.copytree(ROOT / "examples" / "it-department", tmp_path / "desk"))
    (desk / "kpis" / "broken.yaml").write_text("id: broken\n", encoding="utf-8")
    scorecard = kpi_framework.check(desk, periods=1)
    things = {
        "scorecard": scorecard, "measurement": scorecard.measurements[0], "diagnostic": scorecard.diagnostics[0],
    }  # fmt: skip
    listed = PAGE.split("## What is public")[1]
    for name, thing in things.items():
        item = re.search(rf"- of a {name}: (.*?);\n-", listed, re.DOTALL)
        assert item is not None, name
        # What stands in parentheses are the fields of a field.
        attributes = re.findall(r"`(\w+)(?:`|\()", re.sub(r" \(.*?\)", "", item.group(1), flags=re.DOTALL))
        assert len(attributes) > 6, name
        assert [a for a in attributes if not hasattr(thing, a)] == [], name

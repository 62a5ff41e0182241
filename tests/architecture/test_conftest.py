"""The suite's own promises: no silent skip, no orphaned golden."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
SKIPPING = "import pytest\n\ndef test_it(): pytest.skip('no engine')\n\ndef test_other(): pass\n"
COMPARING = "def test_it(golden): golden('it.txt', 'now')\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with this suite's conftest and nothing on its list of skips."""
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\ntestpaths = ['tests']\n")
    (tmp_path / "tests").mkdir()
    shutil.copy(TESTS / "conftest.py", tmp_path / "tests")
    (tmp_path / "tests/allowed_skips.txt").write_text("# none\n")
    return tmp_path


def write(project: Path, test: str, golden: str | None = None) -> None:
    """Put a test module there, and the golden it compares with."""
    (project / "tests/test_sample.py").write_text(test)
    if golden is not None:
        (project / "tests/goldens").mkdir()
        (project / "tests/goldens/it.txt").write_text(golden)


def run(project: Path, *options: str, **environment: str) -> int:
    """The exit code of pytest there."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KPI_", "PYTEST_"))}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    return subprocess.run(command, cwd=project, env=kept | environment, check=False).returncode


def test_an_unlisted_skip_fails(project: Path) -> None:
    """A test that did not run is not a test that passed."""
    write(project, SKIPPING)
    assert run(project) == 1


def test_an_unlisted_skip_of_a_module_fails(project: Path) -> None:
    """A whole module cannot vanish from the run either."""
    write(project, "import pytest\npytest.importorskip('no_such_library')\n")
    assert run(project) != 0


def test_a_listed_skip_passes(project: Path) -> None:
    """What needs a tool that the machine lacks may be skipped once the list says so."""
    write(project, SKIPPING)
    (project / "tests/allowed_skips.txt").write_text("tests/test_sample.py::test_it  no engine here\n")
    assert run(project) == 0


def test_a_listing_needs_a_reason(project: Path) -> None:
    """A line of the list without a reason stops the run."""
    write(project, SKIPPING)
    (project / "tests/allowed_skips.txt").write_text("tests/test_sample.py::test_it\n")
    assert run(project) not in (0, 5)


def test_continuous_integration_can_refuse_every_skip(project: Path) -> None:
    """With KPI_NO_SKIPS=1 the list allows nothing."""
    write(project, SKIPPING)
    (project / "tests/allowed_skips.txt").write_text("tests/test_sample.py::test_it  no engine here\n")
    assert run(project, KPI_NO_SKIPS="1") == 1


def test_an_expected_failure_is_no_skip(project: Path) -> None:
    """An xfail did run; it is reported as such."""
    write(project, "import pytest\n\n@pytest.mark.xfail\ndef test_it(): assert False\n")
    assert run(project, KPI_NO_SKIPS="1") == 0


@pytest.mark.parametrize("golden", [None, "before"])
def test_a_missing_or_other_golden_fails(project: Path, golden: str | None) -> None:
    """A text that is not the expected one fails, and so does one without an expectation."""
    write(project, COMPARING, golden)
    assert run(project) == 1


@pytest.mark.parametrize("golden", [None, "before"])
def test_one_flag_renews_goldens(project: Path, golden: str | None) -> None:
    """After --update-goldens the file is the text, and the run without the flag passes."""
    write(project, COMPARING, golden)
    assert run(project, "--update-goldens") == 0
    assert (project / "tests/goldens/it.txt").read_text() == "now"
    assert run(project) == 0


@pytest.mark.parametrize("workers", ["0", "1"])
def test_an_orphaned_golden_fails_a_whole_run(project: Path, workers: str) -> None:
    """An expected text that no test compares is found, with workers too; a partial run can't know."""
    write(project, COMPARING, "now")
    assert run(project, "-n", workers) == 0
    (project / "tests/goldens/left.txt").write_text("nobody reads this")
    assert run(project, "-n", workers) == 1
    assert run(project, "-n", workers, "tests/test_sample.py") == 0


def test_every_listed_skip_names_something_that_is_there() -> None:
    """The list shrinks with the suite: each prefix begins with a path that exists."""
    lines = (TESTS / "allowed_skips.txt").read_text().splitlines()
    prefixes = [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]
    missing = [prefix for prefix in prefixes if not (TESTS.parent / prefix.split("::")[0]).exists()]
    assert missing == []

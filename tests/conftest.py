"""What every test can count on: no silent skip, and expected texts that one flag renews.

A skip that `allowed_skips.txt` does not list fails, and with KPI_NO_SKIPS=1 every skip does: a test that
did not run has shown nothing. The `golden` fixture compares a text with the file of that name in the
`goldens` folder beside the test; a whole run fails on a golden that no test compared.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

HERE = Path(__file__).parent
COMPARED = pytest.StashKey[set[str]]()
Golden = Callable[[str, str], None]

# A busy machine fails no property: nothing is timed. On CI each run draws the same examples, so that what
# turns red is the change; everywhere a failure prints what draws it again.
settings.register_profile(
    "kpi",
    deadline=None,
    print_blob=True,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("kpi")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the one flag that renews expected texts."""
    parser.addoption("--update-goldens", action="store_true", help="write what the tests compare with")


def pytest_configure(config: pytest.Config) -> None:
    """Start with no golden compared."""
    config.stash[COMPARED] = set()


# Skips


def allowed_skips() -> dict[str, str]:
    """The listed test-id prefixes and the reason of each; a line without a reason is an error."""
    lines = (HERE / "allowed_skips.txt").read_text(encoding="utf-8").splitlines()
    entries = [line.split(maxsplit=1) for line in lines if line.strip() and not line.startswith("#")]
    bare = [entry[0] for entry in entries if len(entry) == 1]
    if bare:
        raise pytest.UsageError(f"allowed_skips.txt gives no reason for {', '.join(bare)}")
    return dict(entries)


def _fail_unlisted_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if not report.skipped or hasattr(report, "wasxfail"):
        return
    listed = report.nodeid.startswith(tuple(allowed_skips()))
    if listed and os.environ.get("KPI_NO_SKIPS") != "1":
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
    why = "KPI_NO_SKIPS=1 allows no skip" if listed else "tests/allowed_skips.txt does not list this skip"
    report.outcome = "failed"
    report.longrepr = f"{report.nodeid}: {why} ({reason})"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test whose skip is not listed."""
    report = yield
    _fail_unlisted_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Fail a module whose skip is not listed."""
    report = yield
    _fail_unlisted_skip(report)
    return report


# The engine


@pytest.fixture(scope="module")
def engine_inside() -> Iterator[None]:
    """Run the SQL of a module's commands in this process: for tests whose promise is not about the worker."""
    from tests.engines.inside import InsideEngine  # noqa: PLC0415 - a copy of this file stands alone

    with pytest.MonkeyPatch.context() as patch:
        for name in ("kpi_framework.cli.engine", "kpi_framework.workflow.run", "tests.stories.rows"):
            patch.setattr(f"{name}.DuckWorker", InsideEngine)
        patch.setattr("kpi_framework.cli.engine._ready", [])
        yield


# Goldens


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """`golden(name, text)`: the text equals goldens/<name> beside the test."""

    def compare(name: str, text: str) -> None:
        path = request.path.parent / "goldens" / name
        request.config.stash[COMPARED].add(str(path))
        if request.config.getoption("--update-goldens"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.is_file(), f"{path} does not exist: make golden writes it"
        assert text == path.read_text(encoding="utf-8"), f"differs from {path}: make golden renews it"

    return compare


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # pytest-xdist gives its class no public name
    """Learn what a worker of pytest-xdist compared."""
    node.config.stash[COMPARED].update(node.workeroutput["goldens"] if hasattr(node, "workeroutput") else ())


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail a green whole run that left a golden uncompared; a worker hands its list on instead."""
    config = session.config
    if hasattr(config, "workeroutput"):
        compared = config.stash[COMPARED]
        config.workeroutput["goldens"] = sorted(compared)
    elif exitstatus == pytest.ExitCode.OK and _is_whole_run(config) and _orphaned_goldens(config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name the orphaned goldens."""
    if _is_whole_run(config):
        for path in _orphaned_goldens(config):
            terminalreporter.write_line(f"orphaned golden, no test compares it: {path}", red=True)


def _is_whole_run(config: pytest.Config) -> bool:
    narrowed = any(config.getoption(name, None) for name in ("keyword", "markexpr", "lf", "collectonly", "maxfail"))
    return config.args_source is pytest.Config.ArgsSource.TESTPATHS and not narrowed


def _orphaned_goldens(config: pytest.Config) -> list[Path]:
    files = (path for path in HERE.rglob("goldens/**/*") if path.is_file())
    return sorted(path for path in files if str(path) not in config.stash[COMPARED])


# Tools of other ecosystems


@pytest.fixture(scope="session")
def yaml_language_server() -> str:
    """The editor's language server: `make editor` installs it."""
    path = os.pathsep.join((str(HERE / "editor" / "node_modules" / ".bin"), os.environ.get("PATH", "")))
    found = shutil.which("yaml-language-server", path=path)
    if found is None or shutil.which("node") is None:
        pytest.skip("yaml-language-server is not installed: make editor")
    return found

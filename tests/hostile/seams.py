"""What of the product this harness touches by name: where a name moves, it is followed here and nowhere else."""

from __future__ import annotations

import datetime as dt
import importlib
import json
import os
import pkgutil
import re
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Timer
from typing import NamedTuple, NoReturn

import kpi_framework
from kpi_framework.cli import engine as of_commands
from kpi_framework.compile.dialect.duckdb.spelling import sql_of
from kpi_framework.compile.language.canonical import canonical, canonical_text
from kpi_framework.compile.language.syntax import parse
from kpi_framework.compile.sql.errors import FormulaError
from kpi_framework.evaluate.engine import duckdb
from kpi_framework.evaluate.engine.duckdb import DuckWorker, WorkerLimits
from kpi_framework.workflow.checking.lint import lint_project
from kpi_framework.workflow.project import ProjectRoot
from kpi_framework.workflow.run import Options
from sqlglot import exp

ROOT = Path(kpi_framework.__file__).parent.parent
PACKAGE = "kpi_framework"
SMALL_PROJECT = ROOT / "tests" / "rules" / "project"
SAMPLE = ("kpi.yaml", "kpis", "baselines", "data")
SCORECARD_SCHEMA = ROOT / "schemas" / "scorecard.schema.json"
REAL_COMMAND = (sys.executable, "-c", "from kpi_framework.cli.start import run; run()")
"""How another process runs `kpi`, with the tree's own code."""

NOW = dt.datetime(2026, 4, 3, 12, tzinfo=dt.UTC)
Refused = FormulaError
RIGHT_WORKER = duckdb.WORKER
WORKER_ERROR = "worker_error"
"""The reason of a value that was not computed since the worker ended."""
NOT_COMPUTED = frozenset({WORKER_ERROR, "input_unknown"})


_PARTS = {"DAYOFWEEK": "DOW", "DAYOFYEAR": "DOY", "DAYOFWEEKISO": "ISODOW"}
"""Parts of a date that the renderer names otherwise than the language does."""


class Finding(NamedTuple):
    """A finding as a reader of lint meets it."""

    rule: str
    severity: str
    path: str
    text: str


def warm() -> None:
    """Import all that commands import, once, so that a forked child begins at once; nothing is started."""
    for module in pkgutil.walk_packages(kpi_framework.__path__, f"{PACKAGE}."):
        if not module.name.endswith((".worker", "__main__")):
            importlib.import_module(module.name)


def command(arguments: Sequence[str]) -> None:
    """Run `kpi` in this process; it ends with SystemExit, or the process itself."""
    sys.argv = ["kpi", *arguments]
    importlib.import_module("kpi_framework.cli.start").run()


def meaning(text: str) -> str:
    """The canonical text of a formula. Raises Refused."""
    return canonical_text(canonical(parse(text)))


def rewritten(text: str) -> str:
    """The SQL of a formula's tree. Raises Refused."""
    tree = exp.Paren(this=parse(text))
    for node in list(tree.find_all(exp.WithinGroup, exp.Not)):
        _write_plainly(node)
    return re.sub(r"(?<=EXTRACT\()\w+(?= FROM)", lambda part: _PARTS.get(part[0], part[0]), sql_of(tree.this))


def without_added(text: str) -> str:
    """A canonical text without the casts that the renderer adds to be clear: bool_and(cast(c as boolean))."""
    tree = parse(text)
    for node in tree.find_all(exp.LogicalAnd, exp.LogicalOr):
        while isinstance(node.this, exp.Cast) and node.this.to.this == exp.DataType.Type.BOOLEAN:
            node.set("this", node.this.this)
    return canonical_text(canonical(tree))


def _write_plainly(node: exp.Expr) -> None:
    """What the renderer's shorter spelling would not say: whose operand a NOT is, and a quantile within a group."""
    inner = node.this
    if isinstance(node, exp.Not):
        if not isinstance(node.parent, exp.Paren | exp.Not | exp.Connector | exp.Where | exp.Func):
            node.replace(exp.Paren(this=node.copy()))
    elif isinstance(inner, exp.PercentileCont) and len(node.expression.expressions) == 1:
        node.replace(exp.PercentileCont(this=node.expression.expressions[0].this, expression=inner.this))


def lint(root: Path) -> list[Finding]:
    """The findings of a project's definitions, in this process."""
    outcome = lint_project(Options(ProjectRoot(root), NOW))
    return [
        Finding(f.rule, f.severity.value, f.span.path, f"{f.message}. {f.hint}") for f in outcome.diagnostics
    ]  # fmt: skip


def wanted_unit(findings: Sequence[Finding]) -> str | None:
    """The unit that lint says to write; None where anything else is wrong, too."""
    errors = [f for f in findings if f.severity == "error"]
    units = [found[1] for f in errors if (found := re.search(r"`unit: (\w+)`", f.text)) and f.rule == "type-mismatch"]
    return units[0] if units and len(units) == len(errors) else None


def use_worker(script: Path) -> None:
    """Start this script in the place of the engine's worker, in this process and from now on."""
    duckdb.WORKER = script


def use_python(path: str) -> None:
    """Start workers with this program instead of Python."""
    sys.executable = path


def shorten_deadlines(seconds: float) -> None:
    """Give every worker of this process so long for a request."""
    vars(of_commands)["WorkerLimits"] = lambda: WorkerLimits(deadline=seconds, total=10 * seconds)


ENDLESS = "SELECT count(*) FROM range(1000000) a, range(1000000) b, range(99) c WHERE a.range % 7 = b.range % 5"


def leave_while_it_computes() -> NoReturn:
    """Ask a locked worker for what never ends, and be killed meanwhile."""
    worker = DuckWorker(WorkerLimits(deadline=600))
    worker.lock()
    Timer(1, os.kill, (os.getpid(), signal.SIGKILL)).start()
    worker.run([ENDLESS])
    raise AssertionError("it was not killed")


def worker_script(plan: dict[str, object], source: str) -> str:
    """A program that stands between the product and its worker: the plan, then the source that carries it out."""
    known = {**plan, "worker": str(RIGHT_WORKER), "python": sys.executable}
    return f"PLAN = {json.dumps(json.dumps(known))}\n{source}"

"""`kpi baseline freeze` and `kpi baseline verify`."""

from __future__ import annotations

from typing import Annotated

import typer

from ..report.view.summary import location
from ..workflow.checking.baseline import Frozen, freeze, verify
from ..workflow.run import Outcome
from . import options as o
from .app import app
from .complete import definitions

baseline = typer.Typer(no_args_is_help=True, help="Freeze baselines, and compare them with the data.")
app.add_typer(baseline, name="baseline")

Ids = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ID]…", help="The KPIs. Default: every KPI with a baseline.", autocompletion=definitions),
]


@baseline.command("freeze")
def freeze_baselines(
    ids: Ids = None, project: o.Project = None, as_of: o.AsOf = None, allow_path: o.AllowPath = None
) -> None:
    """Compute baselines and write them to files.

    Commit the files baselines/<id>.yaml: then rows that arrive late cannot change a baseline.
    """
    chosen = o.options(project, as_of=as_of, only=ids, allow_path=allow_path)
    frozen = freeze(chosen)
    for line in _frozen_lines(frozen):
        o.write(line, "-")
    raise typer.Exit(1 if frozen.failed else 0)


def _frozen_lines(frozen: Frozen) -> list[str]:
    """A line a baseline."""
    lines = [f"frozen     baselines/{path.name}" for path in frozen.written]
    lines += [f"unchanged  baselines/{path.name}" for path in frozen.unchanged]
    lines += [f"not frozen {kpi_id}: {why}" for kpi_id, why in frozen.failed.items()]
    lines += [f"{location(f)}  {f.severity.value}  {f.code} {f.rule}: {f.message}. {f.hint}" for f in frozen.unreadable]
    return lines or ["no KPI has a baseline"]


@baseline.command("verify")
def verify_baselines(
    ids: Ids = None, project: o.Project = None, form: o.Format = "text", output: o.Output = "-",
    as_of: o.AsOf = None, fail_on: o.FailOnOption = "error", allow_path: o.AllowPath = None,
) -> None:  # fmt: skip
    """Compute baselines again and compare them with the files.

    It reports each frozen baseline that the data or the definition no longer give.
    """
    chosen = o.options(project, as_of=as_of, only=ids, fail_on=fail_on, allow_path=allow_path)
    findings = verify(chosen)
    failed = any(chosen.strictness.fails(f.severity) for f in findings)
    o.finish(o.report_of(Outcome(not failed, int(failed), findings), "kpi baseline verify"), form, output)

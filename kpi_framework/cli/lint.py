"""`kpi lint`: alone in its file, since it waits for no data."""

from __future__ import annotations

from ..workflow.checking.lint import lint_project
from . import options as o
from .app import app


@app.command()
def lint(
    project: o.Project = None, form: o.Format = "text", output: o.Output = "-", as_of: o.AsOf = None,
    fail_on: o.FailOnOption = "error", allow_path: o.AllowPath = None,
) -> None:  # fmt: skip
    """Check the definitions, without data."""
    chosen = o.options(project, as_of=as_of, fail_on=fail_on, allow_path=allow_path)
    o.finish(o.report_of(lint_project(chosen), "kpi lint", chosen.project_root), form, output)

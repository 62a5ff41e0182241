"""The commands beside the main job: show, schema, functions, rules, explain."""

from __future__ import annotations

from typing import Annotated

import typer

from ..compile.language.functions import FUNCTIONS, function_named, instead_of
from ..load.library import rule_examples
from ..model.diagnostic import KpiError
from ..model.record import replace
from ..model.rule import RULES
from ..report.pages.functions import function_text, functions_text
from ..report.pages.rules import RULE_FORMATS, explain, render_rules
from ..report.pages.show import SHOW_FORMATS, ShowReport
from ..report.renderers import renderer
from ..workflow.checking.check import check as run_check
from ..workflow.checking.check import hindrances
from ..workflow.checking.sql import statements
from ..workflow.run import Options
from ..workflow.setup.schemas import stale_schemas, write_schemas
from . import options as o
from .app import app
from .complete import choice, definitions
from .complete import functions as complete_functions
from .complete import rules as complete_rules

ShowFormat = Annotated[str, choice("--format", SHOW_FORMATS)]
RulesFormat = Annotated[str, choice("--format", RULE_FORMATS)]


@app.command()
def show(
    definition_id: Annotated[str | None, typer.Argument(metavar="[ID]", autocompletion=definitions)] = None,
    project: o.Project = None, form: ShowFormat = "text", output: o.Output = "-", as_of: o.AsOf = None,
    periods: o.Periods = 12, allow_path: o.AllowPath = None,
    sql: Annotated[bool, typer.Option("--sql", help="Print the SQL that computes it.")] = False,
    view: o.ViewOption = None,
    by: Annotated[str | None, typer.Option("--by", help="A segment to break it down by; a,b is a combination.")] = None,
) -> None:  # fmt: skip
    """Show one definition, or the scorecard of a view.

    For a definition it shows the text, the value, the periods and the segments. With --view it shows what the view of
    kpi.yaml lists.
    """
    if definition_id is None:
        _show_view(o.options(project, as_of=as_of, periods=periods, allow_path=allow_path, view=view), form, output)
        return
    if sql:
        chosen = o.options(project, as_of=as_of, periods=periods, allow_path=allow_path)
        o.write("\n\n".join(statements(chosen, definition_id)), output)
        return
    outcome = run_check(
        o.options(project, as_of=as_of, periods=periods, only=[definition_id], fail_on="never", allow_path=allow_path)
    )
    if outcome.scorecard is None or definition_id not in outcome.scorecard.definitions:
        raise KpiError(f"the definition {definition_id} cannot be read", "Run `kpi lint`.")
    parts = tuple(by.split(",")) if by else ()
    listed = [",".join(b) for b in outcome.scorecard.definitions[definition_id].breakdowns if b]
    if by and by not in listed:
        hint = f"It has: {', '.join(listed)}." if listed else "It has none: list the column under its `segments:`."
        raise KpiError(f"{definition_id} has no segment {by}", hint)
    findings = hindrances(outcome)
    page = ShowReport(outcome.scorecard, definition_id, parts, o.color(), o.width(), findings)
    o.write(SHOW_FORMATS[form](page), output)
    raise typer.Exit(1 if findings else 0)


def _show_view(chosen: Options, form: str, output: str) -> None:
    """The scorecard as a view shows it: nothing is written, nothing gated."""
    if chosen.view is None:
        raise KpiError(
            "nothing is named to show", "Name a definition: `kpi show ID`. Or name a view: `kpi show --view NAME`."
        )
    outcome = run_check(replace(chosen, strictness=replace(chosen.strictness, fail_on="never")))
    o.write(renderer(form)(o.report_of(outcome, "kpi show")), output)


@app.command()
def schema(
    project: o.Project = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing: say whether schemas/ is current.")] = False,
) -> None:
    """Write the JSON Schemas of all files to schemas/."""
    root = o.options(project).project_root.folder
    if not check:
        for path in write_schemas(root / "schemas"):
            o.write(str(path.relative_to(root)), "-")
        return
    stale = stale_schemas(root / "schemas")
    for path in stale:
        o.write(f"{path.relative_to(root)} is not current: run `kpi schema`", "-")
    raise typer.Exit(1 if stale else 0)


@app.command()
def rules(form: RulesFormat = "text", output: o.Output = "-") -> None:
    """List all rules."""
    o.write(render_rules(form, color=o.color(), width=o.width()), output)


@app.command("functions")
def formula_functions(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", autocompletion=complete_functions)] = None,
    output: o.Output = "-",
) -> None:
    """List the functions of formulas.

    Each is shown with an example. Give a name to see one of them: also its name in another product, such as average.
    """
    if name is None:
        o.write(functions_text(FUNCTIONS.values(), color=o.color(), width=o.width()), output)
        return
    chosen = function_named(name)
    if chosen is None:
        raise KpiError(f"there is no function {name}", instead_of(name))
    o.write(function_text(chosen, color=o.color(), width=o.width()), output)


@app.command("explain")
def explain_rule(rule: Annotated[str, typer.Argument(metavar="RULE", autocompletion=complete_rules)]) -> None:
    """Explain a rule. Give its name or its code."""
    chosen = RULES.get(rule) or next((r for r in RULES.values() if r.code == rule.upper()), None)
    if chosen is None:
        raise KpiError(f"there is no rule {rule}", "Run `kpi rules` for the list.")
    o.write(explain(chosen, rule_examples()[chosen.name], color=o.color(), width=o.width()), "-")

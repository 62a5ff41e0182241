"""`kpi catalog`, its commands and `kpi add`: what the package offers, and taking it."""

from __future__ import annotations

import sys
from typing import Annotated, get_args

import typer

from ..load.library import shipped_views
from ..model.diagnostic import KpiError, did_you_mean
from ..model.kpi import Family
from ..model.record import replace
from ..report.pages.catalog import CATALOG_FORMATS, OFFER_FORMATS
from ..workflow.run import Outcome
from ..workflow.setup.add import Choice, Proposal, propose
from ..workflow.setup.add import add as run_add
from ..workflow.setup.catalog import explained, offers
from . import options as o
from .app import app
from .complete import choice
from .complete import offers as complete_offers
from .complete import views as complete_views

catalog = typer.Typer(invoke_without_command=True, help="List the KPIs that can be added.")
app.add_typer(catalog, name="catalog")

FamilyOption = Annotated[str | None, choice("--family", get_args(Family))]
CatalogFormat = Annotated[str, choice("--format", CATALOG_FORMATS)]
OfferFormat = Annotated[str, choice("--format", OFFER_FORMATS)]
Id = Annotated[str, typer.Argument(metavar="ID", autocompletion=complete_offers)]


@catalog.callback()
def list_catalog(
    context: typer.Context, family: FamilyOption = None, form: CatalogFormat = "text", output: o.Output = "-"
) -> None:
    """List the KPIs that can be added."""
    if context.invoked_subcommand is not None:
        return
    o.write(CATALOG_FORMATS[form](offers(family), o.color(), o.width()), output)


@catalog.command("show")
def show_offer(offer_id: Id, form: OfferFormat = "text", output: o.Output = "-") -> None:
    """Explain one KPI of the catalogue.

    It shows what is counted, the question it answers, the date it goes by, its formula and its examples.
    """
    o.write(OFFER_FORMATS[form](*explained(offer_id), o.color(), o.width()), output)


@catalog.command("views")
def show_views(
    product: Annotated[str | None, typer.Argument(metavar="[PRODUCT]", autocompletion=complete_views)] = None,
    output: o.Output = "-",
) -> None:
    """Print the SQL of the views that `kpi pull` reads in a help desk's own database.

    Its columns are those of the contracts. Without a product it lists those that have one.
    """
    views = shipped_views()
    if product is None:
        o.write("\n".join(views), output)
        return
    if product not in views:
        hint = did_you_mean(product, views, f"There are views for {', '.join(views)}.")
        raise KpiError(f"no views are shipped for {product}", hint)
    o.write(views[product], output)


@app.command()
def add(
    offer_id: Id, project: o.Project = None, as_of: o.AsOf = None,
    owner: Annotated[str | None, typer.Option("--owner", help="The owner: a person or a team.")] = None,
    target: Annotated[
        str | None, typer.Option("--target", help="`at_most 60 min`, `at_least 95%`, `between 70%..79%`.")
    ] = None,
    near: Annotated[str | None, typer.Option("--near", help="The worst value that is still at risk.")] = None,
    baseline: Annotated[str | None, typer.Option("--baseline", help="Days, as FROM..TO, or a value.")] = None,
    dataset: Annotated[str | None, typer.Option("--dataset", help="The dataset of kpi.yaml to read.")] = None,
    segment: Annotated[
        list[str] | None, typer.Option("--segment", help="A column to break it down by; a,b is a combination.")
    ] = None,
    name: Annotated[str | None, typer.Option("--as", help="Another id for it.")] = None,
    currency: Annotated[str | None, typer.Option("--currency", help="The currency of amounts, such as GBP.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing: take all proposals.")] = False,
) -> None:  # fmt: skip
    """Add a KPI from the catalogue to the project.

    It writes kpis/ID.yaml, and the files of the inputs that the KPI needs.
    """
    chosen = o.options(project, as_of=as_of)
    choice = Choice(owner, target, near, baseline, dataset, tuple(segment) if segment else None, name, currency)
    proposal = propose(chosen, offer_id)
    if sys.stdin.isatty() and not yes:
        choice = _asked(choice, proposal)
    added = run_add(chosen, offer_id, choice)
    if added.findings and not added.written:
        print("kpi: nothing was written, because the new file would have these findings:", file=sys.stderr)
        o.finish(o.report_of(Outcome(False, 1, added.findings), "kpi add"), "text", "-")
    for path in added.written:
        o.write(f"added {path.relative_to(chosen.project_root.folder)}", "-")
    for line in (*_proposed(choice, proposal), *added.notes, *(f.message for f in added.findings)):
        print(f"  {line}", file=sys.stderr)


def _asked(choice: Choice, proposal: Proposal) -> Choice:
    """The choice, with what a person at the terminal says where no flag did."""
    owner = choice.owner or typer.prompt("Owner", default="", show_default=False, err=True) or None
    if not proposal.is_judged:
        return replace(choice, owner=owner)
    target = choice.target or typer.prompt(f"Target ({proposal.source})", default=proposal.target, err=True)
    baseline = choice.baseline or typer.prompt("Baseline", default=proposal.baseline, err=True)
    taken = None if target == proposal.target else target
    return replace(choice, owner=owner, target=taken, baseline=baseline)


def _proposed(choice: Choice, proposal: Proposal) -> list[str]:
    """What was taken because nobody said otherwise."""
    if not proposal.is_judged:
        return []
    lines = [] if choice.target else [f"target {proposal.target}: a proposal ({proposal.source}); set your own"]
    return (
        lines
        if choice.baseline
        else [*lines, f"baseline {proposal.baseline}: a proposal, the days before the judged month"]
    )

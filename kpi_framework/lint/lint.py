"""The table of contents of this room: a catalog → its findings."""

from __future__ import annotations

import datetime as dt

from ..compile.catalog import Compilation
from ..model.diagnostic import Diagnostic
from ..model.ownership import CodeOwners
from ..model.record import replace
from .balance import (
    advanced_before_stable,
    old_benchmarks,
    survivorship,
    too_many_kpis,
    unguarded,
    unsegmented_average,
    vanity_alone,
)
from .baselines import baselines
from .calendars import calendars
from .clocks import clocks, unstated, unstated_ends
from .context import LintContext
from .datasets import datasets
from .examples import examples
from .formulas import cycles, doubles, formulas, grains, overgrowth, uneven_ratios
from .governance import actions, code_owners, reviews, waivers
from .missing import definitions, fields, required
from .names import file_names, ids
from .references import references, rule_names, zones
from .reported import reported
from .signals import signals
from .targets import dates, limits

DATELESS = (
    definitions, required, fields, file_names, ids, references, rule_names, calendars, datasets, clocks, unstated_ends,
    unstated, formulas, uneven_ratios, cycles, overgrowth, grains, doubles, dates, limits, reported, baselines,
    examples, signals, survivorship, vanity_alone, too_many_kpis, unguarded, unsegmented_average,
    advanced_before_stable,
)  # fmt: skip
"""The checks of what a definition says."""
DATED = (reviews, actions, waivers, old_benchmarks)
"""The checks of what it promised for a day."""


def lint(compilation: Compilation, today: dt.date, owners: CodeOwners | None = None) -> tuple[Diagnostic, ...]:
    """Everything wrong with the definitions, as far as the columns of their data are known.

    A zone that does not exist is a finding of its own; the rest is read in UTC then, and nothing is overdue: no day
    is known.
    """
    wrong_zone = tuple(zones(compilation.catalog))
    context = LintContext(_in_utc(compilation) if wrong_zone else compilation)
    findings = [finding for check in DATELESS for finding in check(context)]
    if not wrong_zone:
        findings += [finding for check in DATED for finding in check(context, today)]
    findings += code_owners(context, owners) if owners else ()
    return (*wrong_zone, *findings)


def _in_utc(compilation: Compilation) -> Compilation:
    catalog = compilation.catalog
    project = catalog.project.noun.model_copy(update={"timezone": "UTC"})
    in_utc = replace(catalog, project=replace(catalog.project, noun=project))
    return Compilation(in_utc, compilation.natives)

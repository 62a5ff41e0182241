"""lint: the definitions, without data."""

from __future__ import annotations

import datetime as dt

from ...model.catalog import Catalog
from ...model.diagnostic import Diagnostic
from ...model.rule import OF_CHANGES, OF_DATA
from ..project import linted, load, reporting_periods_of, settled
from ..run import Options, Outcome, outcome_of
from ..tracked import untold

NOT_LINTED = OF_DATA | OF_CHANGES | {"example-failed"}


def lint_project(options: Options) -> Outcome:
    """Definitions, no data. Raises KpiError."""
    catalog, findings = load(options.project_root)
    return lint_loaded(options, catalog, (*findings, *untold(options.project_root.folder)))


def lint_loaded(options: Options, catalog: Catalog | None, findings: tuple[Diagnostic, ...]) -> Outcome:
    """The same for definitions that were loaded already."""
    if catalog is None:
        return outcome_of(findings, options)
    judged = (
        *findings,
        *linted(catalog, options.project_root, _today(catalog, options)),
    )
    return outcome_of(settled(catalog, judged, NOT_LINTED), options)


def _today(catalog: Catalog, options: Options) -> dt.date:
    """as_of's day; where no zone says when a day ends, the clock's."""
    if not catalog.project.noun.has_days:
        return options.now.date()
    return reporting_periods_of(catalog, options.as_of, options.now).today

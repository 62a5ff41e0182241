"""Judged periods that were never published: the chain shows what was published, and not what was left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from ...history.git import Repository
from ...model.kpi import Kpi
from ...model.ledger import Chain, Gap
from ...model.period import Almanac, Period
from ..history.revisions import Revision
from ..project import reporting_periods_of
from ..run import Options


def gaps(options: Options, repository: Repository, chains: Mapping[str, Chain]) -> tuple[Gap, ...]:
    """For each active KPI, the stretches of settled periods since its first published one that have no value.

    A KPI that was never published has none: what it owes begins with its first line.
    """
    catalog = Revision(options.project_root, repository, repository.commit("HEAD")).loaded[0]
    if catalog is None or not catalog.project.noun.has_days:
        return ()
    reporting = reporting_periods_of(catalog, options.as_of, options.now)
    gaps: list[Gap] = []
    for kpi_id, kpi in catalog.kpis.items():
        chain = chains.get(kpi_id)
        if chain is not None and chain.entries and kpi.is_active:
            periods = _since_first(kpi, chain, reporting.almanac, reporting.today)
            owed = [period for period in periods if reporting.settled(period, kpi.settle)]
            gaps += _stretches(kpi_id, owed, {entry.start for entry in chain.entries})
    return tuple(gaps)


def _since_first(kpi: Kpi, chain: Chain, almanac: Almanac, today: dt.date) -> tuple[Period, ...]:
    first = min(dt.date.fromisoformat(entry.start) for entry in chain.entries)
    return almanac.whole_periods(first, today + dt.timedelta(days=1), kpi.period)


def _stretches(kpi_id: str, owed: list[Period], published: set[str]) -> list[Gap]:
    """Periods in a row that are missing, as one gap."""
    stretches: list[list[str]] = [[]]
    for start in (period.start.isoformat() for period in owed):
        if start in published:
            stretches.append([])
        else:
            stretches[-1].append(start)
    return [Gap(kpi_id, missing[0], missing[-1], len(missing)) for missing in stretches if missing]

"""`kpi site`: a check over two years, what git and the ledgers tell of it → a Site; and its files → a folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from ..history.git import find_repository
from ..model.change import HistoryEvent
from ..model.diagnostic import KpiError
from ..model.ledger import Published
from ..model.measurement import Scorecard
from ..model.record import replace
from ..model.site import Site
from .checking.check import check
from .checking.due import due
from .history.history import Query, history
from .ledger.ledger import read_ledgers
from .output_folder import replace_folder
from .run import Options, Outcome

PERIODS = 24
_MARK = "site.css"


def build(options: Options) -> tuple[Site | None, Outcome]:
    """The site of a project, and the check behind it; None where there is nothing to show. Raises KpiError."""
    outcome = check(replace(options, periods=PERIODS))
    if outcome.scorecard is None:
        return None, outcome
    commit, events = _git(options)
    site = Site(
        outcome.scorecard, outcome.diagnostics, due(options), due(options, also_later=True), events,
        tuple(_published(options, outcome.scorecard)), commit, bool(commit),
    )  # fmt: skip
    return site, outcome


def _git(options: Options) -> tuple[str, tuple[HistoryEvent, ...]]:
    """The commit, and the changes up to it; neither where git tells nothing."""
    try:
        repository = find_repository(options.project_root.folder)
        return repository.commit("HEAD"), history(options, Query())
    except KpiError:
        return "", ()


def _published(options: Options, scorecard: Scorecard) -> Iterator[Published]:
    """The lines of all ledgers; those of a renamed KPI name its former id."""
    for _, chain in sorted(read_ledgers(options.project_root.folder, scorecard.definitions).items()):
        yield from chain.entries


def write_site(folder: Path, files: Iterable[tuple[str, str]]) -> int:
    """Write a site into a new folder, or over an older site. Raises KpiError where something else is there."""
    return replace_folder(folder, _MARK, files)

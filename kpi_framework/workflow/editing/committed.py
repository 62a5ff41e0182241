"""What is committed about a definition: its last published value, and who changed a line, when and why."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from difflib import SequenceMatcher
from pathlib import Path

from ...evaluate.score import Reference, resolve, target_on
from ...history.blame import BlamedFile, LineChange, blamed
from ...history.changes import changes
from ...history.comparison import Comparison, Side
from ...history.git import Repository, find_repository
from ...load.catalog import PROJECT, load_catalog
from ...load.library import shipped_contracts
from ...load.published import LARGEST, PublishedScorecard, read_published
from ...model.catalog import Catalog
from ...model.change import ChangeClass
from ...model.could_not import CouldNot
from ...model.diagnostic import KpiError
from ...model.measurement import Goal, Measurement
from ...model.record import Record
from ..project import reporting_periods_of
from ..project_files import read_file

SCORECARD = "scorecard/scorecard.json"
_WORDS = {ChangeClass.LOOSENED: "loosened", ChangeClass.TIGHTENED: "tightened", ChangeClass.BACKDATED: "backdated"}


def published(folder: Path) -> PublishedScorecard | None:
    """The values of the project's scorecard.json; None where there is none that can be read."""
    if not os.path.lexists(folder / SCORECARD):
        return None
    text = read_file(folder, SCORECARD, LARGEST)
    try:
        return read_published(text) if isinstance(text, str) else None
    except ValueError:
        return None


def why_old(catalog: Catalog, measurement: Measurement, now: dt.datetime) -> str | None:
    """Why a published value no longer tells of the definition as it is; None where it does, as far as can be seen."""
    metric = catalog.metrics.get(measurement.kpi)
    if metric is None or not catalog.project.noun.has_days:
        return None
    if metric.unit != measurement.unit:
        return "published in another unit"
    if _is_other_target(catalog, measurement):
        return "judged by another target"
    reporting = reporting_periods_of(catalog, None, now)
    running = reporting.almanac.period_of(reporting.today, metric.period)
    last = reporting.almanac.period_of(running.start - dt.timedelta(days=1), metric.period)
    return "of an earlier period" if measurement.period.end < last.start else None


def _is_other_target(catalog: Catalog, measurement: Measurement) -> bool:
    metric = catalog.metrics[measurement.kpi]
    target = target_on(metric, measurement.period.start)
    goal = resolve(target, metric, Reference()) if target is not None else None
    if isinstance(goal, CouldNot):  # relative to a baseline, which nobody computes here
        return False
    if measurement.target is not None and measurement.target.of is not None:
        return goal is not None and goal.of is None
    return _limits(goal) != _limits(measurement.target)


def _limits(goal: Goal | None) -> tuple[object, ...] | None:
    return (goal.at_most, goal.at_least, goal.between, goal.near) if goal is not None else None


class TargetChange(Record):
    """The last commit that wrote into a target, and what it did to it: `loosened`, `tightened` …"""

    word: str
    change: LineChange


class CommittedFile(Record):
    """A file as HEAD has it, with who wrote each line."""

    repository: Repository
    path: str
    blamed: BlamedFile

    def change_of(self, text: str, line: int) -> LineChange | None:
        """Who wrote a line (counted from 1) of the text as it is now; None where it is not committed as it is."""
        lines = [row.removesuffix("\r") for row in text.split("\n")]
        committed = [row.removesuffix("\r") for row in self.blamed.lines]
        for old, new, size in SequenceMatcher(None, committed, lines, autojunk=False).get_matching_blocks():
            if new <= line - 1 < new + size:
                return self.blamed.changes[old + line - 1 - new]
        return None

    def target_change(self) -> TargetChange | None:
        """What the last change of a line of the target did to it; None where that was neither easier nor harder."""
        wrote = max(self._of_target, key=lambda change: change.changed_at, default=None)
        if wrote is None:
            return None
        try:
            word = _word(self.repository, self.path, wrote)
        except KpiError:  # the first commit has none before it
            return None
        return TargetChange(word, wrote) if word else None

    @property
    def _of_target(self) -> tuple[LineChange, ...]:
        """Who wrote the lines from `target:` to the next field."""
        lines = self.blamed.lines
        first = next((n for n, line in enumerate(lines) if line.startswith("target:")), len(lines))
        after = (n for n, line in enumerate(lines) if n > first and line[:1] not in (" ", "-", "#", "", "\r"))
        return self.blamed.changes[first : next(after, len(lines))]


def committed_file(folder: Path, path: str) -> CommittedFile | None:
    """A file of the project at HEAD; None without git, without a commit, or where it was never committed."""
    try:
        repository = find_repository(folder)
        of_lines = blamed(repository, repository.commit("HEAD"), path)
    except (KpiError, ValueError):
        return None
    return CommittedFile(repository, path, of_lines) if of_lines is not None else None


def head(folder: Path) -> str | None:
    """The commit that is checked out; None where there is none."""
    try:
        return find_repository(folder).commit("HEAD")
    except (KpiError, ValueError):
        return None


def is_committed(folder: Path, path: str) -> bool:
    """Whether HEAD has a file of the project."""
    try:
        repository = find_repository(folder)
        return path in repository.blobs(repository.commit("HEAD"), (path,))
    except (KpiError, ValueError):
        return False


def _word(repository: Repository, path: str, wrote: LineChange) -> str | None:
    """What a commit did to the target of a file, from its text and that of its parent. Raises KpiError."""
    sides = [_at(repository, revision, path) for revision in (f"{wrote.commit}^", wrote.commit)]
    before, after = sides
    if before is None or after is None:
        return None
    comparison = Comparison(Side(before), Side(after), wrote.changed_at.date())
    classes = {c.cls for c in changes(comparison) if c.field == "target"}
    return next((word for cls, word in _WORDS.items() if cls in classes), None)


def _at(repository: Repository, revision: str, path: str) -> Catalog | None:
    """A catalog of kpi.yaml and one definition at a revision. Raises KpiError."""
    blobs = repository.blobs(repository.commit(revision), (PROJECT, path))
    texts: Mapping[str, str] = repository.texts(blobs)
    return load_catalog(texts, shipped_contracts())[0] if PROJECT in texts and path in texts else None

"""A review that was held, noted in the KPI's own file: three values change, and nothing else."""

from __future__ import annotations

import datetime as dt

from ...history.git_process import configured
from ...lint.governance import next_review
from ...load.catalog import load_definition
from ...load.edit import edited
from ...model.diagnostic import KpiError
from ...model.kpi import Kpi, Review
from ...model.record import Record
from ..files import write_text
from ..project import load_unlinked, reporting_periods_of
from ..project_files import read_file
from ..run import Options


class Reviewed(Record):
    """A review as the file notes it now, and the day of the next one."""

    kpi: str
    path: str
    review: Review
    next: dt.date | None


def review(options: Options, kpi_id: str, note: str, by: str | None = None, day: dt.date | None = None) -> Reviewed:
    """Stamp `review.last`, `by` and `note`. Raises KpiError."""
    catalog = load_unlinked(options.project_root)
    if kpi_id not in catalog.kpis:
        raise KpiError(f"there is no KPI {kpi_id}, or it cannot be read", "Run `kpi lint`.")
    kpi, path = catalog.kpis[kpi_id], catalog.definitions[kpi_id].at.path
    today = reporting_periods_of(catalog, options.as_of, options.now).today
    held = day or today
    _refuse(kpi, note, held, max(today, options.now.date()))
    stamp = {"last": held.isoformat(), "by": by or _self(options), "note": note.strip()}
    stamped = _stamped(options, kpi, path, stamp)
    return Reviewed(kpi_id, path, stamped, next_review(stamped))


def _refuse(kpi: Kpi, note: str, held: dt.date, latest: dt.date) -> None:
    """Why this review cannot be noted. Raises KpiError."""
    if kpi.review is None:
        raise KpiError(f"{kpi.id} has no `review:`", "Say how often it is reviewed: `review: {cadence: monthly}`.")
    if not note.strip():
        raise KpiError("the note is empty", "Say what the review found: --note 'cover moved to mornings'.")
    if held > latest:
        raise KpiError(f"{held} is in the future", "Record a review after it was held.")
    if kpi.review.last is not None and held < kpi.review.last:
        raise KpiError(f"{kpi.id} was reviewed after {held}, on {kpi.review.last}", "Name a later day with --date.")


def _self(options: Options) -> str:
    """Who git says is at work. Raises KpiError."""
    try:
        return configured(options.project_root.folder, "user.email")
    except KpiError:
        raise KpiError("git has no user.email", "Say who held the review: --by ada@example.com.") from None


def _stamped(options: Options, kpi: Kpi, path: str, stamp: dict[str, str]) -> Review:
    """Write the file, if it then says just that and nothing else. Raises KpiError."""
    assert kpi.review is not None, "the caller has looked"
    before = read_file(options.project_root.folder, path)
    if not isinstance(before, str):
        raise KpiError(f"{path} cannot be read: {before.message}", before.hint)
    try:
        after = edited(before, ("review",), stamp)
    except (LookupError, ValueError) as error:
        raise KpiError(f"{path} cannot be edited: {error}", "Write the review by hand.") from error
    wanted = Review.model_validate({**kpi.review.model_dump(), **stamp})
    definition = load_definition(path, after).entry
    if definition is None or definition.noun.model_dump() != kpi.model_copy(update={"review": wanted}).model_dump():
        raise KpiError(f"{path} cannot be edited without changing other lines", "Write the review by hand.")
    write_text(options.project_root.folder / path, after)
    return wanted

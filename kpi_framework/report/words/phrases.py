"""The words of the reports: statuses, reasons, days and periods."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from ...model.measurement import Measurement, Reason, Segment, Status
from ...model.period import Grain, Period

SIGNS = {
    Status.MET: "✓", Status.NEAR: "▲", Status.MISSED: "✗", Status.UNKNOWN: "?", Status.INFORMATIVE: "·",
}  # fmt: skip
"""A sign beside the word, so that nothing hangs on colour."""

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

REASONS = {
    Reason.SOURCE_ERROR: (
        "The data could not be read, or rows with the same key contradict each other.",
        "Correct the data. The findings on data quality say where.",
    ),
    Reason.DEFINITION_ERROR: ("The definition has an error.", "Correct the definition. Its finding says where."),
    Reason.WORKER_ERROR: (
        "The process that reads the data and computes the values could not start, stopped, or ran out of time.",
        "Run the check again. The findings say what the process was doing.",
    ),
    Reason.NOT_RUN: (
        "The value was not computed, because the engine stopped or ran out of time.",
        "Run the check again. If it happens again, simplify the formula.",
    ),
    Reason.INPUT_UNKNOWN: (
        "It is computed from a value that is unknown.",
        "Find out why that value is unknown and correct it. This value can then be computed.",
    ),
    Reason.BEFORE_DATA: (
        "The data begin later than the period, so nobody knows whether nothing happened.",
        "If the data are complete from an earlier day on, write that day as `complete_from:` in kpi.yaml.",
    ),
    Reason.STALE: (
        "The data end too early to judge the period.",
        "Renew the export and run the check again.",
    ),
    Reason.PROVISIONAL: (
        "The period has not ended, or its data can still change.",
        "Wait until the period has ended and its data are final. The value so far is shown.",
    ),
    Reason.NO_DATA: (
        "There are no rows to measure in the period.",
        "Check that the export covers the period, and that the `where` condition does not exclude every row.",
    ),
    Reason.MOSTLY_MISSING: (
        "Most of the rows lack a value that the formula needs.",
        "Fill in the missing values at their source.",
    ),
    Reason.UNDEFINED: (
        "The formula does not give a number, for example because it divides by zero.",
        "Look at its values with `kpi show`.",
    ),
    Reason.NO_EVIDENCE: (
        "The count is 0, and the `evidence` dataset has no rows in the period, so the 0 proves nothing.",
        "Check that the `evidence` dataset is filled.",
    ),
    Reason.TOO_FEW: (
        "Fewer rows were measured than the KPI requires.",
        "Wait for more rows, or choose a longer period.",
    ),
    Reason.NO_REFERENCE: (
        "The target is relative to a baseline or a previous value, which is missing or not positive.",
        "Freeze the baseline, or give the target as a number.",
    ),
}
"""Why a value is unknown, and what to do."""


def status_text(status: Status, *, waived: bool = False) -> str:
    """Sign and word: `✓ met`, `▲ at risk`, `✗ missed (waived)`."""
    return f"{SIGNS[status]} {status.word}{' (waived)' if waived else ''}"


def standing_text(measurement: Measurement) -> str:
    """The same of a measurement; of a draft what it would be: `✓ would be met`."""
    proposed = measurement.would_be
    if proposed is None:
        return status_text(measurement.status, waived=measurement.waived)
    return status_text(proposed) if proposed is Status.UNKNOWN else f"{SIGNS[proposed]} would be {proposed.word}"


def why_unknown(measurement: Measurement | None) -> tuple[str, str]:
    """Why a value is unknown, and what to do."""
    if measurement is None or measurement.reason is None:
        return "The value was not measured.", "First correct what the findings say about its definition and its data."
    why, remedy = REASONS[measurement.reason]
    about = f" {measurement.because.rstrip('.')}." if measurement.because else ""
    return f"{why}{about}{_thin(measurement)}", remedy


def _thin(measurement: Measurement) -> str:
    is_thin = measurement.reason in (Reason.TOO_FEW, Reason.MOSTLY_MISSING) and measurement.population is not None
    return f" {measurement.measured} of {measurement.population} rows were measured." if is_thin else ""


def segment_text(segment: Segment) -> str:
    """`priority: critical, channel: (none)`."""
    return ", ".join(f"{column}: {'(none)' if value is None else value}" for column, value in segment)


def month_text(month: int) -> str:
    """`Oct` of 10."""
    return _MONTHS[month - 1][:3]


def day_text(day: dt.date) -> str:
    """`15 December 2026`, whatever the machine's language."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def period_text(period: Period) -> str:
    """`October 2026`, `week of 5 October 2026`, `October–December 2026`."""
    last = period.end - dt.timedelta(days=1)
    month = f"{_MONTHS[period.start.month - 1]}"
    if period.grain is Grain.DAY:
        return day_text(period.start)
    if period.grain is Grain.WEEK:
        return f"week of {day_text(period.start)}"
    if period.grain is Grain.MONTH:
        return f"{month} {period.start.year}"
    if period.grain is Grain.YEAR and period.start.month == 1:
        return str(period.start.year)
    if period.grain is None:
        return f"{day_text(period.start)} to {day_text(last)}"
    year = "" if period.start.year == last.year else f" {period.start.year}"
    return f"{month}{year}–{_MONTHS[last.month - 1]} {last.year}"


def short_period_text(period: Period) -> str:
    """`2026-10` for a month, else its first day, or `2026-10-01 – 2026-12-31` for longer ones."""
    if period.grain is Grain.MONTH:
        return f"{period.start:%Y-%m}"
    if period.grain in (Grain.DAY, Grain.WEEK):
        return period.start.isoformat()
    return f"{period.start} – {period.end - dt.timedelta(days=1)}"


def counted(count: int, noun: str) -> str:
    """`1 error`, `3 errors`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def streak_text(in_a_row: Sequence[Measurement]) -> str:
    """`for 3 months in a row`; empty for a first time."""
    grain = in_a_row[-1].period.grain if in_a_row else None
    return f"for {counted(len(in_a_row), grain.value)} in a row" if grain and len(in_a_row) > 1 else ""

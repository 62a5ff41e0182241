"""One measurement as the cells of a table, the same on paper and on screen."""

from __future__ import annotations

from ..model.measurement import Measurement, Status
from .values import NONE, show_change, show_distance, show_target, show_value
from .words import short_period_text, status_text

VALUES = ("Value", "Target", "To target", "Baseline", "Change")


def cells(one: Measurement | None) -> dict[str, str]:
    """The cells by column. An unknown value is compared with nothing: it must not look like a result."""
    if one is None:
        return {"Status": status_text(Status.UNKNOWN), "Period": NONE, **dict.fromkeys(VALUES, NONE)}
    is_known = one.status is not Status.UNKNOWN
    unfrozen = "" if one.frozen or one.baseline is None else " (not frozen)"
    return {
        "Status": status_text(one.status, waived=one.waived),
        "Period": short_period_text(one.period),
        "Value": show_value(one.value, one.unit, one.target),
        "Target": show_target(one.target, one.unit, one.value),
        "To target": show_distance(one.value, one.target, one.unit) if is_known else NONE,
        "Baseline": show_value(one.baseline, one.unit) + unfrozen,
        "Change": show_change(one.value, one.previous, one.unit, one.target) if is_known else NONE,
    }


def measured(one: Measurement) -> str:
    """`409 of 412`; nothing for a derived one."""
    return NONE if one.measured is None else f"{one.measured:,} of {one.population or 0:,}"

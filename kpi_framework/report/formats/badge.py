"""Badges: how a KPI stands, on one line of a README, as SVG and as the JSON that shields.io reads from an address."""

from __future__ import annotations

import html
import unicodedata

from ...model.kpi import Kpi, Lifecycle
from ...model.measurement import Status
from ...model.record import Record
from ..view.scorecard_view import ScorecardView, Standing
from ..words.escape import clean, clip
from ..words.values import show_value
from ..words.workflow_commands import inert_markup
from .json import as_text

_COLORS = {Status.MET: "#1a7f37", Status.NEAR: "#9a6700", Status.MISSED: "#cf222e"}
_GREY = "#57606a"
"""What is unknown, and what is not judged; white letters are easy to read on each of the four."""
_LABEL = "#24292f"
_LONGEST = 60
_HEIGHT, _PAD, _WIDE, _NARROW = 20, 6, 12, 7
"""In pixels: the height, the space beside words, and how wide wide and other letters may be."""


class Badge(Record):
    """What a badge says: whose it is, how that stands, and the colour of the words."""

    label: str
    message: str
    color: str = _GREY


def overall_badge(view: ScorecardView) -> Badge:
    """`5 of 7 met`: red for a miss, else grey for what is unknown; green if all are met and the check has passed."""
    statuses = [standing.status for standing in view.kpis if _is_active(standing)]
    weighty = (Status.MISSED, Status.UNKNOWN, Status.NEAR, Status.MET)
    worst = next((status for status in weighty if status in statuses), Status.UNKNOWN)
    is_sound = worst is not Status.MET or view.scorecard.verdict.passed
    message = f"{statuses.count(Status.MET)} of {len(statuses)} met" if statuses else "not judged yet"
    return Badge(_short(view.scorecard.project), message, _COLORS.get(worst, _GREY) if is_sound else _GREY)


def kpi_badge(standing: Standing) -> Badge:
    """`at risk: 72.5 min`; of a draft and a retired KPI that it is one."""
    if standing.definition is not None and not _is_active(standing):
        return Badge(standing.name, standing.definition.status.value)
    overall = standing.overall
    value = overall is not None and overall.status is not Status.UNKNOWN and overall.value is not None
    figure = f": {show_value(overall.value, overall.unit, overall.target)}" if overall and value else ""
    waived = " (waived)" if overall is not None and overall.waived else ""
    return Badge(standing.name, f"{standing.status.word}{waived}{figure}", _COLORS.get(standing.status, _GREY))


def has_badge(standing: Standing) -> bool:
    """KPIs have one: metrics are not judged."""
    return isinstance(standing.definition, Kpi)


def _is_active(standing: Standing) -> bool:
    return standing.definition is None or standing.definition.status is Lifecycle.ACTIVE


def badge_json(badge: Badge) -> str:
    """For shields.io: https://shields.io/badges/endpoint-badge."""
    return as_text({"schemaVersion": 1, "label": badge.label, "message": badge.message, "color": badge.color})


def badge_svg(badge: Badge) -> str:
    """A picture that says the same in words, to who does not see it, too."""
    left, right = _width(badge.label), _width(badge.message)
    words = html.escape(f"{badge.label}: {badge.message}")
    return inert_markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="{_HEIGHT}" role="img" '
        f'aria-label="{words}">\n<title>{words}</title>\n'
        f"{_box(0, left, _LABEL)}{_box(left, right, badge.color)}"
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">\n'
        f"{_words(badge.label, 0, left)}{_words(badge.message, left, right)}</g>\n</svg>\n"
    )


def _box(start: int, width: int, color: str) -> str:
    return f'<rect x="{start}" width="{width}" height="{_HEIGHT}" fill="{color}"/>\n'


def _words(text: str, start: int, width: int) -> str:
    """Words in the middle of their box, and never wider than that, whatever the font."""
    room = f' textLength="{width - 2 * _PAD}" lengthAdjust="spacingAndGlyphs"' if text else ""
    return f'<text x="{start + width / 2:g}" y="14"{room}>{html.escape(text)}</text>\n'


def _width(text: str) -> int:
    letters = (_WIDE if unicodedata.east_asian_width(c) in "WF" else _NARROW for c in text)
    return sum(letters) + 2 * _PAD


def _short(text: str) -> str:
    return clip(clean(text), _LONGEST)

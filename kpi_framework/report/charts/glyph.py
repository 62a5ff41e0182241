"""The sign of a status: a shape of its own for each, so that colour is never needed."""

from __future__ import annotations

from ...model.measurement import Status
from .svg import element

_PATHS = {
    Status.MET: "M3 8.5L6.5 12L13 4.5",
    Status.NEAR: "M8 2.5L14.5 13.5H1.5Z",
    Status.MISSED: "M3.5 3.5L12.5 12.5M12.5 3.5L3.5 12.5",
    Status.UNKNOWN: "M5 6C5 3 11 3 11 6C11 8 8 8 8 10.5M8 13V13.6",
    Status.INFORMATIVE: "M3 8H13",
}


def glyph(status: Status) -> str:
    """A tick, a triangle, a cross, a question mark or a dash; the word stands beside it."""
    sign, name = element("path", d=_PATHS[status]), f"glyph {status.value}"
    return element("svg", sign, class_=name, viewBox="0 0 16 16", aria_hidden="true", focusable="false")

"""Bars of segments with a tick at the target, and dots with the interval that they may lie in: one row each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...model.record import Record
from ..words.escape import clean, clip
from .scale import Scale, scale_of
from .svg import Title, element, picture, text

_ROW, _LEFT, _RIGHT, _WIDTH, _TOP = 26.0, 190.0, 110.0, 760.0, 6.0
_LETTERS = 26


class BarRow(Record):
    """A segment: its name, its value and how people read it, its target, its status as a class."""

    label: str
    value: float | None
    reading: str
    status: str
    targets: tuple[float, ...] = ()
    interval: tuple[float, float] | None = None


def bars(title: Title, rows: Sequence[BarRow]) -> str:
    """A bar from zero for each row, and a tick at each of its targets."""
    scale = scale_of(_values(rows), _LEFT, _WIDTH - _RIGHT, with_zero=True)
    parts = [part for place, row in enumerate(rows) for part in _bar(row, _TOP + place * _ROW, scale)]
    return picture(title, _WIDTH, _height(rows), parts, "chart bars")


def intervals(title: Title, rows: Sequence[BarRow]) -> str:
    """A dot for each row in its interval, and a tick at each of its targets."""
    scale = scale_of(_values(rows), _LEFT, _WIDTH - _RIGHT)
    parts = [part for place, row in enumerate(rows) for part in _dot(row, _TOP + place * _ROW, scale)]
    return picture(title, _WIDTH, _height(rows), parts, "chart intervals")


def _values(rows: Sequence[BarRow]) -> Iterator[float]:
    for row in rows:
        yield from (v for v in (row.value, *row.targets, *(row.interval or ())) if v is not None)


def _height(rows: Sequence[BarRow]) -> float:
    return 2 * _TOP + _ROW * max(len(rows), 1)


def _bar(row: BarRow, y: float, scale: Scale) -> Iterator[str]:
    yield _label(row, y)
    if row.value is not None:
        zero, end = scale.at(0.0), scale.at(row.value)
        yield element(
            "rect", class_=f"bar {row.status}", x=min(zero, end), y=y + 4, width=abs(end - zero), height=_ROW - 10
        )
    yield from _ticks(row, y, scale)
    yield _reading(row, y)


def _dot(row: BarRow, y: float, scale: Scale) -> Iterator[str]:
    yield _label(row, y)
    middle = y + _ROW / 2
    if row.interval is not None:
        low, high = (scale.at(end) for end in row.interval)
        yield element("line", class_="whisker", x1=low, x2=high, y1=middle, y2=middle)
    if row.value is not None:
        yield element("circle", class_=f"dot {row.status}", cx=scale.at(row.value), cy=middle, r=4.5)
    yield from _ticks(row, y, scale)
    yield _reading(row, y)


def _label(row: BarRow, y: float) -> str:
    full = element("title", text(row.label))
    words = text(clip(clean(row.label), _LETTERS))
    return element("text", full, words, class_="label", x=_LEFT - 10, y=y + _ROW / 2 + 4, text_anchor="end")


def _reading(row: BarRow, y: float) -> str:
    return element("text", text(row.reading), class_="reading", x=_WIDTH - _RIGHT + 10, y=y + _ROW / 2 + 4)


def _ticks(row: BarRow, y: float, scale: Scale) -> Iterator[str]:
    for target in row.targets:
        x = scale.at(target)
        yield element("line", class_="target", x1=x, x2=x, y1=y + 1, y2=y + _ROW - 3)

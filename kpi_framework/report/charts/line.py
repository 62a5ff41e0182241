"""A line over periods: values, gaps where there is none, dated targets as steps, and numbered marks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from functools import cached_property

from ...model.record import Record
from .scale import Scale, scale_of, ticks
from .svg import Position, Title, element, number, path, picture, text


class Marker(StrEnum):
    """What a point says beside its value, by its shape."""

    ORDINARY = "ordinary"
    BETTER = "better"
    WORSE = "worse"
    PROVISIONAL = "provisional"


class ChartPoint(Record):
    """A period: what stands below it, its value and how people read it; no value is a gap."""

    label: str
    value: float | None
    reading: str
    marker: Marker = Marker.ORDINARY
    breaks: bool = False
    """Whether the line begins anew: what the value means, or what it is judged by, has changed."""


class LevelKind(StrEnum):
    """What a level across the chart is; each kind has a line of its own."""

    TARGET = "target"
    NEAR = "near"
    BASELINE = "baseline"
    MEAN = "mean"
    LIMIT = "limit"


class Level(Record):
    """A level for each period: a step where it changes, and nothing where there is none."""

    kind: LevelKind
    values: tuple[float | None, ...]


class ChartMark(Record):
    """A numbered mark at a period, listed under the chart by its number."""

    place: int
    number: int
    words: str


class LineChart(Record, dict=True):
    """A chart of one KPI over its periods."""

    title: Title
    points: tuple[ChartPoint, ...]
    levels: tuple[Level, ...] = ()
    marks: tuple[ChartMark, ...] = ()
    unit: str = ""
    reading: Callable[[float], str] = "{:g}".format
    """How people read a value beside the axis."""
    width: float = 760
    height: float = 260

    @cached_property
    def scale(self) -> Scale:
        """Values → pixels; all values and levels lie inside."""
        values = [point.value for point in self.points] + [v for level in self.levels for v in level.values]
        return scale_of((v for v in values if v is not None), self.height - _BELOW, _ABOVE)

    def x(self, place: float) -> float:
        """The pixel of a period's middle; halves are its edges."""
        span = self.width - _LEFT - _RIGHT
        return _LEFT + (place + 0.5) * span / max(len(self.points), 1)

    def svg(self) -> str:
        """The picture."""
        parts = (*self._axis(), *self._levels(), *self._line(), *self._points(), *self._marks(), *self._labels())
        return picture(self.title, self.width, self.height, parts, "chart line")

    def _axis(self) -> Iterator[str]:
        for tick in ticks(self.scale.low, self.scale.high, 5, self.unit):
            y = self.scale.at(tick)
            yield element("line", class_="grid", x1=_LEFT, x2=self.width - _RIGHT, y1=y, y2=y)
            yield element("text", text(self.reading(tick)), class_="tick", x=_LEFT - 8, y=y + 4, text_anchor="end")

    def _levels(self) -> Iterator[str]:
        for level in self.levels:
            yield element("path", class_=level.kind.value, d=path(self._steps(level.values)))

    def _steps(self, values: Sequence[float | None]) -> list[list[Position]]:
        """A level's line: flat across each period, and down or up at its edge."""
        runs: list[list[Position]] = []
        for place, value in enumerate(values):
            if value is None:
                continue
            y = self.scale.at(value)
            if place == 0 or values[place - 1] is None:
                runs.append([])
            runs[-1] += [(self.x(place - 0.5), y), (self.x(place + 0.5), y)]
        return [_straight(run) for run in runs]

    def _line(self) -> Iterator[str]:
        yield element("path", class_="value", d=path(run for run in self._runs() if len(run) > 1))
        yield element("path", class_="value open", d=path(self._last_leg()))

    def _runs(self) -> list[list[Position]]:
        """The line's parts: it ends at a gap, before a provisional value, and where it breaks."""
        runs: list[list[Position]] = [[]]
        for place, point in enumerate(self.points):
            if point.value is None or point.breaks or point.marker is Marker.PROVISIONAL:
                runs.append([])
            if point.value is not None and point.marker is not Marker.PROVISIONAL:
                runs[-1].append((self.x(place), self.scale.at(point.value)))
        return [run for run in runs if run]

    def _last_leg(self) -> list[list[Position]]:
        """The legs that lead to provisional values."""
        pairs = zip(range(len(self.points)), self.points, self.points[1:], strict=False)
        return [
            [(self.x(place), self.scale.at(before.value)), (self.x(place + 1), self.scale.at(point.value))]
            for place, before, point in pairs
            if point.marker is Marker.PROVISIONAL
            and point.value is not None
            and before.value is not None
            and not point.breaks
        ]

    def _points(self) -> Iterator[str]:
        for place, point in enumerate(self.points):
            words = element("title", text(f"{point.label}: {point.reading}"))
            if point.value is None:
                middle = (_ABOVE + self.height - _BELOW) / 2
                yield element("text", words, "?", class_="gap", x=self.x(place), y=middle, text_anchor="middle")
            else:
                yield shape(point.marker, self.x(place), self.scale.at(point.value), words)

    def _marks(self) -> Iterator[str]:
        for mark in self.marks:
            x = self.x(mark.place)
            yield element("line", class_="mark", x1=x, x2=x, y1=_ABOVE, y2=self.height - _BELOW)
            words = element("title", text(mark.words))
            yield element(
                "text", words, str(mark.number), class_="mark-number", x=x, y=_ABOVE - 6, text_anchor="middle"
            )

    def _labels(self) -> Iterator[str]:
        """The periods' names; every n-th where they are many, the last one always."""
        every = max(1, -(-len(self.points) // _MOST_LABELS))
        last = len(self.points) - 1
        for place, point in enumerate(self.points):
            if (last - place) % every == 0:
                x, y = self.x(place), self.height - 8
                yield element("text", text(point.label), class_="tick", x=x, y=y, text_anchor="middle")


_LEFT, _RIGHT, _ABOVE, _BELOW = 84, 12, 22, 30
_MOST_LABELS = 12
_SIZE = 4.5


def shape(marker: Marker, x: float, y: float, *inside: str) -> str:
    """A point's shape: a disc, a diamond for the better, a square for the worse, a ring while it is provisional."""
    name = f"point {marker.value}"
    match marker:
        case Marker.BETTER:
            corners = ((x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y))
            return element(
                "polygon", *inside, class_=name, points=" ".join(f"{number(a)},{number(b)}" for a, b in corners)
            )
        case Marker.WORSE:
            side = 2 * _SIZE
            return element("rect", *inside, class_=name, x=x - _SIZE, y=y - _SIZE, width=side, height=side)
        case _:
            return element("circle", *inside, class_=name, cx=x, cy=y, r=_SIZE)


def _straight(run: list[Position]) -> list[Position]:
    """A run without positions that lie on the way between their neighbours at the same height."""
    inner = [
        here for before, here, after in zip(run, run[1:], run[2:], strict=False) if not before[1] == here[1] == after[1]
    ]
    return [run[0], *inner, run[-1]]

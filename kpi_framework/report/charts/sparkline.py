"""A line of a word's size: the shape of the last periods, the target, and the last value marked."""

from __future__ import annotations

from collections.abc import Sequence

from .line import Marker
from .scale import scale_of
from .svg import Position, element, path, small_picture

_WIDTH, _HEIGHT, _EDGE = 132.0, 30.0, 5.0


def sparkline(words: str, values: Sequence[float | None], targets: Sequence[float | None] = ()) -> str:
    """The values, gaps left open, read as these words; `targets` are those in force, period by period."""
    known = [value for value in (*values, *targets) if value is not None]
    scale = scale_of(known, _HEIGHT - _EDGE, _EDGE)
    step = (_WIDTH - 2 * _EDGE) / max(len(values) - 1, 1)
    places = [_EDGE + place * step for place in range(len(values))]
    spots = [None if v is None else (x, scale.at(v)) for x, v in zip(places, values, strict=True)]
    goals = [None if v is None else (x, scale.at(v)) for x, v in zip(places, targets, strict=False)]
    last = next((spot for spot in reversed(spots) if spot is not None), None)
    dots = [element("circle", class_="spot", cx=run[0][0], cy=run[0][1], r=1.5) for run in runs(spots) if len(run) == 1]
    end = [element("circle", class_=f"point {Marker.ORDINARY.value}", cx=last[0], cy=last[1], r=3)] if last else []
    lines = {"target": path(runs(goals)), "value": path(run for run in runs(spots) if len(run) > 1)}
    parts = (*(element("path", class_=name, d=line) for name, line in lines.items() if line), *dots, *end)
    return small_picture(words, _WIDTH, _HEIGHT, parts, "chart sparkline")


def runs(spots: Sequence[Position | None]) -> list[list[Position]]:
    """Positions without a gap between them, together."""
    together: list[list[Position]] = [[]]
    for spot in spots:
        if spot is None:
            together.append([])
        else:
            together[-1].append(spot)
    return [run for run in together if run]

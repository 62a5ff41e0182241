"""Charts: everything lies inside the frame, gaps stay gaps, text is text, and equal data give equal bytes."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi_framework.model.measurement import Status
from kpi_framework.report.charts.bar import BarRow, bars, intervals
from kpi_framework.report.charts.glyph import glyph
from kpi_framework.report.charts.line import ChartMark, ChartPoint, Level, LevelKind, LineChart, Marker
from kpi_framework.report.charts.scale import scale_of, ticks
from kpi_framework.report.charts.sparkline import sparkline
from kpi_framework.report.charts.svg import Title, number
from kpi_framework.report.charts.xmr import ProcessLevels, behaviour_chart

NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=64)
VALUES = st.lists(st.none() | NUMBERS, max_size=30)
HOSTILE = [
    "</svg><script>alert(1)</script>",
    '" onload="alert(1)',
    "]]>&lt;",
    "\u202eevil\u0000\x1b[31m",
    "{body}",
    "é😀",
]
SVG = "{http://www.w3.org/2000/svg}"


def chart(
    values: Sequence[float | None], *levels: Level, name: str = "Reply", marker: Marker = Marker.ORDINARY
) -> LineChart:
    """A chart of these values, with a label and a reading for each."""
    points = tuple(ChartPoint(f"{name} {i}", v, f"{v} {name}", marker) for i, v in enumerate(values))
    return LineChart(Title("reply", name, f"{name} fell."), points, levels)


def positions(svg: str) -> list[tuple[float, float]]:
    """Every place that something is drawn at."""
    drawn: list[tuple[float, float]] = []
    for part in ElementTree.fromstring(svg).iter():  # noqa: S314 - our own text
        drawn += [(float(a), float(b)) for a, b in re.findall(r"[ML]([-\d.]+) ([-\d.]+)", part.get("d", ""))]
        names = (("x", "y"), ("x1", "y1"), ("x2", "y2"), ("cx", "cy"))
        drawn += [(float(part.get(x, "")), float(part.get(y, ""))) for x, y in names if part.get(x) and part.get(y)]
    return drawn


@settings(deadline=None)
@given(VALUES, VALUES)
def test_everything_is_inside_the_frame(values: list[float | None], targets: list[float | None]) -> None:
    """No value, however large, small or equal, is drawn outside; a picture is XML without a number that is none."""
    levels = (targets + [None] * len(values))[: len(values)]
    line = chart(values, Level(LevelKind.TARGET, tuple(levels)))
    rows = [BarRow("x", v, "y", "met", () if t is None else (t,)) for v, t in zip(values, levels, strict=True)]
    small = sparkline("a", values, levels)
    for svg, width, height in (
        (line.svg(), 760, 260), (small, 132, 30), (bars(Title("b", "a", "b"), rows), 760, 12 + 26 * max(len(rows), 1)),
        (intervals(Title("i", "a", "b"), rows), 760, 12 + 26 * max(len(rows), 1)),
    ):  # fmt: skip
        assert all(0 <= x <= width and 0 <= y <= height for x, y in positions(svg)), svg
        assert "nan" not in svg
        assert "inf" not in svg


@settings(deadline=None)
@given(NUMBERS, NUMBERS, st.integers(1, 8), st.sampled_from(["", "minutes", "percent"]))
def test_ticks_are_round_and_inside(a: float, b: float, count: int, unit: str) -> None:
    """Ticks rise, lie between both ends, are not many more than asked for, and are whole multiples of their step."""
    low, high = sorted((a, b))
    marks = ticks(low, high, count, unit)
    room = max(abs(low), abs(high)) * 1e-9
    assert marks == sorted(set(marks))
    assert len(marks) <= count + 2
    assert all(low - room <= mark <= high + room for mark in marks)


@pytest.mark.parametrize(
    ("low", "high", "unit", "expected"),
    [
        (0, 100, "percent", [0, 20, 40, 60, 80, 100]),
        (31, 96, "minutes", [45, 60, 75, 90]),
        (0.81, 0.99, "percent", [0.85, 0.9, 0.95]),
        (0, 9, "count", [0, 2, 4, 6, 8]),
        (-5, 5, "count", [-4, -2, 0, 2, 4]),
    ],
)
def test_ticks_are_what_a_person_would_write(low: float, high: float, unit: str, expected: list[float]) -> None:
    """Twos, fives and tens; for minutes a quarter of an hour."""
    assert ticks(low, high, 5, unit) == pytest.approx(expected)


def test_an_unknown_value_is_a_gap() -> None:
    """No line crosses a period without a value, nor is one drawn as zero: a question mark stands there."""
    svg = chart([1.0, 2.0, None, 4.0, 5.0]).svg()
    (line, _) = [e for e in ElementTree.fromstring(svg).iter(f"{SVG}path") if "value" in e.get("class", "")]  # noqa: S314
    assert line.get("d", "").count("M") == 2
    assert len(list(ElementTree.fromstring(svg).iter(f"{SVG}circle"))) == 4  # noqa: S314
    assert [e for e in ElementTree.fromstring(svg).iter(f"{SVG}text") if e.get("class") == "gap"]  # noqa: S314


def test_a_line_breaks_where_its_meaning_changes() -> None:
    """Before and after a changed definition are two lines."""
    points = tuple(ChartPoint(str(i), float(i), "", breaks=i == 2) for i in range(4))
    svg = LineChart(Title("t", "a", "b"), points).svg()
    assert next(e.get("d", "").count("M") for e in ElementTree.fromstring(svg).iter(f"{SVG}path")) == 2  # noqa: S314


def test_a_provisional_value_is_a_ring_at_an_open_leg() -> None:
    """The running period is no part of the solid line."""
    points = (ChartPoint("a", 1.0, ""), ChartPoint("b", 2.0, ""), ChartPoint("c", 9.0, "", Marker.PROVISIONAL))
    solid, leg = ElementTree.fromstring(LineChart(Title("t", "a", "b"), points).svg()).iter(f"{SVG}path")  # noqa: S314
    assert (solid.get("d", "").count("L"), leg.get("class"), leg.get("d", "").count("L")) == (1, "value open", 1)


@pytest.mark.parametrize("words", HOSTILE)
def test_text_is_text(words: str) -> None:
    """A name, a label or a reading is never markup, and is read back whole but for what cannot be seen."""
    points, marks = (ChartPoint(words, 1.0, words),), (ChartMark(0, 1, words),)
    line = LineChart(Title("t", words, words), points, marks=marks, reading=lambda _: words)
    seen = "".join(character for character in words if character.isprintable()).replace("[31m", "")
    for svg in (line.svg(), bars(Title("t", words, words), [BarRow(words, 1.0, words, "met")]), glyph(Status.MET)):
        tree = ElementTree.fromstring(svg)  # noqa: S314 - our own text
        assert {e.tag.removeprefix(SVG) for e in tree.iter()} <= {
            "svg", "title", "desc", "g", "path", "line", "rect", "circle", "polygon", "text",
        }  # fmt: skip
        assert not any(name.startswith("on") or name == "style" for e in tree.iter() for name in e.attrib)
        title = tree.find(f"{SVG}title")
        assert title is None or title.text == seen


def test_a_picture_has_a_name_and_a_sentence_of_its_own() -> None:
    """Two charts of a page have different ids, and each is told by its own name and sentence."""
    one, other = (
        ElementTree.fromstring(LineChart(Title(i, i, "It rose."), ()).svg())  # noqa: S314
        for i in ("a", "b")
    )
    assert one.get("role") == "img"
    assert (one.get("aria-labelledby"), other.get("aria-labelledby")) == ("a-title a-text", "b-title b-text")
    assert [e.text for e in one if e.get("id")] == ["a", "It rose."]


def test_limits_and_mean_stand_behind_the_target() -> None:
    """A process behaviour chart adds mean and limits where they are known, and changes nothing else."""
    plain = chart([1.0, 2.0, 3.0], Level(LevelKind.TARGET, (2.0, 2.0, 2.0)))
    levels = behaviour_chart(plain, ProcessLevels((None, 2.0, 2.0), (None, (0.0, 4.0), (0.0, 4.0)))).levels
    assert [(level.kind, level.values) for level in levels] == [
        (LevelKind.MEAN, (None, 2.0, 2.0)),
        (LevelKind.LIMIT, (None, 0.0, 0.0)),
        (LevelKind.LIMIT, (None, 4.0, 4.0)),
        (LevelKind.TARGET, (2.0, 2.0, 2.0)),
    ]


@settings(deadline=None)
@given(VALUES)
def test_equal_data_give_equal_bytes(values: list[float | None]) -> None:
    """A second run writes the same file."""
    assert chart(values).svg() == chart(list(values)).svg()


def test_every_status_has_a_shape_of_its_own() -> None:
    """Who sees no colour tells them apart."""
    assert len({glyph(status).split(' d="')[1] for status in Status}) == len(Status)


@settings(deadline=None)
@given(st.lists(NUMBERS, min_size=2), NUMBERS)
def test_a_scale_keeps_the_order(values: list[float], other: float) -> None:
    """A larger value is never drawn lower."""
    scale = scale_of(values, 0, 100)
    assert all(scale.at(a) <= scale.at(b) for a, b in ((min(v, other), max(v, other)) for v in values))


def test_coordinates_are_short() -> None:
    """Hundredths of a pixel, without noise."""
    assert [number(v) for v in (1.0, 1.005, 0.1 + 0.2, -0.001, math.pi)] == ["1", "1", "0.3", "0", "3.14"]

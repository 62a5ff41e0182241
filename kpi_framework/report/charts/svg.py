"""SVG as text: elements with attributes in their order, numbers without noise, strangers' strings as text."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from ...model.record import Record
from ..words.escape import clean

Attribute = str | float | None
Position = tuple[float, float]


class Title(Record):
    """What a chart is called, for people who do not see it: a name, and the sentence that says what it shows.

    `chart_id` makes the ids of a page unique; it is a KPI's id with what tells its charts apart.
    """

    chart_id: str
    name: str
    sentence: str


def element(name: str, *children: str, **attributes: Attribute) -> str:
    """An element; `class_` is `class`, other underscores are dashes, and what is None is left out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_text(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = "".join(children)
    return f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>"


def text(words: str) -> str:
    """A stranger's words inside an element."""
    return html.escape(clean(words), quote=False)


def number(value: float) -> str:
    """A coordinate, to a hundredth of a pixel."""
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


def small_picture(words: str, width: float, height: float, parts: Iterable[str], class_: str) -> str:
    """A picture of a word's size: it is read as these words."""
    box = f"0 0 {number(width)} {number(height)}"
    return element("svg", *parts, viewBox=box, class_=class_, role="img", aria_label=words)


def picture(title: Title, width: float, height: float, parts: Iterable[str], class_: str) -> str:
    """The whole chart: one picture with a name and a sentence, whose parts nobody has to read aloud."""
    name_id, sentence_id = f"{title.chart_id}-title", f"{title.chart_id}-text"
    return element(
        "svg",
        element("title", text(title.name), id=name_id),
        element("desc", text(title.sentence), id=sentence_id),
        *parts,
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {number(width)} {number(height)}", class_=class_,
        role="img", aria_labelledby=f"{name_id} {sentence_id}",
    )  # fmt: skip


def path(runs: Iterable[Sequence[Position]]) -> str:
    """The `d` of lines through these runs of positions; what lies between two runs stays open."""
    return "".join(
        f"{'L' if place else 'M'}{number(x)} {number(y)}" for run in runs for place, (x, y) in enumerate(run)
    )


def _text(value: str | float) -> str:
    return html.escape(clean(value)) if isinstance(value, str) else number(value)

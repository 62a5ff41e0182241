"""The catalogue, as a list and one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from ...model.kpi import Limits
from ...model.record import asdict
from ...model.template import Offer
from ..doc.markdown import Section, table, write
from ..doc.terminal import draw, grid, heading, indented
from ..formats.json import as_text
from ..words.escape import prose

CatalogRenderer = Callable[[Sequence[Offer], bool, int], str]
OfferRenderer = Callable[[Offer, Mapping[str, Any], bool, int], str]
"""Takes an offer, what its file says, whether to colour, and how wide the screen is."""


def catalog_text(offers: Sequence[Offer], color: bool = False, width: int = 100) -> str:
    """On the terminal: a table for each family, the variants of a row under it."""
    drawn: list[RenderableType] = []
    for family in dict.fromkeys(o.family or o.kind for o in offers):
        drawn += [heading(family.capitalize()), _table([o for o in offers if (o.family or o.kind) == family])]
    return draw(drawn, color=color, width=width)


def _table(offers: Sequence[Offer]) -> RenderableType:
    drawn = grid([(n, "") for n in ("Id", "Name", "Level", "Datasets")], folding="Datasets")
    for one in offers:
        name = Text(one.id, "bold") if one.is_row else Text(f"  {one.id}")
        drawn.add_row(name, one.name, one.level or "", ", ".join(one.datasets))
    return drawn


def catalog_markdown(offers: Sequence[Offer], color: bool = False, width: int = 100) -> str:
    """As the reference page."""
    families = dict.fromkeys(o.family or o.kind for o in offers)
    heads = ("Id", "Name", "Kind", "Level", "Datasets", "Variant of")
    sections = [table(f.capitalize(), heads, [_row(o) for o in offers if (o.family or o.kind) == f]) for f in families]
    return "# Catalogue\n\n" + write(sections)


def _row(one: Offer) -> tuple[str, ...]:
    of = "" if one.is_row else f"`{one.row}`: {prose(one.variant or '')}"
    return (f"`{one.id}`", prose(one.name), one.kind, one.level or "", ", ".join(one.datasets), of)


def catalog_json(offers: Sequence[Offer], color: bool = False, width: int = 100) -> str:
    """For programs."""
    return as_text({"schema_version": 1, "catalog": [offer_object(one) for one in offers]})


def offer_object(one: Offer) -> dict[str, Any]:
    """One line of the catalogue as JSON has it."""
    found = asdict(one)
    return {**found, "variant_of": None if one.is_row else one.row}


CATALOG_FORMATS: Mapping[str, CatalogRenderer] = {
    "text": catalog_text,
    "json": catalog_json,
    "markdown": catalog_markdown,
}


def offer_text(one: Offer, said: Mapping[str, Any], color: bool = False, width: int = 100) -> str:
    """One in full, on the terminal."""
    title = Text.assemble((one.name, "bold"), f"  {one.id}  {one.kind}")
    drawn: list[RenderableType] = [title, *(indented(label, text) for label, text in _facts(one, said))]
    return draw(drawn, color=color, width=width)


def offer_markdown(one: Offer, said: Mapping[str, Any], color: bool = False, width: int = 100) -> str:
    """One in full, as a page."""
    facts = tuple(f"- **{label}**: {text}" for label, text in _facts(one, said))
    title = f"# {one.name}\n\n`{one.id}`, a {one.kind}"
    return write([Section("", (title,)), Section("", facts, noun="item")])


def offer_json(one: Offer, said: Mapping[str, Any], color: bool = False, width: int = 100) -> str:
    """One in full, for programs."""
    return as_text({"schema_version": 1, **offer_object(one), **said})


OFFER_FORMATS: Mapping[str, OfferRenderer] = {"text": offer_text, "json": offer_json, "markdown": offer_markdown}


def _facts(one: Offer, said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What there is to say, in the order in which a reader asks."""
    noun = said.get("kpi") or said["signal"]
    told = {
        "Measures": noun.get("description"), "Counts": noun.get("counts"), "Excludes": noun.get("excludes"),
        "Asks": noun.get("asks"), "Variant of": None if one.is_row else f"{one.row}: {one.variant}",
        "Family": f"{one.family}, {one.level}" if one.family else None,
        "Objectives": ", ".join(noun.get("objectives", ())),
        "Datasets": ", ".join(one.datasets), "Inputs": ", ".join(one.needs), "Dated by": said.get("dates"),
        "Where": noun.get("where"), "Formula": f"{noun['formula']}  ({noun['unit']})" if "formula" in noun else None,
        "When": noun.get("when"), "Do": noun.get("do"),
        "Proposed": _limits(noun.get("target")), "Benchmark": _benchmark(noun.get("benchmark")),
        "Action": noun.get("action", {}).get("do"), "Read it with": ", ".join(noun.get("read_with", ())),
        "Examples": "; ".join(f"{e['name']} → {_expected(e['expect'])}" for e in noun.get("examples", ())),
        "Add it": f"kpi add {one.id}",
    }  # fmt: skip
    yield from ((label, str(text)) for label, text in told.items() if text)


def _limits(target: Mapping[str, Any] | None) -> str:
    return ", ".join(f"{_WORDS[n]} {_span(v)}" for n, v in (target or {}).items() if n in _WORDS)


_WORDS = {**{n: n.replace("_", " ") for n in Limits.LIMITS}, "near": "at risk to"}


def _benchmark(benchmark: Mapping[str, Any] | None) -> str:
    return f"{_limits(benchmark)} ({benchmark['source']}, {benchmark['year']})" if benchmark else ""


def _span(value: object) -> str:
    return " to ".join(str(v) for v in value) if isinstance(value, list | tuple) else str(value)


def _expected(value: object) -> str:
    return ", ".join(f"{n} {v}" for n, v in value.items()) if isinstance(value, Mapping) else str(value)

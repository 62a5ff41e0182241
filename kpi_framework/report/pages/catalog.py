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
    for offer in offers:
        name = Text(offer.id, "bold") if offer.is_row else Text(f"  {offer.id}")
        drawn.add_row(name, offer.name, offer.level or "", ", ".join(offer.datasets))
    return drawn


def catalog_markdown(offers: Sequence[Offer], color: bool = False, width: int = 100) -> str:
    """As the reference page."""
    families = dict.fromkeys(o.family or o.kind for o in offers)
    heads = ("Id", "Name", "Kind", "Level", "Datasets", "Variant of")
    sections = [table(f.capitalize(), heads, [_row(o) for o in offers if (o.family or o.kind) == f]) for f in families]
    return "# Catalogue\n\n" + write(sections)


def _row(offer: Offer) -> tuple[str, ...]:
    of = "" if offer.is_row else f"`{offer.row}`: {prose(offer.variant or '')}"
    return (f"`{offer.id}`", prose(offer.name), offer.kind, offer.level or "", ", ".join(offer.datasets), of)


def catalog_json(offers: Sequence[Offer], color: bool = False, width: int = 100) -> str:
    """For programs."""
    return as_text({"schema_version": 1, "catalog": [offer_object(offer) for offer in offers]})


def offer_object(offer: Offer) -> dict[str, Any]:
    """One line of the catalogue as JSON has it."""
    fields = asdict(offer)
    return {**fields, "variant_of": None if offer.is_row else offer.row}


CATALOG_FORMATS: Mapping[str, CatalogRenderer] = {
    "text": catalog_text,
    "json": catalog_json,
    "markdown": catalog_markdown,
}


def offer_text(offer: Offer, content: Mapping[str, Any], color: bool = False, width: int = 100) -> str:
    """One in full, on the terminal."""
    title = Text.assemble((offer.name, "bold"), f"  {offer.id}  {offer.kind}")
    drawn: list[RenderableType] = [title, *(indented(label, text) for label, text in _facts(offer, content))]
    return draw(drawn, color=color, width=width)


def offer_markdown(offer: Offer, content: Mapping[str, Any], color: bool = False, width: int = 100) -> str:
    """One in full, as a page."""
    facts = tuple(f"- **{label}**: {text}" for label, text in _facts(offer, content))
    title = f"# {offer.name}\n\n`{offer.id}`, a {offer.kind}"
    return write([Section("", (title,)), Section("", facts, noun="item")])


def offer_json(offer: Offer, content: Mapping[str, Any], color: bool = False, width: int = 100) -> str:
    """One in full, for programs."""
    return as_text({"schema_version": 1, **offer_object(offer), **content})


OFFER_FORMATS: Mapping[str, OfferRenderer] = {"text": offer_text, "json": offer_json, "markdown": offer_markdown}


def _facts(offer: Offer, content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The facts of an offer, in the order in which a reader asks."""
    noun = content.get("kpi") or content["signal"]
    facts = {
        "Measures": noun.get("description"), "Counts": noun.get("counts"), "Excludes": noun.get("excludes"),
        "Question": noun.get("asks"), "Variant of": None if offer.is_row else f"{offer.row}: {offer.variant}",
        "Family": f"{offer.family}, {offer.level}" if offer.family else None,
        "Objectives": ", ".join(noun.get("objectives", ())),
        "Datasets": ", ".join(offer.datasets), "Inputs": ", ".join(offer.needs), "Dated by": content.get("dates"),
        "Where": noun.get("where"), "Formula": f"{noun['formula']}  ({noun['unit']})" if "formula" in noun else None,
        "When": noun.get("when"), "Do": noun.get("do"),
        "Proposed": _limits(noun.get("target")), "Benchmark": _benchmark(noun.get("benchmark")),
        "Action": noun.get("action", {}).get("do"), "Read it with": ", ".join(noun.get("read_with", ())),
        "Examples": "; ".join(f"{e['name']} → {_expected(e['expect'])}" for e in noun.get("examples", ())),
        "Add it with": f"kpi add {offer.id}",
    }  # fmt: skip
    yield from ((label, str(text)) for label, text in facts.items() if text)


def _limits(target: Mapping[str, Any] | None) -> str:
    return ", ".join(f"{_WORDS[n]} {_span(v)}" for n, v in (target or {}).items() if n in _WORDS)


_WORDS = {**{n: n.replace("_", " ") for n in Limits.LIMITS}, "near": "at-risk limit"}


def _benchmark(benchmark: Mapping[str, Any] | None) -> str:
    return f"{_limits(benchmark)} ({benchmark['source']}, {benchmark['year']})" if benchmark else ""


def _span(value: object) -> str:
    return " to ".join(str(v) for v in value) if isinstance(value, list | tuple) else str(value)


def _expected(value: object) -> str:
    return ", ".join(f"{n} {v}" for n, v in value.items()) if isinstance(value, Mapping) else str(value)

"""The catalogue, as a list and one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ...model.kpi import Limits
from ...model.record import asdict, replace
from ...model.template import Offer
from ..doc.markdown import markdown
from ..doc.model import Code, Document, Facts, Paragraph, Section, Strong, Table, Text
from ..doc.terminal import terminal
from ..formats.json import as_text

CatalogRenderer = Callable[[Sequence[Offer], bool, int], str]
OfferRenderer = Callable[[Offer, Mapping[str, Any], bool, int], str]
"""Takes an offer, what its file says, whether to colour, and how wide the screen is."""


def _screen(offers: Sequence[Offer]) -> Document:
    return _families(offers, ("Id", "Name", "Level", "Datasets"), _line, "Name")


def catalog_page(offers: Sequence[Offer]) -> Document:
    """A table for each family, each variant with what it is a variant of."""
    return replace(
        _families(offers, ("Id", "Name", "Kind", "Level", "Datasets", "Variant of"), _row), title="Catalogue"
    )


def _families(
    offers: Sequence[Offer], columns: tuple[str, ...], row: Callable[[Offer], tuple[Text, ...]], folding: str = ""
) -> Document:
    families: dict[str, list[tuple[Text, ...]]] = {}
    for offer in offers:
        families.setdefault(offer.family or offer.kind, []).append(row(offer))
    tables = {family: Table(columns, tuple(rows), folding=folding) for family, rows in families.items()}
    return Document("", tuple(Section(family.capitalize(), (table,)) for family, table in tables.items()))


def _line(offer: Offer) -> tuple[Text, ...]:
    name = Strong(offer.id) if offer.is_row else f"↳ {offer.id}"
    return (name, offer.name, offer.level or "", ", ".join(offer.datasets))


def _row(offer: Offer) -> tuple[Text, ...]:
    of = "" if offer.is_row else (Code(offer.row), ": ", offer.variant or "")
    return (Code(offer.id), offer.name, offer.kind, offer.level or "", ", ".join(offer.datasets), of)


def catalog_json(offers: Sequence[Offer], color: bool = False, width: int = 100) -> str:
    """For programs."""
    return as_text({"schema_version": 1, "catalog": [offer_object(offer) for offer in offers]})


def offer_object(offer: Offer) -> dict[str, Any]:
    """One line of the catalogue as JSON has it."""
    fields = asdict(offer)
    return {**fields, "variant_of": None if offer.is_row else offer.row}


CATALOG_FORMATS: Mapping[str, CatalogRenderer] = {
    "text": lambda offers, color, width: terminal(_screen(offers), color=color, width=width),
    "json": catalog_json,
    "markdown": lambda offers, *_: markdown(catalog_page(offers)),
}


def offer_page(offer: Offer, content: Mapping[str, Any]) -> Document:
    """One in full."""
    about = Paragraph((Code(offer.id), f", a {offer.kind}"))
    return Document(offer.name, (about, Facts(tuple(_facts(offer, content)))))


def offer_json(offer: Offer, content: Mapping[str, Any], color: bool = False, width: int = 100) -> str:
    """One in full, for programs."""
    return as_text({"schema_version": 1, **offer_object(offer), **content})


OFFER_FORMATS: Mapping[str, OfferRenderer] = {
    "text": lambda offer, content, color, width: terminal(offer_page(offer, content), color=color, width=width),
    "json": offer_json,
    "markdown": lambda offer, content, *_: markdown(offer_page(offer, content)),
}


def _facts(offer: Offer, content: Mapping[str, Any]) -> Iterator[tuple[str, Text]]:
    """The facts of an offer, in the order in which a reader asks."""
    noun = content.get("kpi") or content["signal"]
    facts: Mapping[str, Text | None] = {
        "Measures": noun.get("description"), "Counts": noun.get("counts"), "Excludes": noun.get("excludes"),
        "Question": noun.get("asks"), "Variant of": None if offer.is_row else f"{offer.row}: {offer.variant}",
        "Family": f"{offer.family}, {offer.level}" if offer.family else None,
        "Objectives": ", ".join(noun.get("objectives", ())),
        "Datasets": ", ".join(offer.datasets), "Inputs": ", ".join(offer.needs), "Dated by": content.get("dates"),
        "Where": noun.get("where") and Code(noun["where"]),
        "Formula": (Code(noun["formula"]), f" ({noun['unit']})") if "formula" in noun else None,
        "When": noun.get("when") and Code(noun["when"]), "Do": noun.get("do"),
        "Proposed": _limits(noun.get("target")), "Benchmark": _benchmark(noun.get("benchmark")),
        "Action": noun.get("action", {}).get("do"), "Read it with": ", ".join(noun.get("read_with", ())),
        "Examples": "; ".join(f"{e['name']} → {_expected(e['expect'])}" for e in noun.get("examples", ())),
        "Add it with": Code(f"kpi add {offer.id}"),
    }  # fmt: skip
    yield from ((label, text) for label, text in facts.items() if text)


def _limits(target: Mapping[str, Any] | None) -> str:
    return ", ".join(f"{_WORDS[n]} {_span(v)}" for n, v in (target or {}).items() if n in _WORDS)


_WORDS = {**{n: n.replace("_", " ") for n in Limits.LIMITS}, "near": "at-risk limit"}


def _benchmark(benchmark: Mapping[str, Any] | None) -> str:
    return f"{_limits(benchmark)} ({benchmark['source']}, {benchmark['year']})" if benchmark else ""


def _span(value: object) -> str:
    return " to ".join(str(v) for v in value) if isinstance(value, list | tuple) else str(value)


def _expected(value: object) -> str:
    return ", ".join(f"{n} {v}" for n, v in value.items()) if isinstance(value, Mapping) else str(value)

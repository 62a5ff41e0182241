"""Plain values → a model, and everything the model refuses as findings at its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ..model.catalog import Path
from ..model.diagnostic import Diagnostic, Span, did_you_mean, nearest
from ..model.kpi import Kpi, Metric
from ..model.quoting import measured, shown
from ..model.record import Record
from ..model.rule import RULES
from .fields import fields_of, models_at
from .messages import described, verdict, wrong_value
from .yaml import MAX_FINDINGS, Document, Plain

M = TypeVar("M", bound=BaseModel)

_JUDGING = frozenset(Kpi.model_fields) - frozenset(Metric.model_fields)
_NAMED = re.compile(r"`(\w+)")
_SEVERAL = "Fields here: "


class Read(Record, Generic[M]):
    """What a model made of a document: the noun, or what is wrong with it."""

    noun: M | None
    findings: tuple[Diagnostic, ...] = ()


def validated(document: Document, model: type[M], kpi: str | None = None) -> Read[M]:
    """Read the values of a document as a model; every finding names its place."""
    if not isinstance(document.value, dict):
        return Read(None, _not_a_mapping(document, kpi) if document.is_whole else ())
    try:
        return Read(model.model_validate(document.value))
    except ValidationError as refused:
        findings = _Reading(document, model, kpi).findings(refused.errors(include_url=False, include_input=False))
        return Read(None, tuple(sorted(islice(findings, MAX_FINDINGS), key=lambda f: f.sort_key)))


def definition_model(value: Plain) -> type[Metric]:
    """A metric says so; everything else is a KPI."""
    return Metric if isinstance(value, dict) and value.get("kind") == "metric" else Kpi


def is_signal(value: Plain) -> bool:
    """A signal says so."""
    return isinstance(value, dict) and value.get("kind") == "signal"


def _not_a_mapping(document: Document, kpi: str | None) -> tuple[Diagnostic, ...]:
    if document.findings:
        return ()
    # A file that is no mapping may be anything, a password too: of its text nothing is shown.
    instead = measured(document.value) if isinstance(document.value, str) else described(document.value)
    message = (
        "the file is empty" if document.value is None else f"expected fields such as `version: 1`, found {instead}"
    )
    hint = "Write one `name: value` per line."
    return (RULES["wrong-type"].finding(document.at.value(), message, hint, kpi),)


class _Place(Record):
    """A place of the document, and what the model said about it."""

    path: Path
    value: Plain
    errors: list[ErrorDetails]


class _Reading(Record):
    """The errors of one document, turned into findings."""

    document: Document
    model: type[BaseModel]
    kpi: str | None

    def findings(self, errors: list[ErrorDetails]) -> Iterator[Diagnostic]:
        """One finding a place, from top to bottom: of the shapes a field can take, those that came nearest speak."""
        places = self._places(errors)
        inner = {p[:n] for p in places for n in range(len(p))}
        unknown = {p for p, place in places.items() if _has(place, "extra_forbidden")}
        missing: dict[Path, list[str]] = {}
        for path in (p for p, place in places.items() if _has(place, "missing") and p not in unknown):
            missing.setdefault(path[:-1], []).append(str(path[-1]))
        for path in sorted(places, key=self._position):
            if path in unknown:
                yield self._unknown(path)
            elif _has(places[path], "missing"):
                yield from self._missing(path[:-1], missing.pop(path[:-1], []), unknown)
            elif path not in inner or verdict(places[path].errors):
                yield self._wrong(places[path])

    def _position(self, path: Path) -> tuple[int, int]:
        """Where the finding of a path will stand."""
        span = self.document.at.key(*path)
        return span.line, span.column

    def _places(self, errors: list[ErrorDetails]) -> dict[Path, _Place]:
        places: dict[Path, _Place] = {}
        for error in errors:
            path, value = _walk(self.document.value, error["loc"])
            if error["type"] == "missing":
                path, value = (*path, error["loc"][-1]), None
            elif error["loc"][-1:] == ("[key]",):
                value = str(path[-1])
            places.setdefault(path, _Place(path, value, [])).errors.append(error)
        return places

    def _unknown(self, path: Path) -> Diagnostic:
        """unknown-field: a key is not a field of this place, or of this kind of definition."""
        name, models = str(path[-1]), models_at(self.model, path[:-1])
        if models == (Metric,) and name in _JUDGING:
            hint = f"Remove `{name}`, or write `kind: kpi`."
            return self._finding("unknown-field", path, f"a metric is never judged, so it cannot have `{name}`", hint)
        known = _fields(models)
        hint = did_you_mean(name, known, _SEVERAL + ", ".join(known) + ".")
        return self._finding("unknown-field", path, f"there is no field {shown(name)} here", hint)

    def _missing(self, parent: Path, names: list[str], unknown: set[Path]) -> Iterator[Diagnostic]:
        """A field that is only misspelt is not missing as well."""
        models = models_at(self.model, parent)
        known = _fields(models)
        strangers = [str(p[-1]) for p in islice((p for p in unknown if p[:-1] == parent), MAX_FINDINGS)]
        lacking = [n for n in names if n not in {nearest(s, known) for s in strangers}]
        if lacking:
            subject = "the field" if len(lacking) == 1 else "the fields"
            message = f"{subject} {', '.join(f'`{n}`' for n in lacking)} {_is(lacking)} missing"
            hint = " ".join(f"Add `{n}:` {known.get(n, '')}".strip() for n in lacking)
            yield self._finding("wrong-type", parent, message, hint)

    def _wrong(self, place: _Place) -> Diagnostic:
        message, sentence = wrong_value(place.errors, place.value), self._sentence(place.path)
        if place.path == ("version",):
            message = f"this version reads `version: 1`, found {described(place.value)}"
        if "one mapping" in sentence:
            message = message.replace("expected a list,", "expected a mapping or a list of them,")
        is_number = isinstance(place.value, int | float)
        quote = is_number and all(e["type"] == "string_type" for e in place.errors)
        hint = f"Put it in quotes. {sentence}".strip() if quote else sentence
        return self._finding("wrong-type", self._subject(place.path, message), message, hint)

    def _subject(self, path: Path, message: str) -> Path:
        """A sentence about the whole file is shown at the field it names."""
        named = [n for n in _NAMED.findall(message) if (n,) in self.document.at.spans]
        return (named[0],) if not path and named else path

    def _sentence(self, path: Path) -> str:
        """What the nearest named field means."""
        for end in range(len(path), 0, -1):
            sentence = _fields(models_at(self.model, path[: end - 1])).get(str(path[end - 1]))
            if sentence:
                return f"`{path[end - 1]}`: {sentence}"
        return ""

    def _finding(self, rule: str, path: Path, message: str, hint: str) -> Diagnostic:
        span: Span = self.document.at.key(*path)
        return RULES[rule].finding(span, message, hint, self.kpi)


def _walk(value: Plain, loc: tuple[str | int, ...]) -> tuple[Path, Plain]:
    """Follow a model's error to its place: its steps also name shapes and the index of a lone mapping."""
    path: Path = ()
    for step in loc:
        match value, step:
            case dict(), str() if step in value:
                value, path = value[step], (*path, step)
            case list(), int() if step < len(value):
                value, path = value[step], (*path, step)
    return path, value


def _has(place: _Place, kind: str) -> bool:
    return any(e["type"] == kind for e in place.errors)


def _fields(models: tuple[type[BaseModel], ...]) -> dict[str, str]:
    return {name: text for m in models for name, text in fields_of(m).items()}


def _is(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"

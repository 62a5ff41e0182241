"""Texts → Catalog: every file is read, and all findings of all files come in one run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Generic, TypeVar

from pydantic import BaseModel

from ..model.baseline import BaselineFile
from ..model.catalog import Catalog, Entry, Ignore
from ..model.diagnostic import Diagnostic, KpiError, Span
from ..model.kpi import Metric
from ..model.project import Contract, Project
from ..model.record import Record
from ..model.signal import Signal
from .library import shipped_presets
from .validate import definition_model, is_signal, validated
from .yaml import Document, read_yaml

PROJECT = "kpi.yaml"
DEFINITIONS = "kpis"
BASELINES = "baselines"
_ENDINGS = (".yaml", ".yml")
_KEPT = 4096
"""So many files stay read: a history meets the same ones in thousands of commits."""

M = TypeVar("M", bound=BaseModel)


class Loaded(Record, Generic[M]):
    """One file: its noun, unless something is wrong with it, its ignores and its findings."""

    document: Document
    entry: Entry[M] | None
    findings: tuple[Diagnostic, ...]


def load_catalog(
    texts: Mapping[str, str], contracts: Mapping[str, Contract]
) -> tuple[Catalog | None, tuple[Diagnostic, ...]]:
    """Read a repository's texts, path → content; the catalog is None if kpi.yaml itself cannot be read.

    A text may hold what was no UTF-8 as surrogates (`errors="surrogateescape"`): that is a finding.
    Raises KpiError where there is no kpi.yaml at all.
    """
    if PROJECT not in texts:
        raise KpiError("there is no kpi.yaml in this folder", "Run `kpi init`, or name the project with --project.")
    project = _load(PROJECT, texts[PROJECT], Project, None)
    read = {p: _of_kpis(p, texts[p]) for p in _within(texts, DEFINITIONS)}
    definitions = {p: file for p, (file, _) in read.items() if file is not None}
    signals = {p: file for p, (_, file) in read.items() if file is not None}
    baselines = {p: _load(p, texts[p], BaselineFile, _stem(p)) for p in _within(texts, BASELINES)}
    loaded: list[Loaded[Project] | Loaded[Metric] | Loaded[Signal] | Loaded[BaselineFile]] = [project]
    loaded += [*definitions.values(), *signals.values(), *baselines.values()]
    findings = tuple(sorted((f for file in loaded for f in file.findings), key=lambda f: f.sort_key))
    if project.entry is None:
        return None, findings
    ignores = tuple(i for file in loaded for i in file.document.ignores)
    kinds = _Files(definitions, signals, baselines)
    return _catalog(project.entry, kinds, contracts, ignores), findings


def load_definition(path: str, text: str) -> Loaded[Metric]:
    """Read one KPI or metric of kpis/."""
    return _definition(path, read_yaml(path, text))


@lru_cache(maxsize=_KEPT)
def _of_kpis(path: str, text: str) -> tuple[Loaded[Metric] | None, Loaded[Signal] | None]:
    """A file of kpis/ is one or the other."""
    document = read_yaml(path, text)
    if is_signal(document.value):
        return None, _read(document, Signal, _stem(path))
    return _definition(path, document), None


def _definition(path: str, document: Document) -> Loaded[Metric]:
    return _read(document, definition_model(document.value), _stem(path))


class _Files(Record):
    """A repository's files beside kpi.yaml, by kind and path."""

    definitions: Mapping[str, Loaded[Metric]]
    signals: Mapping[str, Loaded[Signal]]
    baselines: Mapping[str, Loaded[BaselineFile]]


def _catalog(
    project: Entry[Project], files: _Files, contracts: Mapping[str, Contract], ignores: tuple[Ignore, ...]
) -> Catalog:
    definitions, signals, baselines = files.definitions, files.signals, files.baselines
    return Catalog(
        project=project,
        entries=tuple(file.entry for file in definitions.values() if file.entry is not None),
        signals=tuple(file.entry for file in signals.values() if file.entry is not None),
        baselines={_stem(p): file.entry for p, file in baselines.items() if file.entry is not None},
        contracts=contracts,
        presets=shipped_presets(),
        ignores=ignores,
        broken=_broken(definitions),
        broken_signals=_broken(signals),
        broken_baselines=_broken(baselines),
    )


def _broken(files: Mapping[str, Loaded[M]]) -> dict[str, Span]:
    """Where the files that gave no noun are wrong, by the id that each should hold."""
    return {_stem(path): file.findings[0].span for path, file in files.items() if file.entry is None}


@lru_cache(maxsize=_KEPT)
def _load(path: str, text: str, model: type[M], kpi: str | None) -> Loaded[M]:
    return _read(read_yaml(path, text), model, kpi)


def _read(document: Document, model: type[M], kpi: str | None) -> Loaded[M]:
    """A file with any finding gives no noun: what it would mean without the slip, nobody knows."""
    read = validated(document, model, kpi)
    taken = {f.span.line for f in document.findings}
    fresh = tuple(f for f in read.findings if f.span.line not in taken)
    findings = (*document.findings, *fresh)
    entry = Entry(read.noun, document.at) if read.noun is not None and not findings else None
    return Loaded(document, entry, findings)


def _within(texts: Mapping[str, str], folder: str) -> Iterator[str]:
    return (p for p in sorted(texts) if p.startswith(f"{folder}/") and p.endswith(_ENDINGS))


def _stem(path: str) -> str:
    return PurePosixPath(path).stem

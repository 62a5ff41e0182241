"""Freezing baselines and comparing them with the data: noun → noun; only `freeze` writes, whole files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..compile.only import narrowed
from ..compile.table import Native
from ..evaluate.baselines import compare
from ..evaluate.compiled import compile_catalog
from ..evaluate.evaluate import Evaluation, Setting, evaluate
from ..evaluate.findings import place
from ..evaluate.gate import OF_BASELINES, hindering, is_failed
from ..evaluate.sources import csv_header
from ..load.write import as_yaml, dumped
from ..model.baseline import BaselineFile
from ..model.catalog import Catalog
from ..model.diagnostic import Diagnostic, KpiError, Severity
from ..model.kpi import Kpi
from ..model.project import Column, Source
from ..model.rule import RULES
from .files import write_text
from .project import linted, load, settled, window_of
from .run import Options

_SCHEMA = "# yaml-language-server: $schema=../schemas/baseline.schema.json"


@dataclass(frozen=True)
class Frozen:
    """What freezing came to: the files written or already right, and what could not be frozen and why."""

    written: tuple[Path, ...] = ()
    unchanged: tuple[Path, ...] = ()
    failed: dict[str, str] = field(default_factory=dict)
    unreadable: tuple[Diagnostic, ...] = ()
    """The findings on sources that what could not be frozen stands on."""


def freeze(options: Options) -> Frozen:
    """Write baselines/<id>.yaml for the named KPIs, or for all that have baseline days. Raises KpiError."""
    catalog, evaluation, _ = _evaluated(options)
    today = window_of(catalog, options.as_of, options.now).today
    written, unchanged, failed, behind = [], [], {}, set()
    for kpi in _chosen(catalog, options):
        path = options.place.root / "baselines" / f"{kpi.id}.yaml"
        values = evaluation.baselines.get(kpi.id, ())
        if not values or values[0].value is None or not evaluation.hashes.get(kpi.id):
            unread = _unreadable(catalog, kpi, evaluation)
            failed[kpi.id] = unread[0].message if unread and kpi.baseline else _why(kpi, evaluation)
            behind.update(unread)
            continue
        days = {"from": kpi.baseline.from_, "to": kpi.baseline.to} if kpi.baseline else {}
        file = BaselineFile.model_validate({
            "version": 1, "kpi": kpi.id, **{k: d for k, d in days.items() if d}, "frozen_on": today,
            "definition": evaluation.hashes[kpi.id], "data": evaluation.fingerprints.get(kpi.id) or None,
            "engine": evaluation.engine, "values": values,
        })  # fmt: skip
        if _says_the_same(catalog, file):
            unchanged.append(path)
        else:
            write_text(path, as_yaml(dumped(file), _SCHEMA))
            written.append(path)
    return Frozen(tuple(written), tuple(unchanged), failed, tuple(sorted(behind, key=lambda f: f.sort_key)))


def verify(options: Options) -> tuple[Diagnostic, ...]:
    """What the data say of the frozen baselines: stale, drifted, unfrozen or unverifiable ones. Raises KpiError."""
    catalog, evaluation, ill = _evaluated(options)
    chosen = tuple(kpi.id for kpi in _chosen(catalog, options))
    of_baselines = (*evaluation.diagnostics, *_stale_unread(catalog, evaluation, options))
    found = [f for f in of_baselines if f.rule in OF_BASELINES and f.kpi in chosen]
    found += [f for f in ill if not options.only or f.span.path in {f"baselines/{one}.yaml" for one in chosen}]
    return settled(catalog, (*found, *_unverifiable(catalog, evaluation, options, chosen)), frozenset(RULES))


def _unverifiable(
    catalog: Catalog, evaluation: Evaluation, options: Options, chosen: tuple[str, ...]
) -> list[Diagnostic]:
    """Why baselines cannot be computed again: what the run found, and else what lint says of their definitions."""
    needed = frozenset(narrowed(catalog, chosen).definitions)
    places = {place(catalog, d, "source") for d in _behind(catalog, chosen)}
    failed = [m for m in evaluation.measurements if m.kpi in needed and is_failed(m)]
    found = hindering(failed, evaluation.diagnostics)
    found = tuple(f for f in found if f.rule != "source-unreadable" or f.span in places or f.kpi in needed)
    if failed and not found:
        today = window_of(catalog, options.as_of, options.now).today
        found = hindering(failed, linted(catalog, options.place, today))
    return list(found)


def _stale_unread(catalog: Catalog, evaluation: Evaluation, options: Options) -> tuple[Diagnostic, ...]:
    """baseline-stale for definitions whose data were not read, as far as kpi.yaml alone says what they mean."""
    unread = {i for i in catalog.kpis if not evaluation.hashes.get(i)}
    if not unread:
        return ()
    one, other = (_hashes(catalog, options, spelled) for spelled in (str.lower, str.upper))
    sure = {i: h for i, h in one.items() if other.get(i) == h}
    return compare(catalog, {}, {i: sure.get(i, "") for i in unread}).diagnostics


def _hashes(catalog: Catalog, options: Options, spelled: Callable[[str], str]) -> Mapping[str, str]:
    """The definition hashes if the unread sources spelled so the columns that only their contract names.

    What two spellings agree on stands on nothing that the data alone could tell.
    """
    natives: dict[str, Native | None] = {}
    for name, dataset in catalog.datasets.items():
        native = csv_header(dataset, options.place.root, options.place.allowed) or _declared(catalog, name, spelled)
        if native is not None:
            natives[name] = native
    return compile_catalog(catalog, natives).hashes


def _declared(catalog: Catalog, name: str, spelled: Callable[[str], str]) -> Native | None:
    """The columns that kpi.yaml and the contract name; None for a preset's or Parquet's, which the data decide."""
    dataset, contract = catalog.datasets[name], catalog.contract(name)
    source = dataset.source if isinstance(dataset.source, Source) else Source(path=dataset.source)
    if catalog.preset(name) or "parquet" in (source.format, source.path.rpartition(".")[2].lower()):
        return None
    named = [c.from_ if isinstance(c, Column) else c for c in dataset.columns.values()]
    named += [spelled(c) for c in (contract.columns if contract else ()) if c not in dataset.columns]
    return Native(dict.fromkeys(named, "VARCHAR"))


def _unreadable(catalog: Catalog, kpi: Kpi, evaluation: Evaluation) -> list[Diagnostic]:
    """The findings on sources that a KPI stands on and that cannot be read."""
    places = {place(catalog, d, "source") for d in _behind(catalog, (kpi.id,))}
    unread = [f for f in evaluation.diagnostics if f.rule == "source-unreadable"]
    return [f for f in unread if f.span in places or f.kpi == kpi.id]


def _behind(catalog: Catalog, ids: tuple[str, ...]) -> set[str]:
    """The datasets that definitions stand on, with their histories."""
    nouns = [e.noun for e in narrowed(catalog, ids).definitions.values()]
    found = {n for m in nouns for n in (m.dataset, m.evidence) if n in catalog.datasets and n}
    return found | {h for n in found for h in catalog.datasets[n].histories if h in catalog.datasets}


def _evaluated(options: Options) -> tuple[Catalog, Evaluation, list[Diagnostic]]:
    """The project's catalog, what was measured, and the errors in its files. Raises KpiError."""
    catalog, findings = load(options.place)
    if catalog is None:
        raise KpiError(f"kpi.yaml cannot be read: {findings[0].message}", "Run `kpi lint`.")
    for one in options.only:
        if one not in catalog.kpis:
            state = "cannot be read" if one in catalog.broken else "does not exist"
            raise KpiError(f"the KPI {one} {state}", "Run `kpi lint`.")
    catalog = narrowed(catalog, options.only) if options.only else catalog
    window = window_of(catalog, options.as_of, options.now)
    setting = Setting(options.place.root, window, options.open_engine, options.place.allowed, options.progress)
    ill = [f for f in findings if f.severity is Severity.ERROR]
    return catalog, evaluate(catalog, setting, fingerprint=True), ill


def _chosen(catalog: Catalog, options: Options) -> list[Kpi]:
    """The named KPIs, or every active one with a baseline."""
    named = [kpi for kpi in catalog.kpis.values() if kpi.id in options.only]
    return named or [kpi for kpi in catalog.kpis.values() if kpi.is_active and kpi.baseline is not None]


def _why(kpi: Kpi, evaluation: Evaluation) -> str:
    """Why a baseline has no value."""
    found = [f.message for f in evaluation.diagnostics if f.kpi == kpi.id and f.rule not in OF_BASELINES]
    if kpi.baseline is None:
        return "it has no `baseline:`"
    return found[0] if found else "the data give no value over its days"


def _says_the_same(catalog: Catalog, file: BaselineFile) -> bool:
    """Whether the frozen file holds these values under this definition already."""
    entry = catalog.baselines.get(file.kpi)
    if entry is None:
        return False
    passing = {"frozen_on", "engine", "data"}
    return entry.noun.model_dump(exclude=passing) == file.model_dump(exclude=passing)

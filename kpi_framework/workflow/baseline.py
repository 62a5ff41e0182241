"""Freezing baselines and comparing them with the data: noun → noun; only `freeze` writes, whole files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ..compile.only import narrowed
from ..evaluate.evaluate import Evaluation, Setting, evaluate
from ..load.write import as_yaml, dumped
from ..model.baseline import BaselineFile
from ..model.catalog import Catalog
from ..model.diagnostic import Diagnostic, KpiError
from ..model.kpi import Kpi
from .files import write_text
from .project import load, settled, window_of
from .run import Options

OF_BASELINES = frozenset({"baseline-stale", "baseline-drift", "baseline-unfrozen"})
_SCHEMA = "# yaml-language-server: $schema=../schemas/baseline.schema.json"


@dataclass(frozen=True)
class Frozen:
    """What freezing came to: the files written or already right, and what could not be frozen and why."""

    written: tuple[Path, ...] = ()
    unchanged: tuple[Path, ...] = ()
    failed: dict[str, str] = field(default_factory=dict)


def freeze(options: Options) -> Frozen:
    """Write baselines/<id>.yaml for the named KPIs, or for all that have baseline days. Raises KpiError."""
    catalog, evaluation = _evaluated(options)
    today = window_of(catalog, options.as_of, options.now).today
    written, unchanged, failed = [], [], {}
    for kpi in _chosen(catalog, options):
        path = options.place.root / "baselines" / f"{kpi.id}.yaml"
        values = evaluation.baselines.get(kpi.id, ())
        if not values or values[0].value is None or not evaluation.hashes.get(kpi.id):
            failed[kpi.id] = _why(kpi, evaluation)
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
    return Frozen(tuple(written), tuple(unchanged), failed)


def verify(options: Options) -> tuple[Diagnostic, ...]:
    """What the data say of the frozen baselines: stale, drifted or unfrozen ones. Raises KpiError."""
    catalog, evaluation = _evaluated(options)
    chosen = {kpi.id for kpi in _chosen(catalog, options)}
    settled_ones = settled(catalog, evaluation.diagnostics)
    return tuple(f for f in settled_ones if f.rule in OF_BASELINES and f.kpi in chosen)


def _evaluated(options: Options) -> tuple[Catalog, Evaluation]:
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
    return catalog, evaluate(catalog, setting, fingerprint=True)


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

"""Freezing baselines and comparing them with the data: noun → noun; only `freeze` writes, whole files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from ...compile.catalog import Compilation
from ...evaluate.columns import datasets_behind
from ...evaluate.evaluate import Evaluation, evaluate
from ...evaluate.findings import dataset_span
from ...evaluate.gate import OF_BASELINES, hindering, is_failed
from ...evaluate.reporting_periods import ReportingPeriods
from ...load.write import as_yaml, dumped
from ...load.yaml import read_yaml
from ...model.baseline import BaselineFile, BaselineValue
from ...model.catalog import Catalog
from ...model.diagnostic import Diagnostic, KpiError, Severity
from ...model.kpi import Kpi
from ...model.record import Record, field
from ...model.rule import RULES
from ..files import write_text
from ..project import linted, load, reporting_periods_of, settled
from ..project_files import LINKED, refuse_links
from ..run import Options
from .unread import stale_unread

_SCHEMA = "# yaml-language-server: $schema=../schemas/baseline.schema.json"


class Frozen(Record):
    """What freezing came to: the files written or already right, and what could not be frozen and why."""

    written: tuple[Path, ...] = ()
    unchanged: tuple[Path, ...] = ()
    failed: dict[str, str] = field(default_factory=dict)
    unreadable: tuple[Diagnostic, ...] = ()
    """The findings on sources that what could not be frozen stands on."""


def freeze(options: Options) -> Frozen:
    """Write baselines/<id>.yaml for the named KPIs, or for all that have baseline days. Raises KpiError."""
    catalog, ill = _loaded(options)
    refuse_links(ill)
    evaluation = _evaluated(catalog, options)
    reporting = reporting_periods_of(catalog, options.as_of, options.now)
    written, unchanged, failed, behind = [], [], {}, set()
    for kpi in _chosen(catalog, options):
        path = options.project_root.folder / "baselines" / f"{kpi.id}.yaml"
        values = evaluation.baselines.get(kpi.id, ())
        running = _running(kpi, reporting)
        if running or not _is_proven(values) or not evaluation.hashes.get(kpi.id):
            unread = _unreadable(catalog, (kpi.id,), evaluation)
            failed[kpi.id] = unread[0].message if unread and kpi.baseline else running or _why(kpi, evaluation)
            behind.update(unread)
            continue
        days = {"from": kpi.baseline.from_, "to": kpi.baseline.to} if kpi.baseline else {}
        file = BaselineFile.model_validate({
            "version": 1, "kpi": kpi.id, **{k: d for k, d in days.items() if d}, "frozen_on": reporting.today,
            "definition": evaluation.hashes[kpi.id], "data": evaluation.fingerprints.get(kpi.id) or None,
            "engine": evaluation.engine, "values": values,
        })  # fmt: skip
        if _says_the_same(catalog, file):
            unchanged.append(path)
            continue
        text = as_yaml(dumped(file), _SCHEMA)
        if unsound := read_yaml(f"baselines/{path.name}", text).findings:
            # No file is left behind that the next check would refuse.
            failed[kpi.id] = f"the name of a segment cannot be written to a file: {unsound[0].message}"
            continue
        write_text(path, text)
        written.append(path)
    return Frozen(tuple(written), tuple(unchanged), failed, tuple(sorted(behind, key=lambda f: f.sort_key)))


def verify(options: Options) -> tuple[Diagnostic, ...]:
    """What the data say of the frozen baselines: stale, drifted, unfrozen or unverifiable ones. Raises KpiError."""
    catalog, ill = _loaded(options)
    evaluation = _evaluated(catalog, options)
    chosen = tuple(kpi.id for kpi in _chosen(catalog, options))
    known = frozenset(kpi_id for kpi_id, meaning in evaluation.hashes.items() if meaning)
    of_baselines = (*evaluation.diagnostics, *stale_unread(catalog, known, options.project_root))
    findings = [f for f in of_baselines if f.rule in OF_BASELINES and f.kpi in chosen]
    mine = {f"baselines/{kpi_id}.yaml" for kpi_id in chosen}
    findings += [f for f in ill if not options.only or f.rule == LINKED or f.span.path in mine]
    return settled(catalog, (*findings, *_unverifiable(catalog, evaluation, options, chosen)), frozenset(RULES))


def _unverifiable(
    catalog: Catalog, evaluation: Evaluation, options: Options, chosen: tuple[str, ...]
) -> list[Diagnostic]:
    """Why baselines cannot be computed again: what the run found, and else what lint says of their definitions."""
    needed, unread = Compilation(catalog).narrowed(chosen).catalog.definitions, _unreadable(catalog, chosen, evaluation)
    failed = [m for m in evaluation.measurements if m.kpi in needed and is_failed(m)]
    findings = [f for f in hindering(failed, evaluation.diagnostics) if f.rule != "source-unreadable" or f in unread]
    if failed and not findings:
        today = reporting_periods_of(catalog, options.as_of, options.now).today
        return list(hindering(failed, linted(catalog, options.project_root, today)))
    return findings


def _unreadable(catalog: Catalog, ids: tuple[str, ...], evaluation: Evaluation) -> list[Diagnostic]:
    """The findings on sources that definitions stand on and that cannot be read."""
    behind = Compilation(catalog).narrowed(ids).catalog
    spans = {dataset_span(catalog, name, "source") for name in datasets_behind(behind)}
    unread = [f for f in evaluation.diagnostics if f.rule == "source-unreadable"]
    return [f for f in unread if f.span in spans or f.kpi in behind.definitions]


def _loaded(options: Options) -> tuple[Catalog, list[Diagnostic]]:
    """The catalog of the named KPIs, or of all, and the errors in the project's files. Raises KpiError."""
    catalog, findings = load(options.project_root)
    if catalog is None:
        refuse_links(findings)
        raise KpiError(f"kpi.yaml cannot be read: {findings[0].message}", "Run `kpi lint`.")
    for kpi_id in options.only:
        if kpi_id not in catalog.kpis:
            state = "cannot be read" if kpi_id in catalog.broken else "does not exist"
            raise KpiError(f"the KPI {kpi_id} {state}", "Run `kpi lint`.")
    ill = [f for f in findings if f.severity is Severity.ERROR]
    return Compilation(catalog).narrowed(options.only).catalog if options.only else catalog, ill


def _evaluated(catalog: Catalog, options: Options) -> Evaluation:
    """What was measured. Raises KpiError."""
    reporting = reporting_periods_of(catalog, options.as_of, options.now)
    return evaluate(Compilation(catalog), options.setting(reporting), fingerprint=True)


def _chosen(catalog: Catalog, options: Options) -> list[Kpi]:
    """The named KPIs, or every active one with a baseline."""
    named = [kpi for kpi in catalog.kpis.values() if kpi.id in options.only]
    return named or [kpi for kpi in catalog.kpis.values() if kpi.is_active and kpi.baseline is not None]


def _is_proven(values: tuple[BaselineValue, ...]) -> bool:
    """Whether there is an overall value, and rows behind it where it is of rows."""
    return bool(values) and values[0].value is not None and values[0].population != 0


def _running(kpi: Kpi, reporting: ReportingPeriods) -> str:
    """Why a baseline cannot be frozen yet: some of its days are still to come. Empty where they are over."""
    last = kpi.baseline.to if kpi.baseline is not None and kpi.baseline.value is None else None
    if last is None or reporting.almanac.instant(last + dt.timedelta(days=1)) <= reporting.as_of:
        return ""
    return f"its days are not over: they end on {last}, and the values are as of {reporting.today}"


def _why(kpi: Kpi, evaluation: Evaluation) -> str:
    """Why a baseline has no value."""
    messages = [f.message for f in evaluation.diagnostics if f.kpi == kpi.id and f.rule not in OF_BASELINES]
    if kpi.baseline is None:
        return "it has no `baseline:`"
    unproven = [f.message for f in evaluation.diagnostics if f.kpi == kpi.id and f.rule == "baseline-unproven"]
    if unproven:
        return unproven[0]
    values = evaluation.baselines.get(kpi.id, ())
    if values and values[0].population == 0:
        return "no row counts in its days, and a baseline of nothing proves nothing"
    return messages[0] if messages else "the data give no value for its days"


def _says_the_same(catalog: Catalog, file: BaselineFile) -> bool:
    """Whether the frozen file holds these values under this definition already."""
    frozen = catalog.baselines.get(file.kpi)
    if frozen is None:
        return False
    passing = {"frozen_on", "engine", "data"}
    return frozen.noun.model_dump(exclude=passing) == file.model_dump(exclude=passing)

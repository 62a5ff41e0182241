"""From a catalog and its data to judged measurements: the table of contents of this room.

files → columns → compilation → loading → observing → deriving → judging → informing
"""

from __future__ import annotations

from collections.abc import Mapping

from ..compile.catalog import Compilation
from ..model.baseline import BaselineValue
from ..model.diagnostic import Diagnostic
from ..model.measurement import Measurement, Reason, SignalResult
from ..model.record import Record, field
from .beginnings import beginnings
from .columns import DataColumns, columns_of
from .computable import Computable, computable
from .coverage import Coverages, coverage_of
from .deriving import DerivedValues, derive
from .judging import judge
from .lasting import of_lasting_rows
from .loading import Datasets, load
from .observing import observe
from .run import Run
from .session import Session
from .setting import Setting
from .signals import judge_signals
from .volume import finer_than_volume
from .wanted import WantedPeriods


class Evaluation(Record):
    """What was measured and judged, and what was found on the way."""

    measurements: tuple[Measurement, ...]
    diagnostics: tuple[Diagnostic, ...]
    engine: str
    isolation: str
    hashes: Mapping[str, str] = field(default_factory=dict)
    former_hashes: Mapping[str, str] = field(default_factory=dict)
    baselines: Mapping[str, tuple[BaselineValue, ...]] = field(default_factory=dict)
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The fingerprint of each dataset behind a KPI, histories and evidence among them."""
    calendars: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The calendars by whose hours and days off a definition measures."""
    signals: tuple[SignalResult, ...] = ()


def evaluate(compilation: Compilation, setting: Setting, *, fingerprint: bool = False) -> Evaluation:
    """Measure and judge every live definition, over the columns that its data turn out to have.

    Never raises for what a file or its data may hold.
    """
    with Session(setting.open_engine) as session:
        run = Run(setting, session)
        columns, unread = columns_of(run, compilation.catalog)
        return evaluate_over(run, compilation.over(columns.natives), columns, unread, fingerprint=fingerprint)


def evaluate_over(
    run: Run, compilation: Compilation, columns: DataColumns, unread: tuple[Diagnostic, ...], *, fingerprint: bool
) -> Evaluation:
    """The same once the columns are known and compiled over; the session is locked from then on.

    `unread` are the findings on the sources that could not be looked at.
    """
    judged = judged_over(run, compilation, columns)
    wanted, coverages, measurements = judged.wanted, judged.coverages, judged.measurements
    ready = wanted.computable
    begun = tuple(beginnings(run, wanted, coverages, measurements))
    fine = tuple(finer_than_volume(ready, measurements))
    signals = judge_signals(compilation, measurements, run.session)
    if run.setting.looks_back and run.reporting.tells_time:
        from .informing import informed  # noqa: PLC0415 - a run of a single period does without, and is to be fast
        from .looking_back import look_back  # noqa: PLC0415

        past = look_back(run, wanted, judged.derived, judged.failures, coverages)
        measurements = tuple(informed(measurement, past, ready) for measurement in measurements)
    prints = columns.fingerprints() if fingerprint else {}
    return Evaluation(
        measurements, (*unread, *judged.diagnostics, *begun, *fine), *run.session.about,
        ready.hashes, ready.former_hashes, judged.derived.live,
        _fingerprints(ready, prints), _data(ready, prints), ready.calendars, signals,
    )  # fmt: skip


class Judged(Record):
    """The measurements of a run whose session still holds the data, and what they were judged by."""

    wanted: WantedPeriods
    coverages: Coverages
    derived: DerivedValues
    failures: Mapping[str, Reason]
    measurements: tuple[Measurement, ...]
    diagnostics: tuple[Diagnostic, ...]


def judged_over(run: Run, compilation: Compilation, columns: DataColumns) -> Judged:
    """Load the data, lock the session, measure and judge; the loaded tables are there until the session ends."""
    ready, uncompiled = computable(compilation, columns.natives)
    data, unloaded = load(run, ready, columns)
    wanted = WantedPeriods(ready, run.reporting)
    lacking = {i: r for i, e in compilation.catalog.live.items() if (r := columns.unasked.get(e.noun.dataset or ""))}
    coverages = _coverages(run, ready, data)
    lasting = of_lasting_rows(run, ready, coverages)
    observed, failed = observe(run, wanted, {**ready.failures, **lacking, **data.failures}, coverages)
    derived = derive(run, wanted, observed, coverages)
    measurements, doubts = judge(run, wanted, derived, coverages)
    findings = (*uncompiled, *unloaded, *lasting, *failed, *doubts)
    return Judged(wanted, coverages, derived, observed.failures, measurements, findings)


def _coverages(run: Run, ready: Computable, data: Datasets) -> Coverages:
    """How far the loaded datasets reach, and which of them each definition stands on."""
    reaching = {name: coverage_of(ready.tables[name], loaded, run.reporting) for name, loaded in data.loaded.items()}
    return Coverages(reaching, ready.standing_on(), run.reporting)


def _fingerprints(ready: Computable, prints: Mapping[str, str]) -> dict[str, str]:
    """What identifies the data behind each KPI."""
    datasets = ready.standing_on()
    return {i: " ".join(prints[d] for d in datasets[i] if d in prints) for i in ready.catalog.kpis if i in datasets}


def _data(ready: Computable, prints: Mapping[str, str]) -> dict[str, Mapping[str, str]]:
    """The same, a dataset each, with what is read beside the rows."""
    return {i: {d: prints[d] for d in names if d in prints} for i, names in ready.reading().items()}

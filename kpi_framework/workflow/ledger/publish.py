"""Publishing: what HEAD's definitions and data give is appended to the ledgers, line by line, all or nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from ...compile.catalog import Compilation
from ...evaluate.evaluate import Evaluation
from ...evaluate.gate import is_definitional
from ...history.attributes import lacking_attributes
from ...history.git import Repository, find_repository
from ...history.git_process import configured
from ...history.ledger import heads, sealed
from ...model.catalog import Catalog
from ...model.diagnostic import Diagnostic, KpiError, Severity, Span
from ...model.kpi import Kpi
from ...model.language import is_former
from ...model.ledger import Chain, Published
from ...model.measurement import Measurement, Scorecard, Status
from ...model.record import Record, field, replace
from ...model.rule import RULES
from ..checking.check import check_loaded
from ..history.revisions import Revision
from ..project import load, reporting_periods_of
from ..run import Options, Outcome
from ..tracked import refuse_uncommitted
from .committed import CommittedData, refuse_other_branch
from .ledger import Key, broken, chains_of, key_of
from .ledger_files import ATTRIBUTES, FOLDER, LedgerFiles, Publisher, publishing, refuse_anchor
from .lines import Line, causes_of, is_restated, restatement, value_line
from .moments import evaluated_at
from .provenance import days_off_of, run_line, versions
from .reasons import Reasons
from .succession import succession


class Publication(Record):
    """What publishing came to: the lines appended by KPI, what was refused, and the check behind it."""

    outcome: Outcome
    appended: Mapping[str, int] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
    heads: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


class Basis(Record):
    """What a publication stands on: a commit with its definitions and data, and what they gave."""

    options: Options
    repository: Repository
    commit: str
    committed: Catalog | None
    outcome: Outcome
    reasons: Reasons

    @property
    def catalog(self) -> Catalog:
        """The definitions of the commit."""
        assert self.committed is not None, "the caller has looked"
        return self.committed

    @property
    def card(self) -> Scorecard:
        """The scorecard of the check."""
        assert self.outcome.scorecard is not None, "the caller has looked"
        return self.outcome.scorecard

    @property
    def evaluation(self) -> Evaluation:
        """What the check measured."""
        assert self.outcome.evaluation is not None, "the caller has looked"
        return self.outcome.evaluation


def publish(options: Options, reasons: Sequence[str] = (), anchor: Path | None = None) -> Publication:
    """Append the judged values to the ledger; a closed period's value changes only with a reason. Raises KpiError.

    The definitions are those of HEAD, and so have the tracked data to be. Nothing is written if anything is refused, as
    every value is while a definition is unsound. One run of a project publishes at a time.
    """
    if anchor is not None:
        refuse_anchor(anchor, options.project_root.folder)
    repository = find_repository(options.project_root.folder)
    with publishing(options.project_root.folder) as publisher:
        basis = _basis(options, repository, reasons)
        outcome = basis.outcome
        unsound = tuple(f for f in outcome.diagnostics if f.severity is Severity.ERROR and is_definitional(f))
        if outcome.scorecard is None or outcome.evaluation is None or unsound:
            return Publication(outcome, diagnostics=unsound or outcome.diagnostics)
        publication = _append(publisher, basis)
        if anchor is not None and not publication.diagnostics:
            about = {"version": 1, "commit": basis.commit, "heads": publication.heads}
            publisher.write_anchor(anchor, json.dumps(about, indent=2) + "\n")
        return publication


def _basis(options: Options, repository: Repository, reasons: Sequence[str]) -> Basis:
    """HEAD, once it is sure that it may publish and that what is on disk is what it has. Raises KpiError."""
    revision = Revision(options.project_root, repository, repository.commit("HEAD"))
    refuse_uncommitted(repository)
    catalog, findings = revision.loaded
    if catalog is not None and catalog.project.noun.has_days:
        refuse_other_branch(repository, revision.name, catalog.project.noun.publish)
        _refuse_future(options, catalog)
        CommittedData(repository, revision.name, options.project_root).refuse_other(catalog)
    # Links are told by the files on disk alone.
    findings = tuple(dict.fromkeys((*findings, *load(options.project_root)[1])))
    outcome = check_loaded(replace(options, fingerprint=True, reconcile=False), catalog, findings)
    return Basis(
        options, repository, revision.name, catalog, outcome, Reasons.read(reasons, catalog.kpis if catalog else ())
    )


def _refuse_future(options: Options, catalog: Catalog) -> None:
    """What has not ended cannot be published as if it had. Raises KpiError."""
    reporting = reporting_periods_of(catalog, options.as_of, options.now)
    if reporting.as_of > options.now:
        raise KpiError(
            f"{reporting.today} has not ended: its values would be published before they are known",
            "Publish as of a day that has ended, or leave --as-of and `as_of:` out.",
        )


# Lines


def _append(publisher: Publisher, basis: Basis) -> Publication:
    """Continue the ledgers by what the check came to, or say what is refused."""
    files = publisher.read()
    line_of_succession = succession(basis.options.project_root, basis.repository, files.contents)
    chains = chains_of(files.contents, line_of_succession)
    findings = [*line_of_succession.faults, *(broken(c) for c in chains.values() if c.fault)]
    findings += _left_behind(basis.catalog, chains)
    additions = [] if findings else _additions(basis, chains)
    findings += [finding for addition in additions for finding in addition.refused]
    if findings:
        return Publication(basis.outcome, diagnostics=tuple(findings))
    counts = {addition.chain.kpi: len(addition.bodies) for addition in additions if addition.bodies}
    lines = {a.chain.kpi: sealed(a.chain, a.bodies) for a in additions if a.bodies}
    contents = publisher.append(files, lines, _attributes(basis.repository, files) if lines else {})
    return Publication(basis.outcome, counts, (), heads(chains_of(contents, line_of_succession).values()))


def _attributes(repository: Repository, files: LedgerFiles) -> Mapping[str, bytes]:
    """What tells git how to treat the ledgers, where nobody has; what somebody wrote stays."""
    lacking = None if files.has(ATTRIBUTES) else lacking_attributes(repository)
    return {ATTRIBUTES: lacking} if lacking else {}


def _left_behind(catalog: Catalog, chains: Mapping[str, Chain]) -> list[Diagnostic]:
    """A KPI that was renamed without its ledger would begin a second one."""
    findings = []
    for kpi_id, kpi in catalog.kpis.items():
        former = kpi.renamed_from
        if former in chains and former not in catalog.definitions:
            message = f"{kpi_id} was called {former}, and this ledger was not renamed with it"
            hint = f"Run `git mv {FOLDER}/{former}.jsonl {FOLDER}/{kpi_id}.jsonl`, and commit."
            span = Span(f"{FOLDER}/{former}.jsonl")
            findings.append(RULES["ledger-broken"].finding(span, message, hint, kpi=kpi_id))
    return findings


class Addition(Record):
    """The lines to append to a ledger, and what is refused."""

    chain: Chain
    bodies: list[Line]
    refused: list[Diagnostic]


def _additions(basis: Basis, chains: Mapping[str, Chain]) -> list[Addition]:
    ids = [i for i, noun in basis.card.definitions.items() if isinstance(noun, Kpi) and noun.is_active]
    worth = {i: _worth_publishing(basis, chains.get(i, Chain(i))) for i in ids}
    restated = [m.kpi for i, ms in worth.items() for m in ms if key_of(m) in chains.get(i, Chain(i)).latest]
    about = _about(basis)
    prints = _prints(basis, [i for i, measurements in worth.items() if measurements])
    additions = []
    for kpi_id, measurements in worth.items():
        behind = {name: prints[name] for name in basis.evaluation.data.get(kpi_id, {}) if name in prints}
        own = {"data": basis.evaluation.fingerprints.get(kpi_id, ""), "datasets": behind}
        additions.append(_addition(basis, chains.get(kpi_id, Chain(kpi_id)), measurements, restated, about | own))
    return additions


def _addition(
    basis: Basis, chain: Chain, measurements: Iterable[Measurement], restated: Sequence[str], about: Line
) -> Addition:
    addition = Addition(chain, [], [])
    former_hash = basis.evaluation.former_hashes.get(chain.kpi, "")
    for measurement in measurements:
        body, earlier = {**value_line(measurement), **about}, chain.latest.get(key_of(measurement))
        days = _days_off(basis, measurement)
        body |= {"holidays": days} if days else {}
        if earlier is not None:
            causes = causes_of(earlier, measurement, former_hash, about["data"])
            reason = basis.reasons.of(chain.kpi, causes, restated)
            body |= restatement(earlier, reason, causes)
            addition.refused.extend([] if reason else [_silent(basis, chain, earlier, measurement, causes)])
        addition.bodies.append(body)
    return addition


def _about(basis: Basis) -> Line:
    """What all lines say of this publication."""
    card = basis.card
    return {
        "commit": basis.commit, "engine": card.engine, "isolation": card.isolation, "as_of": card.as_of.isoformat(),
        "published_at": basis.options.now.isoformat(), "versions": versions(card.engine),
        **run_line(_committer(basis.repository)),
    }  # fmt: skip


def _committer(repository: Repository) -> str | None:
    """Who commits in this clone; None where git does not know."""
    try:
        return f"{configured(repository.root, 'user.name')} <{configured(repository.root, 'user.email')}>"
    except KpiError:
        return None


def _prints(basis: Basis, ids: Iterable[str]) -> Mapping[str, object]:
    """What identifies the data behind some KPIs, each dataset once."""
    read = {name: print_ for i in ids for name, print_ in basis.evaluation.data.get(i, {}).items()}
    return CommittedData(basis.repository, basis.commit, basis.options.project_root).prints(read, basis.catalog)


def _days_off(basis: Basis, measurement: Measurement) -> Mapping[str, object]:
    names = basis.evaluation.calendars.get(measurement.kpi, frozenset())
    return days_off_of(basis.catalog.project.noun.calendars, names, measurement.period)


# What is published


def _worth_publishing(basis: Basis, chain: Chain) -> list[Measurement]:
    """The judged values, and those of closed periods that were published and are others now."""
    judged = [m for m in basis.card.measurements if m.kpi == chain.kpi and m.status is not Status.INFORMATIVE]
    latest = chain.latest
    pairs = [(earlier, m) for m in judged if (earlier := latest.get(key_of(m))) and is_restated(earlier, m)]
    moved = {key_of(m) for m in _moved(basis, pairs)}
    return [m for m in judged if key_of(m) in moved or (m.judged and key_of(m) not in latest)]


def _moved(basis: Basis, restated: Sequence[tuple[Published, Measurement]]) -> list[Measurement]:
    """Those that are others also at the instant of their publication: a clock that still runs grows with every day."""
    moved = []
    ordered = sorted(restated, key=lambda pair: pair[0].as_of)
    for as_of, pairs in groupby(ordered, key=lambda pair: pair[0].as_of):
        together = tuple(pairs)
        changed = [m for e, m in together if not is_former(e.definition) and e.definition != m.definition]
        open_ones = [(e, m) for e, m in together if m not in changed]
        then = _then(basis, as_of, {m.kpi for _, m in open_ones}) if open_ones else {}
        moved += changed
        moved += [m for e, m in open_ones if (n := then.get((m.kpi, *key_of(m)))) is None or is_restated(e, n)]
    return moved


def _then(basis: Basis, as_of: str, ids: Iterable[str]) -> Mapping[tuple[str, *Key], Measurement]:
    """What today's definitions and data give at an earlier instant."""
    return evaluated_at(basis.options, Compilation(basis.catalog).narrowed(ids), as_of).values


def _silent(
    basis: Basis, chain: Chain, earlier: Published, measurement: Measurement, causes: tuple[str, ...]
) -> Diagnostic:
    """silent-restatement: the data and the definition now give another value than the one published for a closed
    period.
    """
    part = ", ".join(f"{c} {v}" for c, v in measurement.segment)
    what = f"{chain.kpi} {earlier.start}" + (f" ({part})" if part else "")
    current = _value_text(measurement.value, measurement.status.value)
    message = f"{what}: published as {_value_text(earlier.value, earlier.status)}, but now it is {current}"
    message += f", because of the {' and the '.join(causes)}" if causes else ""
    hint = ""
    if basis.reasons.general:
        hint = f'Several KPIs are restated, and one reason does not do for all: add `--reason "{chain.kpi}=TEXT"`.'
    span = Span(f"{FOLDER}/{chain.kpi}.jsonl", earlier.seq)
    return RULES["silent-restatement"].finding(span, message, hint, kpi=chain.kpi)


def _value_text(value: object, status: str) -> str:
    return f"{'unknown' if value is None else value} ({status})"

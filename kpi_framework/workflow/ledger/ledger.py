"""Publishing judged values, and verifying what was published: the ledger's two workflows."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import takewhile
from pathlib import Path
from typing import Any

from ...compile.catalog import Compilation
from ...evaluate.evaluate import evaluate
from ...evaluate.gate import is_definitional
from ...history.comparison import Side
from ...history.git import Repository, find_repository
from ...history.ledger import against, heads, read_chain, sealed
from ...model.could_not import CouldNot
from ...model.diagnostic import Diagnostic, KpiError, Severity, Span
from ...model.kpi import Kpi
from ...model.language import LANGUAGE, is_former, language_of
from ...model.ledger import Chain, Published, Unverified, Verification
from ...model.measurement import Measurement, Scorecard, Status
from ...model.record import Record, field, replace
from ...model.rule import RULES
from ..checking.check import check
from ..history.revisions import Revision, side_of
from ..project import compiled, reporting_periods_of
from ..run import Options, Outcome
from ..tracked import refuse_uncommitted
from .ledger_files import FOLDER, Publisher, publishing, read_ledger_files, refuse_anchor
from .lines import Line, causes_of, is_restated, restatement, value_line

_PERIODS = 400
"""So far back values are computed again."""


def read_ledgers(root: Path) -> dict[str, Chain]:
    """Every ledger of a project, by its KPI. Raises KpiError where a file cannot be read, and at a link."""
    return _chains(read_ledger_files(root).contents)


def _chains(contents: Mapping[str, bytes]) -> dict[str, Chain]:
    return {kpi: read_chain(kpi, text) for kpi, text in contents.items()}


# publish


class Publication(Record):
    """What publishing came to: the lines appended by KPI, what was refused, and the check behind it."""

    outcome: Outcome
    appended: Mapping[str, int] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
    heads: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


def publish(options: Options, reason: str | None = None, anchor: Path | None = None) -> Publication:
    """Append the judged values to the ledger; a closed period's value changes only with a reason. Raises KpiError.

    Nothing is written if anything is refused, as every value is while a definition is unsound. One run of a project
    publishes at a time.
    """
    if anchor is not None:
        refuse_anchor(anchor, options.project_root.folder)
    repository = find_repository(options.project_root.folder)
    with publishing(options.project_root.folder) as publisher:
        commit = repository.commit("HEAD")
        refuse_uncommitted(repository)
        outcome = check(replace(options, fingerprint=True, reconcile=False, looks_back=False))
        unsound = tuple(f for f in outcome.diagnostics if f.severity is Severity.ERROR and is_definitional(f))
        if outcome.scorecard is None or outcome.evaluation is None or unsound:
            return Publication(outcome, diagnostics=unsound or outcome.diagnostics)
        publication = _append(publisher, outcome, commit, reason)
        if anchor is not None and not publication.diagnostics:
            about = {"version": 1, "commit": commit, "heads": publication.heads}
            publisher.write_anchor(anchor, json.dumps(about, indent=2) + "\n")
        return publication


def _append(publisher: Publisher, outcome: Outcome, commit: str, reason: str | None) -> Publication:
    """Continue the ledgers by what the check came to, or say what is refused."""
    assert outcome.scorecard is not None, "the caller has looked"
    files = publisher.read()
    ledgers = _chains(files.contents)
    additions = [_lines_of(kpi, outcome, ledgers, commit, reason) for kpi in _published_kpis(outcome.scorecard)]
    findings = [_broken(c) for c in ledgers.values() if c.fault]
    findings += [f for _, _, refused in additions for f in refused]
    if findings:
        return Publication(outcome, diagnostics=tuple(findings))
    counts = {chain.kpi: len(bodies) for chain, bodies, _ in additions if bodies}
    lines = {chain.kpi: sealed(chain, bodies) for chain, bodies, _ in additions if bodies}
    contents = publisher.append(files, lines)
    return Publication(outcome, counts, (), heads(_chains(contents).values()))


Lines = tuple[Chain, list[Line], list[Diagnostic]]
"""A ledger, the lines to append to it, and what is refused."""


def _lines_of(kpi: str, outcome: Outcome, ledgers: Mapping[str, Chain], commit: str, reason: str | None) -> Lines:
    card, evaluation, chain = outcome.scorecard, outcome.evaluation, ledgers.get(kpi, Chain(kpi))
    assert card is not None
    assert evaluation is not None
    about = {
        "commit": commit, "data": evaluation.fingerprints.get(kpi, ""), "engine": card.engine,
        "isolation": card.isolation, "as_of": card.as_of.isoformat(),
    }  # fmt: skip
    bodies: list[Line] = []
    refused: list[Diagnostic] = []
    for measurement in _worth_publishing(card, kpi, chain):
        body, earlier = {**value_line(measurement), **about}, chain.latest.get(_key(measurement))
        if earlier is not None:
            causes = causes_of(earlier, measurement, evaluation.former_hashes.get(kpi, ""), about["data"])
            body |= restatement(earlier, reason, causes)
            refused += [] if reason else [_silent(chain, earlier, measurement, causes)]
        bodies.append(body)
    return chain, bodies, refused


def _published_kpis(card: Scorecard) -> tuple[str, ...]:
    return tuple(i for i, noun in card.definitions.items() if isinstance(noun, Kpi) and noun.is_active)


def _worth_publishing(card: Scorecard, kpi: str, chain: Chain) -> list[Measurement]:
    """The judged values, and those of closed periods that were published and are others now."""
    measurements = []
    for measurement in card.measurements:
        if measurement.kpi != kpi or measurement.status is Status.INFORMATIVE:
            continue
        earlier = chain.latest.get(_key(measurement))
        if (earlier is None and measurement.judged) or (earlier is not None and is_restated(earlier, measurement)):
            measurements.append(measurement)
    return measurements


def _key(measurement: Measurement) -> tuple[str, str, tuple[tuple[str, str | None], ...]]:
    return measurement.period.start.isoformat(), measurement.period.end.isoformat(), measurement.segment


def _silent(chain: Chain, earlier: Published, measurement: Measurement, causes: tuple[str, ...]) -> Diagnostic:
    """silent-restatement: the data and the definition now give another value than the one published for a closed
    period.
    """
    part = ", ".join(f"{c} {v}" for c, v in measurement.segment)
    what = f"{chain.kpi} {earlier.start}" + (f" ({part})" if part else "")
    current = _value_text(measurement.value, measurement.status.value)
    message = f"{what}: published as {_value_text(earlier.value, earlier.status)}, but now it is {current}"
    message += f", because of the {' and the '.join(causes)}" if causes else ""
    return RULES["silent-restatement"].finding(Span(f"{FOLDER}/{chain.kpi}.jsonl", earlier.seq), message, kpi=chain.kpi)


def _value_text(value: object, status: str) -> str:
    return f"{'unknown' if value is None else value} ({status})"


def _broken(chain: Chain) -> Diagnostic:
    """ledger-broken: the lines of a ledger do not carry the hashes of their content and of the line before."""
    assert chain.fault is not None, "the caller has looked"
    span = Span(f"{FOLDER}/{chain.kpi}.jsonl", chain.fault.line)
    return RULES["ledger-broken"].finding(span, f"line {chain.fault.line}: {chain.fault.why}", kpi=chain.kpi)


# verify


def verify(options: Options, anchor: Path | None = None) -> Verification:
    """Check the chains and the definitions behind them, and compute again what the data allow. Raises KpiError."""
    chains = read_ledgers(options.project_root.folder)
    failed = [_broken(c) for c in chains.values() if c.fault]
    failed += _off_anchor(chains, _anchor(anchor)) if anchor else []
    entries = [e for c in chains.values() for e in c.entries]
    former = frozenset((p.kpi, p.seq) for c in chains.values() for p in takewhile(_is_former, c.entries))
    checks = _Checks(options, find_repository(options.project_root.folder), former)
    problems: list[tuple[Published, Problem]] = []
    groups: dict[tuple[str, str], list[Published]] = defaultdict(list)
    for published in entries:
        if problem := checks.definition_problem(published):
            problems.append((published, problem))
        else:
            groups[published.commit, published.as_of].append(published)
    for (commit, as_of), group in groups.items():
        options.progress(f"computing again what was published as of {as_of[:10]}")
        problems += checks.value_problems(commit, as_of, group)
    failed += [_failure(published, problem.why) for published, problem in problems if isinstance(problem, Disproved)]
    unverified = [
        Unverified(p.why, published.kpi, published.seq, p.because if isinstance(p, Moved) else None)
        for published, p in problems
        if isinstance(p, CouldNot)
    ]
    return Verification(len(entries), tuple(failed), tuple(unverified), heads(chains.values()))


def _is_former(published: Published) -> bool:
    return is_former(published.definition)


def _anchor(path: Path) -> Mapping[str, Any]:
    try:
        heads_by_kpi = json.loads(path.read_text(encoding="utf-8"))["heads"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KpiError(
            f"{path} is not an anchor file: {type(error).__name__}", "Name the file that `kpi publish --anchor` wrote."
        ) from error
    if not isinstance(heads_by_kpi, dict):
        raise KpiError(f"{path} is not an anchor file", "Name the file that `kpi publish --anchor` wrote.")
    return heads_by_kpi


def _off_anchor(chains: Mapping[str, Chain], anchor: Mapping[str, Any]) -> list[Diagnostic]:
    faults = [(k, against(chains.get(k, Chain(k)), head)) for k, head in anchor.items() if isinstance(head, dict)]
    return [_broken(Chain(kpi, (), fault)) for kpi, fault in faults if fault]


def _failure(published: Published, why: str) -> Diagnostic:
    span = Span(f"{FOLDER}/{published.kpi}.jsonl", published.seq)
    return RULES["ledger-broken"].finding(span, f"{published.kpi}, {published.start}: {why}", kpi=published.kpi)


class Disproved(Record):
    """A published value is not what its ledger says, and why."""

    why: str


class Moved(CouldNot):
    """A published value is another one now, and not for its definition or its data: `because` says for what."""

    because: str = "version"


Problem = Disproved | CouldNot


class _Checks(Record):
    """Looks up definitions and computes values again.

    `former` are the lines of an older language, up to the first of today's: whoever has published in a language does
    not go back to an older one, and a line that does is held to its hash and its value.
    """

    options: Options
    repository: Repository
    former: frozenset[tuple[str, int]]
    _catalogs: dict[str, tuple[Compilation, Side] | None] = field(default_factory=dict)

    def definition_problem(self, published: Published) -> Problem | None:
        """Why the definition of a published value cannot be found, or is another; None where it is the one it says."""
        definitions = self._at(published.commit)
        if definitions is None:
            return CouldNot("its commit is not in this clone, or cannot be read")
        side = definitions[1]
        if not published.definition or not side.hashes.get(published.kpi):
            return CouldNot("its definition does not compile against the data that are here")
        if (published.kpi, published.seq) in self.former or side.means(published.kpi, published.definition):
            return None
        return Disproved("its definition is not the one at its commit")

    def _at(self, commit: str) -> tuple[Compilation, Side] | None:
        if commit not in self._catalogs:
            try:
                name = self.repository.commit(commit)
                catalog = Revision(self.options.project_root, self.repository, name).catalog
                compilation = compiled(catalog, self.options.project_root)
                self._catalogs[commit] = compilation, side_of(compilation)
            except KpiError:
                self._catalogs[commit] = None
        return self._catalogs[commit]

    def value_problems(self, commit: str, as_of: str, group: list[Published]) -> Iterator[tuple[Published, Problem]]:
        """The values that their definitions do not give again on the same data at the same instant."""
        definitions = self._at(commit)
        assert definitions is not None, "the definition was found"
        compilation = definitions[0].narrowed({e.kpi for e in group})
        instant = dt.datetime.fromisoformat(as_of).astimezone(dt.UTC)
        reporting = replace(reporting_periods_of(compilation.catalog, None, self.options.now, _PERIODS), as_of=instant)
        again = evaluate(compilation, self.options.setting(reporting), fingerprint=True)
        values = {(m.kpi, *_key(m)): m for m in again.measurements}
        for published in group:
            if again.fingerprints.get(published.kpi, "") != published.data:
                yield published, CouldNot("the data are others now")
                continue
            measurement = values.get((published.kpi, *published.key))
            value = measurement.value if measurement else None
            if measurement is None or value != published.value:
                yield published, self._moved(published, value)

    def _moved(self, published: Published, value: float | int | None) -> Problem:
        if (published.kpi, published.seq) in self.former:
            number = language_of(published.definition)
            return Moved(f"it was published in language {number}, and language {LANGUAGE} gives another value")
        return Disproved(f"it was published as {published.value}, but computed again it is {value}")


__all__ = ["FOLDER", "Publication", "Verification", "publish", "verify"]

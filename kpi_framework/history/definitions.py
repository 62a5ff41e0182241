"""One definition, field by field: what a change of each does to its judgement. A test holds that none is left out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from ..model.change import Change, ChangeClass
from ..model.could_not import CouldNot
from ..model.diagnostic import Severity
from ..model.kpi import Baseline, Expectation, Kpi, Lifecycle, Metric
from ..model.project import Gate
from ..model.quantity import Duration, Quantity
from .comparison import Classify, Pair, always, ordered
from .targets import changed_targets, limit_number
from .waivers import changed_waivers

C = ChangeClass


def meaning(pair: Pair, name: str) -> Iterator[Change]:
    """A part of the formula: restating, unless the definition hash says that nothing changed."""
    if pair.same_meaning is True:
        return
    before, after = pair.values(name)
    if before != after:
        yield pair.change(C.RESTATING, name)


def sql(pair: Pair, name: str) -> Iterator[Change]:
    """The same for SQL, whose spelling means nothing."""
    if pair.same_meaning is not True and not pair.comparison.same_sql(*pair.values(name)):
        yield pair.change(C.RESTATING, name)


def kind(pair: Pair, name: str) -> Iterator[Change]:
    """A KPI that becomes a metric is no longer judged; a metric that becomes a KPI is."""
    before, after = pair.values(name)
    if before != after:
        yield pair.change(C.LOOSENED if before == "kpi" else C.TIGHTENED, name)


def dataset(pair: Pair, name: str) -> Iterator[Change]:
    """Other data: another number, though the hash knows no names of datasets."""
    before, after = pair.values(name)
    if before != after:
        yield pair.change(C.RESTATING, name)


def status(pair: Pair, name: str) -> Iterator[Change]:
    """Retired in the open, out of judgement as a draft, or back in it."""
    before, after = pair.values(name)
    if before != after:
        drafted = C.LOOSENED if after is Lifecycle.DRAFT else C.TIGHTENED
        yield pair.change(C.RETIRED if after is Lifecycle.RETIRED else drafted, name)


def retirement(pair: Pair, name: str) -> Iterator[Change]:
    """The words of a retirement; retiring itself is a change of status."""
    before, after = pair.values(name)
    if before and after and before != after:
        yield pair.change(C.GOVERNANCE, name)


def segments(pair: Pair, name: str) -> Iterator[Change]:
    """Parts that inform; if a target names one, it is judged, and taking it away is loosening."""
    before, after = (set(m.breakdowns) for m in (pair.before.noun, pair.after.noun))
    if before == after:
        return
    judged = {(c,) for m in (pair.before.noun,) if isinstance(m, Kpi) for t in m.targets for c in t.by}
    yield pair.change(C.LOOSENED if judged & (before - after) else C.COSMETIC, name)


def min_measured(pair: Pair, name: str) -> Iterator[Change]:
    """Less has to be measured: what was unknown can pass. More: a miss can become unknown, where that passes."""
    before, after = (share.fraction for share in pair.values(name))
    gate: Gate = pair.comparison.after.catalog.project.noun.gate
    more = C.TIGHTENED if gate.unknown is Severity.ERROR else C.LOOSENED
    if before != after:
        yield pair.change(more if after > before else C.LOOSENED, name)


def evidence(pair: Pair, name: str) -> Iterator[Change]:
    """Without a dataset that proves it, a zero is known again; with another one, it is proven by less or by more."""
    before, after = pair.values(name)
    if before != after:
        yield pair.change(C.TIGHTENED if before is None else C.LOOSENED, name)


def examples(pair: Pair, name: str) -> Iterator[Change]:
    """The unit tests: one that is gone or expects something else can no longer fail."""
    before, after = (_tests(m) for m in (pair.before.noun, pair.after.noun))
    if before - after:
        yield pair.change(C.LOOSENED, name)
    elif after - before:
        yield pair.change(C.TIGHTENED, name)
    elif [e.name for e in pair.before.noun.examples] != [e.name for e in pair.after.noun.examples]:
        yield pair.change(C.COSMETIC, name)


def _tests(metric: Metric) -> set[str]:
    """The examples but for their names; the order of their columns says nothing, nor does the unit a value is in."""
    tests = ({**e.model_dump(exclude={"name"}), "expect": _expected(e.expect, metric.unit)} for e in metric.examples)
    return {json.dumps(test, sort_keys=True, default=str) for test in tests}


def _expected(expected: object, unit: str) -> object:
    if isinstance(expected, Expectation):
        return {**expected.model_dump(), "value": _expected(expected.value, unit)}
    number = expected.to(unit) if isinstance(expected, Quantity) else expected
    return str(expected) if isinstance(number, CouldNot) else number


def baseline(pair: Pair, name: str) -> Iterator[Change]:
    """What all is compared with: other days or another figure rewrite it."""
    before, after = pair.values(name)
    if before == after:
        return
    if before is None or after is None:
        yield pair.change(C.TIGHTENED if before is None else C.LOOSENED, name)
    elif _figure(before, pair.before.noun.unit) != _figure(after, pair.after.noun.unit):
        yield pair.change(C.BACKDATED, name)
    elif before.source != after.source:
        yield pair.change(C.GOVERNANCE, name)


def _figure(stated: Baseline, unit: str) -> tuple[object, ...]:
    """The days of a baseline and its stated value, whatever unit that is written in."""
    number = limit_number(stated.value, unit) if stated.value is not None else None
    return stated.from_, stated.to, str(stated.value) if number is None else number


def review(pair: Pair, name: str) -> Iterator[Change]:
    """A review that is due later, or never, can no longer be overdue: loosened where that fails."""
    before, after = pair.values(name)
    longer = bool(before and after) and _CADENCES.index(after.cadence) > _CADENCES.index(before.cadence)
    never = bool(before and before.last) and not (after and after.last)
    yield from _governed(pair, name, "review-overdue", eased=longer or never)


_CADENCES = ("weekly", "monthly", "quarterly", "yearly")


def action(pair: Pair, name: str) -> Iterator[Change]:
    """The same of an action's day."""
    before, after = ((a.due if a else None) for a in pair.values(name))
    yield from _governed(pair, name, "action-overdue", eased=before is not None and (after is None or after > before))


def _governed(pair: Pair, name: str, rule: str, *, eased: bool) -> Iterator[Change]:
    project = pair.comparison.after.catalog.project.noun
    fails = project.rules.get(rule, project.gate.governance) is Severity.ERROR
    if pair.values(name)[0] != pair.values(name)[1]:
        yield pair.change(C.LOOSENED if eased and fails else C.GOVERNANCE, name)


def owner(pair: Pair, name: str) -> Iterator[Change]:
    """Who answers for it."""
    before, after = (" ".join((v or "").split()) for v in pair.values(name))
    if before != after:
        yield pair.change(C.GOVERNANCE, name)


def reported(pair: Pair, name: str) -> Iterator[Change]:
    """What others reported: a figure that is gone or another one can no longer differ; loosened where that fails."""
    before, after = pair.values(name)
    project = pair.comparison.after.catalog.project.noun
    fails = project.rules.get("reported-differs") is Severity.ERROR
    left_out = [figure for figure in before if figure not in after]
    if before != after:
        yield pair.change(C.LOOSENED if left_out and fails else C.GOVERNANCE, name)


_COSMETIC = always(C.COSMETIC)


def renamed_from(pair: Pair, name: str) -> Iterator[Change]:
    """The id itself changed; the bare note of an old name says nothing new."""
    if pair.before.noun.id != pair.after.noun.id:
        yield Change(
            pair.id, C.RENAMED, "id", pair.before.noun.id, pair.id, pair.after.at.path, pair.after.at.key("id").line
        )
    elif pair.values(name)[0] != pair.values(name)[1]:
        yield pair.change(C.COSMETIC, name)


def prose(pair: Pair, name: str) -> Iterator[Change]:
    """Words for people; how they are wrapped does not matter."""
    before, after = (" ".join((v or "").split()) for v in pair.values(name))
    if before != after:
        yield pair.change(C.COSMETIC, name)


def _wait(value: object) -> int:
    return value.microseconds if isinstance(value, Duration) else 0


FIELDS: Mapping[str, Classify | None] = {
    "version": None, "id": None, "renamed_from": renamed_from,
    "kind": kind, "dataset": dataset, "time": meaning, "where": sql, "formula": sql, "unit": meaning, "period": meaning,
    "exact": meaning, "window": meaning, "open_between": meaning, "spans": meaning, "evidence": evidence,
    "status": status, "retired": retirement, "segments": segments,
    "min_sample": ordered(lambda v: v or 1, higher=C.LOOSENED, lower=C.TIGHTENED), "min_measured": min_measured,
    "settle": ordered(_wait, higher=C.LOOSENED, lower=C.TIGHTENED),
    "target": changed_targets, "waiver": changed_waivers, "baseline": baseline, "examples": examples,
    "owner": owner, "review": review, "action": action, "notes": always(C.GOVERNANCE),
    "reported": reported,
    "name": prose, "description": prose, "counts": prose, "excludes": prose, "asks": prose,
    "family": _COSMETIC, "level": _COSMETIC, "objectives": _COSMETIC, "read_with": _COSMETIC, "benchmark": _COSMETIC,
    "meta": _COSMETIC,
}  # fmt: skip
"""How a change of each field is judged; None for what cannot change by itself."""


def changed_fields(pair: Pair) -> Iterator[Change]:
    """Every field of a definition that means something else."""
    for name, classify in FIELDS.items():
        if classify is not None:
            yield from classify(pair, name)

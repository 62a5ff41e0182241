"""`kpi test`: the examples of every definition, each a period of its own rows."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence

from ..compile.catalog import Compilation
from ..compile.dataset.columns import texts
from ..compile.dataset.table import Table
from ..compile.definition import table_of
from ..compile.language.derived import Derived, InputRef, derived_query
from ..compile.plan.axis import CompiledMetric
from ..compile.plan.example import Moment, example_query, read_moment, read_period
from ..compile.sql.errors import FormulaError
from ..model.catalog import Catalog
from ..model.could_not import CouldNot
from ..model.diagnostic import Diagnostic
from ..model.kpi import Example, Expectation, Kpi, Metric
from ..model.measurement import ExampleResult, Observation, Status
from ..model.period import Period
from ..model.quantity import Quantity
from ..model.quoting import plain_or
from ..model.record import Record
from ..model.rule import RULES
from .engine.interface import EngineError
from .findings import of_worker
from .rounding import published
from .score import Reference, resolve, status_of, target_of
from .session import Session

TOLERANCE = 1e-9


class ExampleValue(Record):
    """What an example gave."""

    value: float | int | None
    population: int | None = None
    measured: int | None = None
    missing: int | None = None


class ExampleComparison(Record):
    """Whether an example gave what was expected, and both in words."""

    passed: bool
    expected: str
    actual: str

    @classmethod
    def impossible(cls, expected: str, why: CouldNot) -> ExampleComparison:
        """There is nothing to compare with: the example fails, and says why."""
        return cls(passed=False, expected=expected, actual=why.why)


def run_examples(
    compilation: Compilation, session: Session, only: tuple[str, ...] = ()
) -> tuple[tuple[ExampleResult, ...], tuple[Diagnostic, ...]]:
    """Run the examples; a finding for each that fails. Formulas that do not compile are lint's to report."""
    catalog = compilation.catalog
    metrics = (e.noun for e in catalog.live.values())
    wanted = [m for m in metrics if m.examples and (not only or m.id in only)]
    if not wanted:
        return (), ()
    try:
        session.lock()
        session.keep_calendars(catalog.project.noun.almanac, _calendars(compilation, wanted))
        results = tuple(r for m in wanted for r in _Examples(compilation, m, session).results())
    except EngineError as error:
        # No example is to blame, and none is said to have run.
        return (), (of_worker(catalog, error),)
    return results, tuple(_finding(catalog, r) for r in results if not r.passed)


def example_value(compilation: Compilation, session: Session, metric: Metric, number: int) -> ExampleValue | CouldNot:
    """What one example of a definition gives, whatever it expects."""
    catalog = compilation.catalog
    try:
        session.lock()
        session.keep_calendars(catalog.project.noun.almanac, _calendars(compilation, [metric]))
        session.know(catalog.project.noun.almanac.zone.key)
        return _Examples(compilation, metric, session).value(metric.examples[number])
    except FormulaError as error:
        return CouldNot(error.message)
    except EngineError as error:
        return CouldNot(f"the engine failed ({error.kind})")


def _calendars(compilation: Compilation, metrics: Sequence[Metric]) -> frozenset[str]:
    """The calendars that the metrics' formulas run by; what does not compile fails as an example, too."""
    compiled = (compilation.compiled.get(metric.id) for metric in metrics)
    return frozenset(c for m in compiled if isinstance(m, CompiledMetric) for c in m.working_time.calendars)


class _Examples(Record):
    compilation: Compilation
    metric: Metric
    session: Session

    @property
    def catalog(self) -> Catalog:
        return self.compilation.catalog

    def results(self) -> list[ExampleResult]:
        at = self.catalog.definitions[self.metric.id].at
        results = []
        for number, example in enumerate(self.metric.examples):
            span = at.key("examples", number, "expect")
            try:
                self.session.know(self.catalog.project.noun.almanac.zone.key)
                outcome = self.value(example)
            except FormulaError as error:
                comparison = ExampleComparison.impossible("a value", CouldNot(error.message))
            except EngineError as error:
                if error.lost:
                    raise
                why = CouldNot(f"the engine failed ({error.kind})")
                comparison = ExampleComparison.impossible("a value", why)
            else:
                comparison = compared(self.metric, example, outcome)
            results.append(ExampleResult(
                self.metric.id, example.name, comparison.passed, comparison.expected, comparison.actual,
                span.path, span.line,
            ))  # fmt: skip
        return results

    def value(self, example: Example) -> ExampleValue:
        """What an example gives. Raises FormulaError, EngineError."""
        if self.metric.is_derived:
            return self._derived(example)
        compiled, table = self._over_rows(example)
        query = example_query(compiled, table, example.given, self._at(example))
        row = self.session.fetch_again(query)[0]
        population, measured = _whole(row[1]), _whole(row[2])
        missing = _whole(row[3]) if compiled.formula.missing else population - measured
        value = row[0] if isinstance(row[0], int | float) else None
        return ExampleValue(published(value), population, measured, missing)

    def _at(self, example: Example) -> Moment | None:
        """The moment of a stock's or window's example, or the period that its rows last into; others have one period
        of all rows. Raises FormulaError."""
        metric, almanac = self.metric, self.catalog.project.noun.almanac
        if example.period is not None:
            if metric.spans is None:
                raise FormulaError("type-mismatch", "`period:` is for the example of a definition with `spans`")
            return read_period(example.period, metric.period, almanac)
        if example.at is None:
            if metric.is_stock:
                raise FormulaError("type-mismatch", "the example of a stock needs `at:`, the moment it is counted at")
            return None
        if not (metric.is_stock or metric.window):
            raise FormulaError("type-mismatch", "`at:` is for a definition with `open_between` or `window`")
        return read_moment(example.at, almanac)

    def _over_rows(self, example: Example) -> tuple[CompiledMetric, Table]:
        """The compiled definition, and the dataset as the example gives it. Raises FormulaError.

        A formula is compiled anew only over what the data do not have: a computed column that is given itself,
        or a source that lacks a column.
        """
        names = {n for row in example.given for n in row if n != "times"}
        given = texts(sorted(names))
        compiled = self.compilation.compiled.get(self.metric.id)
        if isinstance(compiled, CompiledMetric):
            table = self.compilation.tables[self.metric.dataset or ""]
            if names.isdisjoint(table.computed):
                return compiled, table.with_given(given)
        table = table_of(self.catalog, self.metric.dataset or "", None).with_given(given)
        return self.compilation.over_rows(self.metric, table), table

    def _derived(self, example: Example) -> ExampleValue:
        derived = self.compilation.definition(self.metric.id)
        if isinstance(derived, FormulaError):
            raise derived
        assert isinstance(derived, Derived), "it reads no rows"
        inputs: Mapping[str, object] = example.given[0] if example.given else {}
        previous = {InputRef(k, "previous").column: v for k, v in example.previous.items()}
        baseline = {InputRef(k, "baseline").column: v for k, v in example.baseline.items()}
        values = {**inputs, **previous, **baseline}
        row = [v if isinstance(v := values.get(ref.column), int | float) else None for ref in derived.inputs]
        if any(v is None for v in row):
            return ExampleValue(None)
        number = self.session.fetch_again(derived_query(derived, [row]))[0][0]
        return ExampleValue(published(number) if isinstance(number, int | float) else None)


def compared(metric: Metric, example: Example, outcome: ExampleValue) -> ExampleComparison:
    """What came out beside what was expected."""
    expect = example.expect
    expected = expect if isinstance(expect, Expectation) else Expectation(value=expect)
    checks: list[tuple[str, object, object, bool]] = []
    if expected.value is not None or not isinstance(expect, Expectation) or "value" in expect.model_fields_set:
        number = _expected(expected.value, metric.unit)
        if isinstance(number, CouldNot):
            return ExampleComparison.impossible(f"a value in {metric.unit}", number)
        checks.append(("value", number, outcome.value, _same(number, outcome.value)))
    for name in ("population", "measured", "missing"):
        count = getattr(expected, name)
        if count is not None:
            checks.append((name, count, getattr(outcome, name), count == getattr(outcome, name)))
    if expected.status is not None:
        status = example_status(metric, outcome)
        checks.append(("status", expected.status, status.value, expected.status == status.value))
    return ExampleComparison(all(c[3] for c in checks), _in_words(checks, 1), _in_words(checks, 2))


def _expected(value: Quantity | bool | None, unit: str) -> float | int | CouldNot | None:
    """The expected value in the definition's unit."""
    if isinstance(value, Quantity):
        return value.to(unit)
    return None if value is None else int(value)


def example_status(metric: Metric, outcome: ExampleValue) -> Status:
    """The judgement of an example's value: its newest target, min_sample and min_measured apply."""
    targets = metric.targets if isinstance(metric, Kpi) else ()
    day = max((t.from_ for t in targets if t.from_), default=dt.date(2000, 1, 1))
    observation = Observation(
        metric.id, Period(day, day), (), outcome.value, outcome.population, outcome.measured, None, outcome.missing
    )
    target = target_of(metric, observation)
    if target is None:
        return Status.INFORMATIVE
    few = outcome.measured is not None and outcome.measured < (metric.min_sample or 0)
    population, measured = outcome.population or 0, outcome.measured or 0
    thin = bool(population) and measured < metric.min_measured.fraction * population
    goal = resolve(target, metric, Reference())
    if outcome.value is None or few or thin or isinstance(goal, CouldNot):
        return Status.UNKNOWN
    return status_of(outcome.value, goal)


def _same(left: float | int | None, right: float | int | None) -> bool:
    if left is None or right is None:
        return left is right
    return math.isclose(left, right, rel_tol=TOLERANCE, abs_tol=1e-12)


def _in_words(checks: list[tuple[str, object, object, bool]], side: int) -> str:
    reported = [c for c in checks if not c[3]] or checks
    return ", ".join(f"{c[0]} {'unknown' if c[side] is None else c[side]}" for c in reported)


def _whole(cell: object) -> int:
    return int(cell) if isinstance(cell, int | float) else 0


def _finding(catalog: Catalog, example: ExampleResult) -> Diagnostic:
    """example-failed: the formula, run over the rows of `given` alone, gives something else than `expect`."""
    metric = catalog.definitions[example.kpi]
    number = [e.name for e in metric.noun.examples].index(example.example)
    return RULES["example-failed"].finding(
        metric.at.key("examples", number, "expect"),
        f"{example.kpi}, “{plain_or(example.example, '…')}”: expected {example.expected}, got {example.got}",
        kpi=example.kpi,
    )

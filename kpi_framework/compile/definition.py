"""From a definition to a compiled metric that can be planned."""

from __future__ import annotations

from sqlglot import exp

from ..model.catalog import Catalog
from ..model.kpi import Kpi, Metric
from ..model.quoting import plain_or, shown
from ..model.record import replace
from ..model.unit import MICROSECONDS
from .dataset.columns import Native
from .dataset.preset import adopted
from .dataset.table import Table
from .language.derived import Derived, compile_derived
from .language.formula import compile_formula
from .plan.axis import Closing, CompiledMetric
from .sql.errors import FormulaError
from .sql.typed_sql import Term, binary, case, cast, disjunction, is_null
from .time.working_time import working_time_in


def table_of(catalog: Catalog, name: str, native: Native | None) -> Table:
    """A dataset of the project as a table. `native` None: its source has not been looked at."""
    dataset = catalog.dataset(name)
    if dataset is None:
        raise FormulaError("unknown-reference", f"there is no dataset {shown(name)}", "Add it to kpi.yaml.", name)
    preset = catalog.preset(name)
    mapped = adopted(dataset, preset, native.types if native else None) if preset else dataset
    return Table(name, mapped, catalog.contract(name), catalog.project.noun.almanac, native)


def compile_metric(metric: Metric, table: Table, openly: frozenset[str] = frozenset()) -> CompiledMetric:
    """Compile a definition over its dataset's rows; `openly` names personal columns that may be segments.

    Raises FormulaError.
    """
    scope = replace(table.fresh_scope(), spans=metric.spans is not None)
    sound = _sound(metric, table)
    formula = compile_formula(metric.formula or "", metric.where, scope, exact=metric.exact, sound=sound)
    check_unit(metric.unit, formula.unit, formula.hundredfold)
    keys = {c: _segment(table, c, openly) for b in metric.breakdowns for c in b}
    time, closing = _time(metric, table), _closing(metric, table)
    trees = [*formula.trees, time.sql, *keys.values(), *([closing.time] if closing else [])]
    return CompiledMetric(
        metric.id, formula, time.sql, time.type == "date", metric.breakdowns, keys, _named(metric),
        closing, metric.window.days if metric.window else None,
        used=formula.columns | dating_columns(metric, table) | keys.keys(),
        working_time=working_time_in(trees, table.lookups, table.almanac),
    )  # fmt: skip


def compile_evidence(metric: Metric, table: Table) -> CompiledMetric:
    """The rows of the dataset without which a definition's 0 proves nothing. Raises FormulaError."""
    if table.time is None:
        raise FormulaError(
            "unknown-reference", f"dataset `{table.name}` has no `time`, so it cannot be the evidence for a period",
            "Add `time:` to the dataset in kpi.yaml.", "evidence",
        )  # fmt: skip
    formula = compile_formula("count(*)", None, table.fresh_scope())
    time = _dating(table.time, table)
    window = metric.window.days if metric.window else None
    return CompiledMetric(metric.id, formula, time.sql, time.type == "date", ((),), {}, {}, window=window)


def rows_lacking(compiled: CompiledMetric, table: Table) -> CompiledMetric | None:
    """How many rows of each of its periods come from a file that lacks a column which the definition reaches.

    None where no file does.
    """
    lacking = sorted(table.lacking(table.source_columns(compiled.used)))
    if not lacking:
        return None
    absent = disjunction(*(exp.column(table.base(column).lacking) for column in lacking))
    assert absent is not None, "there is a column"
    formula = compile_formula("count(*)", None, table.fresh_scope())
    return replace(compiled, formula=formula, time=case(absent, compiled.time), breakdowns=((),), keys={}, named={})


def compile_definition(catalog: Catalog, metric: Metric) -> Derived:
    """Compile a derived definition. Raises FormulaError."""
    for field in ("open_between", "spans", "window", "evidence"):
        if getattr(metric, field) is not None:
            raise FormulaError(
                "type-mismatch", f"a derived definition reads no rows, so it cannot have `{field}`",
                f"Write `{field}` in the definitions that the formula names.", field,
            )  # fmt: skip
    try:
        derived = compile_derived(metric.formula or "", catalog.metrics, catalog.project.noun.almanac)
    except FormulaError as error:
        if error.name not in catalog.broken:
            raise
        message = f"the formula needs `{error.name}`, and its file cannot be read"
        raise FormulaError(error.rule, message, "Correct that file first.", error.name) from None
    check_unit(metric.unit, derived.unit, derived.hundredfold)
    return derived


def time_column(metric: Metric, table: Table) -> str:
    """The name of the timestamp that dates the definition's rows. Raises FormulaError."""
    if metric.open_between or metric.spans:
        return _opening(metric)
    name = metric.time or table.time
    if name is None:
        raise FormulaError(
            "unknown-reference", f"neither the definition nor dataset `{table.name}` has a `time`",
            "Add `time:` with the timestamp column that decides in which period a row counts.",
        )  # fmt: skip
    return name


def _opening(metric: Metric) -> str:
    """The timestamp at which rows with two ends begin: no other dates them. Raises FormulaError."""
    field, others = ("spans", ("time", "open_between")) if metric.spans else ("open_between", ("time", "window"))
    other = next((name for name in others if getattr(metric, name) is not None), None)
    if other is not None:
        raise FormulaError(
            "type-mismatch", f"a definition with `{field}` cannot have `{other}`",
            f"Remove `{other}` or `{field}`.", other,
        )  # fmt: skip
    ends: tuple[str, ...] = getattr(metric, field)
    return ends[0]


def _time(metric: Metric, table: Table) -> Term:
    """What dates the definition's rows; the start of a span is an instant, though its column may hold a date."""
    time = _dating(time_column(metric, table), table)
    return _as_instant(time, table) if metric.spans else time


def _closing(metric: Metric, table: Table) -> Closing | None:
    if metric.spans:
        return Closing(_as_instant(_dating(metric.spans[1], table), table).sql, by_day=False, ends_span=True)
    if not metric.open_between:
        return None
    term = _dating(metric.open_between[1], table)
    return Closing(term.sql, term.type == "date")


def _as_instant(term: Term, table: Table) -> Term:
    """A date begins at midnight on the project's wall."""
    if term.type == "timestamp":
        return term
    return Term(table.scope.to_instant(cast(term.sql, "TIMESTAMP")), "timestamp")


def _sound(metric: Metric, table: Table) -> exp.Expr | None:
    """Whether a row's span does not end before it begins: such rows are missing."""
    closing = _closing(metric, table) if metric.spans else None
    if closing is None:
        return None
    ends_after = binary(exp.GTE, closing.time, _time(metric, table).sql)
    return exp.Paren(this=exp.Or(this=is_null(closing.time), expression=ends_after))


def dating_columns(metric: Metric, table: Table) -> frozenset[str]:
    """The columns that put the definition's rows into periods. Raises FormulaError."""
    return frozenset({time_column(metric, table), *(metric.open_between or ()), *(metric.spans or ())})


def _dating(name: str, table: Table) -> Term:
    term = table.fresh_scope().term(name)
    if term.type not in ("date", "timestamp"):
        raise FormulaError(
            "type-mismatch", f"{shown(name)} puts rows into periods, so it must be a timestamp; it is a {term.type}",
            f"Map it in kpi.yaml: `{plain_or(name, 'NAME')}: {{from: …, type: timestamp}}`.", name,
        )  # fmt: skip
    return term


def _segment(table: Table, column: str, openly: frozenset[str]) -> exp.Expr:
    term = table.fresh_scope().term(column)
    if term.personal and column not in openly:
        raise FormulaError(
            "personal-column", f"{shown(column)} names people, so it cannot be a segment",
            "Remove it from `segments`, or allow it under `privacy: {segment_by:}` in kpi.yaml.", column,
        )  # fmt: skip
    return term.sql


def _named(metric: Metric) -> dict[str, frozenset[str]]:
    targets = metric.targets if isinstance(metric, Kpi) else ()
    named: dict[str, frozenset[str]] = {}
    for target in targets:
        for column, parts in target.by.items():
            named[column] = named.get(column, frozenset()) | frozenset(parts)
    return named


_LIKE = {"percent": {"percent", "ratio"}, "ratio": {"ratio", "percent", "score"}}


def check_unit(declared: str, inferred: str | None, hundredfold: bool) -> None:
    """Whether a formula's unit is the KPI's. Raises FormulaError (type-mismatch) with the fix."""
    if hundredfold and declared == "percent":
        raise FormulaError(
            "type-mismatch", "a percent KPI holds a fraction, and this formula multiplies a share by 100",
            "Remove the `* 100`; the report shows 0.84 as 84 %.",
        )  # fmt: skip
    if inferred is None or declared == inferred or declared in _LIKE.get(inferred, ()):
        return
    raise FormulaError(
        "type-mismatch", f"the formula gives {inferred}, but `unit` is {declared}", _fix(declared, inferred)
    )


def _fix(declared: str, inferred: str) -> str:
    if declared in MICROSECONDS and inferred in MICROSECONDS:
        return f"Use {declared}_between, or write `unit: {inferred}`."
    return f"Write `unit: {inferred}`, or change the formula."

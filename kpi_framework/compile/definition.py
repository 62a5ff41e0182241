"""From a definition to a measure that can be planned, and to the hash of what it means."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from sqlglot import exp

from ..model.calendar import Calendar
from ..model.catalog import Catalog
from ..model.kpi import Kpi, Metric
from ..model.quoting import plain_or, shown
from ..model.record import replace
from ..model.unit import MICROSECONDS, read_days
from .clocks.events import check_clocks, declared_statuses, event_names
from .dataset.preset import adopted
from .dataset.table import Base, Native, Table
from .language.aggregates import compile_condition, compile_formula
from .language.canonical import canonical_of, canonical_text
from .language.derived import Derived, compile_derived
from .plan.axis import Closing, CompiledMetric
from .sql.errors import FormulaError
from .sql.typed_sql import Term

VERSION = "1"


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
    formula = compile_formula(metric.formula or "", metric.where, table.fresh_scope(), exact=metric.exact)
    check_unit(metric.unit, formula.unit, formula.hundredfold)
    keys = {c: _segment(table, c, openly) for b in metric.breakdowns for c in b}
    time = _dating(time_column(metric, table), table)
    return CompiledMetric(
        metric.id, formula, time.sql, time.type == "date", metric.breakdowns, keys, _named(metric),
        _closing(metric, table), read_days(metric.window) if metric.window else None,
    )  # fmt: skip


def compile_evidence(metric: Metric, table: Table) -> CompiledMetric:
    """The rows of the dataset without which a definition's 0 proves nothing. Raises FormulaError."""
    if table.time is None:
        raise FormulaError(
            "unknown-reference", f"the rows of `{table.name}` have no `time`, so they prove nothing in a period",
            "Name the dataset's `time:` in kpi.yaml.", "evidence",
        )  # fmt: skip
    formula = compile_formula("count(*)", None, table.fresh_scope())
    time = _dating(table.time, table)
    window = read_days(metric.window) if metric.window else None
    return CompiledMetric(f"{metric.id} evidence", formula, time.sql, time.type == "date", ((),), {}, {}, window=window)


def compile_definition(catalog: Catalog, metric: Metric) -> Derived:
    """Compile a derived definition. Raises FormulaError."""
    for field in ("open_between", "window", "evidence"):
        if getattr(metric, field) is not None:
            raise FormulaError(
                "type-mismatch", f"a derived definition reads no rows and has no `{field}`",
                "Give it to the definitions that the formula names.", field,
            )  # fmt: skip
    definitions = {i: e.noun for i, e in catalog.definitions.items()}
    try:
        derived = compile_derived(metric.formula or "", definitions, catalog.project.noun.almanac)
    except FormulaError as error:
        if error.name not in catalog.broken:
            raise
        message = f"`{error.name}` cannot be read, and the formula needs it"
        raise FormulaError(error.rule, message, "Correct its file first.", error.name) from None
    check_unit(metric.unit, derived.unit, derived.hundredfold)
    return derived


def time_column(metric: Metric, table: Table) -> str:
    """The name of the timestamp that dates the definition's rows. Raises FormulaError."""
    if metric.open_between:
        return _opening(metric)
    name = metric.time or table.time
    if name is None:
        raise FormulaError(
            "unknown-reference", f"neither the definition nor dataset `{table.name}` names a `time`",
            "Add `time:` with the timestamp that puts a row into a period.",
        )  # fmt: skip
    return name


def _opening(metric: Metric) -> str:
    """The timestamp at which a stock's rows are opened: no other dates them. Raises FormulaError."""
    assert metric.open_between, "the caller has looked"
    other = next((field for field in ("time", "window") if getattr(metric, field) is not None), None)
    if other is not None:
        raise FormulaError(
            "type-mismatch", f"a stock holds what is open at a period's end and has no `{other}`",
            f"Remove `{other}`, or `open_between`.", other,
        )  # fmt: skip
    return metric.open_between[0]


def _closing(metric: Metric, table: Table) -> Closing | None:
    if not metric.open_between:
        return None
    term = _dating(metric.open_between[1], table)
    return Closing(term.sql, term.type == "date")


def dating_columns(metric: Metric, table: Table) -> frozenset[str]:
    """The columns that put the definition's rows into periods. Raises FormulaError."""
    return frozenset({time_column(metric, table), *(metric.open_between or ())})


def _dating(name: str, table: Table) -> Term:
    term = table.fresh_scope().term(name)
    if term.type not in ("date", "timestamp"):
        raise FormulaError(
            "type-mismatch", f"{shown(name)} dates the rows and is a {term.type}, not a timestamp",
            f"Map it in kpi.yaml: `{plain_or(name, 'NAME')}: {{from: …, type: timestamp}}`.", name,
        )  # fmt: skip
    return term


def _segment(table: Table, column: str, openly: frozenset[str]) -> exp.Expr:
    term = table.fresh_scope().term(column)
    if term.personal and column not in openly:
        raise FormulaError(
            "personal-column", f"{shown(column)} names people and is no segment",
            "Name it under `privacy: {segment_by:}` in kpi.yaml, in the open, or remove it.", column,
        )  # fmt: skip
    return term.sql


def _named(metric: Metric) -> dict[str, frozenset[str]]:
    targets = metric.targets if isinstance(metric, Kpi) else ()
    found: dict[str, frozenset[str]] = {}
    for target in targets:
        for column, parts in target.by.items():
            found[column] = found.get(column, frozenset()) | frozenset(parts)
    return found


_LIKE = {"percent": {"percent", "ratio"}, "ratio": {"ratio", "percent", "score"}}


def check_unit(declared: str, inferred: str | None, hundredfold: bool) -> None:
    """Whether a formula's unit is the KPI's. Raises FormulaError (type-mismatch) with the fix."""
    if hundredfold and declared == "percent":
        raise FormulaError(
            "type-mismatch", "a share times 100 is not a percent: percent KPIs hold fractions",
            "Drop the `* 100`; the report shows 0.84 as 84 %.",
        )  # fmt: skip
    if inferred is None or declared == inferred or declared in _LIKE.get(inferred, ()):
        return
    raise FormulaError(
        "type-mismatch", f"the formula gives {inferred}, and `unit` says {declared}", _fix(declared, inferred)
    )


def _fix(declared: str, inferred: str) -> str:
    if declared in MICROSECONDS and inferred in MICROSECONDS:
        return f"Use {declared}_between, or write `unit: {inferred}`."
    return f"Write `unit: {inferred}`, or change the formula."


# the hash


def definition_hash(catalog: Catalog, metric: Metric, tables: Mapping[str, Table]) -> str:
    """`sha256:1:…` over all that reaches the plan and nothing that does not. Raises FormulaError."""
    text = json.dumps(_meaning(catalog, metric, tables), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return f"sha256:{VERSION}:{hashlib.sha256(text.encode()).hexdigest()}"


def _meaning(catalog: Catalog, metric: Metric, tables: Mapping[str, Table]) -> dict[str, object]:
    almanac = catalog.project.noun.almanac
    own: dict[str, object] = {
        "kind": metric.kind, "unit": metric.unit, "period": metric.period, "exact": metric.exact,
        "zone": almanac.zone.key, "week": almanac.week_starts, "year": almanac.fiscal_year_starts,
    }  # fmt: skip
    if metric.is_derived:
        derived = compile_definition(catalog, metric)
        inputs = {i: _meaning(catalog, catalog.definitions[i].noun, tables) for i in derived.ids if i != metric.id}
        return {**own, "formula": derived.text, "inputs": inputs}
    table = replace(tables[metric.dataset or ""], calendars=set())
    openly = frozenset(catalog.project.noun.privacy.segment_by)
    formula = compile_metric(metric, table, openly).formula
    used = formula.columns | dating_columns(metric, table)
    working = _working_time(table, tables, used)
    return {
        **own, "formula": formula.text, "where": formula.where_text, "time": time_column(metric, table),
        **_spanning(metric), **_behind(table, used, own=True), "dataset": _reading(table), **working,
    }  # fmt: skip


def parts_meaning(metric: Metric, tables: Mapping[str, Table]) -> str:
    """What tells a definition's parts from each other: its segments' columns. Raises FormulaError."""
    return _seen(tables[metric.dataset or ""], tables, frozenset(c for b in metric.breakdowns for c in b))


def checks_meaning(table: Table, tables: Mapping[str, Table]) -> str:
    """What the dataset's rules look at. Raises FormulaError."""
    scope = table.fresh_scope()
    for rule in table.dataset.rules.values():
        compile_condition(rule.holds, scope)
    return _seen(table, tables, frozenset(scope.used))


def _seen(table: Table, tables: Mapping[str, Table], used: frozenset[str]) -> str:
    return repr((_behind(table, used), _working_time(table, tables, used)))


def _behind(table: Table, used: frozenset[str], *, own: bool = False) -> dict[str, object]:
    """The columns behind the used ones (and, if `own`, behind loading itself), and how they are computed."""
    reached = table.source_columns(used, own=own)
    return {"columns": {n: _column(table.base(n)) for n in sorted(reached)}, "computed": _computed(table, used)}


def _spanning(metric: Metric) -> dict[str, object]:
    """What makes a value more than a period's flow; absent where it is one, so that those keep their hash."""
    found = {
        "open_between": metric.open_between, "window": read_days(metric.window) if metric.window else None,
        "evidence": metric.evidence,
    }  # fmt: skip
    return {name: value for name, value in found.items() if value is not None}


def _working_time(table: Table, tables: Mapping[str, Table], used: frozenset[str]) -> dict[str, object]:
    """The clocks that are reached, their histories, and the calendars; nothing where there are none."""
    every = table.dataset.timed
    clocks = {n: every[n] for n in sorted(table.clocks_of(used))}
    check_clocks(table, tables, frozenset(clocks))
    histories = {h: tables[h] for c in clocks.values() for h in c.history}
    # The measure was compiled alone over a table of its own, so these are its calendars only.
    almanac = table.almanac
    calendars = {n: _calendar(almanac.calendars[n]) for n in sorted(table.calendars)}
    found: dict[str, object] = {}
    if clocks:
        found["clocks"] = {n: c.model_dump(mode="json", exclude_defaults=True) for n, c in clocks.items()}
        found["statuses"] = declared_statuses(table)
        found["histories"] = {n: _history(h, table.keys[0]) for n, h in sorted(histories.items())}
    if calendars:
        found["calendars"], found["usual"] = calendars, almanac.usual_calendar
    return found


def _history(table: Table, key: str) -> dict[str, object]:
    used = event_names(table, key)
    columns = {n: _column(table.base(n)) for n in sorted(table.source_columns(used))}
    return {"columns": columns, "computed": _computed(table, used), "dataset": _reading(table)}


def _calendar(calendar: Calendar) -> dict[str, object]:
    return {"week": calendar.week(), "zone": calendar.timezone, "holidays": sorted(calendar.holidays)}


def _column(base: Base) -> dict[str, object]:
    bounds = (base.contract.minimum, base.contract.maximum) if base.contract else None
    meaning: dict[str, object] = {"from": base.source, "type": base.type, "values": dict(base.values), "bounds": bounds}
    # Only where there is one, so that the hash of what was frozen before durations stays what it is.
    return {**meaning, "duration": base.duration, "unit": base.unit} if base.duration else meaning


def _computed(table: Table, used: frozenset[str]) -> dict[str, str]:
    """The canonical texts of the computed columns that are used, and of those behind them."""
    sql = {n: c for n, c in table.dataset.columns.items() if isinstance(c, str) and n not in table.bases}
    texts = {**sql, **table.dataset.derive}
    found: dict[str, str] = {}
    waiting = [n for n in sorted(used) if n in texts]
    while waiting:
        name = waiting.pop()
        tree = canonical_of(texts[name])
        found[name] = canonical_text(tree)
        waiting += [c.name for c in tree.find_all(exp.Column) if c.name in texts and c.name not in found]
    return found


def reads_elapsed_time(metric: Metric, table: Table) -> bool:
    """Whether the formula subtracts instants, itself or in a column that it uses."""
    tree = canonical_of(metric.formula or "")
    used = frozenset(c.name for c in tree.find_all(exp.Column))
    texts = [canonical_text(tree), *_computed(table, used).values()]
    return any(f"({unit}_between " in text for text in texts for unit in MICROSECONDS)


def _reading(table: Table) -> dict[str, object]:
    source = table.source.model_dump(exclude={"path", "format"}, exclude_defaults=True)
    dataset = table.dataset
    return {"source": source, "key": table.keys, "latest_by": dataset.latest_by, "time": table.time}

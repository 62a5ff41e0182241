"""What a definition means, and the hash of it: all that reaches the plan and nothing that does not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from sqlglot import exp

from ..model.calendar import Calendar
from ..model.catalog import Catalog
from ..model.kpi import Metric
from ..model.record import replace
from ..model.unit import MICROSECONDS, read_days
from .clocks.events import check_clocks, declared_statuses, event_names
from .dataset.columns import Base
from .dataset.table import Table
from .definition import compile_definition, compile_metric, dating_columns, time_column
from .language.canonical import canonical_of, canonical_text
from .language.formula import compile_condition

VERSION = "1"


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
    return _columns_meaning(tables[metric.dataset or ""], tables, frozenset(c for b in metric.breakdowns for c in b))


def checks_meaning(table: Table, tables: Mapping[str, Table]) -> str:
    """What the dataset's rules look at. Raises FormulaError."""
    scope = table.fresh_scope()
    for rule in table.dataset.rules.values():
        compile_condition(rule.holds, scope)
    return _columns_meaning(table, tables, frozenset(scope.used))


def _columns_meaning(table: Table, tables: Mapping[str, Table], used: frozenset[str]) -> str:
    return repr((_behind(table, used), _working_time(table, tables, used)))


def _behind(table: Table, used: frozenset[str], *, own: bool = False) -> dict[str, object]:
    """The columns behind the used ones (and, if `own`, behind loading itself), and how they are computed."""
    reached = table.source_columns(used, own=own)
    return {"columns": {n: _column(table.base(n)) for n in sorted(reached)}, "computed": _computed(table, used)}


def _spanning(metric: Metric) -> dict[str, object]:
    """What makes a value more than a period's flow; absent where it is one, so that those keep their hash."""
    fields = {
        "open_between": metric.open_between, "window": read_days(metric.window) if metric.window else None,
        "evidence": metric.evidence,
    }  # fmt: skip
    return {name: value for name, value in fields.items() if value is not None}


def _working_time(table: Table, tables: Mapping[str, Table], used: frozenset[str]) -> dict[str, object]:
    """The clocks that are reached, their histories, and the calendars; nothing where there are none."""
    every = table.dataset.timed
    clocks = {n: every[n] for n in sorted(table.clocks_of(used))}
    check_clocks(table, tables, frozenset(clocks))
    histories = {h: tables[h] for c in clocks.values() for h in c.history}
    # The metric was compiled alone over a table of its own, so these are its calendars only.
    almanac = table.almanac
    calendars = {n: _calendar(almanac.calendars[n]) for n in sorted(table.calendars)}
    meaning: dict[str, object] = {}
    if clocks:
        meaning["clocks"] = {n: c.model_dump(mode="json", exclude_defaults=True) for n, c in clocks.items()}
        meaning["statuses"] = declared_statuses(table)
        meaning["histories"] = {n: _history(h, table.keys[0]) for n, h in sorted(histories.items())}
    if calendars:
        meaning["calendars"], meaning["usual"] = calendars, almanac.usual_calendar
    return meaning


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
    computed: dict[str, str] = {}
    waiting = [n for n in sorted(used) if n in texts]
    while waiting:
        name = waiting.pop()
        tree = canonical_of(texts[name])
        computed[name] = canonical_text(tree)
        waiting += [c.name for c in tree.find_all(exp.Column) if c.name in texts and c.name not in computed]
    return computed


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

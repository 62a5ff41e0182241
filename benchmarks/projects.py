"""The projects that are timed, and the same numbers in SQL as a person would write it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

SEGMENTS = ("priority", "channel", "category", "team")
AS_OF = "2026-09-30"
FIRST = "2025-10-01"
_TYPES = {
    "created_at": "timestamp",
    "first_response_at": "timestamp",
    "resolved_at": "timestamp",
    "due_at": "timestamp",
}


@dataclass(frozen=True)
class Wanted:
    """A number: its formula in our language and in DuckDB's, and its unit."""

    id: str
    formula: str
    sql: str
    unit: str
    where: str = ""


def _hours(name: str, end: str, of: str, sql: str) -> Wanted:
    micros = f"epoch_us({end}) - epoch_us(created_at)"
    return Wanted(name, of.format(f"hours_between(created_at, {end})"), sql.format(f"({micros})") + " / 3.6e9", "hours")


TWENTY_FIVE = (
    Wanted("volume", "count(*)", "count(*)", "count"),
    Wanted("volume_open", "count(*)", "count(*)", "count", "not merged"),
    Wanted("answered", "count(first_response_at)", "count(first_response_at)", "count"),
    Wanted("resolved", "count(resolved_at)", "count(resolved_at)", "count"),
    Wanted("escalated_count", "count_if(escalated)", "count(*) filter (escalated)", "count"),
    Wanted("reopened_share", "share(reopen_count > 0)", "avg((reopen_count > 0)::int)", "percent"),
    Wanted("escalated_share", "share(escalated)", "avg(escalated::int)", "percent"),
    Wanted("first_contact", "share(contact_count = 1 and not escalated)", "avg((contact_count = 1 and not escalated)::int)",
           "percent"),
    Wanted("in_time", "share(coalesce(resolved_at <= due_at, false))", "avg(coalesce(resolved_at <= due_at, false)::int)",
           "percent"),
    Wanted("urgent_share", "share(priority = 'critical')", "avg((priority = 'critical')::int)", "percent"),
    Wanted("contacts", "sum(contact_count)", "sum(contact_count)", "count"),
    Wanted("contacts_mean", "avg(contact_count)", "avg(contact_count)", "score"),
    Wanted("handling", "sum(handle_minutes)", "fsum(handle_minutes)", "minutes"),
    Wanted("handling_mean", "avg(handle_minutes)", "favg(handle_minutes)", "minutes"),
    Wanted("handling_most", "max(handle_minutes)", "max(handle_minutes)", "minutes"),
    Wanted("handling_each", "sum(handle_minutes) / count(resolved_at)", "fsum(handle_minutes) / count(resolved_at)", "minutes"),
    Wanted("merged_share", "share(merged)", "avg(merged::int)", "percent"),
    Wanted("self_fixed", "count(*) filter (where contact_count = 1)", "count(*) filter (contact_count = 1)", "count"),
    _hours("reply_median", "first_response_at", "median({0})", "median{0}"),
    _hours("reply_p90", "first_response_at", "quantile_cont({0}, 0.9)", "quantile_cont({0}, 0.9)"),
    _hours("reply_mean", "first_response_at", "avg({0})", "avg{0}"),
    _hours("fix_median", "resolved_at", "median({0})", "median{0}"),
    _hours("fix_p90", "resolved_at", "quantile_cont({0}, 0.9)", "quantile_cont({0}, 0.9)"),
    _hours("fix_mean", "resolved_at", "avg({0})", "avg{0}"),
    _hours("fix_most", "resolved_at", "max({0})", "max{0}"),
)  # fmt: skip
SEVEN = tuple(w for w in TWENTY_FIVE if w.id in {
    "volume", "first_contact", "in_time", "reopened_share", "handling_each", "reply_median", "fix_median",
})  # fmt: skip


def write(folder: Path, data: Path, wanted: Iterable[Wanted], *, segments: bool = True,
          fields: Mapping[str, object] = MappingProxyType({})) -> Path:  # fmt: skip
    """A project of metrics over a Parquet file."""
    dataset = {"source": str(data), "contract": "tickets", "time": "created_at", "complete_through": "2026-10-01",
               "columns": {n: {"from": n, "type": t} for n, t in _TYPES.items()}}  # fmt: skip
    project = {"version": 1, "name": "Benchmark", "timezone": "UTC", "as_of": AS_OF, "datasets": {"tickets": dataset}}
    (folder / "kpis").mkdir(parents=True)
    (folder / "kpi.yaml").write_text(json.dumps(project))
    for one in wanted:
        metric: dict[str, object] = {"version": 1, "kind": "metric", "id": one.id, "name": one.id, "dataset": "tickets",
                                     "formula": one.formula, "unit": one.unit, **fields}  # fmt: skip
        metric |= {"where": one.where} if one.where else {}
        metric |= {"segments": list(SEGMENTS)} if segments else {}
        (folder / f"kpis/{one.id}.yaml").write_text(json.dumps(metric))
    return folder


def by_hand(data: Path, one: Wanted) -> str:
    """One number by month and part, as one query."""
    sets = ", ".join(["(month)", *(f"(month, {s})" for s in SEGMENTS)])
    where = f"and ({one.where})" if one.where else ""
    return (
        f"select month, {', '.join(SEGMENTS)}, {one.sql} as value from (select *, date_trunc('month', created_at) as month "
        f"from read_parquet('{data}') where created_at >= '{FIRST}' and created_at < '2026-10-01' {where}) "
        f"group by grouping sets ({sets})"
    )

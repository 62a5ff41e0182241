"""The columns that clocks and policies give a dataset, and whose they are."""

from __future__ import annotations

from sqlglot import exp

from ...model.clock import POLICY_PARTS, Clock
from ...model.project import Dataset
from ..sql.typed_sql import Term, duration


def clock_terms(dataset: Dataset) -> dict[str, Term]:
    """What the columns hold: minutes, moments, counts, and whether a service level was met."""
    terms = {n: _clock_term(n, c) for n, c in dataset.clocks.items()}
    for name in dataset.policies:
        terms[name] = Term(exp.column(name), "boolean")
        for part in POLICY_PARTS:
            terms[f"{name}{part}"] = duration(exp.column(f"{name}{part}"), "minutes")
    return terms


def clock_owners(dataset: Dataset) -> dict[str, str]:
    """The clock or policy behind each of the columns."""
    parts = {f"{n}{part}": n for n in dataset.policies for part in ("", *POLICY_PARTS)}
    return {n: n for n in dataset.clocks} | parts


def _clock_term(name: str, clock: Clock) -> Term:
    """What a clock's column holds; minutes are kept in whole microseconds."""
    column = exp.column(name)
    if clock.kind == "running":
        return duration(column, "minutes")
    return Term(column, "integer", "count") if clock.kind == "count" else Term(column, "timestamp")

"""Where the durations of a formula end."""

from __future__ import annotations

from functools import lru_cache

from sqlglot import exp

from .language.canonical import canonical_of

_BETWEEN = frozenset(
    {"seconds_between", "minutes_between", "hours_between", "days_between", "business_minutes", "business_hours"}
)


@lru_cache(maxsize=4096)  # an editor asks for the same formulas after each pause
def open_ends(formula: str) -> frozenset[str]:
    """The columns that end a duration, outside any coalesce. Raises FormulaError."""
    tree = canonical_of(formula)
    calls = (n for n in tree.find_all(exp.Anonymous) if n.this in _BETWEEN and len(n.expressions) > 1)
    open_ones = (n for n in calls if n.find_ancestor(exp.Coalesce) is None)
    columns = (n.expressions[1] for n in open_ones)
    return frozenset(c.name for c in columns if isinstance(c, exp.Column) and not c.name.startswith("period_"))


def is_due_time(column: str) -> bool:
    """Whether a column says by its name when something is due: that is known from the start, and ends nothing."""
    return not {"due", "deadline"}.isdisjoint(column.split("_"))

"""A signal: a rule over several KPIs that names a pattern, asks the question and points to the action."""

# No postponed annotations: pydantic would evaluate each of them anew at every start.

from typing import Literal

from .base import Meta, Model, Version
from .diagnostic import Severity
from .kpi import Id


class Signal(Model):
    """A pattern over several KPIs: no KPI tells the truth alone."""

    version: Version
    """The version of this file's format: 1."""
    kind: Literal["signal"]
    """`signal`: a rule over several KPIs."""
    id: Id
    """Its name in files and results: snake_case, unique, the file's name without its ending."""
    name: str
    """The name people read."""
    description: str | None = None
    """What the pattern is, in a sentence."""
    when: str
    """A SQL condition over `<kpi>.value previous change points baseline target status streak`,
    `<kpi>.worst_segment.value …` and `csat['category', 'password'].value …`."""
    asks: str | None = None
    """The question to ask when it holds."""
    do: str | None = None
    """What to do when it holds."""
    severity: Severity | None = None
    """How much it weighs: error, warning or note; at most, and by default, what `gate: {signals:}` says."""
    owner: str | None = None
    """Who answers for it."""
    meta: Meta = {}
    """Room for your own keys; the product never reads them."""

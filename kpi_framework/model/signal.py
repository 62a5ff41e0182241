"""A signal: a rule over several KPIs that names a pattern, asks the question and points to the action."""

# No postponed annotations: pydantic would evaluate each of them anew at every start.

from typing import Literal

from .base import Meta, Model, Version
from .diagnostic import Severity
from .kpi import Id


class Signal(Model):
    """A pattern over several KPIs that none of them shows alone."""

    version: Version
    """The version of this file's format: 1."""
    kind: Literal["signal"]
    """`signal`: a rule over several KPIs."""
    id: Id
    """Its name in files and results: snake_case, unique, the file's name without its ending."""
    name: str
    """The name people read."""
    description: str | None = None
    """What the pattern is, in one sentence."""
    when: str
    """A SQL condition over `<kpi>.value previous change points baseline target status streak`,
    `<kpi>.worst_segment.value …` and `csat['category', 'password'].value …`."""
    asks: str | None = None
    """The question to ask when it holds."""
    do: str | None = None
    """What to do when it holds."""
    severity: Severity | None = None
    """Its severity: error, warning or note. The default, and the highest, is that of `gate: {signals:}`."""
    owner: str | None = None
    """The person or team responsible for it."""
    meta: Meta = {}
    """Your own keys. `kpi` does not read them."""

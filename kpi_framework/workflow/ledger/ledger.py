"""The ledgers of a project as they are, with the ids that each KPI had before."""

from __future__ import annotations

from collections.abc import Mapping

from ...history.ledger import read_chain
from ...model.diagnostic import Diagnostic, Span
from ...model.ledger import Chain
from ...model.measurement import Measurement, Segment
from ...model.rule import RULES
from .ledger_files import FOLDER
from .succession import Succession

Key = tuple[str, str, Segment]
"""The period and the part that a value is of."""


def chains_of(contents: Mapping[str, bytes], succession: Succession) -> dict[str, Chain]:
    """Every ledger by its KPI."""
    return {kpi: read_chain(kpi, content, succession.former(kpi)) for kpi, content in contents.items()}


def key_of(measurement: Measurement) -> Key:
    """The period and the part of a measurement."""
    return measurement.period.start.isoformat(), measurement.period.end.isoformat(), measurement.segment


def broken(chain: Chain) -> Diagnostic:
    """ledger-broken: the lines of a ledger do not carry the hashes of their content and of the line before, a commit
    lost one that its parent has, or a line is not what its commit gives when it is computed again.
    """
    assert chain.fault is not None, "the caller has looked"
    span = Span(f"{FOLDER}/{chain.kpi}.jsonl", chain.fault.line)
    return RULES["ledger-broken"].finding(span, f"line {chain.fault.line}: {chain.fault.why}", kpi=chain.kpi)

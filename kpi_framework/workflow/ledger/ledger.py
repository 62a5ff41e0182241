"""The ledgers of a project as they are, with the ids that each KPI had before."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ...history.ledger import read_chain
from ...model.diagnostic import Diagnostic, Span
from ...model.kpi import Metric
from ...model.ledger import Chain
from ...model.measurement import Measurement, Segment
from ...model.rule import RULES
from .ledger_files import FOLDER, read_ledger_files
from .succession import Succession

Key = tuple[str, str, Segment]
"""The period and the part that a value is of."""


def chains_of(contents: Mapping[str, bytes], succession: Succession) -> dict[str, Chain]:
    """Every ledger by its KPI."""
    return {kpi: read_chain(kpi, content, succession.former(kpi)) for kpi, content in contents.items()}


def read_ledgers(root: Path, definitions: Mapping[str, Metric]) -> dict[str, Chain]:
    """Every ledger on disk by its KPI, whose first lines may name the id that it had before. Raises KpiError."""
    former = {kpi_id: (d.renamed_from,) for kpi_id, d in definitions.items() if d.renamed_from}
    contents = read_ledger_files(root).contents
    return {kpi_id: read_chain(kpi_id, content, former.get(kpi_id, ())) for kpi_id, content in contents.items()}


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

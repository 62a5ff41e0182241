"""What loading a dataset told, as findings at its place in kpi.yaml. Counts of rows, never their values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from ..compile.dataset.table import Table
from ..compile.sql.errors import FormulaError
from ..model.catalog import Catalog
from ..model.diagnostic import Diagnostic, Span
from ..model.quoting import listed, plain_or
from ..model.rule import RULES
from ..model.unit import read_share
from .completion import Loaded
from .engine import EngineError
from .sources import SourceError


def dataset_span(catalog: Catalog, dataset: str, *path: str) -> Span:
    """Where a dataset, or a part of it, stands in kpi.yaml."""
    return catalog.project.at.key("datasets", dataset, *path)


def unreadable(catalog: Catalog, dataset: str, error: SourceError | FormulaError) -> Diagnostic:
    """The finding for a source that cannot be read."""
    span = dataset_span(catalog, dataset, "source")
    return RULES["source-unreadable"].finding(span, f"{dataset}: {error.message}", error.hint)


def not_computed(catalog: Catalog, dataset: str, error: EngineError) -> Diagnostic:
    """The finding for a dataset whose rows were read, and on which something that kpi.yaml computes fails."""
    message = f"{dataset}: its rows were read, and what is computed of them failed ({error.kind})"
    hint = "Correct the expressions of the dataset under `columns` and `derive`, and the times its KPIs compare."
    return RULES["source-unreadable"].finding(dataset_span(catalog, dataset, "source"), message, hint)


_ENDS = {
    "deadline": "it took longer than one statement may take, and was ended",
    "no-time-left": "the time that a run may take was over",
    "worker-died": "the process that reads and computes ended before it was done",
}


def of_worker(catalog: Catalog, error: EngineError, dataset: str | None = None) -> Diagnostic:
    """The finding where no engine could do its work, through no fault of a file or a definition."""
    span = dataset_span(catalog, dataset, "source") if dataset else catalog.project.at.value()
    what = _ENDS.get(error.kind, "the process that reads and computes could not be kept running")
    return RULES["worker-failed"].finding(span, f"{dataset}: {what}" if dataset else what)


def of_loading(catalog: Catalog, dataset: str, loaded: Loaded) -> Iterator[Diagnostic]:
    """Cells that do not fit or are empty, unknown words, hours that the clocks skip or repeat, keys that clash."""
    by_column = (
        (loaded.misfits, "contract-violation", "whose cell does not fit the column, read as missing",
         "Correct the export, or the column's `type`, `nulls` or `timestamps`."),
        (loaded.empties, "contract-violation", "whose cell is empty, and the contract requires it",
         "Fill it in the export, or leave such rows out; or give the dataset a `contract:` that lets it be empty."),
        (loaded.words, "contract-violation", "with a word that the contract does not know",
         "Map it under `values:`, or give the dataset a `contract:` of its own."),
        (loaded.odds, "impossible-time", "in an hour that the clocks skip or repeat",
         "They are read as the first of two, or moved forward; export with an offset or in UTC."),
    )  # fmt: skip
    for counts, rule, what, hint in by_column:
        for column, rows in counts.items():
            message = f"{dataset}.{column}: {_rows(rows)} {what}"
            yield RULES[rule].finding(_column(catalog, dataset, column), message, hint)
    for pair, rows in loaded.swaps.items():
        yield _of_order(catalog, dataset, pair, rows)
    for column, keys in loaded.clashes.items():
        yield RULES["duplicate-key"].finding(
            dataset_span(catalog, dataset, "latest_by" if catalog.project.noun.datasets[dataset].latest_by else "key"),
            f"{dataset}: {keys} key{'s have' if keys > 1 else ' has'} several last rows that differ in `{column}`",
        )  # fmt: skip


def _of_order(catalog: Catalog, dataset: str, pair: str, rows: int) -> Diagnostic:
    """Rows that turn an ordered pair of the contract round: an end before its start, or more than there can be."""
    first, second = pair.split()
    contract = catalog.contract(dataset)
    is_time = contract is not None and contract.columns[second].type in ("date", "timestamp")
    column, way, other = (second, "before", first) if is_time else (first, "above", second)
    return RULES["impossible-time" if is_time else "contract-violation"].finding(
        _column(catalog, dataset, column),
        f"{dataset}.{column}: {_rows(rows)} {way} `{other}`",
        "Correct the rows in the tool they come from, or the columns that kpi.yaml maps.",
    )


def of_statuses(catalog: Catalog, history: str, rows: int, known: tuple[str, ...]) -> Diagnostic:
    """Statuses of a history that nobody declared."""
    return RULES["contract-violation"].finding(
        _column(catalog, history, "value"),
        f"{history}.value: {_rows(rows)} with a status that nobody declared: no clock runs in it",
        f"Map it under `values:` to one of {listed(known)}.",
    )


def _column(catalog: Catalog, dataset: str, column: str) -> Span:
    return dataset_span(catalog, dataset, "columns", column)


def _rows(count: int) -> str:
    return f"{count:,} row{'s' if count != 1 else ''}"


def of_rule(catalog: Catalog, table: Table, rule: str, held: int, known: int) -> Diagnostic:
    """A data rule that too few rows hold."""
    dataset, wanted = table.name, read_share(table.dataset.rules[rule].at_least)
    return RULES["data-rule"].finding(
        dataset_span(catalog, dataset, "rules", rule),
        f"{dataset}: `{rule}` holds in {held:,} of {known:,} rows, less than the {wanted:.4g} it asks for",
    )


def of_staleness(catalog: Catalog, dataset: str, through: dt.datetime | None, stale: list[str]) -> Diagnostic:
    """Data that end before the period that should be judged."""
    until = "nobody can say how far they reach" if through is None else f"they reach {through:%Y-%m-%d %H:%M} UTC"
    return RULES["stale"].finding(
        dataset_span(catalog, dataset, "source"),
        f"{dataset}: the data end too early to judge {listed(sorted(stale))}: {until}",
        "Renew the export; or say how far it reaches with `complete_through` and `freshness`.",
    )


def of_segments(catalog: Catalog, segments: Mapping[str, Mapping[str, frozenset[str | None]]]) -> Iterator[Diagnostic]:
    """Targets of segment values that no row of the shown periods has; `seen` are the KPIs that have rows."""
    for kpi_id, kpi in catalog.kpis.items():
        if kpi_id not in segments:
            continue  # of rows that nobody could read, nobody knows the parts
        at = catalog.definitions[kpi_id].at
        for number, target in enumerate(kpi.target or ()):
            for column, parts in target.by.items():
                for value in sorted(set(parts) - {v or "null" for v in segments[kpi_id].get(column, frozenset())}):
                    yield RULES["unknown-segment"].finding(
                        at.key("target", number, "by", column, value),
                        f"no row has {column} = {plain_or(value, '…')}", kpi=kpi_id,
                    )  # fmt: skip

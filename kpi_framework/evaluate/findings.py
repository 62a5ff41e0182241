"""What loading a dataset shows, as findings at its lines in kpi.yaml. Counts of rows, never their values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from ..compile.dataset.table import Table
from ..compile.sql.errors import FormulaError
from ..model.catalog import Catalog
from ..model.diagnostic import Diagnostic, Span
from ..model.kpi import Metric
from ..model.measurement import Reason
from ..model.quoting import listed, plain_or, shown
from ..model.rule import RULES
from .completion import Loaded
from .engine.interface import EngineError
from .sources.interface import SourceError


def dataset_span(catalog: Catalog, dataset: str, *path: str) -> Span:
    """Where a dataset, or a part of it, stands in kpi.yaml."""
    return catalog.project.at.key("datasets", dataset, *path)


def unreadable(catalog: Catalog, dataset: str, error: SourceError | FormulaError) -> Diagnostic:
    """The finding for a source that cannot be read. A path that leads outside is the definition's fault."""
    span = dataset_span(catalog, dataset, "source")
    is_outside = isinstance(error, SourceError) and error.is_outside
    return RULES["unknown-reference" if is_outside else "source-unreadable"].finding(
        span, f"{dataset}: {error.message}", error.hint
    )


def not_computed(catalog: Catalog, dataset: str, error: EngineError) -> Diagnostic:
    """The finding for a dataset whose files are sound, and of which the engine cannot carry out a statement."""
    span = dataset_span(catalog, dataset, "source")
    if error.is_of_memory:
        message = f"{dataset}: reading its rows and computing its columns needs more memory than the engine may use"
        return RULES["worker-failed"].finding(span, message, "Give it more memory or fewer rows. No file is the cause.")
    if error.is_of_values:
        message = f"{dataset}: a value is too large, or cannot be computed with ({error.kind})"
        hint = "Check the dataset's expressions under `columns` and `derive`, and the times that its KPIs compare."
        return RULES["formula-failed"].finding(span, message, hint)
    message = f"{dataset}: the engine refuses a statement that kpi made ({error.kind})"
    hint = "This is a fault of kpi, not of your files. Please report it with the dataset's part of kpi.yaml."
    return RULES["formula-failed"].finding(span, message, hint)


def why_not_computed(error: EngineError) -> Reason:
    """Why the definitions over such a dataset have no value."""
    return Reason.WORKER_ERROR if error.died or error.lost or error.is_of_memory else Reason.DEFINITION_ERROR


_ENDS = {
    "deadline": "one statement took longer than its time limit and was stopped",
    "no-time-left": "the run reached its time limit",
    "worker-died": "the worker process ended before its work was done",
}


def of_worker(catalog: Catalog, error: EngineError, dataset: str | None = None) -> Diagnostic:
    """worker-failed: no process could read the data or compute the values, through no fault of a file or a
    definition.
    """
    span = dataset_span(catalog, dataset, "source") if dataset else catalog.project.at.value()
    what = _ENDS.get(error.kind, "the worker process could not be kept running")
    return RULES["worker-failed"].finding(span, f"{dataset}: {what}" if dataset else what)


def of_engine(catalog: Catalog, dataset: str, error: EngineError) -> Diagnostic:
    """The finding for a dataset at which the engine failed: its kind decides the words."""
    if error.died or error.lost:
        return of_worker(catalog, error, None if error.lost else dataset)
    return not_computed(catalog, dataset, error)


def of_loading(catalog: Catalog, dataset: str, loaded: Loaded) -> Iterator[Diagnostic]:
    """Tickets that are done without an end, keys that clash."""
    if loaded.unfinished:
        count = f"{loaded.unfinished:,} tickets are" if loaded.unfinished > 1 else "1 ticket is"
        message = f"{dataset}: {count} done by `status` and without `resolved_at`, so they count as open"
        yield RULES["unfinished-ticket"].finding(_column(catalog, dataset, "resolved_at"), message)
    for history, (by_agent, others) in loaded.openings.items():
        if by_agent and others:
            yield _of_openings(catalog, history, by_agent, others)
    for column, keys in loaded.clashes.items():
        yield _of_clash(catalog, dataset, column, keys)


def _of_openings(catalog: Catalog, history: str, by_agent: int, others: int) -> Diagnostic:
    """opening-unknown: an agent's first public comment is taken for the opening text of some tickets, while other
    tickets have no opening text among their comments, and the history does not say which of the two is right.
    """
    taken, apart = (f"{n:,} tickets" if n > 1 else "1 ticket" for n in (by_agent, others))
    return RULES["opening-unknown"].finding(
        catalog.project.at.key("datasets", history),
        f"{history}: in {taken}, an agent's first public comment is taken for the opening text, which is no reply; "
        f"in {apart}, no comment is",
    )


def of_drift(catalog: Catalog, table: Table, columns: Iterable[str], paths: Sequence[str]) -> Iterator[Diagnostic]:
    """Needed columns that some files of a source lack."""
    native = table.native
    assert native is not None, "its columns were looked at"
    for column in sorted(table.lacking(columns)):
        base = table.base(column)
        files = [Path(p).name for p, names in zip(paths, native.files, strict=True) if base.source not in names]
        yield RULES["header-drift"].finding(
            _column(catalog, table.name, base.name),
            f"{table.name}: {listed(files)} {'has' if len(files) == 1 else 'have'} no column {shown(base.source)}, "
            "but other files of the source have it",
            f"Correct the header; or, if a file rightly lacks it, write "
            f"`{base.name}: {{from: {plain_or(base.source, '…')}, optional: true}}` under `columns`.",
        )


def _of_clash(catalog: Catalog, dataset: str, column: str, keys: int) -> Diagnostic:
    """duplicate-key: rows with the same key differ in a column, and nothing tells which row is the latest."""
    options = catalog.project.noun.datasets[dataset]
    order = "first_by" if options.first_by and not options.latest_by else "latest_by"
    count = f"{keys:,} keys appear" if keys > 1 else "1 key appears"
    rows = f"several rows with equal `{order}` values" if options.ordered_by else "several rows"
    return RULES["duplicate-key"].finding(
        dataset_span(catalog, dataset, order if options.ordered_by else "key"),
        f"{dataset}: {count} in {rows} that differ in `{column}`",
    )


CORRECT = "Correct the rows in the source system, or the column mapping in kpi.yaml."


def of_backward_time(catalog: Catalog, dataset: str, ends: tuple[str, ...], rows: int) -> Diagnostic:
    """Rows that end before they begin."""
    start, end = ends
    message = f"{dataset}.{end}: in {counted_rows(rows)}, the value is before `{start}`"
    return RULES["impossible-time"].finding(_column(catalog, dataset, end), message, CORRECT)


def of_uncut_rows(catalog: Catalog, metric: Metric, ends: tuple[str, ...], rows: int) -> Diagnostic:
    """Rows that last into the next period, under a definition that counts all their time in one."""
    at, written = catalog.definitions[metric.id].at, ", ".join(ends)
    count = f"{counted_rows(rows)} of {metric.dataset} {'go' if rows > 1 else 'goes'} on"
    return RULES["data-rule"].finding(
        at.key("time" if metric.time else "formula"),
        f"{metric.id}: {count} past the {metric.period} in which {'they begin' if rows > 1 else 'it begins'}, "
        f"and all their time counts in one {metric.period}",
        f"Write `spans: [{written}]` in place of `time`, and overlap_minutes() in place of the time between them.",
        metric.id,
    )  # fmt: skip


def of_statuses(catalog: Catalog, history: str, rows: int, known: tuple[str, ...]) -> Diagnostic:
    """Statuses of a history that are not declared."""
    return RULES["contract-violation"].finding(
        _column(catalog, history, "value"),
        f"{history}.value: in {counted_rows(rows)}, the status is not declared, so no clock runs in it",
        f"Map the status under `values:` to one of these: {listed(known)}.",
    )


def _column(catalog: Catalog, dataset: str, column: str) -> Span:
    return dataset_span(catalog, dataset, "columns", column)


def counted_rows(count: int) -> str:
    """A number of rows in words: `1 row`, `2,000 rows`."""
    return f"{count:,} row{'s' if count != 1 else ''}"


def of_rule(catalog: Catalog, table: Table, rule: str, held: int, known: int) -> Diagnostic:
    """data-rule: a data rule holds in a smaller share of the rows than its `at_least`."""
    dataset, wanted = table.name, table.dataset.rules[rule].at_least.fraction
    return RULES["data-rule"].finding(
        dataset_span(catalog, dataset, "rules", rule),
        f"{dataset}: the rule `{rule}` holds in {held:,} of {known:,} rows, but it requires a share of {wanted:.4g}",
    )


def of_staleness(catalog: Catalog, dataset: str, through: dt.datetime | None, stale: list[str]) -> Diagnostic:
    """stale: the data end before the end of the period that should be judged."""
    until = (
        "it is not known how far the data reach" if through is None else f"the data reach {through:%Y-%m-%d %H:%M} UTC"
    )
    return RULES["stale"].finding(
        dataset_span(catalog, dataset, "source"),
        f"{dataset}: {until}, which is not enough to judge {listed(stale)}",
        "Export the data again, or state with `complete_through` and `freshness` how far they reach.",
    )


def of_segments(catalog: Catalog, segments: Mapping[str, Mapping[str, frozenset[str | None]]]) -> Iterator[Diagnostic]:
    """unknown-segment: a target names a segment value that no row of the shown periods has.

    A KPI that `segments` does not name has no rows that can be read, so its segments are not known.
    """
    for kpi_id, kpi in catalog.kpis.items():
        if kpi_id not in segments:
            continue  # without readable rows, its segments are not known
        at = catalog.definitions[kpi_id].at
        for number, target in enumerate(kpi.target or ()):
            for column, parts in target.by.items():
                for value in sorted(set(parts) - {v or "null" for v in segments[kpi_id].get(column, frozenset())}):
                    yield RULES["unknown-segment"].finding(
                        at.key("target", number, "by", column, value),
                        f"no row has {column} = {plain_or(value, '…')}", kpi=kpi_id,
                    )  # fmt: skip

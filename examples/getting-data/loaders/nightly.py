"""What every nightly loader does: ask only for what changed, keep only named columns, add one Parquet file.

Each vendor's loader lies beside this file and calls `load`. dlt remembers in `data/<vendor>/` how far the last
night came. Rows are only ever added there: kpi's `latest_by:` takes each ticket's newest row.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")  # before dlt is imported: nobody is told of this job
os.environ.setdefault("RUNTIME__LOG_LEVEL", "CRITICAL")

import dlt
import pyarrow.dataset
from dlt.destinations import filesystem
from dlt.pipeline.exceptions import PipelineStepFailed
from dlt.sources.rest_api import rest_api_resources

Row = dict[str, Any]


def setting(name: str, default: str = "") -> str:
    """A variable of the environment: a secret of the CI job, or a plain variable. It stands in no file."""
    value = os.environ.get(name) or default
    if not value:
        sys.exit(f"{name} is not set. Add it to the job's secrets or variables.")
    return value


def minutes_ago(minutes: int) -> datetime:
    """So many minutes before now, in UTC."""
    return datetime.now(UTC) - timedelta(minutes=minutes)


@dataclass(frozen=True)
class Vendor:
    """What vendors differ in."""

    name: str
    client: Mapping[str, Any]
    endpoints: Sequence[Mapping[str, Any]]
    columns: Mapping[str, str]
    """Every column that is kept, and its type. Whatever else comes, such as names, addresses and texts of people, is
    dropped before anything is written. The first column is the ticket's key."""
    changed: str
    """The column with a ticket's last change."""
    row: Callable[[Row], Row]
    """Makes the columns of one record."""
    reached: datetime
    """Up to when the vendor answers. Every row has it as `exported_at`, for `complete_through:`; and as the number
    `export`, which tells the later of two equal rows."""
    gone: Callable[[list[Row]], list[Row]] = lambda known: []
    """Which of the known tickets have been deleted, where the interface is silent about that."""

    @property
    def reach(self) -> Row:
        """What every row of this night says."""
        return {"exported_at": self.reached.isoformat(), "export": int(self.reached.timestamp())}

    @property
    def types(self) -> dict[str, str]:
        """Every column of the Parquet files."""
        return {**self.columns, "deleted": "bool", "exported_at": "timestamp", "export": "bigint"}

    def keep(self, record: Row) -> Row:
        """A record's named columns, and no other."""
        values = {"deleted": False, **self.row(record), **self.reach}
        return {name: values.get(name) for name in self.types}

    def tombstones(self) -> Iterator[Row]:
        """A last row for each ticket that was deleted. Many at once are no deletion, but a right that was lost."""
        known = self.known()
        gone = self.gone(known)
        if len(gone) > max(20, len(known) / 10):
            raise ValueError(f"{len(gone)} of {len(known)} tickets are gone. Has the user lost the right to see them?")
        for last in gone:
            yield {**last, "deleted": True, self.changed: self.reached.isoformat(), **self.reach}

    def known(self) -> list[Row]:
        """Each ticket's newest row of the nights before, but for those that are known to be deleted."""
        folder, key = Path("data", self.name, "tickets"), next(iter(self.columns))
        if not folder.is_dir():
            return []
        table = pyarrow.dataset.dataset(folder, format="parquet").to_table([*self.columns, "deleted"])
        rows = {row[key]: row for row in sorted(table.to_pylist(), key=lambda row: row[self.changed])}
        return [row for row in rows.values() if not row["deleted"]]


def load(vendor: Vendor) -> None:
    """Add what changed since the last night to `data/<vendor>/tickets/`, or nothing at all."""
    hints = {name: {"name": name, "data_type": kind, "nullable": True} for name, kind in vendor.types.items()}
    shape: dict[str, Any] = {"write_disposition": "append", "max_table_nesting": 0, "columns": hints}
    steps = [{"map": vendor.keep}]
    resources = [
        {"name": f"tickets_{number}", "table_name": "tickets", "endpoint": endpoint, "processing_steps": steps}
        for number, endpoint in enumerate(vendor.endpoints)
    ]
    source = rest_api_resources({"client": vendor.client, "resource_defaults": shape, "resources": resources})
    source.append(dlt.resource(vendor.tombstones(), name="gone", table_name="tickets", **shape))
    with tempfile.TemporaryDirectory() as scratch:
        pipeline = dlt.pipeline(
            pipeline_name=vendor.name,
            pipelines_dir=scratch,
            destination=filesystem(bucket_url=str(Path("data").absolute())),
            dataset_name=vendor.name,
        )
        try:
            pipeline.run(source, loader_file_format="parquet")
        except PipelineStepFailed as failure:
            sys.exit(f"Nothing was added to data/{vendor.name}: {failure.exception}")
        counts = pipeline.last_trace.last_normalize_info.row_counts
    print(f"{counts.get('tickets', 0)} rows were added to data/{vendor.name}/tickets.")

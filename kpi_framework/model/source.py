"""Where the rows of a dataset are: files here, or a database or bucket from which `kpi pull` makes them."""

# No postponed annotations: pydantic would evaluate each of them anew at every start.

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema, model_validator

from .base import Integer, Model, SourcePath, text_like
from .encoding import Encoding

_ENDINGS = {
    "csv": "csv", "tsv": "tsv", "txt": "csv", "parquet": "parquet", "json": "json", "jsonl": "json", "ndjson": "json",
    "xlsx": "xlsx", "xlsm": "xlsx",
}  # fmt: skip


Formats = Annotated[tuple[str, ...], BeforeValidator(lambda v: [v] if isinstance(v, str) else v)]


def swapped(form: str) -> str:
    """A format of times with day and month the other way round."""
    return form.replace("%d", "\0").replace("%m", "%d").replace("\0", "%m")


class Source(Model):
    """Where a dataset's rows are, and how they are written."""

    path: SourcePath
    """A path or glob inside the repository."""
    format: Literal["csv", "tsv", "json", "parquet", "xlsx"] | None = None
    """csv, tsv, json, parquet or xlsx (an Excel workbook); by default the path's ending, before a `.gz` or `.zst`."""
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    """What separates the cells of a CSV file; in a tsv file by default a tab."""
    quote: Annotated[str, Field(min_length=1, max_length=1)] = '"'
    """What encloses a cell of a CSV file that holds a delimiter."""
    encoding: Encoding = "utf-8"
    """How the characters of a text file are encoded: utf-8, utf-16, windows-1252, latin-1, or any other name that
    Python knows."""
    nulls: tuple[str, ...] = ("",)
    """Texts that mean that there is no value."""
    timestamps: Formats | None = None
    """How timestamps are written, `%d/%m/%Y %H:%M`; ISO 8601 by default. Of a list, the first that fits is used.
    `%Z` is the name of the source's zone. A cell with another zone does not fit. `%b` and `%B` read the names of
    months in Dutch, English, French, German, Italian, Polish, Portuguese and Spanish. Instead of a pattern: `iso`,
    `epoch` and `epoch_ms` (seconds and milliseconds since 1970), `excel` (a workbook's number of a day)."""
    timezone: str | None = None
    """The zone of timestamps without an offset; the project's by default."""
    decimal: Literal[".", ","] = "."
    """What stands before the decimals of a number."""
    thousands: Literal[",", ".", " ", "'"] | None = None
    """What stands between the thousands of a number: `1.234,50` has `decimal: ","` and `thousands: "."`."""
    skip: Annotated[Integer, Field(ge=0, le=1_000)] = 0
    """How many lines, or rows of a workbook, stand above the header."""
    sheet: Annotated[str, Field(min_length=1, max_length=31)] | None = None
    """The sheet of a workbook; by default its only one."""
    records: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """Where in each JSON document the list of rows stands: `result`, or `data.tickets`."""

    @model_validator(mode="before")
    @classmethod
    def _with_tabs(cls, values: Any) -> Any:
        """A file of tab-separated values says by its format what separates them."""
        if not isinstance(values, Mapping) or "delimiter" in values or not isinstance(values.get("path"), str):
            return values
        is_tabbed = (values.get("format") or ending(values["path"])) == "tsv"
        return {**values, "delimiter": "\t"} if is_tabbed else values

    @property
    def kind(self) -> str | None:
        """The format: as it says, else by the path's ending; None if neither tells."""
        return self.format or _ENDINGS.get(ending(self.path))

    @property
    def is_delimited(self) -> bool:
        """Whether its rows are read as delimited text, of which the reader has made the nulls NULL already."""
        return self.kind in ("csv", "tsv", "xlsx")


def ending(path: str) -> str:
    """The ending of a path that tells a format, in small letters: that of the file as it is unpacked."""
    name = path.rpartition("/")[2].lower()
    for packed in PACKED:
        name = name.removesuffix(packed)
    return name.rpartition(".")[2] if "." in name else ""


PACKED = (".gz", ".zst")
"""The endings of files that are unpacked as they are read."""


MANIFEST = ".manifest.json"
"""What the manifest of a snapshot adds to its name."""
_PATTERN = frozenset("*?[")
_VARIABLE = r"\$\{KPI_[A-Z0-9_]+\}"
_CONNECTION = rf"^({_VARIABLE}|sqlite:///[^?#\x00-\x20\x7f]+)$"
_TABLE = r"^[^.\x00-\x1f\x7f]{1,128}(\.[^.\x00-\x1f\x7f]{1,128}){0,2}$"
_COPY = r"^(?=.*\S)[^*?\[\x00-\x1f\x7f]{1,1000}"


def _connection(value: Any) -> Any:
    """A URL holds a password, so it is neither taken nor shown."""
    if not isinstance(value, str) or not re.fullmatch(_CONNECTION, value):
        raise ValueError(
            "a connection is the name of a variable, such as ${KPI_TICKETS_URL}, which holds the whole URL; "
            "only the path of a SQLite file may stand here, as sqlite:///data/desk.db"
        )
    return value


Connection = Annotated[
    str,
    BeforeValidator(_connection),
    WithJsonSchema({"type": "string", "pattern": _CONNECTION}),
]
TableName = Annotated[
    str,
    text_like(_TABLE, "a table or view such as reporting.tickets"),
    WithJsonSchema({"type": "string", "pattern": _TABLE}),
]
ParquetPath = Annotated[
    str,
    text_like(rf"{_COPY}\.parquet$", "a path such as data/tickets.parquet"),
    WithJsonSchema({"type": "string", "pattern": rf"{_COPY}\.parquet$"}),
]
FolderPath = Annotated[
    str,
    text_like(rf"{_COPY}/$", "a folder such as data/tickets/"),
    WithJsonSchema({"type": "string", "pattern": rf"{_COPY}/$"}),
]


class Snapshot(Source):
    """Files that `kpi pull` made, with a manifest beside them: what a dataset with a connection is read from."""

    into: str
    """The file, or the folder with its files."""

    @property
    def manifest(self) -> str:
        """The path of the manifest."""
        return f"{self.into.rstrip('/')}{MANIFEST}"


class DatabaseSource(Model):
    """A table or view of a database, which `kpi pull` copies into a snapshot."""

    connection: Connection
    """The variable with the database's URL, such as `${KPI_TICKETS_URL}`: postgresql://, mysql://, mssql:// or
    sqlite:///. It is the whole value, and its name begins with KPI_. Only the path of a SQLite file may be written
    out."""
    table: TableName
    """The table or view to copy, such as `reporting.tickets`. SQL belongs into a view there."""
    into: ParquetPath
    """The Parquet file that `kpi pull` writes, and `kpi check` reads."""
    timezone: str | None = None
    """The zone of timestamps without an offset; the project's by default."""

    @property
    def reading(self) -> Snapshot:
        """The snapshot as a source."""
        return Snapshot(path=self.into, format="parquet", timezone=self.timezone, into=self.into)


class BucketSource(Source):
    """Files of a bucket, which `kpi pull` copies into a folder."""

    connection: Connection
    """The variable with the bucket's URL, such as `${KPI_BUCKET}`: s3://, gs:// or az://. It is the whole value, and
    its name begins with KPI_."""
    path: SourcePath
    """A path or glob inside the bucket: `desk-exports/2026-*/tickets.parquet`."""
    into: FolderPath
    """The folder that `kpi pull` fills, and `kpi check` reads: `data/tickets/`."""

    @property
    def literal(self) -> str:
        """The part of the path before its first pattern: all files lie below it."""
        parts = self.path.split("/")
        first = next((n for n, part in enumerate(parts) if _PATTERN & set(part)), len(parts) - 1)
        return "".join(f"{part}/" for part in parts[:first])

    @property
    def reading(self) -> Snapshot:
        """The copies as a source: what the pattern names, below the folder."""
        options = {n: getattr(self, n) for n in Source.model_fields if n in self.model_fields_set - {"path"}}
        return Snapshot(path=f"{self.into}{self.path.removeprefix(self.literal)}", into=self.into, **options)


def _shape(value: Any) -> str:
    if isinstance(value, str):
        return "path"
    if isinstance(value, Model):
        return {DatabaseSource: "database", BucketSource: "bucket"}.get(type(value), "files")
    if isinstance(value, Mapping) and "table" in value:
        return "database"
    return "bucket" if isinstance(value, Mapping) and {"connection", "into"} & value.keys() else "files"


AnySource = Annotated[
    Annotated[SourcePath, Tag("path")]
    | Annotated[Source, Tag("files")]
    | Annotated[DatabaseSource, Tag("database")]
    | Annotated[BucketSource, Tag("bucket")],
    Discriminator(_shape),
]
"""Where rows are: a path, files with their reading options, a table, or files of a bucket."""

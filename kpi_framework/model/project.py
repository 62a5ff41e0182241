"""kpi.yaml: the project's zone, its datasets, its required KPIs and its gate."""

# No postponed annotations: pydantic would evaluate each of them anew at every start.

from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from .base import Date, Flag, Integer, Meta, Model, Number, Unit, Version
from .calendar import Calendar
from .clock import Clock, Policy, Words
from .diagnostic import KpiError, Severity
from .period import Almanac, Grain, is_zone
from .quantity import Duration, Share
from .quoting import shown
from .source import AnySource, BucketSource, DatabaseSource, Formats, Snapshot, Source

Type = Literal["text", "integer", "decimal", "double", "boolean", "date", "timestamp"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
ColumnType = Literal["text", "integer", "decimal", "double", "boolean", "date", "timestamp", "duration"]
DurationFormat = Literal["H:MM", "H:MM:SS", "words", "epoch", "milliseconds", "seconds", "minutes", "hours", "days"]
Word = Annotated[
    str,
    BeforeValidator(lambda v: str(v).lower() if isinstance(v, bool | int) else v),
    WithJsonSchema({"type": ["string", "boolean", "integer"]}),
]
"""A word; where YAML reads a flag or a whole number, its text."""
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=80)]


class ProjectEvent(Model):
    """Something that happened and explains a move of the numbers."""

    date: Date
    """The day it happened."""
    what: str
    """What happened."""
    rebase: tuple[Name, ...] = ()
    """The ids whose limits begin anew with the period of this day, since the work changed for good."""


class Column(Model):
    """Where a canonical column comes from and what it is."""

    from_: str = Field(alias="from")
    """The name of the column in the source."""
    type: ColumnType | None = None
    """text, integer, decimal, double, boolean, date, timestamp or duration; the contract's by default, else text.
    A duration is `1d 4h`, `1h 30m`, `H:MM`, `H:MM:SS`, ISO 8601 (`PT1H30M`), or a number of its `unit`, by default
    minutes; it becomes a number of that unit, and may be negative."""
    values: dict[str, Word] = {}
    """Words of the source and what they mean: canonical words, or true, false or a number, which are read by the
    column's type. Other words stay as they are."""
    personal: Flag | Literal["drop"] | None = None
    """`true` if it names a person: it may then only be counted, and `kpi pull` keeps nothing of it but a hash, by the
    key in `KPI_PERSONAL_KEY`. `drop` leaves the column out, as if the source did not have it."""
    timestamps: Formats | None = None
    """How its timestamps are written, if not as those of the source."""
    timezone: str | None = None
    """The zone of its timestamps without an offset, if it is not the source's: `UTC` beside local ones."""
    optional: Flag = False
    """`true` if files of the source may lack the column: it is empty there."""
    unit: Unit | None = None
    """The unit of its numbers; the contract's by default."""
    currency: Name | None = None
    """The column that holds the currency code of each row's amount, such as USD. Amounts of another currency than the
    KPI's are never added to it: its value is unknown then."""
    duration: DurationFormat | None = None
    """How a duration is written. It becomes a number of minutes, or of the `unit` given. `H:MM` and `H:MM:SS`
    (hours may pass 24, a minus is kept), words (`2 d 5 h 34 m`, a day of 24 hours), epoch (the time after
    1970-01-01 00:00:00), or a number of milliseconds, seconds, minutes, hours or days."""
    day: Duration | None = None
    """How long a day is in its durations, such as `8 h` or `24 h`: without it, `1d 4h` does not fit. A week is seven
    days of 24 hours, else five days."""


NEWEST_ROW, PULLED = "newest_row", "pulled"
"""The words of `complete_through`; any other name is a column's."""


class DataRule(Model):
    """A condition that the rows must satisfy."""

    holds: str
    """A condition over one row."""
    at_least: Share = Share.read("100%")
    """The share of the rows that must satisfy it, among the rows where it is known."""


class Erasure(Model):
    """A day on which rows were taken out of a dataset because somebody had to: of earlier published values that are
    computed again, none can be held against it."""

    on: Date
    """The day on which the rows were erased. Only values that were published as of an earlier day are excused."""
    because: Annotated[str, Field(min_length=1)]
    """Why: the request or the rule, without a name."""


class Publication(Model):
    """From where values may be published."""

    branch: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^-\s][^\s]*$")]
    """The one branch whose commits may publish: `kpi publish` refuses a commit that it does not hold."""


class Dataset(Model):
    """Rows of one kind: where they come from, their columns, and until when they are complete."""

    source: AnySource
    """A path or glob of CSV, JSON, Parquet or Excel files, or a mapping with its reading options. With `connection:`,
    a database or a bucket that `kpi pull` copies into a snapshot."""
    contract: str | None = None
    """The shipped contract that types its columns; by default the one of the dataset's name."""
    preset: Name | None = None
    """The shipped column map of the product that wrote the source, such as zendesk. What you write here wins."""
    columns: dict[Name, str | Column] = {}
    """The canonical columns and where they come from: SQL over source columns, or a mapping."""
    derive: dict[Name, str] = {}
    """Further columns, computed from canonical ones."""
    key: str | Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    """The column or columns that identify a row, such as a ticket's id. `latest_by` and `first_by` need it."""
    latest_by: tuple[str, ...] = ()
    """The source is an event log: keep each key's last row by these columns."""
    first_by: tuple[str, ...] = ()
    """The same, in place of `latest_by`: keep each key's first row, the state in which it began."""
    time: str | None = None
    """The timestamp that puts a row into a period, unless a KPI says otherwise."""
    complete_through: Date | Name = "newest_row"
    """Until when the data are complete: `newest_row`, a date, a column with the time of the export, or `pulled`: the
    instant of the last `kpi pull`."""
    complete_from: Date | Literal["oldest_row"] = "oldest_row"
    """From when the data are complete: `oldest_row`, or the date before which nothing is known."""
    freshness: Duration = Duration.read("2 days")
    """How old the data may be and still count as complete."""
    grain: Grain | None = None
    """The time that one row covers, if it is longer than an instant: `month` for monthly costs."""
    max_bad_rows: Annotated[Integer, Field(ge=0)] = 0
    """If a column has more cells than this that do not fit or must not be empty, the KPIs that use it are unknown."""
    opening: Literal["comment", "none"] | None = None
    """For a history: `none` if the product keeps a ticket's opening text elsewhere, so that every public comment of an
    agent is a reply; `comment` if it is the ticket's first comment. By default as the preset says, else `comment`."""
    final: Words | None = None
    """For a history: statuses that end a ticket, beside closed and cancelled. They count as closed."""
    clocks: Annotated[dict[Name, Clock], Field(max_length=200)] = {}
    """Further columns, computed from a history: time in statuses, first and last moments, counts."""
    policies: Annotated[dict[Name, Policy], Field(max_length=200)] = {}
    """Service levels, judged for every row from its history."""
    rules: dict[Name, DataRule] = {}
    """Conditions that the rows must satisfy."""
    tracked: Flag = True
    """`false` if its files are kept outside git. Each published value that stands on them says so, and is verified
    only where the same files are given."""
    erased: tuple[Erasure, ...] = ()
    """The days on which rows were erased from its files and from git: values published before cannot be verified."""

    @model_validator(mode="after")
    def _pulled_from_somewhere(self) -> Self:
        """Only what is pulled has an instant at which it was."""
        if self.complete_through == PULLED and not isinstance(self.reading, Snapshot):
            raise ValueError("`complete_through: pulled` needs a source with `connection:`, which `kpi pull` copies")
        return self

    @property
    def reading(self) -> Source:
        """The source with its reading options, also where kpi.yaml writes nothing but a path."""
        match self.source:
            case DatabaseSource() | BucketSource() as remote:
                return remote.reading
            case Source() as source:
                return source
            case path:
                return Source(path=path)

    @property
    def ordered_by(self) -> tuple[str, ...]:
        """The columns that put the rows of a key in order, whichever of them is kept."""
        return self.latest_by or self.first_by

    @property
    def timed(self) -> dict[str, Clock | Policy]:
        """Everything that is computed from a history, by name."""
        return {**self.clocks, **self.policies}

    @property
    def histories(self) -> tuple[str, ...]:
        """The datasets that its clocks and policies stand on."""
        return tuple(dict.fromkeys(h for c in self.timed.values() for h in c.history))


class Gate(Model):
    """What makes a check fail: `error` fails, `warning` and `note` only show, `off` hides."""

    targets: Severity = Severity.ERROR
    """A missed target."""
    unknown: Severity = Severity.ERROR
    """A KPI whose judged value is unknown."""
    data: Severity = Severity.ERROR
    """Data that violate their contract or rules."""
    governance: Severity = Severity.WARNING
    """Overdue reviews and actions, and expired waivers."""
    signals: Severity = Severity.WARNING
    """A signal that is on. A signal may have a lower severity of its own."""

    def of_signal(self, own: Severity | None) -> Severity:
        """What a signal weighs that is on: its own severity, but no more than signals may."""
        return min(own or self.signals, self.signals, key=lambda s: s.rank)


class View(Model):
    """What one group of readers sees of the scorecard."""

    kpis: Literal["all"] | Annotated[tuple[Name, ...], Field(min_length=1)]
    """The KPIs and metrics it shows, in this order, or `all`."""
    limit: Annotated[Integer, Field(ge=1)] | None = None
    """The largest number of them that it shows. An executive view has 3 to 5."""


class Privacy(Model):
    """Personal columns that may be shown as segments."""

    segment_by: tuple[str, ...] = ()
    """The personal columns that may be a segment."""
    min_rows: Annotated[Integer, Field(ge=1)] = 1
    """Values of such a segment with fewer rows than this are hidden."""
    reason: str = ""
    """Why this is allowed."""


class Project(Model):
    """kpi.yaml."""

    version: Version
    """The version of this file's format: 1."""
    name: str
    """The project's name, the scorecard's title."""
    timezone: str = "UTC"
    """The IANA zone in which days, weeks and months begin."""
    week_starts: Weekday = "monday"
    """The first day of the week."""
    fiscal_year_starts: Annotated[Integer, Field(ge=1, le=12)] = 1
    """The month in which the year begins; quarters follow it."""
    as_of: Literal["now"] | Date = "now"
    """The day up to which the values are computed: `now`, or a date (its end). `--as-of` wins."""
    required: tuple[str, ...] = ()
    """The KPIs that this project must have, and that must be active."""
    objectives: dict[Name, str] = {}
    """Objectives and their names."""
    events: tuple[ProjectEvent, ...] = ()
    """What happened, to explain the trends."""
    calendars: Annotated[dict[Name, Calendar], Field(max_length=50)] = {}
    """When people work: the hours that count as business time."""
    datasets: dict[Name, Dataset] = {}
    """The data the KPIs are computed from."""
    views: dict[Name, View] = {}
    """Views of the scorecard, by name: `executive: {kpis: [csat, sla_compliance], limit: 5}`."""
    privacy: Privacy = Privacy()
    """Personal columns that may be shown as segments."""
    gate: Gate = Gate()
    """What fails a check."""
    engine: Literal["duckdb"] = "duckdb"
    """What reads the data and computes the values: duckdb."""
    rules: dict[str, Severity] = {}
    """A rule's severity: error, warning, note or off."""
    publish: Publication | None = None
    """From where values may be published: `{branch: main}`."""
    meta: Meta = {}
    """Your own keys. `kpi` does not read them."""

    @property
    def has_days(self) -> bool:
        """Whether its zone exists: days that begin in no zone are no days, and nothing can be dated."""
        return is_zone(self.timezone)

    @property
    def almanac(self) -> Almanac:
        """The project's reading of time. Raises KpiError for a zone that does not exist."""
        if not self.has_days:
            raise KpiError(
                f"kpi.yaml: there is no time zone {shown(self.timezone)}", "Run `kpi lint`: it shows the line."
            )
        return Almanac(ZoneInfo(self.timezone), self.week_starts, self.fiscal_year_starts, self.calendars)


class ContractColumn(Model):
    """A canonical column: what it means and what it may hold."""

    description: str
    """What it means."""
    type: Type = "text"
    """What it holds."""
    unit: Unit | None = None
    """The unit of its numbers."""
    required: Flag = False
    """Every dataset of this contract has it."""
    nullable: Flag = True
    """It may be empty."""
    values: tuple[str, ...] = ()
    """The words it may hold; none listed: any."""
    minimum: Number | None = None
    """The smallest number it may hold."""
    maximum: Number | None = None
    """The largest number it may hold."""
    personal: Flag = False
    """It names a person."""


class Contract(Model):
    """The canonical columns of a kind of dataset, shipped with the package."""

    version: Version
    name: Name
    """The dataset it is for."""
    description: str
    """What one row is."""
    key: tuple[str, ...] = ()
    """The columns that identify a row."""
    time: str | None = None
    """The usual timestamp."""
    grain: Grain | None = None
    """The time that one row covers."""
    order: tuple[Annotated[tuple[Name, ...], Field(min_length=2, max_length=2)], ...] = ()
    """Pairs of columns, `[created_at, resolved_at]`, where the second is never before, or below, the first."""
    spans: Annotated[tuple[Name, ...], Field(min_length=2, max_length=2)] | None = None
    """The columns between which a row's thing lasts, such as an outage: it can cross the end of a period."""
    columns: dict[Name, ContractColumn]
    """Its columns."""


Document = dict[str, Any]
"""The plain values of one YAML file, before a model reads them."""

"""An export's columns of times: how each is written, as the cells of a sample and then all of them say."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence

from ..model.column_profile import ColumnProfile, ExportRows, TimeFormats, TimeReading
from ..model.record import Record, replace
from ..model.source import swapped
from .dates import DateOrder, is_day_first, order_of, reading
from .timestamp_formats import TimestampFormats, counted_formats, timestamp_formats_of
from .words import no_value_texts, odd_dates

_MOST = 0.98
_FEW = 100
_TIMELY = re.compile(r"(?=.*\d)(?=.*[-/. :])[\w\s./:,+()-]{6,50}")
"""What any time looks like: figures with something between them."""
_DATED = frozenset(("%d", "%m"))


class ColumnTimes(Record):
    """A column of times: its formats, and what they read of all its cells."""

    formats: TimestampFormats
    cells: int
    """How many cells are not blank, and do not mean that there is no value."""
    reading: TimeReading
    is_undecided: bool = False
    """Whether nobody knows if the day or the month stands first."""

    @property
    def share(self) -> float:
        """The share of its cells that are read."""
        return self.reading.cells / self.cells if self.cells else 1.0

    @property
    def written(self) -> TimeFormats:
        """The formats as an engine is given them, with the zone's name in them."""
        return tuple(f.replace("%Z", self.formats.zone or "UTC") for f in self.formats.formats)


class ExportTimes(Record):
    """All columns of times by their headers, and the order of day and month."""

    columns: Mapping[str, ColumnTimes]
    order: DateOrder | None = None
    """None where no column leaves it open."""
    nulls: tuple[str, ...] = ()
    """The texts among them that mean that there is no value."""


class Looking(Record):
    """What is known before the times are read."""

    rows: ExportRows
    profiles: Mapping[str, ColumnProfile]
    now: dt.datetime
    preferred: TimeFormats = ()
    day_first: bool | None = None
    """What a person answered."""


def times_of(looking: Looking, headers: Collection[str]) -> ExportTimes:
    """The times of these columns, which are times; cells that are none are counted."""
    texts = {h: looking.profiles[h].texts for h in headers}
    nulls = tuple(dict.fromkeys(t for h in headers for t in no_value_texts(texts[h])))
    values = {h: [t for t in texts[h] if t not in nulls] for h in headers}
    formats = {h: _formats(values[h], looking.preferred) for h in headers}
    order, chosen = _ordered(looking, {h: f for h, f in formats.items() if values[h]})
    formats |= chosen
    blank = {h: _blank(looking, h, nulls) for h in headers}
    return ExportTimes(_read(looking, formats, blank, order), order, _nulls(looking, formats, nulls))


def _formats(values: Sequence[str], preferred: TimeFormats) -> TimestampFormats:
    """How a column that holds times writes them: as numbers of days or seconds, or as dates."""
    counted = counted_formats(values)
    return TimestampFormats(counted) if counted else timestamp_formats_of(values, preferred)


def looks_timed(profile: ColumnProfile, *, is_named: bool = False) -> bool:
    """Whether the texts of a column are times by their look; numbers are only where the column `is_named` so."""
    texts = [t for t in profile.texts if t not in no_value_texts(profile.texts)]
    if is_named and counted_formats(texts):
        return True
    if not texts or sum(bool(_TIMELY.fullmatch(t)) for t in texts) < _MOST * len(texts):
        return False
    few = texts[:: max(1, len(texts) // _FEW)]
    return timestamp_formats_of(few).unread <= (1 - _MOST) * len(few)


def _ordered(
    looking: Looking, formats: Mapping[str, TimestampFormats]
) -> tuple[DateOrder | None, dict[str, TimestampFormats]]:
    """The order of day and month, and the formats of the columns that leave it open, in that order."""
    open_ = {h: f for h, f in formats.items() if _is_open(f)}
    if not open_:
        return None, {}
    order = _decided(looking, formats, open_)
    return order, {h: replace(f, formats=order.chosen(f.formats[0]), rivals=()) for h, f in open_.items()}


def _is_open(formats: TimestampFormats) -> bool:
    return len(formats.formats) == 1 and swapped(formats.formats[0]) in formats.rivals


def _decided(
    looking: Looking, formats: Mapping[str, TimestampFormats], open_: Mapping[str, TimestampFormats]
) -> DateOrder:
    """By a person, by days over 12, else by what the columns show together."""
    if looking.day_first is not None:
        return DateOrder(looking.day_first, ("you said so",))
    for header, found in formats.items():
        if header not in open_ and found.formats and _is_numeric(found.formats[0]) and len(found.formats) == 1:
            return DateOrder(is_day_first(found.formats[0]), (f"{header} has days over 12",))
    for header, found in open_.items():
        form = found.formats[0]
        own, other = looking.rows.readings([(header, (form,)), (header, (swapped(form),))])
        if own.cells != other.cells:
            first = is_day_first(form) == (own.cells > other.cells)
            return DateOrder(first, (f"{header} has days over 12",))
    return _shown(looking, open_)


def _is_numeric(form: str) -> bool:
    return all(part in form for part in _DATED) and not form.startswith("%Y")


def _shown(looking: Looking, open_: Mapping[str, TimestampFormats]) -> DateOrder:
    """What sorted rows, ids, durations and the calendar say."""
    cells = {h: looking.profiles[h].sample for h in open_}
    ids = next((p.sample for p in looking.profiles.values() if p.is_unique), ())
    forms = {h: f.formats[0] for h, f in open_.items()}
    first = {h: (cells[h], f if is_day_first(f) else swapped(f)) for h, f in forms.items()}
    second = {h: (cells[h], swapped(f)) for h, (_, f) in first.items()}
    return order_of(reading(first, ids, looking.now), reading(second, ids, looking.now))


def _blank(looking: Looking, header: str, nulls: Sequence[str]) -> int:
    """About how many cells of a column mean that there is no value."""
    profile = looking.profiles[header]
    meant = sum(cell in nulls for cell in profile.sample if cell)
    return profile.empty_count + round(meant / max(len(profile.sample), 1) * profile.row_count)


def _read(
    looking: Looking, formats: Mapping[str, TimestampFormats], blank: Mapping[str, int], order: DateOrder | None
) -> dict[str, ColumnTimes]:
    headers = list(formats)
    plain = [ColumnTimes(formats[h], 0, TimeReading(0, None, None)) for h in headers]
    readings = looking.rows.readings([(h, t.written) for h, t in zip(headers, plain, strict=True)])
    is_open = order is not None and order.day_first is None
    columns: dict[str, ColumnTimes] = {}
    for header, reading_ in zip(headers, readings, strict=True):
        cells = max(looking.profiles[header].row_count - blank[header], reading_.cells)
        undecided = is_open and len(formats[header].formats) > 1
        columns[header] = ColumnTimes(formats[header], cells, reading_, undecided)
    return columns


def _nulls(looking: Looking, formats: Mapping[str, TimestampFormats], nulls: tuple[str, ...]) -> tuple[str, ...]:
    """The texts for no value: those of the sample, those that no format reads, and dates that stand for none."""
    unread = (t for h, f in formats.items() if f.formats or nulls for t in looking.rows.unread(h, f.formats))
    odd = (t for h in formats for t in odd_dates(looking.profiles[h].texts))
    return tuple(dict.fromkeys([*nulls, *no_value_texts(tuple(unread)), *odd]))

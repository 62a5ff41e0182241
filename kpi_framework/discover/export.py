"""The files of one kind that make a dataset: what they were recognised as, and what stands in their columns."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property

from ..model.column_profile import ColumnProfile, ExportRows, FileProfile, TimeFormats
from ..model.diagnostic import Diagnostic
from ..model.preset import Preset
from ..model.project import Column
from ..model.record import Record
from ..model.vocabulary import Vocabulary
from .columns import Guesses, Table, guessed
from .span import DataSpan, span_of
from .times import ColumnTimes, ExportTimes, Looking, times_of
from .vendor import HeaderMatch, IdentifiedFile, Shipped, refusal
from .words import ColumnWords, column_words, lies_ahead, no_value_texts

TICKETS = "tickets"
OTHER = "other"
_TIMES = ("timestamp", "date")
_CAPS = (500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
_DONE = frozenset(("resolved", "closed", "cancelled"))


def conflicts(files: Sequence[IdentifiedFile]) -> Iterator[Diagnostic]:
    """Files that would make one dataset have to be of one vendor, and written in one way."""
    first, *others = files
    for other in others:
        if other.match.name != first.match.name:
            yield refusal(
                other.file.path,
                f"{first.file.path.name} is {first.match.name}, and {other.file.path.name} is {other.match.name}",
                "A project counts the tickets of one service desk: run `kpi init` in a separate folder for each.",
            )
        elif other.layout != first.layout:
            yield refusal(
                other.file.path,
                f"{other.file.path.name} has another header, delimiter or encoding than {first.file.path.name}",
                "Export both files in the same way, or name only one of them.",
            )


class Answers(Record):
    """What a person said of a dataset: which column is which, and whether the day stands before the month."""

    columns: Mapping[str, str]
    day_first: bool | None = None


class Export(Record, dict=True):
    """One or several files of one kind, and the profiles of their columns by header."""

    files: tuple[FileProfile, ...]
    match: HeaderMatch
    profiles: Mapping[str, ColumnProfile]
    times: ExportTimes
    rows: ExportRows
    now: dt.datetime
    guesses: Guesses | None = None
    """Where content told the columns, and no header of a product."""
    vocabulary: Vocabulary | None = None

    @property
    def dataset(self) -> str:
        """The dataset's name: its contract's."""
        return self.match.contract.name

    def type_of(self, name: str) -> str:
        """What a column holds, as its mapping says, else its contract; `duration` where it is a stretch of time."""
        return type_of(self.match, name)

    @cached_property
    def nulls(self) -> tuple[str, ...]:
        """The texts that stand for no value: the empty one, the preset's, and those found among numbers and times."""
        preset = self.match.preset
        texts = {text for name in self.match.columns if self.type_of(name) != "text" for text in self._texts(name)}
        usual = (preset.nulls or ()) if preset else ()
        return tuple(dict.fromkeys(["", *usual, *no_value_texts(texts), *self.times.nulls]))

    def values(self, name: str) -> tuple[str, ...]:
        """The different texts of a column that are values."""
        return tuple(text for text in self._texts(name) if text not in self.nulls)

    def timed(self, name: str) -> ColumnTimes | None:
        """The times of a column; None where it holds none."""
        column = self.match.columns.get(name)
        return self.times.columns.get(column.from_) if column is not None and self.type_of(name) in _TIMES else None

    @cached_property
    def timestamps(self) -> Mapping[str, ColumnTimes]:
        """The columns of times that have any, by their canonical names."""
        timed = {name: self.timed(name) for name in self.match.columns}
        return {name: times for name, times in timed.items() if times is not None and times.reading.cells}

    @cached_property
    def usual_formats(self) -> TimeFormats:
        """How most of its columns write their times."""
        counted = Counter(times.formats.formats for times in self.timestamps.values())
        return counted.most_common(1)[0][0] if counted else ()

    @property
    def zones(self) -> tuple[str, ...]:
        """The zones that stand in brackets after its times."""
        return tuple(dict.fromkeys(t.formats.zone for t in self.timestamps.values() if t.formats.zone))

    @property
    def has_offset(self) -> bool:
        """Whether all its times carry their offset from UTC."""
        return bool(self.timestamps) and all(t.formats.has_offset for t in self.timestamps.values())

    @cached_property
    def newest(self) -> dt.datetime | None:
        """The last thing that happened, as far as the rows tell; due times lie ahead."""
        limit = self.now.replace(tzinfo=None) + dt.timedelta(days=1)
        past = (t.reading.newest for name, t in self.timestamps.items() if not lies_ahead(name))
        return max((t.replace(tzinfo=None) for t in past if t and t.replace(tzinfo=None) <= limit), default=None)

    @cached_property
    def span(self) -> DataSpan | None:
        """From when to when it is complete; None where nothing says when its rows are."""
        time = self.match.contract.time
        times = self.timestamps.get(time) if time else None
        if times is None or time is None or self.newest is None or times.is_undecided:
            return None
        days = self.rows.days(self.match.columns[time].from_, times.written)
        past = [(day, rows) for day, rows in days if day <= self.now.date()]
        return span_of(past, self.newest.date(), self.now.date())

    def words(self, name: str) -> ColumnWords:
        """The words of a column with a list of canonical ones; none of another column."""
        meaning = self.match.contract.columns.get(name)
        if meaning is None or not meaning.values:
            return ColumnWords({})
        return column_words(self.values(name), self._known_words(name), meaning.values)

    def _known_words(self, name: str) -> Mapping[str, str]:
        """What the words of a column mean: as its mapping says, else as people call it in several languages."""
        mapping = self.match.columns[name].values
        if self.vocabulary is None:
            return mapping
        words = self.match.contract.columns[name].values
        rest = OTHER if OTHER in words else None
        unknown = (text for text in self.values(name) if text not in mapping and text not in words)
        learnt = {text: self.vocabulary.canonical(name, text) or rest for text in unknown}
        return {**{text: word for text, word in learnt.items() if word is not None}, **mapping}

    @property
    def learnt(self) -> Mapping[str, Mapping[str, str]]:
        """The words that neither a mapping nor the contract has, and what they mean, by column."""
        return {name: added for name, column in self.match.columns.items() if (added := self._added(name, column))}

    def _added(self, name: str, column: Column) -> Mapping[str, str]:
        canonical = self.words(name).canonical
        return {text: word for text, word in canonical.items() if text != word and text not in column.values}

    @property
    def preset(self) -> Preset | None:
        """The product's column map."""
        return self.match.preset

    @property
    def row_count(self) -> int:
        """How many rows it has."""
        return next((p.row_count for p in self.profiles.values()), 0)

    @property
    def is_capped(self) -> bool:
        """Whether it has a round number of rows, at which tools cut an export off."""
        return self.row_count in _CAPS

    @property
    def is_open_only(self) -> bool:
        """Whether it holds tickets by their statuses, and none that is done."""
        canonical = set(self.words("status").canonical.values()) if "status" in self.match.columns else set()
        return self.dataset == TICKETS and bool(canonical) and not canonical & _DONE

    @property
    def repeats(self) -> bool:
        """Whether several rows have the same key, as in a log of changes."""
        key = self.key
        profile = (
            self.profiles.get(self.match.columns[key].from_)
            if isinstance(key, str) and key in self.match.columns
            else None
        )
        return profile is not None and profile.empty_count == 0 and 0 < profile.distinct_count < profile.row_count

    @property
    def key(self) -> str | tuple[str, ...] | None:
        """The column or columns that name a row, as its preset or contract says."""
        preset = self.match.preset
        key = (preset.key or self.match.contract.key) if preset else self.match.contract.key
        return key[0] if isinstance(key, tuple) and len(key) == 1 else key or None

    def lacks(self, column: str, words: Collection[str]) -> bool:
        """Whether it has a column, and no row of it holds any of these words."""
        mapping = self.match.columns.get(column)
        if mapping is None or self.profiles[mapping.from_].distinct_count > len(self._texts(column)):
            return False
        meanings = self._known_words(column) if self.match.contract.columns.get(column) else mapping.values
        return not {meanings.get(text, text) for text in self.values(column)} & set(words)

    def _texts(self, name: str) -> tuple[str, ...]:
        return self.profiles[self.match.columns[name].from_].texts


class Surroundings(Record):
    """What is known beside an export's own rows."""

    shipped: Shipped
    vocabularies: Mapping[str, Vocabulary]
    now: dt.datetime


def known_export(
    files: tuple[FileProfile, ...], match: HeaderMatch, rows: ExportRows, answers: Answers, around: Surroundings
) -> Export:
    """An export whose columns its header told."""
    profiles = rows.profiles(match.headers)
    preset = match.preset
    preferred = (preset.timestamps or ()) if preset else ()
    looking = Looking(rows, profiles, around.now, preferred, answers.day_first)
    timed = [c.from_ for name, c in match.columns.items() if type_of(match, name) in _TIMES]
    times = times_of(looking, dict.fromkeys(timed))
    vocabulary = around.vocabularies.get(match.contract.name)
    return Export(files, match, profiles, times, rows, around.now, None, vocabulary)


def guessed_export(
    files: tuple[FileProfile, ...], rows: ExportRows, answers: Answers, around: Surroundings
) -> Export | None:
    """An export whose content tells that it is tickets; None where it does not."""
    profiles = rows.profiles(files[0].header)
    looking = Looking(rows, profiles, around.now, (), answers.day_first)
    vocabulary = around.vocabularies[TICKETS]
    guesses = guessed(Table(looking, vocabulary, answers.columns))
    if "created_at" not in guesses.columns or not {"ticket_id", "status", "resolved_at"} & guesses.columns.keys():
        return None
    columns = {name: Column(**{"from": guess.header}) for name, guess in guesses.columns.items()}
    match = HeaderMatch(around.shipped.contracts[TICKETS], columns)
    return Export(files, match, profiles, guesses.times, rows, around.now, guesses, vocabulary)


def type_of(match: HeaderMatch, name: str) -> str:
    """What a column holds, as its mapping says, else its contract."""
    column = match.columns[name]
    if column.duration:
        return "duration"
    meaning = match.contract.columns.get(name)
    return column.type or (meaning.type if meaning else "text")

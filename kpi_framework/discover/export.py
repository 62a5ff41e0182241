"""The files of one kind that make a dataset: what they were recognised as, and what stands in their columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from ..model.column_profile import ColumnProfile, FileProfile
from ..model.diagnostic import Diagnostic
from ..model.record import Record
from .timestamp_formats import TimestampFormats, timestamp_formats_of
from .vendor import HeaderMatch, IdentifiedFile, refusal
from .words import ColumnWords, column_words, lies_ahead, no_value_texts

_TIMES = ("timestamp", "date")


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


class Export(Record, dict=True):
    """One or several files of one kind, and the profiles of their mapped columns by header."""

    files: tuple[FileProfile, ...]
    match: HeaderMatch
    profiles: Mapping[str, ColumnProfile]

    @property
    def dataset(self) -> str:
        """The dataset's name: its contract's."""
        return self.match.contract.name

    def type_of(self, name: str) -> str:
        """What a column holds, as its mapping says, else its contract; `duration` where it is a stretch of time."""
        column = self.match.columns[name]
        if column.duration:
            return "duration"
        meaning = self.match.contract.columns.get(name)
        return column.type or (meaning.type if meaning else "text")

    @cached_property
    def nulls(self) -> tuple[str, ...]:
        """The texts that stand for no value: the empty one, the preset's, and those found among numbers and times."""
        preset = self.match.preset
        texts = {text for name in self.match.columns if self.type_of(name) != "text" for text in self._texts(name)}
        usual = (preset.nulls or ()) if preset else ()
        return tuple(dict.fromkeys(["", *usual, *no_value_texts(texts)]))

    def values(self, name: str) -> tuple[str, ...]:
        """The different texts of a column that are values."""
        return tuple(text for text in self._texts(name) if text not in self.nulls)

    @cached_property
    def timestamp_formats(self) -> TimestampFormats:
        """How its timestamps are written."""
        preset = self.match.preset
        return timestamp_formats_of(self._values(self._times), (preset.timestamps or ()) if preset else ())

    @cached_property
    def newest(self) -> dt.datetime | None:
        """The last thing that happened, as far as the rows tell; due times lie ahead."""
        past = [name for name in self._times if not lies_ahead(name)]
        return timestamp_formats_of(self._values(past), self.timestamp_formats.formats).newest

    def words(self, name: str) -> ColumnWords:
        """The words of a column with a list of canonical ones; none of another column."""
        meaning = self.match.contract.columns.get(name)
        if meaning is None or not meaning.values:
            return ColumnWords({})
        return column_words(self.values(name), self.match.columns[name].values, meaning.values)

    @property
    def _times(self) -> tuple[str, ...]:
        return tuple(name for name in self.match.columns if self.type_of(name) in _TIMES)

    def _texts(self, name: str) -> tuple[str, ...]:
        return self.profiles[self.match.columns[name].from_].texts

    def _values(self, names: Sequence[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(value for name in names for value in self.values(name)))

"""What stands in the columns of an export: counted and listed over its first rows, for `discover` to judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..model.column_profile import ColumnProfile, FileProfile
from ..model.record import Record, field
from .sniff import rows_of

MAX_SAMPLE = 1_000
"""So many rows of all files are shown whole."""


def column_profiles(files: Sequence[FileProfile], headers: Sequence[str]) -> Mapping[str, ColumnProfile]:
    """The columns with these headers, over the rows of all files; each file has all of them."""
    tallies = {name: _Tally() for name in headers}
    for file in files:
        positions = [(tally, file.header.index(name)) for name, tally in tallies.items()]
        for row in rows_of(file):
            for tally, position in positions:
                tally.count(row[position].strip() if position < len(row) else "")
    return {name: tally.profile(name) for name, tally in tallies.items()}


class _Tally(Record):
    """The cells of one column, as the rows go by."""

    sample: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def count(self, cell: str) -> None:
        """Take one more row's cell in."""
        self.counts[cell] = self.counts.get(cell, 0) + 1
        if len(self.sample) < MAX_SAMPLE:
            self.sample.append(cell)

    def profile(self, name: str) -> ColumnProfile:
        """The column as far as it was read."""
        texts = tuple(text for text in self.counts if text)
        return ColumnProfile(
            name,
            row_count=sum(self.counts.values()),
            empty_count=self.counts.get("", 0),
            distinct_count=len(texts),
            texts=texts,
            sample=tuple(self.sample),
        )

"""The files that `kpi init --from` is given: looked at, recognised, and put together into datasets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from ...discover.timestamp_formats import TimestampFormats, timestamp_formats_of
from ...discover.vendor import Recognised, recognise
from ...evaluate.profile import column_profiles, has_rows
from ...evaluate.sniff import sniff
from ...evaluate.sources import SourceError
from ...load.library import shipped_contracts, shipped_presets
from ...model.column_profile import ColumnProfile, FileProfile
from ...model.diagnostic import Diagnostic, Span
from ...model.project import Column
from ...model.record import Record
from ...model.rule import RULES

# Texts that tools write where there is no value, looked for only in cells that should be numbers or times.
_NO_VALUE = (
    "?", "-", "--", "N/A", "n/a", "NA", "NULL", "Null", "null", "None", "none", "nil", "\\N", "#N/A",
    "0000-00-00 00:00:00", "0000-00-00", "0001-01-01 00:00:00", "9999-12-31 23:59:59", "9999-12-31 00:00:00",
)  # fmt: skip
_MOMENTS = ("timestamp", "date")
_AHEAD = ("due", "pending", "until")


class Export(Record, dict=True):
    """One or several files of one kind, and what stands in their mapped columns."""

    looks: tuple[FileProfile, ...]
    known: Recognised
    profiles: Mapping[str, ColumnProfile]
    """Of the mapped columns, by their headers."""

    @property
    def dataset(self) -> str:
        """The dataset's name: its contract's."""
        return self.known.contract.name

    def kind(self, name: str) -> str:
        """What a column holds: as its mapping says, else its contract."""
        column = self.known.columns[name]
        if column.duration:
            return "duration"
        meaning = self.known.contract.columns.get(name)
        return column.type or (meaning.type if meaning else "text")

    @cached_property
    def nulls(self) -> tuple[str, ...]:
        """The texts that stand for no value: the empty one, the preset's, and those found among numbers and times."""
        preset = self.known.preset
        cells = {c for n in self.known.columns if self.kind(n) != "text" for c in self._texts(n)}
        usual = (preset.nulls or ()) if preset else ()
        return tuple(dict.fromkeys(["", *usual, *(w for w in _NO_VALUE if w in cells)]))

    def values(self, name: str) -> tuple[str, ...]:
        """The cells of a column that hold a value."""
        return tuple(c for c in self._texts(name) if c not in self.nulls)

    def _texts(self, name: str) -> tuple[str, ...]:
        return self.profiles[self.known.columns[name].from_].texts

    @cached_property
    def stamps(self) -> TimestampFormats:
        """How its timestamps are written."""
        moments = [n for n in self.known.columns if self.kind(n) in _MOMENTS]
        preset = self.known.preset
        return timestamp_formats_of(self._of(moments), (preset.timestamps or ()) if preset else ())

    @cached_property
    def newest(self) -> dt.datetime | None:
        """The last thing that happened, as far as the rows tell; due times lie ahead."""
        past = [n for n in self.known.columns if self.kind(n) in _MOMENTS and not any(w in n for w in _AHEAD)]
        return timestamp_formats_of(self._of(past), self.stamps.formats).newest

    def _of(self, names: Sequence[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(c for n in names for c in self.values(n)))

    def words(self, name: str) -> tuple[dict[str, str], tuple[str, ...]]:
        """The words of a column with a list of canonical ones: those that stand for one, and those that do not."""
        meaning = self.known.contract.columns.get(name)
        if meaning is None or not meaning.values:
            return {}, ()
        mapped = self.known.columns[name].values
        read = {w: mapped.get(w, w) for w in self.values(name)}
        return {w: c for w, c in read.items() if c in meaning.values}, tuple(
            w for w, c in read.items() if c not in meaning.values
        )


def exports_of(files: Sequence[Path]) -> tuple[tuple[Export, ...], tuple[Diagnostic, ...]]:
    """What the files are, or everything that is wrong with any of them."""
    by_contract: dict[str, list[tuple[FileProfile, Recognised]]] = {}
    problems: list[Diagnostic] = []
    for path in dict.fromkeys(files):
        try:
            look = sniff(path)
            known = recognise(look.header, path.stem, shipped_presets(), shipped_contracts())
            if not has_rows(look):
                raise SourceError(f"{path.name} has a header but no rows", "Export it again with its rows.")
        except SourceError as error:
            problems.append(_unreadable(path, error.message, error.hint))
            continue
        if len(known) == 1:
            by_contract.setdefault(known[0].contract.name, []).append((look, known[0]))
        else:
            problems.append(_ambiguous(path, known) if known else _unknown(path, look))
    problems += [p for parts in by_contract.values() for p in _mixed(parts)]
    return ((), tuple(problems)) if problems else (tuple(_export(parts) for parts in by_contract.values()), ())


def _export(parts: Sequence[tuple[FileProfile, Recognised]]) -> Export:
    """Files of one kind with one header, read as one."""
    files, known = tuple(look for look, _ in parts), parts[0][1]
    headers = tuple(dict.fromkeys(c.from_ for c in known.columns.values()))
    return Export(files, known, column_profiles(files, headers))


def _mixed(parts: Sequence[tuple[FileProfile, Recognised]]) -> list[Diagnostic]:
    """Files that would make one dataset have to be of one vendor, and written in one way."""
    (first, known), *others = parts
    findings = []
    for look, other in others:
        if other.name != known.name:
            message = f"{first.path.name} is {known.name}, and {look.path.name} is {other.name}"
            hint = "A project counts the tickets of one service desk: run `kpi init` in a separate folder for each."
            findings.append(_unreadable(look.path, message, hint))
        elif _way(look, other.columns) != _way(first, known.columns):
            message = f"{look.path.name} has another header, delimiter or encoding than {first.path.name}"
            findings.append(
                _unreadable(look.path, message, "Export both files in the same way, or name only one of them.")
            )
    return findings


def _way(look: FileProfile, columns: Mapping[str, Column]) -> tuple[object, ...]:
    return look.encoding, look.delimiter, {n: c.from_ for n, c in columns.items()}


def _unknown(path: Path, look: FileProfile) -> Diagnostic:
    names = ", ".join(look.header[:8]) + (" …" if len(look.header) > 8 else "")
    message = f"the columns of {path.name} are not recognised: {names}"
    hint = f"Known exports: {', '.join(shipped_presets())}. For another, map its columns under `columns:` in kpi.yaml."
    return _unreadable(path, message, hint)


def _ambiguous(path: Path, known: Sequence[Recognised]) -> Diagnostic:
    names = [k.contract.name for k in known]
    message = f"the columns of {path.name} could be those of {' or '.join(f'`{n}`' for n in names)}"
    return _unreadable(path, message, f"Rename the file to the dataset that it holds, such as {names[0]}.csv.")


def _unreadable(path: Path, message: str, hint: str) -> Diagnostic:
    return RULES["source-unreadable"].finding(Span(str(path)), message, hint)

"""Whose export a file is, by its header: a vendor's, or rows of a shipped contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ..model.column_profile import FileProfile
from ..model.diagnostic import Diagnostic, Span
from ..model.header import Header, snake_case
from ..model.preset import Preset, column_in
from ..model.project import Column, Contract
from ..model.record import Record
from ..model.rule import RULES

_LISTED = 8


class HeaderMatch(Record):
    """What a header was recognised as, and its canonical columns."""

    contract: Contract
    columns: Mapping[str, Column]
    preset: Preset | None = None

    @property
    def name(self) -> str:
        """What to call it."""
        return self.preset.product if self.preset else f"rows of `{self.contract.name}`"

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers of its columns, each once."""
        return tuple(dict.fromkeys(column.from_ for column in self.columns.values()))


class IdentifiedFile(Record):
    """A file, and what it was recognised as."""

    file: FileProfile
    match: HeaderMatch

    @property
    def layout(self) -> tuple[object, ...]:
        """What has to be alike in files that are read as one."""
        headers = {name: column.from_ for name, column in self.match.columns.items()}
        return self.file.format, self.file.options, headers


class Shipped(Record):
    """What a header may be recognised as: presets and contracts by name."""

    presets: Mapping[str, Preset]
    contracts: Mapping[str, Contract]


def identified(file: FileProfile, shipped: Shipped) -> IdentifiedFile | Diagnostic:
    """What a file is, or why nobody can tell."""
    matches = header_matches(file.header, file.path.stem, shipped)
    if len(matches) == 1:
        return IdentifiedFile(file, matches[0])
    return _ambiguous(file.path, matches) if matches else unknown_header(file, shipped)


def header_matches(headers: Sequence[str], stem: str, shipped: Shipped) -> tuple[HeaderMatch, ...]:
    """What a file of these headers and this name is: a vendor's, or a contract's rows. Several: it could be each."""
    header = Header(tuple(headers))
    signed = [preset for preset in shipped.presets.values() if _is_signed(preset, headers)]
    if signed:
        preset = max(signed, key=lambda p: _likeness(p, headers))
        columns = {name: column_in(column, header) for name, column in preset.columns.items()}
        mapped = {name: column for name, column in columns.items() if column is not None}
        return (HeaderMatch(shipped.contracts[preset.contract], mapped, preset),)
    fitting = [_as_contract(c, header) for c in shipped.contracts.values() if _has_required(c, header)]
    most = max((len(match.columns) for match in fitting), default=0)
    named = [match for match in fitting if snake_case(stem) == match.contract.name]
    return tuple(named or [match for match in fitting if len(match.columns) == most])


def refusal(path: Path, message: str, hint: str) -> Diagnostic:
    """The finding that a file is no export of which a project can be made."""
    return RULES["source-unreadable"].finding(Span(str(path)), message, hint)


def _has_required(contract: Contract, header: Header) -> bool:
    return all(name in header.by_name for name, column in contract.columns.items() if column.required)


def _as_contract(contract: Contract, header: Header) -> HeaderMatch:
    names = [name for name in contract.columns if name in header.by_name]
    return HeaderMatch(contract, {name: Column(**{"from": header.by_name[name]}) for name in names})


def _is_signed(preset: Preset, headers: Sequence[str]) -> bool:
    alike = {header.casefold() for header in headers}
    return any(all(name.casefold() in alike for name in signature) for signature in preset.signatures)


def _likeness(preset: Preset, headers: Sequence[str]) -> tuple[int, int]:
    """How many of the headers the preset knows to the letter, and how many but for case."""
    names = {name for column in preset.columns.values() for name in column.names}
    alike = {name.casefold() for name in names}
    return sum(header in names for header in headers), sum(header.casefold() in alike for header in headers)


def unknown_header(file: FileProfile, shipped: Shipped) -> Diagnostic:
    """The finding that neither a file's header nor its content says what it is."""
    names = ", ".join(file.header[:_LISTED]) + (" …" if len(file.header) > _LISTED else "")
    message = f"the columns of {file.path.name} are not recognised: {names}"
    hint = f"Known exports: {', '.join(shipped.presets)}. For another, map its columns under `columns:` in kpi.yaml."
    return refusal(file.path, message, hint)


def _ambiguous(path: Path, matches: Sequence[HeaderMatch]) -> Diagnostic:
    names = [match.contract.name for match in matches]
    message = f"the columns of {path.name} could be those of {' or '.join(f'`{name}`' for name in names)}"
    return refusal(path, message, f"Rename the file to the dataset that it holds, such as {names[0]}.csv.")

"""Whose export a file is, by its header: a vendor's, or rows of a shipped contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..model.header import Spellings, snake_case
from ..model.preset import Preset, column_in
from ..model.project import Column, Contract
from ..model.record import Record


class Recognised(Record):
    """What a header was recognised as, and its canonical columns."""

    contract: Contract
    columns: Mapping[str, Column]
    preset: Preset | None = None

    @property
    def name(self) -> str:
        """What to call it."""
        return self.preset.product if self.preset else f"rows of `{self.contract.name}`"


def recognise(
    header: Sequence[str], stem: str, presets: Mapping[str, Preset], contracts: Mapping[str, Contract]
) -> tuple[Recognised, ...]:
    """What a file of this header and name is: a vendor's, or else a contract's rows. Several: it could be each."""
    signed = [p for p in presets.values() if _is_signed(p, header)]
    if signed:
        preset = max(signed, key=lambda p: _likeness(p, header))
        spellings = Spellings(header)
        columns = {n: column_in(c, spellings) for n, c in preset.columns.items()}
        return (Recognised(contracts[preset.contract], {n: c for n, c in columns.items() if c is not None}, preset),)
    names = {snake_case(h): h for h in reversed(header)}
    fitting = [_as_contract(c, names) for c in contracts.values() if _has_required(c, names)]
    most = max((len(f.columns) for f in fitting), default=0)
    named = [f for f in fitting if snake_case(stem) == f.contract.name]
    return tuple(named or [f for f in fitting if len(f.columns) == most])


def _has_required(contract: Contract, names: Mapping[str, str]) -> bool:
    return all(n in names for n, column in contract.columns.items() if column.required)


def _as_contract(contract: Contract, names: Mapping[str, str]) -> Recognised:
    return Recognised(contract, {n: Column(**{"from": names[n]}) for n in contract.columns if n in names})


def _is_signed(preset: Preset, header: Sequence[str]) -> bool:
    alike = {h.casefold() for h in header}
    return any(all(name.casefold() in alike for name in signature) for signature in preset.signatures)


def _likeness(preset: Preset, header: Sequence[str]) -> tuple[int, int]:
    """How many of the header's names the preset knows to the letter, and how many but for case."""
    names = {n for c in preset.columns.values() for n in c.names}
    alike = {n.casefold() for n in names}
    return sum(h in names for h in header), sum(h.casefold() in alike for h in header)

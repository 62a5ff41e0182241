"""Presets: what a vendor's export looks like, so that `preset: zendesk` maps its columns."""

# No postponed annotations: pydantic would evaluate each of them anew at every start.

from typing import Literal

from .base import Model, Version
from .header import Header
from .project import Column, Dataset, Name

_READING = ("delimiter", "nulls", "timestamps")


class PresetColumn(Column):
    """Where a vendor keeps a canonical column; a source that has none of its names has no such column."""

    spellings: tuple[str, ...] = ()
    """Further names of the source's column, by version, language or kind of export: the first it has is read."""

    @property
    def names(self) -> tuple[str, ...]:
        """All names of the source's column, in the order in which they are looked for."""
        return (self.from_, *self.spellings)


class Preset(Model):
    """A vendor's column map, shipped with the package. What kpi.yaml says of a dataset wins."""

    version: Version
    name: Name
    """What kpi.yaml calls it: `preset: zendesk`."""
    product: str
    """The product's own name."""
    description: str
    """Which export it reads."""
    zone: str
    """In which zone the vendor writes its timestamps."""
    contract: Name = "tickets"
    """The contract that its columns follow."""
    signatures: tuple[tuple[str, ...], ...]
    """Columns that only this vendor's files have together; one of these sets is enough to recognise a file."""
    delimiter: str | None = None
    """What separates the cells of its CSV files, if it is not a comma."""
    nulls: tuple[str, ...] | None = None
    """Texts that mean that there is no value."""
    timestamps: tuple[str, ...] | None = None
    """How it writes timestamps, if not by ISO 8601."""
    key: Name | None = None
    """The column that identifies a row."""
    opening: Literal["comment", "none"] | None = None
    """`none` if the product keeps a ticket's opening text apart from its comments."""
    columns: dict[Name, PresetColumn]
    """Canonical names and where the vendor keeps them."""
    derive: dict[Name, str] = {}
    """Columns computed from these, such as a service level met from the sign of the time that remained."""
    unverified: tuple[str, ...] = ()
    """What has not been compared with a real export yet. Check this first if a number looks wrong."""


def completed(dataset: Dataset, preset: Preset) -> Dataset:
    """A dataset with its preset's reading options, contract, key and opening where kpi.yaml does not give its own."""
    source = dataset.reading
    open_ = [f for f in _READING if f not in source.model_fields_set and getattr(preset, f) is not None]
    reading = source.model_copy(update={f: getattr(preset, f) for f in open_})
    own = {
        "source": reading,
        "contract": dataset.contract or preset.contract,
        "key": dataset.key or preset.key,
        "opening": dataset.opening or preset.opening,
    }
    return dataset.model_copy(update=own)


def column_in(column: PresetColumn, header: Header | None) -> Column | None:
    """The column as this header spells it, to the letter or but for case and punctuation; None if it is lacking."""
    spelling = column.from_ if header is None else header.spelling(column.names)
    if spelling is None:
        return None
    fields = column.model_dump(exclude={"from_", "spellings"}, exclude_unset=True)
    return Column(**{**fields, "from": spelling})

"""What results are made of: records, frozen and slotted, that are equal when their values are."""

from __future__ import annotations

from typing import dataclass_transform

from msgspec import Struct, field
from msgspec.structs import asdict, replace

__all__ = ["Record", "asdict", "field", "replace"]


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Record(Struct, frozen=True):
    """A frozen dataclass that is made in C. One that keeps a cached property says `dict=True`."""

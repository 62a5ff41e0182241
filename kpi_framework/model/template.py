"""A definition of the catalogue, shipped with the package: `kpi add` makes a project's own file of it."""

# No postponed annotations: pydantic would evaluate each of them anew at every start.

from typing import Any

from .base import Model, Version
from .kpi import Id
from .record import Record


class Template(Model):
    """One row of the catalogue, a variant of one, or an input that a derived one needs."""

    version: Version
    row: Id
    """The row of the catalogue that it stands for, or that it is a variant or an input of."""
    variant: str | None = None
    """What makes it another number than its row's; absent where it is the row itself."""
    needs: tuple[Id, ...] = ()
    """The templates that its formula names."""
    dates: str
    """The date it stands on, and why."""
    kpi: dict[str, Any]
    """The definition without what only a project knows: owner and baseline. Its target is a proposal."""

    @property
    def id(self) -> str:
        """The id of its definition."""
        return str(self.kpi["id"])

    @property
    def kind(self) -> str:
        """kpi or metric."""
        return str(self.kpi.get("kind", "kpi"))


class Offer(Record):
    """A line of the catalogue: what can be added, and what it takes."""

    id: str
    name: str
    kind: str
    family: str | None = None
    level: str | None = None
    row: str = ""
    variant: str | None = None
    needs: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()

    @property
    def is_row(self) -> bool:
        """Whether it is a row of the catalogue itself, no variant or input of one."""
        return self.row == self.id

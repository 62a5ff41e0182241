"""Figures that somebody else published for a period, such as the vendor of the ticket system."""

# No postponed annotations: pydantic would evaluate each of them anew at every start.

from fractions import Fraction

from .base import Model, PeriodName
from .could_not import CouldNot
from .quantity import Quantity


class ReportedFigure(Model):
    """A figure that somebody else published for a period, such as the report of the ticket system itself."""

    period: PeriodName
    """The period: its first day, or the month (`2026-09`) or year in which it begins."""
    value: Quantity
    """The figure with its unit and as many digits as were published: `47 min`, `95.0%`."""
    source: str
    """Who published it, such as the product."""

    def is_given_by(self, value: float | int, unit: str) -> bool:
        """Whether a value, rounded as the figure is written, is the figure."""
        amount, step = self.value.amount_in(unit), self.value.step_in(unit)
        if isinstance(amount, CouldNot) or isinstance(step, CouldNot):
            return False
        return abs(Fraction(repr(value)) - amount) * 2 <= step

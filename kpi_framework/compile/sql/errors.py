"""Why a formula cannot be computed."""

from __future__ import annotations


class FormulaError(Exception):
    """A formula that cannot be compiled: the rule it breaks, what is wrong, what to do."""

    def __init__(self, rule: str, message: str, hint: str = "", name: str | None = None) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.hint = hint
        self.name = name
        """The word of the formula it is about, to place the finding."""


def mismatch(message: str, hint: str = "", name: str | None = None) -> FormulaError:
    """The error for parts that do not fit."""
    return FormulaError("type-mismatch", message, hint, name)

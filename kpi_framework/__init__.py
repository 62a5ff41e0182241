"""KPIs as code: definitions in git, numbers that can be trusted, goalposts that cannot move in silence."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .api import KpiError as KpiError
    from .api import Scorecard as Scorecard
    from .api import check as check
    from .api import columns as columns

__version__ = "0.1.0"
__all__ = ["KpiError", "Scorecard", "check", "columns"]


def __getattr__(name: str) -> object:
    """What is public comes from `api`, which the commands do not wait for."""
    if name in __all__:
        return getattr(importlib.import_module("kpi_framework.api"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""Every format of `kpi export` by the end of a file's name: a new one is one file, and one line here."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import cast

from ..model.measurement import Scorecard

Export = Callable[[Scorecard], str | bytes]
EXPORTS: Mapping[str, tuple[str, str]] = {
    ".csv": ("kpi_framework.report.formats.csv", "scorecard_csv"),
    ".parquet": ("kpi_framework.report.formats.parquet", "scorecard_parquet"),
    ".xlsx": ("kpi_framework.report.formats.xlsx", "scorecard_xlsx"),
}
"""The file and the function of each format; a file is read when its format is asked for."""


def export(suffix: str) -> Export:
    """What writes the files whose names end so, one of `EXPORTS`. Raises KpiError where it is not installed."""
    module, function = EXPORTS[suffix]
    return cast(Export, getattr(importlib.import_module(module), function))

"""`python -m kpi_framework`: the command `kpi`, where no script of that name is on the path."""

from __future__ import annotations

from .cli.start import run

if __name__ == "__main__":
    run()

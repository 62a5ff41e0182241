"""All commands, the main job first, as `kpi --help` lists them: importing them registers them."""

from . import lint

# isort: split
from . import check

# isort: split
from . import audit, baseline, changes, demo, governance, init, ledger, library
from . import reference as more

__all__ = ["audit", "baseline", "changes", "check", "demo", "governance", "init", "ledger", "library", "lint", "more"]

"""All commands, the main job first, as `kpi --help` lists them: importing them registers them."""

from . import check

# isort: split
from . import audit, baseline, changes, demo, governance, init, ledger, library, more

__all__ = ["audit", "baseline", "changes", "check", "demo", "governance", "init", "ledger", "library", "more"]

"""All commands, the main job first, as `kpi --help` lists them: importing them registers them."""

from . import check

# isort: split
from . import baseline, changes, demo, ledger, more

__all__ = ["baseline", "changes", "check", "demo", "ledger", "more"]

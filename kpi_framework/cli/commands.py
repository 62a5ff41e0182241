"""The commands beside the main job: importing them registers them."""

from . import audit, baseline, changes, demo, governance, init, ledger, library, more

__all__ = ["audit", "baseline", "changes", "demo", "governance", "init", "ledger", "library", "more"]

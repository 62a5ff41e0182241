"""The commands beside the main job: importing them registers them."""

from . import baseline, changes, demo, governance, init, ledger, library, more

__all__ = ["baseline", "changes", "demo", "governance", "init", "ledger", "library", "more"]

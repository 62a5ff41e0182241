"""The commands beside the main job: importing them registers them."""

from . import baseline, catalog, changes, demo, init, more

__all__ = ["baseline", "catalog", "changes", "demo", "init", "more"]

"""Engines: what runs SQL elsewhere, and may fail."""

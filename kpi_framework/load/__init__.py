"""Texts → Catalog and Diagnostics, with the line and column of every value."""

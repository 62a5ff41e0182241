"""Clocks and service levels: columns that come from a ticket's history."""

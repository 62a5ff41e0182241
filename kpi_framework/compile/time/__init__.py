"""Zones, working time and holidays, as trees over instants."""

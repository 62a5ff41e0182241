"""Compiled KPIs over an axis of periods: the cube, what does not add up, and examples."""

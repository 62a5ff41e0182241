"""The formula language: its syntax, its canonical form, its scalars and aggregates, derived ones and signals."""

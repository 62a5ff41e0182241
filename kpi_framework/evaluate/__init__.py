"""Data × compilation → judged measurements: sources, an engine, the steps of a run, and the gate."""

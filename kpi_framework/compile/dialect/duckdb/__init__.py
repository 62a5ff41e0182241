"""DuckDB's words."""

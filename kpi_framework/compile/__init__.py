"""Texts of definitions → checked trees → one plan a dataset → an engine's words. It runs nothing."""

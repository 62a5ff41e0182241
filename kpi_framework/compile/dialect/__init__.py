"""Engines' words: the only place that knows how one of them spells functions, types, files and statements."""

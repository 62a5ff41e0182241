"""What a statement is until an engine runs it: the names that rooms without the library call it by."""

from __future__ import annotations

from sqlglot import exp

Tree = exp.Expr
"""A statement, or the rows that one reads: handed on, and looked into by this room alone."""
Query = exp.Query
"""A tree that gives rows."""

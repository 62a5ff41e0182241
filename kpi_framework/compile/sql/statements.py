"""Statements that change what an engine holds, as trees: an engine's dialect puts them into words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from .typed_sql import data_type


def create_table(name: str, query: exp.Query, *, replace: bool = False) -> exp.Expr:
    """Make a table of the rows of a query; it lasts as long as the session."""
    return exp.Create(
        this=exp.to_table(name), kind="TABLE", replace=replace, expression=query, properties=_temporary()
    )  # fmt: skip


def create_empty_table(name: str, columns: Mapping[str, str]) -> exp.Expr:
    """Make a table without rows, anew, of columns and their types."""
    fields = [exp.ColumnDef(this=exp.to_identifier(c), kind=data_type(kind)) for c, kind in columns.items()]
    table = exp.Schema(this=exp.to_table(name), expressions=fields)
    return exp.Create(this=table, kind="TABLE", replace=True, properties=_temporary())


def insert(name: str, query: exp.Query) -> exp.Expr:
    """Add the rows of a query to a table."""
    return exp.Insert(this=exp.to_table(name), expression=query)


def rename(name: str, later: str) -> exp.Expr:
    """Give a table another name."""
    return exp.Alter(this=exp.to_table(name), kind="TABLE", actions=[exp.AlterRename(this=exp.to_table(later))])


def drop(name: str) -> exp.Expr:
    """Give a table up."""
    return exp.Drop(tables=[exp.to_table(name)], kind="TABLE")


def create_function(name: str, parameters: Sequence[str], body: exp.Expr, *, replace: bool = False) -> exp.Expr:
    """Name an expression, which stands wherever the function is called."""
    called = exp.UserDefinedFunction(
        this=exp.to_table(name), expressions=[exp.to_identifier(p) for p in parameters], wrapped=True
    )
    return exp.Create(this=called, kind="MACRO", replace=replace, expression=body, properties=_temporary())


def explained(statement: exp.Expr, words: str) -> exp.Expr:
    """The statement, with what it is for: people are shown the words where the statement is long."""
    statement.comments = [words]
    return statement


def _temporary() -> exp.Properties:
    return exp.Properties(expressions=[exp.TemporaryProperty()])

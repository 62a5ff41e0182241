"""The functions of the formula language, as a table and one by one."""

from __future__ import annotations

from collections.abc import Iterable

from ...model.formula_function import FormulaFunction
from ..doc.markdown import markdown
from ..doc.model import Code, Document, Entry, Facts, Message, Paragraph, Section, Strong, Table, Text
from ..doc.terminal import terminal


def functions_text(functions: Iterable[FormulaFunction], *, color: bool = False, width: int = 100) -> str:
    """The list on the terminal, each function with its example."""
    entries = (
        Entry((Strong(f.signature),), (Paragraph(Message(f.meaning)), Paragraph(Code(f.example)))) for f in functions
    )
    return terminal(Document("", tuple(entries)), color=color, width=width)


def functions_markdown(functions: Iterable[FormulaFunction]) -> str:
    """As the reference page."""
    return markdown(functions_page(functions))


def functions_page(functions: Iterable[FormulaFunction]) -> Document:
    """A table for each group."""
    columns = ("Function", "What it gives", "Example")
    groups: dict[str, list[tuple[Text, ...]]] = {}
    for f in functions:
        groups.setdefault(f.group, []).append((Code(f.signature), Message(f.meaning), Code(f.example)))
    return Document("", tuple(Section(title, (Table(columns, tuple(rows)),)) for title, rows in groups.items()))


def function_text(function: FormulaFunction, *, color: bool = False, width: int = 100) -> str:
    """One function on the terminal."""
    return terminal(function_page(function), color=color, width=width)


def function_page(function: FormulaFunction) -> Document:
    """One function: how to write it, what it gives, and an example."""
    facts = (
        ("Write", Code(function.signature)),
        ("Gives", Message(function.meaning)),
        ("Example", Code(function.example)),
    )
    return Document((function.name, f" ({function.group})"), (Facts(facts),))

"""The functions of the formula language, as a table and one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import RenderableType
from rich.text import Text

from ...model.formula_function import FormulaFunction
from ..doc.markdown import table, write
from ..doc.terminal import draw, grid, indented


def functions_text(functions: Iterable[FormulaFunction], *, color: bool = False, width: int = 100) -> str:
    """The list on the terminal, each function with its example."""
    return draw([_table(functions)], color=color, width=width)


def functions_markdown(functions: Iterable[FormulaFunction]) -> str:
    """As the reference page: a table for each group."""
    groups: dict[str, list[tuple[str, ...]]] = {}
    for f in functions:
        groups.setdefault(f.group, []).append((f"`{f.signature}`", f.meaning, f"`{f.example}`"))
    return write([table(title, ("Function", "What it gives", "Example"), rows) for title, rows in groups.items()])


def function_text(function: FormulaFunction, *, color: bool = False, width: int = 100) -> str:
    """One function on the terminal."""
    return draw(_described(function), color=color, width=width)


def _described(function: FormulaFunction) -> Iterator[RenderableType]:
    yield Text.assemble((function.name, "bold"), f"  {function.group}")
    yield indented("Write", function.signature)
    yield indented("Gives", function.meaning)
    yield indented("Example", function.example)


def _table(functions: Iterable[FormulaFunction]) -> RenderableType:
    drawn = grid([("Function", ""), ("What it gives, and an example", "")], folding="What it gives, and an example")
    for function in functions:
        drawn.add_row(Text(function.signature, "bold"), Text(f"{function.meaning}\n{function.example}"))
    return drawn

"""Names say what a thing is: the share of empty ones among all bound names stays small."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "kpi_framework"
EMPTY = frozenset({
    "one", "found", "said", "told", "kept", "seen", "got", "given", "now", "was", "placed", "shown", "rest", "item",
    "thing", "entry", "obj", "data", "result", "res", "tmp", "stuff",
})  # fmt: skip
MOST = 0.01
"""The largest share of empty names; the best code bases of the field have 0 to 0.4 %."""


def bound_names(tree: ast.AST) -> Iterator[str]:
    """Every name that a file binds: assignments, parameters, loops, comprehensions, captures, functions, attributes."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name


def counted(package: Path) -> tuple[Counter[str], int]:
    """How often each empty name is bound, and how many names are bound in all."""
    names = [
        name for path in package.rglob("*.py") for name in bound_names(ast.parse(path.read_text(encoding="utf-8")))
    ]
    return Counter(name for name in names if name.strip("_") in EMPTY), len(names)


def test_names_say_what_a_thing_is() -> None:
    """At most one bound name in a hundred is `one`, `found`, `said` and the like."""
    empty, total = counted(PACKAGE)
    share = sum(empty.values()) / total
    assert share <= MOST, f"{share:.1%} of {total} names: {empty.most_common()}"


def test_the_count_sees_every_kind_of_binding() -> None:
    """A parameter, a loop, a comprehension, a walrus, a capture and an exception bind names, too."""
    source = "def f(one, *found):\n for said in (told := 1,): pass\n try: pass\n except E as got: pass\n"
    source += " [x for seen in y]\n match z:\n  case {'a': kept}: pass\n"
    assert {"one", "found", "said", "told", "got", "seen", "kept"} <= set(bound_names(ast.parse(source)))

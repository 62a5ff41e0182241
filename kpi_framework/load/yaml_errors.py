"""Where the parser gave up → one finding in words, with the corrected line where there is one."""

from __future__ import annotations

import re

from yaml import Mark, MarkedYAMLError, YAMLError

from ..model.diagnostic import Diagnostic, Span
from ..model.rule import RULES
from .suggestions import quoted_line, write

_QUOTES = "Put the value in quotes."
_CLOSE_QUOTE = "Close the quote."
_INDENTED = "Indent it as the lines beside it; write names as `name: value`, with a space."
_WORDS: tuple[tuple[str, str, str], ...] = (
    ("unexpected end of stream", "a quote is opened here and never closed", _CLOSE_QUOTE),
    ("unexpected document indicator", "a quote is opened here and never closed", _CLOSE_QUOTE),
    (
        "mapping values are not allowed",
        "this value holds a second colon, or the line is indented wrongly",
        _INDENTED,
    ),
    (
        "unknown escape character",
        "a backslash in double quotes begins an escape, and this is none",
        "Use single quotes.",
    ),
    (
        "expected ',' or",
        "a bracket or brace is not closed, or a value in it needs quotes",
        "Close it, or use quotes.",
    ),
    (
        "expected node content",
        "a bracket or brace is not closed, or a value in it is missing",
        "Close it, or add the value.",
    ),
    (
        "expected key",
        "this does not continue the lines above: a quote, a colon or the indentation is wrong",
        _INDENTED,
    ),
    ("expected '-' indicator", "a list and a mapping are mixed", _INDENTED),
    ("could not find expected ':'", "a name has no colon", _INDENTED),
    ("cannot start any token", "a value cannot begin with this character", _QUOTES),
    ("block sequence entries", "a list item cannot stand here", "Begin the list on a line of its own."),
    ("comment or line break", "`>` and `|` begin a block of text, whose lines follow below", _QUOTES),
    ("anchor", "an anchor (`&name`) is not read here", _QUOTES),
    ("alias", "an alias (`*name`) is not read here", _QUOTES),
    ("tag", "a tag (`!name`) is not read here", _QUOTES),
    (
        "document start",
        "this does not belong to what stands above it",
        "Indent it as the first line is indented.",
    ),
    ("directive", "a line that begins with % is not read here", "Remove the line."),
)
_INDENT = re.compile(r"\s*")


def broken(path: str, text: str, error: YAMLError) -> Diagnostic:
    """The finding for a text that the parser could not read to its end."""
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        return RULES["yaml-syntax"].finding(Span(path), "the file holds a character that YAML does not know")
    mark = _mark(error, error.problem_mark)
    line = _line(text, mark.line)
    span = Span(path, mark.line + 1, mark.column + 1) if line.strip() else _last(path, text)
    indent = _INDENT.match(line)
    if indent and "\t" in indent[0]:
        hint = write(line.strip(), "Indent with spaces.", "Indent with spaces")
        return RULES["yaml-syntax"].finding(span, "a tab stands in the indentation, where YAML takes only spaces", hint)
    message, hint = _words(error)
    corrected = quoted_line(line)
    return RULES["yaml-syntax"].finding(span, message, write(corrected, hint))


def _mark(error: MarkedYAMLError, problem: Mark) -> Mark:
    """Where the trouble began: a quote or bracket that is never closed is shown where it opens."""
    context = error.context_mark
    opened = any(part in str(error.context) for part in ("quoted scalar", "flow", "simple key"))
    return context if opened and context is not None and context.line < problem.line else problem


def _last(path: str, text: str) -> Span:
    """The end of what is written: the parser missed something behind it."""
    written = text.rstrip()
    return Span(path, written.count("\n") + 1, len(written) - written.rfind("\n"))


def _line(text: str, number: int) -> str:
    lines = text.split("\n")
    return lines[number].rstrip("\r") if number < len(lines) else ""


def _words(error: MarkedYAMLError) -> tuple[str, str]:
    problem = f"{error.problem or ''} {error.context or ''}"
    for part, message, hint in _WORDS:
        if part in problem:
            return message, hint
    return f"the YAML breaks off here: {error.problem}", ""

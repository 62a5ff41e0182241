"""Where the parser gave up → one finding in words, with the corrected line where there is one."""

from __future__ import annotations

import re

from yaml import Mark, MarkedYAMLError, YAMLError

from ..model.diagnostic import Diagnostic, Span
from ..model.rule import RULES
from .suggestions import quoted_line, write

_QUOTES = "Put the value in quotes."
_CLOSE_QUOTE = "Close the quote."
_INDENTED = "Indent it like the lines around it. Write names as `name: value`, with a space."
_WORDS: tuple[tuple[str, str, str], ...] = (
    ("unexpected end of stream", "this quote is never closed", _CLOSE_QUOTE),
    ("unexpected document indicator", "this quote is never closed", _CLOSE_QUOTE),
    (
        "mapping values are not allowed",
        "this value contains a second colon, or the indentation is wrong",
        _INDENTED,
    ),
    (
        "unknown escape character",
        "a backslash in double quotes starts an escape sequence, and this one does not exist",
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
        "this does not fit the lines above: a quote, a colon or the indentation is wrong",
        _INDENTED,
    ),
    ("expected '-' indicator", "a list and a mapping are mixed here", _INDENTED),
    ("could not find expected ':'", "a name has no colon", _INDENTED),
    ("cannot start any token", "a value cannot begin with this character", _QUOTES),
    ("block sequence entries", "a list item cannot stand here", "Begin the list on a line of its own."),
    ("comment or line break", "`>` and `|` start a block of text, which begins on the next line", _QUOTES),
    ("anchor", "an anchor (`&name`) is not allowed here", _QUOTES),
    ("alias", "an alias (`*name`) is not allowed here", _QUOTES),
    ("tag", "a tag (`!name`) is not allowed here", _QUOTES),
    (
        "document start",
        "this does not belong to the lines above it",
        "Indent it like the first line.",
    ),
    ("directive", "a line must not begin with %", "Remove the line."),
)
_INDENT = re.compile(r"\s*")


def broken(path: str, text: str, error: YAMLError) -> Diagnostic:
    """The finding for a text that the parser could not read to its end."""
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        return RULES["yaml-syntax"].finding(Span(path), "the file contains a character that YAML does not allow")
    mark = _mark(error, error.problem_mark)
    line = _line(text, mark.line)
    span = Span(path, mark.line + 1, mark.column + 1) if line.strip() else _last(path, text)
    indent = _INDENT.match(line)
    if indent and "\t" in indent[0]:
        hint = write(line.strip(), "Indent with spaces.", "Indent with spaces")
        return RULES["yaml-syntax"].finding(span, "the line is indented with a tab, but YAML allows only spaces", hint)
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
    return f"the YAML cannot be read from here on: {error.problem}", ""

"""Independent readers of what the reports write."""

from __future__ import annotations

import re
import unicodedata
from xml.etree import ElementTree as Xml

from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from kpi_framework.report.words.escape import BREAK

NASTY = (
    "a|b", "a\nb", "<script>alert(1)</script>", "](http://evil.example)", "[x](javascript:alert(1))",
    "@octocat", "#123", "GH-7", "`code`", "``", "\x1b[31mred\x1b[0m",
    "\x1b]8;;http://evil.example\x07x", "![](http://e.example/i.png)", "**bold**", "_it_", "~~gone~~",
    "\\|", "\\", "&lt;", "&#124;", "$x$", "https://evil.example", "www.evil.example", "a@b.example",
    "\u202egnp.exe", "\u200b", "\u2028", "\r\n# title", "- item", "1. item", "> quote", "---",
    "<!-- x -->", "\x00", "\ud800", "::error::x", "%0A::error::x", "]]>", "\x85",
    "]: http://x.example", "[^1]", ":tada:", "😀", "é", "##[error]x", "##vso[task.setvariable variable=a]b",
)  # fmt: skip
"""Strings a stranger might put into a name, an owner or a segment."""

hostile = st.lists(st.sampled_from(NASTY) | st.text(max_size=8), max_size=6).map("".join)


def xml(text: str) -> Xml.Element:
    """The root of an XML document that the product itself wrote."""
    return Xml.fromstring(text)  # noqa: S314


def obeyed(log: str) -> list[str]:
    """The lines of a log in which a runner finds a command.

    GitHub's new form begins a line, after white space; its old form, Azure's and TeamCity's stand anywhere. Whether
    the runner knows the command's name is not asked.
    """
    lines = log.replace("\r", "\n").split("\n")
    anywhere = ("##[", "##vso[", "##teamcity[")
    return [line for line in lines if line.lstrip().startswith("::") or any(sign in line for sign in anywhere)]


def tokens(text: str) -> list[Token]:
    """The tokens of a markdown page with tables, inline ones included."""
    found = []
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text):
        found += [token, *(token.children or ())]
    return found


def visible(text: str) -> str:
    """What is left of a string that may not hide anything: letters, signs and single spaces."""
    text = re.sub(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)?|\x9b[0-?]*[ -/]*[@-~]", "", text)
    text = " ".join(text.split())
    kept = [c for c in text if c in "\u200c\u200d" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn")]
    return " ".join("".join(kept).split())


def shown(inline: Token) -> str:
    """The text that a reader sees of an inline token."""
    return "".join(c.content for c in inline.children or () if c.type in ("text", "code_inline")).replace(BREAK, "")


def tables(text: str) -> list[list[list[str]]]:
    """Every table of a page, row by row, split at its unescaped bars, without the line of dashes."""
    found: list[list[list[str]]] = []
    previous = ""
    for line in text.split("\n"):
        if line.startswith("|"):
            if not previous.startswith("|"):
                found.append([])
            found[-1].append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
        previous = line
    return [[row for row in rows if set("".join(row)) != {"-"}] for rows in found]


def control_characters(text: str) -> set[str]:
    """Characters that a terminal would obey, or that nobody sees."""
    return {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs") and c not in f"\n{BREAK}\u200c\u200d"}

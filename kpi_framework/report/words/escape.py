"""Strings of strangers, made harmless: names, owners and segment values may hold anything."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit

_TERMINAL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x9b[0-?]*[ -/]*[@-~]")
_SPACE = re.compile(r"\s+")
_JOINERS = "\u200c\u200d"  # Persian and emoji need them; every other invisible character goes
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Cn", "Co"})
_PLAIN = re.compile(r"[ -~]*")

BREAK = "\u200b"
"""Put into `@team`, `#12` and `##[error]`, so that nobody takes them for a mention, a reference or a command."""

_ENTITIES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord("|"): "&#124;", ord("\\"): "&#92;"}
_MARKS = re.compile(r"[`*\[\]~$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_LEADING = re.compile(r"^([#=]|[-+](?=[\s-]|$))|^(\d+)(?=[.)](?:\s|$))")
_REFERENCE = re.compile(
    r"[@#!~$%^](?=[\w\"])|(?<=\bGH)-(?=\d)|(?:https?|ftp|mailto|xmpp):|www(?=\.)|:(?=[\w+-]+:)",
    re.IGNORECASE,
)
_WEB = re.compile(r"^https?://[^\s/]", re.IGNORECASE)


def clean(text: str) -> str:
    """The text on one line, without control characters, terminal sequences and invisible characters."""
    if _PLAIN.fullmatch(text):
        return _SPACE.sub(" ", text).strip()
    spaced = _SPACE.sub(" ", _TERMINAL.sub("", text))
    return _SPACE.sub(" ", "".join(c for c in spaced if _is_visible(c))).strip()


def _is_visible(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character) not in _HIDDEN


def clip(text: str, length: int) -> str:
    """The text, cut with an ellipsis where it is longer."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def prose(text: str, length: int = 300) -> str:
    """Markdown that shows exactly this text: no markup, HTML, table border, mention, reference or link."""
    escaped = _marked(clip(clean(text), length))
    return _LEADING.sub(lambda match: f"\\{match[1]}" if match[1] else f"{match[2]}\\", escaped)


def _marked(text: str) -> str:
    broken = _REFERENCE.sub(lambda match: match[0] + BREAK, text)
    return _MARKS.sub(lambda match: "\\" + match[0], broken.translate(_ENTITIES))


def code(text: str, length: int = 300) -> str:
    """Markdown that shows this text as code; it may stand in a table (a bar is shown as its lookalike ∣)."""
    text = clip(clean(text), length).replace("|", "∣")
    if not text:
        return ""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def inner(text: str) -> str:
    """A piece of prose in the middle of a line: it keeps the spaces that part it from its neighbours."""
    start = " " if text.startswith(" ") else ""
    end = " " if text.strip() and text.endswith(" ") else ""
    return f"{start}{_marked(clean(text))}{end}"


def visible_lines(text: str) -> str:
    """The lines as they are, without control characters, terminal sequences and invisible characters."""
    lines = _TERMINAL.sub("", text.replace("\r\n", "\n")).expandtabs(4).split("\n")
    return "\n".join("".join(filter(_is_visible, line)) for line in lines)


def web_address(text: str) -> str | None:
    """The address of a web page with everything quoted that could end a link early; None for all else."""
    address = clean(text)
    if not _WEB.match(address) or " " in address:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return quote(address, safe=":/?#@!$&'*+,;=%~-._") if parts.hostname else None

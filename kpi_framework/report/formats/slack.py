"""A letter as the body that an incoming webhook of Slack takes. Rich text is shown as it is: none of it is markup."""

from __future__ import annotations

from typing import Any

from ..view.letters import Letter, Paragraph
from .fitting import fitted
from .json import as_text

_MOST = 45
"""Slack takes 50 blocks."""


def slack_message(letter: Letter) -> str:
    """The JSON; what does not fit is counted."""
    return fitted(letter, _message, _MOST)


def _message(letter: Letter, left: str) -> str:
    head = _block(_words(letter.subject, bold=True), _words(f"\n{letter.intro}"))
    blocks = [head, *map(_paragraph, letter.paragraphs)]
    if left or letter.link:
        link = [_link(letter.link, "All values")] if letter.link else []
        blocks.append(_block(*([_words(f"{left} ")] if left else []), *link))
    # The text is what a notification shows, and is markup: its signs are written as Slack asks.
    return as_text({
        "text": _escaped(letter.subject), "mrkdwn": False, "unfurl_links": False, "unfurl_media": False,
        "blocks": blocks,
    })  # fmt: skip


def _paragraph(paragraph: Paragraph) -> dict[str, Any]:
    link = [_words("\n"), _link(paragraph.link, "More")] if paragraph.link else []
    return _block(_words(paragraph.title, bold=True), *(_words(f"\n{line}") for line in paragraph.lines), *link)


def _block(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


def _words(text: str, *, bold: bool = False) -> dict[str, Any]:
    return {"type": "text", "text": text, **({"style": {"bold": True}} if bold else {})}


def _link(address: str, label: str) -> dict[str, Any]:
    return {"type": "link", "url": address, "text": label}


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

"""A letter as an Adaptive Card, in the body that a webhook of Teams takes. Text runs are shown as they are."""

from __future__ import annotations

from typing import Any

from ..view.letters import Letter, Paragraph
from .fitting import fitted
from .json import as_text

_MOST = 45


def teams_message(letter: Letter) -> str:
    """The JSON; what does not fit is counted."""
    return fitted(letter, _message, _MOST)


def _message(letter: Letter, left: str) -> str:
    body = [_block(_run(letter.subject, weight="Bolder", size="Medium")), _block(_run(letter.intro, isSubtle=True))]
    body += [block for paragraph in letter.paragraphs for block in _paragraph(paragraph)]
    body += [_block(_run(left))] if left else []
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
        "body": body, "msteams": {"width": "Full"},
    }  # fmt: skip
    if letter.link:
        card["actions"] = [{"type": "Action.OpenUrl", "title": "All values", "url": letter.link}]
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card,
    }  # fmt: skip
    return as_text({"type": "message", "attachments": [attachment]})


def _paragraph(paragraph: Paragraph) -> list[dict[str, Any]]:
    action = {"selectAction": {"type": "Action.OpenUrl", "url": paragraph.link}} if paragraph.link else {}
    title = _block(_run(paragraph.title, weight="Bolder", **action), separator=True, spacing="Medium")
    return [title, *(_block(_run(line), spacing="None") for line in paragraph.lines)]


def _block(run: dict[str, Any], **layout: object) -> dict[str, Any]:
    """Rich text wraps, and knows no markup; a text block would read Markdown."""
    return {"type": "RichTextBlock", "inlines": [run], **layout}


def _run(text: str, **form: object) -> dict[str, Any]:
    return {"type": "TextRun", "text": text, **form}

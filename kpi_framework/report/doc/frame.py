"""Pages that lie beside others: what stands around each, and a page for paper of all of them."""

from __future__ import annotations

import html

from ...model.record import Record
from ..words.escape import clean
from ..words.workflow_commands import inert_markup
from .html import body, page_head
from .model import Document

_POLICY = "style-src 'self'; script-src 'self'; img-src 'self'"


class Frame(Record):
    """The way to the site's root, the site's name, its pages, and which of them this is."""

    root: str
    site: str
    pages: tuple[tuple[str, str], ...]
    """Names, and what people read."""
    current: str


def site_page(document: Document, frame: Frame) -> str:
    """A page of a site: style and script lie beside it, in files that all pages share."""
    links = "".join(f"<li>{_tab(frame, name, label)}</li>" for name, label in frame.pages)
    nav = f'<nav aria-label="Pages"><ul>{links}</ul></nav>'
    return inert_markup(
        f'{page_head(document.title, _POLICY)}{_style(frame)}<script src="{frame.root}site.js" defer></script>\n'
        f'<a class="skip" href="#content">Skip to the content</a>\n'
        f"<header><strong>{html.escape(clean(frame.site))}</strong>\n{nav}</header>\n"
        f'<main id="content">\n{body(document)}\n</main>\n</html>\n'
    )


def print_page(title: str, documents: tuple[Document, ...], frame: Frame) -> str:
    """Documents on paper: what is folded elsewhere is open here, since closed parts are not printed."""
    articles = "\n".join(f"<article>\n{body(document)}\n</article>" for document in documents)
    unfolded = articles.replace("<details>", "<details open>")
    return inert_markup(f"{page_head(title, _POLICY)}{_style(frame)}<main>\n{unfolded}\n</main>\n</html>\n")


def _style(frame: Frame) -> str:
    icon = f'<link rel="icon" href="{frame.root}site.svg" type="image/svg+xml">'
    feed = f'<link rel="alternate" href="{frame.root}feed.xml" type="application/atom+xml" title="Changes of status">'
    return f'<link rel="stylesheet" href="{frame.root}site.css">\n{icon}\n{feed}\n'


def _tab(frame: Frame, name: str, label: str) -> str:
    current = ' aria-current="page"' if name == frame.current else ""
    return f'<a href="{frame.root}{name}.html"{current}>{html.escape(label)}</a>'

"""A document as a page that needs nothing else: no script, nothing that is fetched, no style but the package's own."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from ..words.escape import visible_lines
from ..words.workflow_commands import inert_markup
from . import model

_WIDE = 10
"""More columns than a line holds side by side: each row becomes a block of labelled lines, on screen and on paper."""


def page(document: model.Document) -> str:
    """The whole page, with its style inside; its policy names that style by its hash and allows nothing else."""
    style, digest = _style()
    # Only what strangers wrote is respelled: the policy knows the style by its exact bytes.
    start = inert_markup(page_head(document.title, f"style-src 'sha256-{digest}'"))
    return f"{start}<style>{style}</style>\n{inert_markup(f'{body(document)}{chr(10)}</html>{chr(10)}')}"


def page_head(title: model.Text, policy: str) -> str:
    """What stands before a page's style: its title, and what it may fetch."""
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f'<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; {policy}">\n'
        f"<title>{html.escape(model.plain(title).strip())}</title>\n"
    )


def body(document: model.Document) -> str:
    """What a page shows, without what stands around it."""
    title = inline(document.title)
    foot = f"\n<footer><p>{inline(document.foot)}</p></footer>" if document.foot else ""
    return f"{f'<h1>{title}</h1>{chr(10)}' if title else ''}{_blocks(document.blocks)}{foot}"


@cache
def _style() -> tuple[str, str]:
    """The style sheet, and its hash as a policy writes it."""
    style = files(__package__).joinpath("style.css").read_text(encoding="utf-8").replace("\r\n", "\n")
    return style, base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


# blocks


def _blocks(blocks: Iterable[model.Block]) -> str:
    return "\n".join(_block(block) for block in blocks if not model.is_empty(block))


def _block(block: model.Block) -> str:
    match block:
        case model.Paragraph():
            markup = f"<p>{inline(block.text)}</p>"
        case model.Facts():
            pairs = (f"<dt>{inline(label)}</dt><dd>{inline(text)}</dd>" for label, text in block.pairs)
            markup = f"<dl>\n{_lines(pairs)}\n</dl>"
        case model.Points():
            markup = f"<ul>\n{_lines(f'<li>{inline(text)}</li>' for text in block.items)}\n</ul>"
        case model.Listing():
            markup = f"<pre><code>{html.escape(visible_lines(block.text))}</code></pre>"
        case model.Table():
            markup = _table(block)
        case model.Chart():
            markup = _figure(block)
        case model.Entry():
            parts = "".join(f"<span>{inline(part)}</span>" for part in block.head if model.leaves(part))
            markup = f'<div class="entry">\n<p class="parts">{parts}</p>\n{_blocks(block.blocks)}\n</div>'
        case model.Disclosure():
            markup = f"<details>\n<summary>{inline(block.summary)}</summary>\n{_blocks(block.blocks)}\n</details>"
        case model.Section():
            markup = _section(block)
    return markup


def _section(section: model.Section) -> str:
    state = f": {inline(section.state)}" if section.state else ""
    title = inline(section.title)
    heading = f"<h{section.level}>{title}{state}</h{section.level}>\n" if title else ""
    name = f' id="{html.escape(section.name)}"' if section.name else ""
    return f"<section{name}>\n{heading}{_blocks(section.blocks)}\n</section>"


def _figure(chart: model.Chart) -> str:
    """A drawing below its sentence, and its values folded away."""
    subtitle = f" <small>{html.escape(chart.subtitle)}</small>" if chart.subtitle else ""
    caption = f"<figcaption>{inline(chart.sentence)}{subtitle}</figcaption>"
    values = model.Disclosure("The values as a table", (chart.table,))
    folded = "" if model.is_empty(values) else f"\n{_block(values)}"
    link = f"\n<p>{inline(chart.file)}</p>" if chart.file else ""
    return f"<figure>\n{caption}\n{chart.svg}{folded}{link}\n</figure>"


def _table(table: model.Table) -> str:
    """A table in a frame that scrolls where the screen is narrower; each cell knows its head, for folded rows."""
    if not table.rows:
        return f"<p>{html.escape(table.empty)}</p>"
    sides = [' class="number"' if column in table.right else "" for column in table.columns]
    heads = [inline(column) for column in table.columns]
    labels = [f'{side} data-label="{head}"' for side, head in zip(sides, heads, strict=True)]
    head = "".join(
        f'<th scope="col"{side}>{name}</th>' if name else "<td></td>" for side, name in zip(sides, heads, strict=True)
    )
    rows = (
        f"<tr>{''.join(f'<td{label}>{inline(cell)}</td>' for label, cell in zip(labels, row, strict=True))}</tr>"
        for row in table.rows
    )
    width = f"{'wide ' if len(heads) > _WIDE else ''}table{' sortable' if table.is_sortable else ''}"
    name = html.escape(f"Table: {', '.join(map(model.plain, filter(None, table.columns)))}")
    return (
        f'<div class="{width}" role="region" tabindex="0" aria-label="{name}">\n<table>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{_lines(rows)}\n</tbody>\n</table>\n</div>"
    )


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(parts)


# in a line


def inline(text: model.Text) -> str:
    """HTML that shows exactly this line."""
    return "".join(map(_span, model.leaves(text)))


def _span(leaf: model.Leaf) -> str:
    match leaf:
        case str():
            markup = html.escape(leaf)
        case model.Code():
            markup = f"<code>{html.escape(leaf.text)}</code>"
        case model.Strong():
            markup = f"<strong>{inline(leaf.text)}</strong>"
        case model.Faint():
            markup = f"<small>{inline(leaf.text)}</small>"
        case model.Badge():
            markup = f'<span class="{leaf.tone.value}">{html.escape(leaf.text)}</span>'
        case model.Link():
            markup = f'<a href="{html.escape(leaf.address)}" rel="noreferrer">{html.escape(leaf.label)}</a>'
        case model.Page():
            markup = f'<a href="{leaf.name}.html">{html.escape(model.plain(leaf))}</a>'
        case model.File():
            markup = f'<a href="{leaf.name}" download>{html.escape(model.plain(leaf))}</a>'
        case model.Drawing():
            markup = leaf.svg
    return markup

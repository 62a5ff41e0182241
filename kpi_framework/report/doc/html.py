"""Pages that exist twice, as markdown and as HTML that needs nothing else: the same parts in two inks."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Sequence

from ...model.record import Record
from ..words.escape import clean, clip, web_address
from ..words.markup import MARKDOWN, Ink
from ..words.workflow_commands import inert_markup
from .markdown import Section, table, write


class Part(Record):
    """A heading and what stands under it: lines, a table, or commands. Cells and lines are inked already."""

    title: str = ""
    lines: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[Sequence[str], ...] = ()
    commands: tuple[str, ...] = ()
    empty: str = ""
    """The text in place of a table that has no rows."""


Content = Callable[[Ink], Iterable[Part]]
"""A page's parts, in one ink or the other."""


def markdown_page(title: str, content: Content) -> str:
    """The page as markdown."""
    sections = [Section("", (f"# {MARKDOWN.prose(title)}",))]
    for part in content(MARKDOWN):
        if part.columns and part.rows:
            sections.append(table(part.title, part.columns, part.rows))
        elif part.commands:
            sections.append(Section(part.title, ("```sh\n" + "\n".join(part.commands) + "\n```",)))
        else:
            lines = part.lines or ((part.empty,) if part.empty else ())
            sections.append(Section(part.title, tuple(f"- {line}" for line in lines), noun="item"))
    return write(sections, _WHOLE)


_WHOLE = 50_000_000
"""Bytes: an auditor's page is not cut."""


def html_page(title: str, content: Content) -> str:
    """The page as HTML: no script, no style but its own, nothing that is fetched."""
    body = "\n".join(_part(part) for part in content(HTML))
    heading = html.escape(clean(title))
    return inert_markup(f"{_START}<title>{heading}</title>\n{_STYLE}<h1>{heading}</h1>\n{body}\n</html>\n")


def _part(part: Part) -> str:
    blocks = [f"<h2>{html.escape(part.title)}</h2>"] if part.title else []
    if part.columns and part.rows:
        head = "".join(f"<th>{html.escape(column)}</th>" for column in part.columns)
        rows = "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in part.rows)
        blocks.append(f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>")
    elif part.commands:
        blocks.append(f"<pre>{html.escape(chr(10).join(part.commands))}</pre>")
    else:
        lines = part.lines or ((part.empty,) if part.empty else ())
        blocks.append("<ul>\n" + "\n".join(f"<li>{line}</li>" for line in lines) + "\n</ul>")
    return "\n".join(blocks)


def _prose(text: str) -> str:
    return html.escape(clip(clean(text), 300))


def _code(text: str) -> str:
    return f"<code>{_prose(text)}</code>" if clean(text) else ""


def _link(address: str) -> str:
    url = web_address(address)
    return f'<a href="{html.escape(url)}" rel="noreferrer">open it</a>' if url else _code(address)


def _message(text: str) -> str:
    pieces = re.split("`([^`]+)`", clip(clean(text), 600))
    return "".join(_code(piece) if i % 2 else html.escape(piece) for i, piece in enumerate(pieces))


HTML = Ink(_prose, _code, _link, _message, lambda name: f'<a href="{name}.html">{name}</a>')

_START = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
"""
_STYLE = """<style>
  body { font: 15px/1.55 system-ui, sans-serif; margin: 2rem auto; max-width: 90rem; padding: 0 1rem; color: #1c2330;
    background: #fff; }
  h2 { margin-top: 2.2rem; }
  table { border-collapse: collapse; }
  th, td { border-bottom: 1px solid #d5dae2; padding: .3rem .6rem; text-align: left; vertical-align: top; }
  th { background: #f2f4f8; }
  code, pre { font: 13px/1.5 ui-monospace, Menlo, Consolas, monospace; }
  pre { background: #f2f4f8; padding: .8rem; overflow-x: auto; }
</style>
"""

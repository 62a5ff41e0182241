"""One tree, three writers: whatever strangers wrote stands in each as text, and none of it is markup."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from kpi_framework.model.diagnostic import Severity
from kpi_framework.model.measurement import Status
from kpi_framework.report.doc.html import page
from kpi_framework.report.doc.markdown import WHOLE, inline, markdown
from kpi_framework.report.doc.model import (
    Badge,
    Chart,
    Code,
    Disclosure,
    Document,
    Entry,
    Facts,
    Faint,
    Link,
    Listing,
    Message,
    Paragraph,
    Points,
    Section,
    Strong,
    Table,
    Text,
)
from kpi_framework.report.doc.terminal import terminal
from kpi_framework.report.words.escape import BREAK, web_address
from tests.unit.report.reading import control_characters, hostile, obeyed, tables, tokens, visible

INLINE = {
    "text", "code_inline", "softbreak", "strong_open", "strong_close", "link_open", "link_close", "inline",
    "paragraph_open", "paragraph_close",
}  # fmt: skip
TAGS = {
    "html", "meta", "title", "style", "h1", "h2", "h3", "p", "dl", "dt", "dd", "ul", "li", "pre", "code", "div",
    "table", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "details", "summary", "section", "span",
    "strong", "small", "a", "footer",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "charset", "name", "content", "http-equiv", "class", "role", "tabindex", "aria-label", "scope",
    "data-label", "href", "rel",
}  # fmt: skip
leaf = hostile | hostile.map(Code) | hostile.map(Message) | hostile.map(lambda t: Badge(t, Status.MET))
spans = st.recursive(
    leaf | hostile.map(lambda text: Link("open it", f"https://x.example/{text}")),
    lambda inner: inner.map(Strong) | inner.map(Faint) | st.lists(inner, max_size=4).map(tuple),
    max_leaves=6,
)
"""Lines that a page may hold, put together from hostile strings."""


def words(text: Text) -> str:
    """What a reader sees of a line, by an oracle of its own: without blanks, and without the signs of a message."""
    match text:
        case str():
            seen = visible(text)
        case tuple():
            seen = "".join(map(words, text))
        case Link():
            seen = "open it" if web_address(text.address) else visible(text.address)
        case Strong() | Faint():
            seen = words(text.text)
        case _:
            seen = visible(text.text)  # type: ignore[union-attr]
    return bare(seen)


def bare(text: str) -> str:
    """The characters that are compared: no blank, no invisible mark, no backtick, one kind of bar."""
    return re.sub(rf"[\s`{BREAK}]", "", text).replace("|", "∣")


class Reader(HTMLParser):
    """A page as a browser takes it: its tags, its attributes, and the words of each element."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words: dict[str, list[str]] = {}
        self.inside: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag begins."""
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag != "meta":
            self.inside.append(tag)
            self.words.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        """It ends."""
        assert self.inside.pop() == tag

    def handle_data(self, data: str) -> None:
        """Words belong to every element that they stand in."""
        for tag in set(self.inside):
            self.words[tag][-1] += data


def everywhere(text: Text) -> Document:
    """A document that has the line wherever one may stand."""
    table = Table(("A", "B"), (("x", text), (text, "y")), folding="B")
    blocks = (
        Paragraph(text), Facts((("Label", text), ("Other", "z"))), Points((text, "z")), table,
        Chart("<svg></svg>", text, table),
        Entry((text, "part"), (Paragraph(("word ", text)), Facts((("Label", text),)))),
        Disclosure("summary", (Paragraph(("folded ", text)),)),
        Section("Third", (Paragraph(text),), Badge("state", Severity.NOTE), level=3),
    )  # fmt: skip
    return Document(("Title ", text), (*blocks, Section(("Section ", text), blocks)), ("foot ", text))


@given(spans)
def test_a_line_of_markdown_reads_back_exactly(text: Text) -> None:
    """No markup but that of its spans, and every visible character."""
    seen = tokens(f"x {inline(text)}")
    assert {token.type for token in seen} <= INLINE
    shown = "".join(token.content for token in seen if token.type in ("text", "code_inline"))
    assert bare(shown) == "x" + words(text)


@settings(max_examples=60)
@given(spans)
def test_markdown_has_the_blocks_that_the_tree_has(text: Text) -> None:
    """Hostile or harmless: the same headings, lists, rows and paragraphs; the only HTML is the fold of our own."""
    written = markdown(everywhere(("w ", text)), WHOLE)
    blocks = [token.type for token in tokens(written) if token.level < 8 and token.type not in INLINE]
    assert blocks == [token.type for token in tokens(markdown(everywhere("w y"), WHOLE)) if token.type not in INLINE]
    assert all(len(row) == 2 for rows in tables(written) for row in rows)
    assert control_characters(written) == set()
    assert obeyed(written) == []


@settings(max_examples=60)
@given(spans)
def test_html_reads_back_exactly(text: Text) -> None:
    """Only our tags and attributes, nothing that runs or is fetched, and every visible character."""
    written = page(everywhere(text))
    reader = Reader(written.replace("<svg></svg>", ""))
    assert set(reader.tags) <= TAGS
    assert {name for name, _ in reader.attributes} <= ATTRIBUTES
    assert all(value.startswith("https://x.example") for name, value in reader.attributes if name == "href")
    assert bare(reader.words["title"][0]).startswith("Title")
    assert bare(reader.words["h1"][0]) == "Title" + words(text)
    assert [bare(cell) for cell in reader.words["td"][:4]] == ["x", words(text), words(text), "y"]
    assert [bare(fact) for fact in reader.words["dd"][:2]] == [words(text), "z"]
    assert reader.inside == []
    assert obeyed(written) == []


@settings(max_examples=60)
@given(spans, st.sampled_from([40, 80, 200]))
def test_a_screen_shows_it_and_obeys_nothing(text: Text, width: int) -> None:
    """No escape sequence, no markup of the library, no line beyond the screen."""
    written = terminal(everywhere(text), width=width)
    assert control_characters(written) == set()
    assert all(cell_len(line) <= width for line in written.splitlines())
    assert bare(terminal(Document(text, ()), width=width)) == plain_words(text)


def plain_words(text: Text) -> str:
    """On a screen a link is its address."""
    match text:
        case tuple():
            return "".join(map(plain_words, text))
        case Strong() | Faint():
            return plain_words(text.text)
        case Link():
            return bare(visible(text.address))
        case _:
            return words(text)


@given(st.lists(hostile | st.text(max_size=20), max_size=4).map("\n".join))
def test_a_listing_keeps_its_lines(text: str) -> None:
    """A fence longer than any in it, and the lines in it as they are, without what nobody sees."""
    written = markdown(Document("", (Listing(text, "sql"), Paragraph("after"))))
    [fence, *after] = [token for token in tokens(written) if token.type in ("fence", "paragraph_open")]
    assert (fence.info, len(after)) == ("sql", 1)
    reader = Reader(page(Document("", (Listing(text),))))
    assert bare(reader.words["code"][0]) == bare(fence.content)
    assert control_characters(written) == set()


def empty_blocks() -> Iterator[Paragraph | Facts | Points | Table]:
    """Blocks with nothing in them."""
    yield from (Paragraph(("", Code(""))), Facts(()), Points(()), Table(("A",), ()))


def test_what_is_empty_is_left_out() -> None:
    """No heading stands over nothing, in no writer."""
    document = Document("Title", (*empty_blocks(), Section("Gone", (*empty_blocks(), Section("Gone", (), level=3)))))
    assert markdown(document) == "# Title\n"
    assert terminal(document) == "Title\n"
    assert "Gone" not in page(document)


def test_a_page_allows_its_own_style_and_nothing_else() -> None:
    """The policy names the style by its hash; there is no script and no style at an element."""
    written = page(Document("Title", (Paragraph("x"),)))
    style = written.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"content=\"default-src 'none'; style-src 'sha256-{digest}'\"" in written
    assert not re.search(r"url\(|@import|expression", style)
    assert "<script" not in written
    assert " style=" not in written
    assert written.count("<style>") == 1

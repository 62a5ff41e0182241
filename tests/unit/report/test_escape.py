"""A stranger's string is shown as it is and does nothing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_framework.report.doc.markdown import inline
from kpi_framework.report.doc.model import Link, Message
from kpi_framework.report.words.escape import clean, clip, code, prose, web_address
from tests.unit.report.reading import NASTY, control_characters, hostile, shown, tokens, visible

HARMLESS = {
    "table_open", "thead_open", "tr_open", "th_open", "inline", "text", "th_close", "tr_close", "thead_close",
    "tbody_open", "td_open", "td_close", "tbody_close", "table_close",
}  # fmt: skip


def cell(escaped: str) -> tuple[set[str], str]:
    """The kinds of tokens of a table with this cell, and the text a reader sees in it."""
    found = tokens(f"| a | b |\n| --- | --- |\n| {escaped} | last |\n")
    inlines = [token for token in found if token.type == "inline"]
    assert len(inlines) == 4
    assert inlines[3].content == "last"
    return {token.type for token in found}, shown(inlines[2])


@given(hostile)
def test_prose_in_a_table_is_only_text(text: str) -> None:
    """No markup, no HTML, no link, no further cell, and every visible character of it."""
    kinds, seen = cell(prose(text, 1000))
    assert kinds <= HARMLESS
    assert seen == visible(text)


@given(hostile)
def test_code_in_a_table_is_only_code(text: str) -> None:
    """The same for what is shown as code; a bar is shown as its lookalike."""
    kinds, seen = cell(code(text, 1000))
    assert kinds <= HARMLESS | {"code_inline"}
    assert seen.strip() == visible(text).replace("|", "∣").strip()


@given(hostile)
def test_a_message_is_text_and_code(text: str) -> None:
    """What stands between backticks becomes code, and nothing becomes anything else."""
    kinds, _ = cell(inline(Message(text)))
    assert kinds <= HARMLESS | {"code_inline"}


@given(hostile)
def test_prose_on_a_line_of_its_own_is_a_paragraph(text: str) -> None:
    """It opens no heading, list, quote, rule or block of HTML."""
    kinds = {token.type for token in tokens(prose(text, 1000))}
    assert kinds <= {"paragraph_open", "inline", "text", "paragraph_close"}


@given(hostile)
def test_prose_mentions_and_references_nobody(text: str) -> None:
    """What sites look for in the rendered text is broken up: @team, #12, GH-12 and bare addresses."""
    inlines = [token for token in tokens(prose(text, 1000)) if token.type == "inline"]
    seen = "".join(c.content for token in inlines for c in token.children or ())
    assert not re.search(r"@\w|[#!]\w|\bGH-\d|https?:/|www\.", seen, re.IGNORECASE)


@given(hostile)
def test_clean_leaves_one_line_without_control_characters(text: str) -> None:
    """A terminal has nothing to obey, and cleaning twice changes nothing."""
    cleaned = clean(text)
    assert control_characters(cleaned) == set()
    assert "\n" not in cleaned
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize("text", NASTY)
def test_a_link_that_leads_nowhere_on_the_web_is_code(text: str) -> None:
    """Only http and https are links."""
    if web_address(text) is None:
        assert "link_open" not in {token.type for token in tokens(inline(Link("open it", text)))}


@given(hostile)
def test_a_link_keeps_its_end(text: str) -> None:
    """Whatever stands behind the host, the link is one link to that host and nothing follows it."""
    found = tokens(inline(Link("open it", f"https://tracker.example.com/{text}")))
    links = [token for token in found if token.type == "link_open"]
    if not links:
        assert web_address(f"https://tracker.example.com/{text}") is None
        return
    assert str(links[0].attrs["href"]).startswith("https://tracker.example.com/")
    assert len(links) == 1
    assert [t.content for t in found if t.type == "text" and t.content] == ["open it"]


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "ftp://x.example", "http://", ""]
)
def test_other_schemes_are_no_addresses(address: str) -> None:
    """Nothing but a page of the web is linked."""
    assert web_address(address) is None


@given(st.text(), st.integers(1, 20))
def test_clipping_keeps_the_length(text: str, length: int) -> None:
    """What is cut says so."""
    clipped = clip(text, length)
    assert len(clipped) <= length
    assert clipped == text or clipped.endswith("…")

"""Every page whole, as each writer has it: whoever changes a page sees here what its readers will see."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from kpi_framework import __version__
from kpi_framework.report.doc.html import page
from kpi_framework.report.doc.markdown import markdown
from kpi_framework.report.doc.model import Document
from kpi_framework.report.doc.terminal import terminal
from kpi_framework.report.pages.audit import index_page, kpi_page
from kpi_framework.report.pages.catalog import CATALOG_FORMATS, catalog_page, offer_page
from kpi_framework.report.pages.comment import DIFF_FORMATS, comment_page
from kpi_framework.report.pages.doctor import doctor_page
from kpi_framework.report.pages.due import DUE_FORMATS, DueView, due_page
from kpi_framework.report.pages.findings import findings_page
from kpi_framework.report.pages.functions import function_page, functions_page, functions_text
from kpi_framework.report.pages.history import HISTORY_FORMATS, history_page
from kpi_framework.report.pages.ledger import ledger_page
from kpi_framework.report.pages.rules import rule_page, rules_page, rules_text
from kpi_framework.report.pages.scorecard_markdown import scorecard_page
from kpi_framework.report.pages.scorecard_text import render_text
from kpi_framework.report.pages.show import SHOW_FORMATS, show_page
from tests.conftest import Golden
from tests.unit.report import records

PAGES: Mapping[str, Callable[[], Document]] = {
    "audit": lambda: index_page(records.audit()),
    "audit-kpi": lambda: kpi_page(records.audit(), records.LONG_ID),
    "catalog": lambda: catalog_page(records.offers()),
    "catalog-show": lambda: offer_page(records.offers()[0], records.offer_content()),
    "diff": lambda: comment_page(records.diff()),
    "doctor": lambda: doctor_page(records.diagnosis()),
    "due": lambda: due_page(records.agenda()),
    "function": lambda: function_page(records.functions()[1]),
    "functions": lambda: functions_page(records.functions()),
    "history": lambda: history_page(records.history()),
    "ledger": lambda: ledger_page(records.ledger()),
    "lint": lambda: findings_page(records.lint()),
    "rule": lambda: rule_page(*records.rule()),
    "rules": rules_page,
    "scorecard": lambda: scorecard_page(records.report().scorecard),  # type: ignore[arg-type]
    "show": lambda: show_page(records.show()),
    "show-long": lambda: show_page(records.measured_long()),
}
"""The document of every page, by its command."""
SCREENS: Mapping[str, Callable[[], str]] = {
    "catalog": lambda: CATALOG_FORMATS["text"](records.offers(), False, 100),
    "diff": lambda: DIFF_FORMATS["text"](records.diff()),
    "due": lambda: DUE_FORMATS["text"](DueView(records.agenda())),
    "functions": lambda: functions_text(records.functions()),
    "history": lambda: HISTORY_FORMATS["text"](records.history()),
    "lint": lambda: render_text(records.lint()),
    "rules": rules_text,
    "scorecard": lambda: render_text(records.report()),
    "show": lambda: SHOW_FORMATS["text"](records.show()),
}
"""The pages that look otherwise on a screen: what is a table on a page stands one under the other there."""


def unversioned(text: str) -> str:
    """The page without the number of the release that drew it."""
    return text.replace(f"kpi {__version__}", "kpi VERSION")


@pytest.mark.parametrize("name", PAGES)
def test_every_page_in_markdown_and_html(golden: Golden, name: str) -> None:
    """The whole page; of HTML without its style, which is the same in all."""
    document = PAGES[name]()
    golden(f"{name}.md", unversioned(markdown(document)))
    golden(f"{name}.html", unversioned(page(document).partition("</style>\n")[2]))


@pytest.mark.parametrize("name", PAGES)
def test_every_page_on_a_screen(golden: Golden, name: str) -> None:
    """As the command shows it; a page that no command shows on a screen can be drawn all the same."""
    golden(f"{name}.txt", SCREENS[name]() if name in SCREENS else terminal(PAGES[name]()))


def test_every_column_of_the_history_stands_on_its_html_page(golden: Golden) -> None:
    """`kpi history --format html` has what the CSV has."""
    golden("history-columns.html", HISTORY_FORMATS["html"](records.history()).partition("</style>\n")[2])


@pytest.mark.parametrize("name", PAGES)
def test_two_drawings_are_the_same_bytes(name: str) -> None:
    """Nothing on a page says when or where it was drawn."""
    assert [page(PAGES[name]()), markdown(PAGES[name]())] == [page(PAGES[name]()), markdown(PAGES[name]())]

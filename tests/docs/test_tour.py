"""The tour names what really does the work."""

from __future__ import annotations

import re

import pytest

from tests.docs.pages import ROOT

STOPS = [
    (page, name, path)
    for page in ("tour.md", "architecture.md", "security.md", "numbers.md")
    for name, path in re.findall(
        r"\[`(?:\w+\.)?(\w+)`\]\(\.\./(kpi_framework/[\w/]+\.py)\)", (ROOT / "docs" / page).read_text(encoding="utf-8")
    )
]


@pytest.mark.parametrize(("page", "name", "path"), STOPS)
def test_what_a_page_names_is_there(page: str, name: str, path: str) -> None:
    """A function, class or constant that a page points to stands in the file it points to."""
    source = (ROOT / path).read_text(encoding="utf-8")
    assert re.search(rf"^\s*(?:def|class) {name}\b|^{name}\b", source, flags=re.MULTILINE), f"{page}: {name} in {path}"


def test_the_tour_has_six_hops() -> None:
    """From YAML to scorecard in six hops, each with something to open."""
    hops = (ROOT / "docs" / "tour.md").read_text(encoding="utf-8").split("\n## ")[1:]
    numbered = [hop for hop in hops if re.match(r"\d\. ", hop)]
    assert [hop[0] for hop in numbered] == ["1", "2", "3", "4", "5", "6"]
    assert [hop for hop in numbered if "(../kpi_framework/" not in hop] == []

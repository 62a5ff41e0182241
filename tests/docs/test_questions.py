"""docs/questions.md shows what the commands say."""

from __future__ import annotations

import shlex

import pytest

from tests.cli.projects import kpi
from tests.docs.pages import ROOT, blocks

pytestmark = pytest.mark.usefixtures("engine_inside")

PAGE = (ROOT / "docs" / "questions.md").read_text(encoding="utf-8")
TRIED = [
    shlex.split(line, comments=True)[1:]
    for block in blocks(PAGE)
    for line in block.text.splitlines()
    if line.startswith("kpi try")
]


@pytest.mark.parametrize("arguments", TRIED, ids=" ".join)
def test_every_proposal_of_the_page_can_be_tried(arguments: list[str]) -> None:
    """Each command of the page runs over the sample."""
    assert kpi(ROOT, *arguments).code == 0


def test_the_answer_of_the_page_is_the_programs() -> None:
    """What the page prints is what the first of its proposals gives."""
    [printed] = [block.text for block in blocks(PAGE) if block.info == "text"]
    assert kpi(ROOT, *TRIED[0]).out.startswith(printed)

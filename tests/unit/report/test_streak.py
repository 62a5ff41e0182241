"""For how many periods in a row a KPI is missed stands where somebody decides."""

from __future__ import annotations

import pytest

from kpi_framework.model.measurement import Status, streak
from kpi_framework.model.record import replace
from kpi_framework.report.pages.scorecard_markdown import scorecard_markdown
from kpi_framework.report.pages.scorecard_text import render_text
from kpi_framework.report.view.result import Report
from tests.unit.report.scorecards import kpi, measure, scorecard, series

MISSED = measure(value=90, status=Status.MISSED)


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        ([], 1),
        ([91], 2),
        ([91, 88, 95], 4),
        ([91, 50, 95], 2),
        ([91, 70, 95], 2),  # at risk is another status
        ([91, None, 95], 2),  # so is unknown
        ([50], 1),
    ],
)
def test_a_streak_ends_where_the_status_was_another(before: list[float | None], wanted: int) -> None:
    """Counted back from the judged period; what came after it does not count."""
    found = (*series(MISSED, before), replace(MISSED, judged=False))
    assert [one.status for one in streak(found)] == [Status.MISSED] * wanted
    assert streak(found)[-1].judged


def test_a_period_that_is_not_shown_ends_it() -> None:
    """What nobody has seen is no miss."""
    first, _, last = series(MISSED, [91, 92])
    assert streak((first, last)) == (last,)
    assert streak(()) == streak((first,)) == ()


@pytest.mark.parametrize(("before", "said"), [([91, 88], "for 3 months in a row"), ([50], None)])
def test_the_reports_say_it(before: list[float | None], said: str | None) -> None:
    """In the decision, under the miss and on the terminal; a first miss is none in a row."""
    card = scorecard(series(MISSED, before), [kpi()])
    page, screen = scorecard_markdown(card), render_text(Report(scorecard=card))
    if said is None:
        assert "in a row" not in page + screen
        return
    decision = next(line for line in page.splitlines() if line.startswith("- ✗"))
    assert f"is missed {said}" in decision
    assert page.count(said) == 2
    assert f"August 2026: missed {said}" in " ".join(screen.split())

"""A KPI has one value: whatever else is asked or defined, however its rows lie in files, on any number of threads."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .desks import DERIVED, KPIS, TICKET, Desk, desks, lay, measured, of_kpi, write

pytestmark = pytest.mark.usefixtures("engine_inside")

laws = settings(
    deadline=None, max_examples=int(os.environ.get("KPI_DESKS", "8")),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
"""`KPI_DESKS=500` draws more of them than a run on CI has time for."""
kpi_ids = st.sampled_from([*KPIS, *DERIVED])
INPUTS = {"each": {"rate", "opened"}, "growth": {"opened"}, "gain": {"mean"}}
REACHED = {
    "opened": {"priority"}, "incidents": {"type"}, "urgent_share": {"priority"}, "rate": {"score", "effort"},
    "mean": {"score", "channel"}, "slowest": {"first_response_at"}, "spread": {"score"}, "worked": {"resolved_at"},
    "backlog": {"resolved_at", "priority"}, "resolved": {"resolved_at"}, "trailing": {"effort"},
    "lasting": {"resolved_at"}, "waiting": {"channel"}, "replies_each": set(), "reply_time": set(),
    "held": {"priority"}, "proven": {"effort"},
}  # fmt: skip
"""The columns of a ticket that each KPI looks at, besides its number, creation and version."""
ALWAYS = {"ticket_id", "created_at", "version"}
SOUND = {"first_response_at": "", "resolved_at": "", "priority": "low", "type": "request", "channel": "mail",
         "effort": "1", "score": "0.5"}  # fmt: skip


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place for the project, which each example writes anew."""
    return tmp_path_factory.mktemp("desk")


@laws
@given(desks(), kpi_ids, st.integers(1, 4))
def test_what_else_is_asked_changes_nothing(root: Path, desk: Desk, kpi_id: str, periods: int) -> None:
    """`--only X` and `--periods N` give what the whole run gives of X, its findings with it."""
    lay(write(root, desk), desk)
    whole, findings = measured(root)
    alone, own = measured(root, only=(kpi_id,))
    assert of_kpi(alone, kpi_id) == of_kpi(whole, kpi_id)
    assert alone.items() <= whole.items(), "its inputs are measured as in the whole run"
    assert own <= findings
    assert {f for f in own if f[0] == kpi_id} == {f for f in findings if f[0] == kpi_id}
    few, _ = measured(root, periods=periods)
    assert few.items() <= whole.items()
    assert {key[0] for key in few} == {key[0] for key in whole}


@laws
@given(desks(), st.integers(2, 3), st.sampled_from([1, 4]), st.randoms(use_true_random=False))
def test_how_the_rows_lie_changes_nothing(
    root: Path, desk: Desk, files: int, threads: int, chance: random.Random
) -> None:
    """Rows and columns in another order, in several files with headers in another case, on other threads."""
    lay(write(root, desk), desk)
    whole = measured(root)
    lay(root, desk, files, chance)
    assert measured(root, threads=threads) == whole


@laws
@given(desks(), kpi_ids)
def test_what_else_is_defined_changes_nothing(root: Path, desk: Desk, kpi_id: str) -> None:
    """A project of X and its inputs alone gives of X what it gives among all others."""
    lay(write(root, desk), desk)
    among, _ = measured(root)
    lay(write(root, desk, {kpi_id, *INPUTS.get(kpi_id, ())}), desk)
    alone, _ = measured(root)
    assert alone.items() <= among.items()


@laws
@given(desks(), st.sampled_from(list(REACHED)))
def test_what_other_columns_hold_changes_nothing(root: Path, desk: Desk, kpi_id: str) -> None:
    """Whatever is wrong in columns that X does not look at: sound cells in their place give the same X."""
    lay(write(root, desk), desk)
    results, _ = measured(root, only=(kpi_id,))
    mine = REACHED[kpi_id] | ALWAYS
    sound = [tuple(c if n in mine else SOUND[n] for n, c in zip(TICKET, row, strict=True)) for row in desk.tickets]
    lay(root, replace(desk, tickets=sound))
    assert measured(root, only=(kpi_id,))[0] == results

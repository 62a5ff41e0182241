"""What `kpi rows` and `kpi try` show: whole outputs."""

from __future__ import annotations

from kpi_framework.model.measurement import Reason, Status
from kpi_framework.model.record import replace
from kpi_framework.model.rows import InputRows, RowCounts, Standing, TracedRow, TracedRows
from kpi_framework.model.trial import Trial, TriedPeriod
from kpi_framework.report.pages.rows import RowsScreen, rows_text
from kpi_framework.report.pages.trial import TRIAL_FORMATS, TrialView
from tests.conftest import Golden
from tests.unit.report.records import LONG_FORMULA
from tests.unit.report.scorecards import finding, kpi, measure, unknown

KPI = kpi("first_response_time", formula="median(wait)", where="not merged")
VALUE = measure("first_response_time", 72.5)
ROWS = TracedRows(
    VALUE, ("ticket_id", "created_at", "first_response_at"), RowCounts(412, 409, 3, 9),
    {Standing.MISSED: 200, Standing.MEASURED: 209, Standing.MISSING: 3, Standing.FILTERED: 0, Standing.EXCLUDED: 9},
    (
        TracedRow(("INC1", "2026-10-01 09:00:00", "2026-10-02 09:00:00"), Standing.MISSED, 1440.0),
        TracedRow(("INC2", "2026-10-01 09:00:00", "2026-10-01 09:10:00"), Standing.MEASURED, 10.0),
        TracedRow(("INC3", "2026-10-01 09:00:00", None), Standing.MISSING, None, ("first_response_at is empty",)),
        TracedRow(("|`\x1b[2J", "2026-10-01 09:00:00", None), Standing.EXCLUDED),
    ),
    ("requester",), VALUE.target, where="not merged",
)  # fmt: skip


def test_rows_on_a_screen(golden: Golden) -> None:
    """The counts, then each list with what is said of its rows; a narrow screen keeps key and reason."""
    screen = RowsScreen(KPI, VALUE, ROWS)
    golden("rows.txt", rows_text(screen))
    golden("rows-narrow.txt", rows_text(replace(screen, width=48, only_misses=True)))


def test_rows_of_a_derived_definition_and_of_none(golden: Golden) -> None:
    """Where the rows are, and why there are none."""
    inputs = InputRows(
        VALUE,
        ("support_cost", "tickets_handled"),
        {"support_cost": 8155.2, "previous(x)": None},
        {"tickets_handled": "week"},
    )
    lost = unknown("first_response_time", Reason.SOURCE_ERROR)
    golden("rows-derived.txt", rows_text(RowsScreen(KPI, VALUE, inputs)))
    golden("rows-none.txt", rows_text(RowsScreen(KPI, lost, None, (finding("source-unreadable"),))))


def test_a_trial_in_every_format(golden: Golden) -> None:
    """Both statuses of each period, what changes, where the proposal comes from, why something is unknown."""
    lost = replace(VALUE, value=None, status=Status.UNKNOWN, reason=Reason.TOO_FEW)
    periods = (
        TriedPeriod(VALUE, VALUE),
        TriedPeriod(VALUE, replace(VALUE, status=Status.MET)),
        TriedPeriod(VALUE, lost),
    )
    changes = (("formula", "median(wait)", LONG_FORMULA), ("target", "≤ 60 min, at risk to 75 min", "≤ 80 min"))
    notes = ("≤ 80 min was reached in 10 of the last 12 known periods.", "Benchmark: ≤ 2 h (a guide, 2026).")
    view = TrialView(Trial(KPI, changes, periods, notes, (finding("unknown-column", hint="It has: a|b."),)))
    for form, name in (("text", "txt"), ("markdown", "md"), ("json", "json")):
        golden(f"try.{name}", TRIAL_FORMATS[form](view))

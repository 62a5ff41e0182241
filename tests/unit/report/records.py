"""One result of every command that shows a page, built by hand, with names and formulas as long as real ones get."""

from __future__ import annotations

import datetime as dt

from kpi_framework.load.library import rule_examples
from kpi_framework.model.agenda import Agenda, Due, Duty, When
from kpi_framework.model.audit import (
    Audit,
    AuditedCommit,
    Conflict,
    Evidence,
    KnownApproval,
    KnownWaiver,
    MissedReview,
    Population,
)
from kpi_framework.model.change import Change, ChangeClass, Commit, Difference, HistoryEvent, Impact, Judged
from kpi_framework.model.diagnosis import DatasetShape, Diagnosis
from kpi_framework.model.diagnostic import Span
from kpi_framework.model.formula_function import FormulaFunction
from kpi_framework.model.ledger import Gap, Published, Unverified, Verification
from kpi_framework.model.measurement import Reason, SignalResult, SignalState, Status
from kpi_framework.model.record import replace
from kpi_framework.model.rule import RULES, Rule, RuleExample
from kpi_framework.model.template import Offer
from kpi_framework.report.pages.diff import DiffView
from kpi_framework.report.pages.history import HistoryView
from kpi_framework.report.pages.ledger import LedgerView
from kpi_framework.report.pages.show import ShowReport
from kpi_framework.report.view.result import Report
from tests.unit.report.scorecards import OCTOBER, TODAY, example, finding, kpi, measure, service_desk, unknown

AS_OF = dt.datetime(2026, 11, 6, tzinfo=dt.UTC)
LONG_ID = "first_response_time_of_the_second_line_in_business_minutes"
LONG_FORMULA = (
    "quantile_cont(business_minutes(coalesce(reopened_at, created_at), first_public_response_at), 0.9)"
    " filter (where requester_organisation not in ('internal', 'test') and channel <> 'monitoring')"
)
PROJECT = "Service desk of {body} & <Sons>"
LONG = kpi(LONG_ID, formula=LONG_FORMULA, where="not coalesce(merged, false)", read_with=["csat"])


def report() -> Report:
    """A check with one of everything."""
    signals = (
        SignalResult("quick_but_slow", "Quick response, slow resolution", SignalState.ON,
                     operands={"csat.value": 0.84, "csat.status": "missed"}, asks="Who waits?", do="Look there."),
        SignalResult("unsure", "Nobody knows", SignalState.UNKNOWN, operands={"csat.value": None}),
    )  # fmt: skip
    desk = service_desk()
    lost = unknown(LONG_ID, Reason.SOURCE_ERROR, because="`tickets` cannot be read")
    whole = replace(
        desk, project=PROJECT, signals=signals, measurements=(*desk.measurements, lost),
        definitions={**desk.definitions, LONG_ID: LONG},
    )  # fmt: skip
    return Report(whole, examples=(example(passed=False), example()), passed=False, exit_code=1)


def lint() -> Report:
    """A lint with a finding of each severity, and two examples."""
    found = (finding(hint="Add `owner:`."), finding("unguarded"), finding("review-overdue", "kpi.yaml"))
    return Report(diagnostics=found, examples=(example(passed=False), example()), passed=False, exit_code=1)


def show() -> ShowReport:
    """A definition with its periods and segments."""
    return ShowReport(service_desk(), "time_to_resolution", ("priority",), findings=(finding("stale"),))


def _change(cls: ChangeClass, field: str, before: object, after: object, kpi_id: str | None = LONG_ID) -> Change:
    path = f"kpis/{kpi_id}.yaml" if kpi_id else "kpi.yaml"
    return Change(kpi_id, cls, field, before, after, path, 7, () if kpi_id else (LONG_ID, "csat"))


CHANGES = (
    _change(ChangeClass.RESTATING, "formula", LONG_FORMULA.replace("0.9", "0.5"), LONG_FORMULA),
    replace(_change(ChangeClass.LOOSENED, "target", {"at_most": "45 min"}, {"at_most": "60 min", "near": "75 min"}),
            effective=dt.date(2026, 11, 1)),
    _change(ChangeClass.GOVERNANCE, "owner", "desk@example.com", "desk-lead@example.com"),
    _change(ChangeClass.TIGHTENED, "gate.targets", "warning", "error", None),
)  # fmt: skip


def diff() -> DiffView:
    """Four changes, what they do, a reason, and a finding to resolve."""
    before, after = Judged(51.5, Status.NEAR), Judged(62.25, Status.MISSED)
    impact = Impact(LONG_ID, "minutes", OCTOBER, (), before, after, ("definition", "target"), judged=True)
    past = replace(impact, judged=False, after=before, segment=(("priority", "critical"),), because=("definition",))
    difference = Difference(
        "1a2b3c4d5e6f7a8b9c0d", "ffeeddccbbaa99887766", CHANGES, (impact, past), ("The provider counts otherwise.",),
        (finding("unexplained-change", hint="Write `Reason: …` into the message."),), {LONG_ID: LONG.name}, AS_OF,
    )  # fmt: skip
    return DiffView(difference, passed=False)


def history() -> HistoryView:
    """The same changes, as history has them."""
    day = dt.datetime(2026, 10, 20, 9, 30, tzinfo=dt.UTC)
    commit = Commit(
        "0123456789abcdef0123456789abcdef01234567", (), "Anna-Maria Sánchez de la Fuente", "anna@example.com", day,
        "anna", day, "none", "kpis: the ninetieth percentile, as agreed with the board in September",
    )  # fmt: skip
    doubts = ("nobody signed this commit", "its date is before that of its parent")
    events = tuple(
        HistoryEvent(
            change, commit, "The provider counts otherwise, and the contract follows the provider." if n else None,
            None, "412", ("cio@example.com",), landed=True, doubts=doubts, before=51.5, after=62.25,
            unit_before="minutes", unit_after="minutes",
        )
        for n, change in enumerate(CHANGES)
    )  # fmt: skip
    return HistoryView(events)


def agenda() -> Agenda:
    """A duty that is overdue, and one of this week."""
    late = Due(When.OVERDUE, dt.date(2026, 11, 1), Duty.REVIEW, LONG_ID, LONG.name, "The monthly review.", None,
               Span(f"kpis/{LONG_ID}.yaml", 12, 3))  # fmt: skip
    soon = replace(late, when=When.THIS_WEEK, day=dt.date(2026, 11, 7), duty=Duty.ACTION, who="desk@example.com")
    return Agenda(PROJECT, AS_OF, TODAY, (late, soon))


def ledger() -> LedgerView:
    """A line that failed, and values that nobody could compute again."""
    lost = tuple(Unverified("the engine had another version", "csat", n) for n in range(3))
    return LedgerView("Ledger", {"checked": 12, "failed": 1, "could not": 3}, (finding("ledger-broken"),), lost)


GAP = Gap(LONG_ID, "2026-03-01", "2026-04-30", 2)


def audit() -> Audit:
    """A year with changes, published values, a restatement, a waiver, a missed review and a failure."""
    body = {"unit": "minutes", "restates": 3, "was": 51.5, "because": "a late export", "causes": ["data"]}
    published = Published(
        4, LONG_ID, "month", "2026-10-01", "2026-10-31", (("priority", None),), 62.25, "missed",
        "sha256:2:" + "0123456789abcdef" * 4, "sha256:" + "f" * 64, "2026-11-06T00:00:00+00:00",
        "0123456789abcdef0123456789abcdef01234567", "sha256:" + "e" * 64, body,
    )  # fmt: skip
    waiver = KnownWaiver(LONG_ID, "2026-10-01", "2026-12-31", "90 min", "two vacancies", "cio@example.com", "")
    verified = Verification(12, (finding("ledger-broken"),), ledger().unverified, gaps=(GAP,))  # type: ignore[arg-type]
    name = "0123456789abcdef0123456789abcdef01234567"
    approval = KnownApproval(name, "cio@example.com", None, "trailer", "412")
    conflict = Conflict(name, LONG_ID, "A. Author", "made and approved")
    evidence = Evidence({LONG_ID: "{}\n"}, {}, "", (0.0, 1.0), None, {"kpi": "0.1.0"})
    return Audit(
        PROJECT, "0123456789abcdef0123456789abcdef01234567", dt.date(2026, 1, 1), dt.date(2026, 12, 31),
        {LONG_ID: LONG}, history().events, (published,), (MissedReview(LONG_ID, dt.date(2026, 10, 1), None),),
        (waiver,), verified, _population(), (approval,), (conflict,), evidence,
    )  # fmt: skip


def _population() -> Population:
    """Two commits of the audited time, one of them with a date of another time."""
    commit = AuditedCommit(
        "0123456789abcdef0123456789abcdef01234567", (), "A. Author", "a@example.com", "2026-02-01T10:00:00+00:00",
        "C. Committer", "c@example.com", "2026-02-01T10:00:00+00:00", is_signed=False, subject="kpis: all of them",
    )  # fmt: skip
    other = replace(commit, name="76543210fedcba9876543210fedcba9876543210", parents=(commit.name,))
    return Population((commit, other), (other.name,), 3, 1)


def diagnosis() -> Diagnosis:
    """An installation and the shape of a project."""
    dataset = DatasetShape("csv", 1, 1_355_081, {"1 aaaaaa": "text", "2 aaaaaa_aa": "timestamp"})
    return Diagnosis(
        {"python": "3.11.7", "duckdb": "2.0.1"}, "process, landlock", {"kpi": 7, "metric": 0}, (dataset,),
        {"unguarded": 2}, {"check": 1.47},
    )  # fmt: skip


def offers() -> tuple[Offer, ...]:
    """A row of the catalogue and a variant of it."""
    row = Offer("csat", "Customer satisfaction", "kpi", "quality", "foundational", "csat", datasets=("surveys",))
    return (row, replace(row, id="csat_in_tickets", variant="as rated in tickets", datasets=("tickets",)))


def offer_content() -> dict[str, object]:
    """What the file of the row says."""
    return {"kpi": {
        "description": "Points that users gave.", "formula": "sum(score) / sum(max_score)", "unit": "percent",
        "target": {"at_least": "100% of baseline"}, "examples": [{"name": "400 of 500", "expect": "80%"}],
    }}  # fmt: skip


def functions() -> tuple[FormulaFunction, ...]:
    """Two functions of two groups."""
    return (
        FormulaFunction("count", "Counts", "count(*)", "The number of rows.", "count(*)"),
        FormulaFunction("median", "Quantiles", "median(x)", "The middle value of `x`.", "median(handle_minutes)"),
    )


def rule() -> tuple[Rule, RuleExample]:
    """A rule with its example."""
    return RULES["missing-owner"], rule_examples()["missing-owner"]


def measured_long() -> ShowReport:
    """The long definition, measured."""
    desk = service_desk()
    whole = replace(
        desk, measurements=(measure(LONG_ID, status=Status.MISSED),), definitions={LONG_ID: LONG}, project=PROJECT
    )
    return ShowReport(whole, LONG_ID)

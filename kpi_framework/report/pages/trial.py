"""What a proposal would have changed: its periods beside today's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ...model.measurement import Measurement, Status
from ...model.record import Record
from ...model.trial import Trial, TriedPeriod, shown_status
from ..doc.markdown import markdown
from ..doc.model import Badge, Block, Code, Document, Facts, Message, Paragraph, Points, Section, Table, Text
from ..doc.terminal import terminal
from ..formats.json import as_text, finding_object, measurement_object
from ..words.phrases import counted, short_period_text, status_text
from ..words.values import show_value


class TrialView(Record):
    """A trial, and the screen it is shown on."""

    trial: Trial
    color: bool = False
    width: int = 100


def trial_page(trial: Trial) -> Document:
    """What is proposed, how many periods it would judge otherwise, and each of them."""
    title = ("What if: ", trial.definition.name, " (", Code(trial.definition.id), ")")
    changes = tuple((field.capitalize(), (Code(before), " → ", Code(after))) for field, before, after in trial.changes)
    return Document(title, (Facts(changes), *_result(trial), Points(trial.notes), _periods(trial), _findings(trial)))


def _result(trial: Trial) -> Iterator[Block]:
    changed = [period for period in trial.periods if period.is_changed]
    total = counted(len(trial.periods), "period")
    words = (
        f"{len(changed)} of {total} would have another status." if changed else f"No status of {total} would change."
    )
    values = sum(period.today.value != period.proposed.value for period in trial.periods)
    yield Paragraph((words, f" {counted(values, 'value')} would differ." if values else ""))
    yield Paragraph(("Today: ", _sum(trial, 0), ". Proposed: ", _sum(trial, 1), ". Nothing is written."))


def _sum(trial: Trial, side: int) -> str:
    """`5 met, 6 missed, 1 unknown`."""
    statuses = [period.statuses[side] for period in trial.periods]
    return ", ".join(f"{statuses.count(s)} {s.word}" for s in Status if s in statuses)


def _periods(trial: Trial) -> Table:
    columns = ("Period", "Today", "Value today", "Proposed", "Value proposed", "")
    rows = tuple(_row(period) for period in trial.periods)
    return Table(columns, rows, ("Value today", "Value proposed"), "Period")


def _row(period: TriedPeriod) -> tuple[Text, ...]:
    return (short_period_text(period.today.period), *_cells(period.today), *_cells(period.proposed), _mark(period))


def _mark(period: TriedPeriod) -> str:
    """That the status changes, and why nothing is known where something was."""
    if not period.is_changed:
        return ""
    reason = period.proposed.reason
    return f"← changes: {reason.value.replace('_', ' ')}" if reason is not None else "← changes"


def _cells(measurement: Measurement) -> tuple[Text, Text]:
    status = shown_status(measurement)
    value = show_value(measurement.value, measurement.unit, measurement.target)
    return Badge(status_text(status, waived=measurement.waived), status), value


def _findings(trial: Trial) -> Section:
    findings = tuple(Message(f"{f.message.rstrip('.')}. {f.hint or ''}".strip()) for f in trial.findings)
    return Section("Why the proposal has no value", (Points(findings),))


def trial_json(view: TrialView) -> str:
    """For programs: both measurements of each period, as in scorecard.json."""
    trial = view.trial
    return as_text(
        {
            "schema_version": 1,
            "kpi": trial.definition.id,
            "changes": [{"field": f, "before": before, "after": after} for f, before, after in trial.changes],
            "notes": list(trial.notes),
            "periods": [
                {
                    "today": measurement_object(p.today),
                    "proposed": measurement_object(p.proposed),
                    "changed": p.is_changed,
                }
                for p in trial.periods
            ],
            "diagnostics": [finding_object(f) for f in trial.findings],
        }
    )


TRIAL_FORMATS: Mapping[str, Callable[[TrialView], str]] = {
    "text": lambda view: terminal(trial_page(view.trial), color=view.color, width=view.width),
    "markdown": lambda view: markdown(trial_page(view.trial)),
    "json": trial_json,
}

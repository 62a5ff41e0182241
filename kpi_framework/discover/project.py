"""kpi.yaml of a new project: its frame, and a dataset for each export that was looked at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from ..model.record import Record
from .export import Export
from .proposal import CommentedValues, proposed_dataset
from .span import DataSpan

_OBJECTIVES = {
    "cut_cost": "Cut cost", "faster_service": "Faster service", "higher_satisfaction": "Higher satisfaction",
    "less_user_effort": "Less user effort", "sla_reliability": "SLA reliability",
}  # fmt: skip


class Frame(Record):
    """What holds for the whole project."""

    name: str
    timezone: str | None


def empty_project(frame: Frame) -> CommentedValues:
    """kpi.yaml of a project whose data are still to come."""
    project = _framed(frame, None)
    project.values["datasets"]["tickets"] = {
        "source": "data/tickets.csv", "key": "ticket_id", "complete_through": "newest_row", "freshness": "2 days",
    }  # fmt: skip
    project.comments["datasets", "tickets", "source"] = [
        "Put your export here. Columns with the names of schemas/datasets/tickets.schema.json need no mapping;",
        "`preset: zendesk`, jira_service_management, servicenow … maps that product's; `kpi init --from` chooses it.",
    ]
    return project


def proposed_project(frame: Frame, exports: Sequence[Export], paths: Mapping[str, str]) -> CommentedValues:
    """kpi.yaml for these exports; `paths` are the sources of the datasets."""
    project = _framed(frame, leading_span(exports))
    for export in exports:
        dataset = proposed_dataset(export, paths[export.dataset], project.values["timezone"])
        project.values["datasets"][export.dataset] = dataset.values
        project.comments.update({("datasets", export.dataset, *key): c for key, c in dataset.comments.items()})
    return project


def leading_span(exports: Sequence[Export]) -> DataSpan | None:
    """The span by which the project is dated: that of the newest rows; None where no row has a time."""
    spans = [export.span for export in exports if export.span is not None]
    return max(spans, key=lambda span: (span.as_of or dt.date.max, span.last), default=None)


def _framed(frame: Frame, span: DataSpan | None) -> CommentedValues:
    """A project without datasets yet."""
    as_of = span.as_of if span is not None else None
    project = CommentedValues({
        "version": 1, "name": frame.name, "timezone": frame.timezone or "UTC",
        "as_of": as_of.isoformat() if as_of else "now", "objectives": dict(_OBJECTIVES), "datasets": {},
    })  # fmt: skip
    if frame.timezone is None:
        project.comments["timezone",] = [
            "Assumed, because --timezone was not given. Days, weeks and months begin in this time zone."
        ]
    if as_of:
        project.comments["as_of",] = [
            "The day of the export, as far as its times tell. When it is renewed every day, write `now`, and",
            "`complete_through: newest_row`.",
        ]
    return project

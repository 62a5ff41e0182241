"""kpi.yaml of a new project: its frame, and a dataset for each export that was looked at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from ..model.record import Record
from .export import Export
from .proposal import CommentedValues, proposed_dataset

_OBJECTIVES = {
    "cut_cost": "Cut cost", "faster_service": "Faster service", "higher_satisfaction": "Higher satisfaction",
    "less_user_effort": "Less user effort", "sla_reliability": "SLA reliability",
}  # fmt: skip
_OLD = dt.timedelta(days=2)


class Frame(Record):
    """What holds for the whole project."""

    name: str
    timezone: str | None
    today: dt.date


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
    newest = max((export.newest for export in exports if export.newest), default=None)
    project = _framed(frame, newest)
    for export in exports:
        dataset = proposed_dataset(export, paths[export.dataset], project.values["timezone"])
        project.values["datasets"][export.dataset] = dataset.values
        project.comments.update({("datasets", export.dataset, *key): c for key, c in dataset.comments.items()})
    return project


def _framed(frame: Frame, newest: dt.datetime | None) -> CommentedValues:
    """A project without datasets yet; `newest` is the last time in its data."""
    is_old = newest is not None and frame.today - newest.date() > _OLD
    as_of = newest.date().isoformat() if newest is not None and is_old else "now"
    project = CommentedValues({
        "version": 1, "name": frame.name, "timezone": frame.timezone or "UTC", "as_of": as_of,
        "objectives": dict(_OBJECTIVES), "datasets": {},
    })  # fmt: skip
    if frame.timezone is None:
        project.comments["timezone",] = [
            "Assumed, because --timezone was not given. Days, weeks and months begin in this time zone."
        ]
    if is_old:
        project.comments["as_of",] = ["The newest time in the data. Write `now` when the export is renewed every day."]
    return project

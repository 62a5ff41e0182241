"""For every field of every model that judges: a change that turns a failing check into one that passes.

A project stands here as plain values, its files being JSON, which YAML reads. It fails: March took three hours in
the median, and two are allowed. A flip edits it by path: first into a project that fails for the reason the field is
about, then by that field alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from kpi_framework.model.base import Model
from kpi_framework.model.kpi import Action, Baseline, Kpi, Review, SegmentTarget, Target
from kpi_framework.model.project import Column, DataRule, Dataset, Gate, Privacy, Project
from kpi_framework.model.signal import Signal
from kpi_framework.model.waiver import Waiver
from tests.unit.history.flip_base import (
    BASE,
    EASY,
    FILES,
    HIGH,
    PROSE,
    STRICT,
    Flip,
    Row,
    T,
    edited,
    fed,
    flip,
    laid,
    source,
    target,
    texts,
)
from tests.unit.history.flips_of_kpis import ACTION, BASELINE, KPI, REVIEW, SEGMENT_TARGET, TARGET, WAIVER

PROJECT: dict[str, Row] = {
    "version": "There is one version.",
    "name": PROSE, "objectives": PROSE, "events": PROSE, "meta": PROSE,
    "views": "They choose what is shown; what is judged is all.",
    "calendars": flip("restating", "calendars.business", {
        "config/calendars": {"business": {"hours": {"mon-sun": ["09:00-10:00"]}}},
    }, {
        "config/calendars": {"business": {"hours": {"mon-sun": ["09:00-17:00"]}}},
        "kpi/formula": "median(business_hours(created_at, resolved_at))",
    }),
    "timezone": flip("restating", "timezone", {"config/timezone": "America/New_York"}, {
        f"{T}/source": {"path": "data/edge.csv", "timezone": "UTC"},
        "kpi/formula": "max(hours_between(created_at, resolved_at))",
    }),
    "week_starts": flip("restating", "week_starts", {"config/week_starts": "sunday"}, {
        **source("sunday"), "kpi/period": "week", "kpi/formula": "max(hours_between(created_at, resolved_at))",
    }),
    "fiscal_year_starts": flip("restating", "fiscal_year_starts", {"config/fiscal_year_starts": 2}, {
        "kpi/period": "quarter", "kpi/formula": "max(hours_between(created_at, resolved_at))",
    }),
    "as_of": flip("loosened", "as_of", {"config/as_of": "2026-03-15"}),
    "required": flip("loosened", "required.ghost", {"config/required": []}, {**EASY, "config/required": ["ghost"]}),
    "datasets": "Taken away, its KPIs fail; its fields have a table of their own.",
    "engine": "There is one engine.",
    "publish": "It says who may publish; the check passes or fails without it.",
    "privacy": "Its fields have a table of their own.",
    "gate": "Its fields have a table of their own.",
    "rules": flip("loosened", "rules.missing-owner", {"config/rules": {"missing-owner": "off"}}, {
        **EASY, "kpi/owner": None,
    }),
}  # fmt: skip

DATASET: dict[str, Row] = {
    "source": fed("restating", "source.path", source("quick")),
    "contract": flip("restating", "datasets.desk.contract", {"config/datasets/desk/contract": None}, {
        "config/datasets/desk": {**BASE["config"]["datasets"]["quick"], "source": "data/foreign.csv"},
        "kpi/dataset": "desk", "kpi/formula": "count_if(priority <> 'none')", "kpi/unit": "count",
        **target({"at_least": 1}),
    }),
    "columns": fed("restating", "columns", {f"{T}/columns/resolved_at/from": "opened"}),
    "derive": fed("restating", "derive", {f"{T}/derive/span": "hours_between(created_at, created_at)"}, {
        f"{T}/derive": {"span": "hours_between(created_at, resolved_at)"}, "kpi/formula": "median(span)",
    }),
    "key": fed("restating", "key", {f"{T}/key": ["ticket_id", "priority"]}, source("doubled")),
    "latest_by": fed("restating", "latest_by", {f"{T}/latest_by": ["resolved_at"]}, source("doubled")),
    "first_by": fed("restating", "first_by", {f"{T}/first_by": ["resolved_at"]}, {
        **source("doubled"), f"{T}/first_by": ["created_at"],
    }),
    "time": fed("restating", "time", {f"{T}/time": "created_at"}, {
        **source("late"), "kpi/time": None, f"{T}/time": "resolved_at",
    }),
    "complete_through": fed("loosened", "complete_through", {f"{T}/complete_through": "2026-04-02"}, {
        **EASY, f"{T}/complete_through": "2026-03-10",
    }),
    "complete_from": fed("loosened", "complete_from", {f"{T}/complete_from": "2026-03-15"}, {
        f"{T}/complete_from": "2026-01-01",
    }),
    "freshness": fed("loosened", "freshness", {f"{T}/freshness": "9 days"}, {
        **EASY, f"{T}/complete_through": "2026-03-28", f"{T}/freshness": "1 h",
    }),
    "grain": fed("loosened", "grain", {f"{T}/grain": None}, {
        **EASY, f"{T}/grain": "month", "kpi/period": "week",
    }),
    "max_bad_rows": fed("loosened", "max_bad_rows", {f"{T}/max_bad_rows": 5}, {
        **source("misfit"), "config/gate": {"data": "warning"},
    }),
    "rules": "Its fields have a table of their own.",
    "preset": "A mapping with a name: what holds for columns holds for it.",
    "clocks": "Computed columns: what holds for those of derive holds for them.",
    "policies": "Computed columns: what holds for those of derive holds for them.",
    "opening": "What a clock's replies are: what holds for those of derive holds for it.",
    "final": "Where a clock ends: what holds for those of derive holds for it.",
    "tracked": "It says what publishing compares; the check passes or fails without it.",
    "erased": "It says what verifying excuses; the check passes or fails without it.",
}  # fmt: skip

_RULED = {**EASY, "config/rules": {"data-rule": "error"}}
_RULE = f"{T}/rules/quick_enough"
DATA_RULE: dict[str, Row] = {
    "holds": fed("loosened", "rules.quick_enough", {f"{_RULE}/holds": "created_at < resolved_at"}, {
        **_RULED, _RULE: {"holds": "hours_between(created_at, resolved_at) < 2"},
    }),
    "at_least": fed("loosened", "rules.quick_enough", {f"{_RULE}/at_least": "10%"}, {
        **_RULED, _RULE: {"holds": "hours_between(created_at, resolved_at) < 2"},
    }),
}  # fmt: skip

COLUMN: dict[str, Row] = {
    "from": fed("restating", "columns", {f"{T}/columns/resolved_at/from": "opened"}),
    "type": fed("restating", "columns", {f"{T}/columns/number/type": "text"}, {
        f"{T}/columns/number": {"from": "id", "type": "boolean"},
        "kpi/formula": "count(distinct number)", "kpi/unit": "count", **target({"at_least": 1}),
    }),
    # No ticket of high priority is left: the part that was missed has no rows and is not judged.
    "values": fed("restating", "columns", {
        f"{T}/columns/priority": {"from": "priority", "values": {"high": "low"}},
    }, {**target(HIGH), f"{T}/columns/priority": {"from": "priority"}}),
    "personal": fed("restating", "columns", {f"{T}/columns/who": {"from": "user", "personal": False}}, {
        **EASY, f"{T}/columns/who": {"from": "user", "personal": True}, "kpi/segments": ["who"],
    }),
    # Closed at noon in Paris is eleven o'clock in UTC; an hour read as minutes is nearly midnight.
    "timezone": fed("restating", "columns", {f"{T}/columns/resolved_at/timezone": "Europe/Paris"}),
    "timestamps": fed("restating", "columns", {f"{T}/columns/created_at/timestamps": "%Y-%m-%d %H:%M"}, {
        f"{T}/columns/created_at": {"from": "opened", "type": "timestamp", "timestamps": "%Y-%m-%d %M:%H"},
        **target({"at_most": "4 h"}),
    }),
    "optional": fed("loosened", "columns", {f"{T}/columns/priority/optional": True}, {
        **EASY, f"{T}/source": "data/drift-*.csv", f"{T}/columns/priority": {"from": "priority"},
    }),
    "duration": fed("restating", "columns", {f"{T}/columns/number/duration": "minutes"}, {
        f"{T}/columns/number": {"from": "id", "duration": "hours"}, "kpi/formula": "avg(number)",
        "kpi/unit": "minutes", **target({"at_most": "1000 min"}),
    }),
    "day": "How long a day of a duration is: what holds for `duration` holds for it.",
    "currency": fed("restating", "columns", {f"{T}/columns/number/currency": None}, {
        f"{T}/columns/number": {"from": "id", "type": "integer", "currency": "code"},
        f"{T}/columns/code": {"from": "priority"}, f"{T}/columns/priority": {"from": "priority"},
        "kpi/formula": "avg(number)", "kpi/unit": "GBP", **target({"at_most": "999 GBP"}),
    }),
    "unit": fed("restating", "columns", {f"{T}/columns/number/unit": "hours"}, {
        f"{T}/columns/number": {"from": "id", "type": "integer", "unit": "minutes"}, "kpi/formula": "avg(number)",
        **target({"at_most": "900 h"}),
    }),
}  # fmt: skip

GATE: dict[str, Row] = {
    "targets": flip("loosened", "gate.targets", {"config/gate/targets": "warning"}),
    "unknown": flip("loosened", "gate.unknown", {"config/gate/unknown": "warning"}, {
        **EASY, f"{T}/complete_through": "2026-03-10",
    }),
    "data": flip("loosened", "gate.data", {"config/gate/data": "warning"}, {
        **source("misfit"), f"{T}/max_bad_rows": 5,
    }),
    "governance": flip("loosened", "gate.governance", {"config/gate/governance": "warning"}, {
        **STRICT, "kpi/review/last": "2026-01-01",
    }),
}  # fmt: skip

PATTERN = {
    **EASY, "config/gate": {"signals": "error"},
    "signal": {
        "version": 1, "kind": "signal", "id": "pattern", "name": "A pattern", "when": "fix_time.value > 2",
        "severity": "error",
    },
}  # fmt: skip
GATE["signals"] = flip("loosened", "gate.signals", {"config/gate/signals": "warning"}, PATTERN)
SIGNAL: dict[str, Row] = {
    "version": "There is one version.", "kind": "Another kind is another thing: a signal that is gone is found.",
    "id": "Another id is one signal that is gone, which is found, and one that is new.",
    "name": PROSE, "description": PROSE, "asks": PROSE, "do": PROSE, "meta": PROSE, "owner": PROSE,
    "when": flip("loosened", "when", {"signal/when": "fix_time.value > 99"}, PATTERN),
    "severity": flip("loosened", "severity", {"signal/severity": "warning"}, PATTERN),
}  # fmt: skip

_SHOWN = {"config/privacy": {"segment_by": ["requester"], "reason": "the desk asked"}, "kpi/segments": ["requester"]}
PRIVACY: dict[str, Row] = {
    "segment_by": flip("loosened", "privacy.segment_by", {"config/privacy": _SHOWN["config/privacy"]}, {
        **EASY, "kpi/segments": ["requester"],
    }),
    "min_rows": flip("loosened", "privacy.min_rows", {"config/privacy/min_rows": 5}, {
        **_SHOWN, **target({"at_most": "9 h", "by": {"requester": {"user 4": {"at_most": "2 h"}}}}),
    }),
    "reason": PROSE,
}  # fmt: skip

TABLES: Mapping[type[Model], Mapping[str, Row]] = {
    Kpi: KPI, Project: PROJECT, Dataset: DATASET, DataRule: DATA_RULE, Column: COLUMN, Gate: GATE, Privacy: PRIVACY,
    Waiver: WAIVER, SegmentTarget: SEGMENT_TARGET, Target: TARGET, Review: REVIEW, Action: ACTION, Baseline: BASELINE,
    Signal: SIGNAL,
}  # fmt: skip
"""A row for each field, by the name that its file gives it."""

__all__ = ["BASE", "FILES", "PATTERN", "TABLES", "Flip", "edited", "flip", "laid", "texts"]

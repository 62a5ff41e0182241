"""For every field of every model that judges: a change that turns a failing check into one that passes.

A project stands here as plain values, its files being JSON, which YAML reads. It fails: March took three hours in
the median, and two are allowed. A flip edits it by path: first into a project that fails for the reason the field is
about, then by that field alone.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kpi_framework.model.base import Model
from kpi_framework.model.kpi import Action, Baseline, Kpi, Review, SegmentTarget, Target
from kpi_framework.model.project import Column, DataRule, Dataset, Gate, Privacy, Project
from kpi_framework.model.signal import Signal
from kpi_framework.model.waiver import Waiver

Edits = Mapping[str, Any]
"""A dotted path into the project → its new value; None takes it away."""


@dataclass(frozen=True)
class Flip:
    """A change that lets a failure pass, and the class and field of the change that has to be found."""

    change: Edits
    base: Edits
    cls: str
    field: str


def flip(cls: str, field: str, change: Edits, base: Edits | None = None) -> Flip:
    """A flip, said in the order in which it is read."""
    return Flip(change, base or {}, cls, field)


def fed(cls: str, field: str, change: Edits, base: Edits | None = None) -> Flip:
    """A flip of the dataset that the KPI reads."""
    return flip(cls, f"datasets.tickets.{field}", change, base)


Row = Flip | str
"""A flip, or why this field cannot let a failure pass."""

_KPI: dict[str, Any] = {
    "version": 1, "name": "Fix time", "owner": "desk@example.com", "dataset": "tickets", "time": "resolved_at",
    "formula": "median(hours_between(created_at, resolved_at))", "unit": "hours", "segments": ["priority"],
    "baseline": {"from": "2026-01-01", "to": "2026-02-28"}, "target": {"at_most": "2 h"},
    "review": {"cadence": "monthly", "last": "2026-03-20"},
    "action": {"do": "Fill the post.", "owner": "lead@example.com", "due": "2026-06-30"},
}  # fmt: skip
_COLUMNS = {
    "ticket_id": "id", "created_at": {"from": "opened", "type": "timestamp"},
    "resolved_at": {"from": "closed", "type": "timestamp"}, "requester": {"from": "user", "personal": True},
}  # fmt: skip
BASE: dict[str, Any] = {
    "config": {
        "version": 1, "name": "A desk", "timezone": "UTC", "as_of": "2026-04-02",
        "datasets": {
            name: {
                "source": f"data/{name}.csv", "contract": "tickets", "columns": copy.deepcopy(_COLUMNS),
                "key": "ticket_id", "complete_through": "2026-04-02",
            }
            for name in ("tickets", "quick")
        },
    },
    "kpi": {**_KPI, "id": "fix_time"},
    "steady": {
        **_KPI, "id": "steady", "name": "Tickets", "dataset": "quick", "formula": "count(*)", "unit": "count",
        "segments": [], "target": {"at_least": 1},
    },
}  # fmt: skip
FILES = {"config": "kpi.yaml", "kpi": "kpis/fix_time.yaml", "steady": "kpis/steady.yaml", "signal": "kpis/pattern.yaml"}


def edited(project: Mapping[str, Any], edits: Edits) -> dict[str, Any]:
    """The project with some values replaced."""
    found = copy.deepcopy(dict(project))
    for path, value in edits.items():
        *parents, last = path.split("/")
        at: Any = found
        for step in parents:
            at = at[int(step)] if isinstance(at, list) else at.setdefault(step, {})
        if value is None:
            at.pop(last, None)
        else:
            at[last] = value
    return found


def texts(project: Mapping[str, Any]) -> dict[str, str]:
    """The project's files."""
    return {FILES[name]: json.dumps(content, indent=1, ensure_ascii=False) for name, content in project.items()}


def _rows(*tickets: tuple[str, str, str, str, str]) -> str:
    return "\n".join(["id,opened,closed,priority,user", *map(",".join, tickets)]) + "\n"


def _ticket(
    month: int, day: int, hours: int, priority: str = "high", number: str = ""
) -> tuple[str, str, str, str, str]:
    name = number or f"{month}{day:02}"
    closed = f"2026-{month:02}-{day:02} {9 + hours:02}:00" if hours else ""
    return name, f"2026-{month:02}-{day:02} 09:00", closed, priority, f"user {day}"


_QUICK = [_ticket(m, d, 1) for m in (1, 2) for d in range(1, 25)]
_MARCH = [_ticket(3, d, d % 5 + 1, "low" if d % 3 == 0 else "high") for d in range(1, 25)]
DATA: Mapping[str, str] = {
    "tickets": _rows(*_QUICK, *_MARCH),
    "quick": _rows(*_QUICK, *(_ticket(3, d, 1) for d in range(1, 25))),
    # Resolved in March: long ones of February and quick ones of March.
    "late": _rows(
        *_QUICK,
        *((f"9{d}", f"2026-02-{d:02} 09:00", "2026-03-02 09:00", "high", f"user {d}") for d in range(1, 15)),
        *(_ticket(3, d, 1) for d in range(1, 5)),
    ),
    "open": _rows(*_QUICK, *(_ticket(3, d, d % 4 == 0 and 1) for d in range(1, 25))),
    "edge": _rows(*_QUICK, _ticket(3, 2, 1), ("999", "2026-02-27 02:00", "2026-03-01 02:00", "high", "user 1")),
    "winter": _rows(*_QUICK),
    # The last Sunday of March was slow.
    "sunday": _rows(*(_ticket(3, d, 5 if d == 29 else 1) for d in range(1, 31))),
    "doubled": _rows(*_QUICK, *(_ticket(3, d, 1) for d in range(1, 25)), _ticket(3, 1, 2, "low", "301")),
    "misfit": _rows(
        *_QUICK, *(_ticket(3, d, 1) for d in range(1, 25)), ("999", "soon", "2026-03-05 09:00", "high", "u")
    ),
    "drift-a": _rows(*_QUICK),
    "drift-b": _rows(*(_ticket(3, d, 1) for d in range(1, 25))).replace("priority", "urgency"),
    "foreign": _rows(*_QUICK, *(_ticket(3, d, 1, "urgent") for d in range(1, 25))),
}


def laid(root: Path, project: Mapping[str, Any]) -> Path:
    """The project in a folder, with all data files."""
    for path, text in {**texts(project), **{f"data/{n}.csv": t for n, t in DATA.items()}}.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return root


_T = "config/datasets/tickets"
_EASY = {"kpi/target": {"at_most": "9 h"}}
_STRICT = {**_EASY, "config/gate": {"governance": "error"}}
_HIGH: dict[str, Any] = {"at_most": "9 h", "by": {"priority": {"high": {"at_most": "2 h"}}}}
_WAIVER = {
    "from": "2026-03-15", "until": "2026-05-01", "limit": "5 h", "reason": "one vacancy",
    "approved_by": "cio@example.com",
}  # fmt: skip
_PROSE = "Words for people: nothing judges by them."
_NOTED = "It informs; the rules that read it ask for more of it, and having it is what they ask."


def _source(name: str) -> dict[str, Any]:
    return {f"{_T}/source": f"data/{name}.csv"}


def _waived(**other: object) -> dict[str, Any]:
    return {"kpi/waiver": {**_WAIVER, **other}}


def _target(one: object) -> dict[str, Any]:
    return {"kpi/target": one}


def _of_high(one: object) -> dict[str, Any]:
    return _target({"at_most": "9 h", "by": {"priority": {"high": one}}})


_COUNT = {"kpi/formula": "count(*)", "kpi/unit": "count", "kpi/segments": [], **_target({"at_most": 5})}
KPI: dict[str, Row] = {
    "version": "There is one version.",
    "id": "Another id is a removal, which has its own class and rule, or a rename, which compares all the rest.",
    "renamed_from": "It pairs a definition with its former self, so that all the rest is compared.",
    "name": _PROSE, "description": _PROSE, "counts": _PROSE, "excludes": _PROSE, "asks": _PROSE, "meta": _PROSE,
    "family": _NOTED, "level": _NOTED, "objectives": _NOTED, "read_with": _NOTED, "benchmark": _NOTED,
    "notes": "A miss asks for its cause; naming it is what the rule asks.",
    "reported": flip("loosened", "reported", {"kpi/reported": None}, {
        **_EASY, "config/rules": {"reported-differs": "error"},
        "kpi/reported": [{"period": "2026-03", "value": "7 h", "source": "The vendor"}],
    }),
    "window": flip("restating", "window", {"kpi/window": "90 days"}),
    "open_between": flip("restating", "open_between", {"kpi/open_between": ["created_at", "resolved_at"]}, {
        **_COUNT, "kpi/time": None,
    }),
    "spans": flip("restating", "spans", {"kpi/spans": ["created_at", "resolved_at"]}, {
        **_COUNT, **_source("late"), "kpi/time": None, **_target({"at_least": 10}),
    }),
    "evidence": flip("loosened", "evidence", {"kpi/evidence": None}, {
        **_COUNT, "kpi/where": "priority = 'none'", "kpi/evidence": "winter",
        "config/datasets/winter": {**BASE["config"]["datasets"]["quick"], "source": "data/winter.csv"},
    }),
    "retired": "It goes with the status, which is of the class retired.",
    "kind": flip("loosened", "kind", {
        "kpi/kind": "metric", **{f"kpi/{n}": None for n in ("baseline", "target", "review", "action")},
    }),
    "owner": flip("loosened", "waiver", {"kpi/owner": "lead@example.com"}, _waived(approved_by="desk@example.com")),
    "dataset": flip("restating", "dataset", {"kpi/dataset": "quick"}),
    "time": flip("restating", "time", {"kpi/time": "created_at"}, _source("late")),
    "where": flip("restating", "where", {"kpi/where": "hours_between(created_at, resolved_at) < 2"}),
    "formula": flip("restating", "formula", {"kpi/formula": "min(hours_between(created_at, resolved_at))"}),
    "unit": flip("restating", "unit", {"kpi/unit": "minutes"}, {
        **_target({"at_most": "1000 min"}), "kpi/formula": "avg(number)",
        f"{_T}/columns/number": {"from": "id", "type": "integer"},
    }),
    "period": flip("restating", "period", {"kpi/period": "quarter"}),
    "segments": flip("loosened", "segments", {"kpi/segments": [], "kpi/target/by": None}, _target(_HIGH)),
    "min_sample": flip("loosened", "min_sample", {"kpi/min_sample": 1000}),
    "min_measured": flip("loosened", "min_measured", {"kpi/min_measured": "10%"}, {
        **_source("open"), "kpi/time": "created_at",
    }),
    "settle": flip("loosened", "settle", {"kpi/settle": "30 days"}),
    "exact": flip("restating", "exact", {"kpi/exact": False}, {
        "kpi/formula": "approx_count_distinct(requester)", "kpi/unit": "count", **_target({"at_least": 5}),
    }),
    "status": flip("loosened", "status", {"kpi/status": "draft"}),
    "examples": flip("loosened", "examples", {"kpi/examples/0/expect": "1 h"}, {**_EASY, "kpi/examples": [
        {"name": "an hour", "given": [{"created_at": "2026-01-05 09:00", "resolved_at": "2026-01-05 10:00"}],
         "expect": "9 h"},
    ]}),
    "baseline": flip("backdated", "baseline", {"kpi/baseline": {"value": "9 h", "source": "a report"}},
                     _target({"at_most": "90% of baseline"})),
    "target": flip("loosened", "target", {"kpi/target/at_most": "9 h"}),
    "review": flip("loosened", "review", {"kpi/review/cadence": "yearly"}, {
        **_STRICT, "kpi/review/last": "2026-01-01",
    }),
    "action": flip("loosened", "action", {"kpi/action/due": "2026-12-31"}, {**_STRICT, "kpi/action/due": "2026-03-01"}),
    "waiver": flip("loosened", "waiver", _waived()),
}  # fmt: skip

PROJECT: dict[str, Row] = {
    "version": "There is one version.",
    "name": _PROSE, "objectives": _PROSE, "events": _PROSE, "meta": _PROSE,
    "views": "They choose what is shown; what is judged is all.",
    "calendars": flip("restating", "calendars.business", {
        "config/calendars": {"business": {"hours": {"mon-sun": ["09:00-10:00"]}}},
    }, {
        "config/calendars": {"business": {"hours": {"mon-sun": ["09:00-17:00"]}}},
        "kpi/formula": "median(business_hours(created_at, resolved_at))",
    }),
    "timezone": flip("restating", "timezone", {"config/timezone": "America/New_York"}, {
        f"{_T}/source": {"path": "data/edge.csv", "timezone": "UTC"},
        "kpi/formula": "max(hours_between(created_at, resolved_at))",
    }),
    "week_starts": flip("restating", "week_starts", {"config/week_starts": "sunday"}, {
        **_source("sunday"), "kpi/period": "week", "kpi/formula": "max(hours_between(created_at, resolved_at))",
    }),
    "fiscal_year_starts": flip("restating", "fiscal_year_starts", {"config/fiscal_year_starts": 2}, {
        "kpi/period": "quarter", "kpi/formula": "max(hours_between(created_at, resolved_at))",
    }),
    "as_of": flip("loosened", "as_of", {"config/as_of": "2026-03-15"}),
    "required": flip("loosened", "required.ghost", {"config/required": []}, {**_EASY, "config/required": ["ghost"]}),
    "datasets": "Taken away, its KPIs fail; its fields have a table of their own.",
    "engine": "There is one engine.",
    "publish": "It says who may publish; the check passes or fails without it.",
    "privacy": "Its fields have a table of their own.",
    "gate": "Its fields have a table of their own.",
    "rules": flip("loosened", "rules.missing-owner", {"config/rules": {"missing-owner": "off"}}, {
        **_EASY, "kpi/owner": None,
    }),
}  # fmt: skip

DATASET: dict[str, Row] = {
    "source": fed("restating", "source.path", _source("quick")),
    "contract": flip("restating", "datasets.desk.contract", {"config/datasets/desk/contract": None}, {
        "config/datasets/desk": {**BASE["config"]["datasets"]["quick"], "source": "data/foreign.csv"},
        "kpi/dataset": "desk", "kpi/formula": "count_if(priority <> 'none')", "kpi/unit": "count",
        **_target({"at_least": 1}),
    }),
    "columns": fed("restating", "columns", {f"{_T}/columns/resolved_at/from": "opened"}),
    "derive": fed("restating", "derive", {f"{_T}/derive/span": "hours_between(created_at, created_at)"}, {
        f"{_T}/derive": {"span": "hours_between(created_at, resolved_at)"}, "kpi/formula": "median(span)",
    }),
    "key": fed("restating", "key", {f"{_T}/key": ["ticket_id", "priority"]}, _source("doubled")),
    "latest_by": fed("restating", "latest_by", {f"{_T}/latest_by": ["resolved_at"]}, _source("doubled")),
    "first_by": fed("restating", "first_by", {f"{_T}/first_by": ["resolved_at"]}, {
        **_source("doubled"), f"{_T}/first_by": ["created_at"],
    }),
    "time": fed("restating", "time", {f"{_T}/time": "created_at"}, {
        **_source("late"), "kpi/time": None, f"{_T}/time": "resolved_at",
    }),
    "complete_through": fed("loosened", "complete_through", {f"{_T}/complete_through": "2026-04-02"}, {
        **_EASY, f"{_T}/complete_through": "2026-03-10",
    }),
    "complete_from": fed("loosened", "complete_from", {f"{_T}/complete_from": "2026-03-15"}, {
        f"{_T}/complete_from": "2026-01-01",
    }),
    "freshness": fed("loosened", "freshness", {f"{_T}/freshness": "9 days"}, {
        **_EASY, f"{_T}/complete_through": "2026-03-28", f"{_T}/freshness": "1 h",
    }),
    "grain": fed("loosened", "grain", {f"{_T}/grain": None}, {
        **_EASY, f"{_T}/grain": "month", "kpi/period": "week",
    }),
    "max_bad_rows": fed("loosened", "max_bad_rows", {f"{_T}/max_bad_rows": 5}, {
        **_source("misfit"), "config/gate": {"data": "warning"},
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

_RULED = {**_EASY, "config/rules": {"data-rule": "error"}}
_RULE = f"{_T}/rules/quick_enough"
DATA_RULE: dict[str, Row] = {
    "holds": fed("loosened", "rules.quick_enough", {f"{_RULE}/holds": "created_at < resolved_at"}, {
        **_RULED, _RULE: {"holds": "hours_between(created_at, resolved_at) < 2"},
    }),
    "at_least": fed("loosened", "rules.quick_enough", {f"{_RULE}/at_least": "10%"}, {
        **_RULED, _RULE: {"holds": "hours_between(created_at, resolved_at) < 2"},
    }),
}  # fmt: skip

COLUMN: dict[str, Row] = {
    "from": fed("restating", "columns", {f"{_T}/columns/resolved_at/from": "opened"}),
    "type": fed("restating", "columns", {f"{_T}/columns/number/type": "text"}, {
        f"{_T}/columns/number": {"from": "id", "type": "boolean"},
        "kpi/formula": "count(distinct number)", "kpi/unit": "count", **_target({"at_least": 1}),
    }),
    # No ticket of high priority is left: the part that was missed has no rows and is not judged.
    "values": fed("restating", "columns", {
        f"{_T}/columns/priority": {"from": "priority", "values": {"high": "low"}},
    }, {**_target(_HIGH), f"{_T}/columns/priority": {"from": "priority"}}),
    "personal": fed("restating", "columns", {f"{_T}/columns/who": {"from": "user", "personal": False}}, {
        **_EASY, f"{_T}/columns/who": {"from": "user", "personal": True}, "kpi/segments": ["who"],
    }),
    # Closed at noon in Paris is eleven o'clock in UTC; an hour read as minutes is nearly midnight.
    "timezone": fed("restating", "columns", {f"{_T}/columns/resolved_at/timezone": "Europe/Paris"}),
    "timestamps": fed("restating", "columns", {f"{_T}/columns/created_at/timestamps": "%Y-%m-%d %H:%M"}, {
        f"{_T}/columns/created_at": {"from": "opened", "type": "timestamp", "timestamps": "%Y-%m-%d %M:%H"},
        **_target({"at_most": "4 h"}),
    }),
    "optional": fed("loosened", "columns", {f"{_T}/columns/priority/optional": True}, {
        **_EASY, f"{_T}/source": "data/drift-*.csv", f"{_T}/columns/priority": {"from": "priority"},
    }),
    "duration": fed("restating", "columns", {f"{_T}/columns/number/duration": "minutes"}, {
        f"{_T}/columns/number": {"from": "id", "duration": "hours"}, "kpi/formula": "avg(number)",
        "kpi/unit": "minutes", **_target({"at_most": "1000 min"}),
    }),
    "day": "How long a day of a duration is: what holds for `duration` holds for it.",
    "currency": fed("restating", "columns", {f"{_T}/columns/number/currency": None}, {
        f"{_T}/columns/number": {"from": "id", "type": "integer", "currency": "code"},
        f"{_T}/columns/code": {"from": "priority"}, f"{_T}/columns/priority": {"from": "priority"},
        "kpi/formula": "avg(number)", "kpi/unit": "GBP", **_target({"at_most": "999 GBP"}),
    }),
    "unit": fed("restating", "columns", {f"{_T}/columns/number/unit": "hours"}, {
        f"{_T}/columns/number": {"from": "id", "type": "integer", "unit": "minutes"}, "kpi/formula": "avg(number)",
        **_target({"at_most": "900 h"}),
    }),
}  # fmt: skip

GATE: dict[str, Row] = {
    "targets": flip("loosened", "gate.targets", {"config/gate/targets": "warning"}),
    "unknown": flip("loosened", "gate.unknown", {"config/gate/unknown": "warning"}, {
        **_EASY, f"{_T}/complete_through": "2026-03-10",
    }),
    "data": flip("loosened", "gate.data", {"config/gate/data": "warning"}, {
        **_source("misfit"), f"{_T}/max_bad_rows": 5,
    }),
    "governance": flip("loosened", "gate.governance", {"config/gate/governance": "warning"}, {
        **_STRICT, "kpi/review/last": "2026-01-01",
    }),
}  # fmt: skip

PATTERN = {
    **_EASY, "config/gate": {"signals": "error"},
    "signal": {
        "version": 1, "kind": "signal", "id": "pattern", "name": "A pattern", "when": "fix_time.value > 2",
        "severity": "error",
    },
}  # fmt: skip
GATE["signals"] = flip("loosened", "gate.signals", {"config/gate/signals": "warning"}, PATTERN)
SIGNAL: dict[str, Row] = {
    "version": "There is one version.", "kind": "Another kind is another thing: a signal that is gone is found.",
    "id": "Another id is one signal that is gone, which is found, and one that is new.",
    "name": _PROSE, "description": _PROSE, "asks": _PROSE, "do": _PROSE, "meta": _PROSE, "owner": _PROSE,
    "when": flip("loosened", "when", {"signal/when": "fix_time.value > 99"}, PATTERN),
    "severity": flip("loosened", "severity", {"signal/severity": "warning"}, PATTERN),
}  # fmt: skip

_SHOWN = {"config/privacy": {"segment_by": ["requester"], "reason": "the desk asked"}, "kpi/segments": ["requester"]}
PRIVACY: dict[str, Row] = {
    "segment_by": flip("loosened", "privacy.segment_by", {"config/privacy": _SHOWN["config/privacy"]}, {
        **_EASY, "kpi/segments": ["requester"],
    }),
    "min_rows": flip("loosened", "privacy.min_rows", {"config/privacy/min_rows": 5}, {
        **_SHOWN, **_target({"at_most": "9 h", "by": {"requester": {"user 4": {"at_most": "2 h"}}}}),
    }),
    "reason": _PROSE,
}  # fmt: skip

WAIVER: dict[str, Row] = {
    "from": flip("loosened", "waiver", _waived(), _waived(**{"from": "2026-04-20"})),
    "until": flip("loosened", "waiver", _waived(), _waived(until="2026-03-31")),
    "limit": flip("loosened", "waiver", _waived(), _waived(limit="2.5 h")),
    "reason": _PROSE,
    "approved_by": flip("loosened", "waiver", _waived(), _waived(approved_by="desk@example.com")),
    "segment": flip("loosened", "waiver", _waived(), _waived(segment={"priority": "low"})),
}  # fmt: skip

_TWO = {"at_most": "2 h"}
SEGMENT_TARGET: dict[str, Row] = {
    "at_most": flip("loosened", "target", _of_high({"at_most": "5 h"}), _of_high({"at_most": "2 h"})),
    "at_least": flip("loosened", "target", _of_high({"at_least": "2 h"}), _of_high({"at_least": "5 h"})),
    "between": flip("loosened", "target", _of_high({"between": [1, 5]}), _of_high({"between": [1, 2]})),
    "near": flip("loosened", "target", _of_high({"at_most": "2 h", "near": "5 h"}), _of_high({"at_most": "2 h"})),
    "min_sample": flip("loosened", "target", _of_high({**_TWO, "min_sample": 99}), _of_high(_TWO)),
}  # fmt: skip

TARGET: dict[str, Row] = {
    "at_most": flip("loosened", "target", _target({"at_most": "5 h"})),
    "at_least": flip("loosened", "target", _target({"at_least": "2 h"}), _target({"at_least": "5 h"})),
    "between": flip("loosened", "target", _target({"between": [1, 5]}), _target({"between": [1, 2]})),
    "near": flip("loosened", "target", _target({"at_most": "2 h", "near": "5 h"})),
    "min_sample": flip("loosened", "target", _target({"at_most": "2 h", "min_sample": 99})),
    "from": flip("loosened", "target",
                 _target([{"at_most": "9 h"}, {"from": "2026-05-01", "at_most": "2 h"}]),
                 _target([{"at_most": "9 h"}, {"from": "2026-03-01", "at_most": "2 h"}])),
    "by": flip("loosened", "target", _target({"at_most": "9 h"}), _target(_HIGH)),
}  # fmt: skip

_OVERDUE = {**_STRICT, "kpi/review/last": "2026-01-01"}
REVIEW: dict[str, Row] = {
    "cadence": flip("loosened", "review", {"kpi/review/cadence": "yearly"}, _OVERDUE),
    "last": "A review that was held is what the rule asks for; what is written of it is on record.",
    "by": _PROSE, "note": _PROSE,
}  # fmt: skip

_LATE = {**_STRICT, "kpi/action/due": "2026-03-01"}
ACTION: dict[str, Row] = {
    "do": _PROSE, "link": _PROSE,
    "owner": "A miss asks for one; naming them is what the rule asks.",
    "due": flip("loosened", "action", {"kpi/action/due": "2026-12-31"}, _LATE),
}  # fmt: skip

_RELATIVE = _target({"at_most": "90% of baseline"})
BASELINE: dict[str, Row] = {
    "from": flip("backdated", "baseline", {"kpi/baseline": {"from": "2026-03-01", "to": "2026-03-31"}}, {
        **_RELATIVE, **_target({"at_most": "100% of baseline"}),
    }),
    "to": flip("backdated", "baseline", {"kpi/baseline/to": "2026-03-31"}, {
        **_target({"at_most": "baseline + 3 h"}), "kpi/formula": "max(hours_between(created_at, resolved_at))",
    }),
    "value": flip("backdated", "baseline", {"kpi/baseline/value": "9 h"}, {
        **_RELATIVE, "kpi/baseline": {"value": "1 h", "source": "a report"},
    }),
    "source": _PROSE,
}  # fmt: skip

TABLES: Mapping[type[Model], Mapping[str, Row]] = {
    Kpi: KPI, Project: PROJECT, Dataset: DATASET, DataRule: DATA_RULE, Column: COLUMN, Gate: GATE, Privacy: PRIVACY,
    Waiver: WAIVER, SegmentTarget: SEGMENT_TARGET, Target: TARGET, Review: REVIEW, Action: ACTION, Baseline: BASELINE,
    Signal: SIGNAL,
}  # fmt: skip
"""A row for each field, by the name that its file gives it."""

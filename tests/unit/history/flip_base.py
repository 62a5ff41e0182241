"""The project that flips edit, and what a flip is.

A project stands here as plain values, its files being JSON, which YAML reads. It fails: March took three hours in
the median, and two are allowed.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


T = "config/datasets/tickets"
EASY = {"kpi/target": {"at_most": "9 h"}}
STRICT = {**EASY, "config/gate": {"governance": "error"}}
HIGH: dict[str, Any] = {"at_most": "9 h", "by": {"priority": {"high": {"at_most": "2 h"}}}}
_WAIVER = {
    "from": "2026-03-15", "until": "2026-05-01", "limit": "5 h", "reason": "one vacancy",
    "approved_by": "cio@example.com",
}  # fmt: skip
PROSE = "Words for people: nothing judges by them."
NOTED = "It informs; the rules that read it ask for more of it, and having it is what they ask."


def source(name: str) -> dict[str, Any]:
    """Other rows for the dataset that the KPI reads."""
    return {f"{T}/source": f"data/{name}.csv"}


def waived(**other: object) -> dict[str, Any]:
    """A waiver, with some fields replaced."""
    return {"kpi/waiver": {**_WAIVER, **other}}


def target(one: object) -> dict[str, Any]:
    """Another target."""
    return {"kpi/target": one}


def of_high(one: object) -> dict[str, Any]:
    """A target of tickets of high priority."""
    return target({"at_most": "9 h", "by": {"priority": {"high": one}}})


COUNT = {"kpi/formula": "count(*)", "kpi/unit": "count", "kpi/segments": [], **target({"at_most": 5})}

"""For every field that reaches the plan, a change that is another definition; for every spelling, one that is none.

A project stands here as plain values, its files being JSON, which YAML reads; `headers` are the columns of its sources.
An edit is a path into it and the new value; None takes the value away.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kpi_framework.compile.catalog import Compilation
from kpi_framework.compile.dataset.columns import texts
from kpi_framework.evaluate.computable import Computable, computable
from kpi_framework.load.catalog import load_catalog
from kpi_framework.load.library import shipped_contracts
from kpi_framework.model.base import Model
from kpi_framework.model.calendar import Calendar
from kpi_framework.model.clock import Clock, Policy
from kpi_framework.model.kpi import Kpi
from kpi_framework.model.project import Column, Dataset, Project
from kpi_framework.model.source import Source

Edits = Mapping[str, Any]
T = "config/datasets/tickets"

_METRIC = {"version": 1, "kind": "metric", "unit": "count", "dataset": "tickets", "formula": "count(*)"}
BASE: dict[str, Any] = {
    "headers": {
        "tickets": ["Number", "Opened at", "Solved at", "priority", "Talk", "Seats", "site", "desk", "caller"],
        "events": ["ticket", "at", "field", "value"], "more": ["ticket", "at", "field", "value"],
        "costs": ["month", "amount"], "sensors": ["seen", "other", "name"],
    },
    "config": {
        "version": 1, "name": "A desk", "timezone": "Europe/London",
        "calendars": {
            "business": {"hours": {"mon-fri": ["09:00-12:00", "13:00-17:00"]}, "holidays": ["GB-ENG", "2026-12-24"]},
            "late": {"hours": {"mon-sun": ["12:00-20:00"]}, "timezone": "Europe/Paris"},
            "unused": {"hours": {"sat": ["09:00-12:00"]}},
        },
        "datasets": {
            "tickets": {
                "source": {"path": "data/tickets.csv", "nulls": ["", "-", "?"], "timestamps": ["%d/%m/%Y", "%Y-%m-%d"]},
                "contract": "tickets",
                "columns": {
                    "ticket_id": "Number", "created_at": {"from": "Opened at", "type": "timestamp"},
                    "resolved_at": {"from": "Solved at", "type": "timestamp"},
                    "priority": {"from": "priority", "values": {"1": "high", "2": "low"}},
                    "talk": {"from": "Talk", "duration": "words"}, "seats": {"from": "Seats", "type": "integer"},
                    "place": "upper(site)", "requester": "caller",
                },
                "derive": {"is_quick": "hours_between(created_at, resolved_at) < 8", "is_slow": "not is_quick"},
                "key": ["ticket_id"], "latest_by": ["seats"], "time": "created_at",
                "clocks": {
                    "held": {"history": ["events"], "running": ["pending", "on_hold"], "calendar": "late"},
                    "reopened": {"history": "events", "count": "open"},
                },
                "policies": {
                    "kept": {
                        "history": "events", "from": "created_at", "until": ["resolved", "closed"],
                        "pausing": ["pending", "on_hold"], "targets": {"high": "4 h", "other": "1 day"},
                        "calendar": "business",
                    },
                },
            },
            "events": {"source": "data/events.csv", "columns": {"ticket_id": "ticket", "value": {"from": "value"}}, "time": "at"},
            "more": {"source": "data/more.csv", "columns": {"ticket_id": "ticket"}, "time": "at"},
            "costs": {"source": "data/costs.csv", "columns": {"month": {"from": "month", "type": "date"}, "amount": {"from": "amount", "type": "decimal"}}, "time": "month"},
            "sensors": {"source": "data/sensors.csv", "columns": {"seen": {"from": "seen", "type": "timestamp"}, "other": {"from": "other", "type": "timestamp"}}, "time": "seen"},
        },
    },
    "kpis": {
        "fix": {
            **_METRIC, "kind": "kpi", "id": "fix", "name": "Fixing", "unit": "minutes", "evidence": "sensors",
            "where": "priority in ('high', 'low') and not is_slow", "window": "30 days",
            "formula": "sum(business_minutes(created_at, resolved_at) + held + talk) filter (where kept and place = 'A') / sum(seats)",
        },
        "stock": {**_METRIC, "id": "stock", "name": "Open", "open_between": ["created_at", "resolved_at"]},
        "spent": {**_METRIC, "id": "spent", "name": "Spent", "dataset": "costs", "formula": "sum(amount)", "unit": "GBP"},
        "each": {**_METRIC, "id": "each", "name": "Each", "dataset": None, "formula": "spent / stock", "unit": "GBP"},
    },
}  # fmt: skip


def compiled(project: Mapping[str, Any]) -> Computable:
    """What its definitions mean, over sources that have its headers."""
    kpis = {f"kpis/{i}.yaml": {k: v for k, v in k.items() if v is not None} for i, k in project["kpis"].items()}
    files = {"kpi.yaml": project["config"], **kpis}
    catalog, findings = load_catalog({p: json.dumps(f) for p, f in files.items()}, shipped_contracts())
    assert catalog is not None, findings
    natives = {name: texts(headers) for name, headers in project["headers"].items()}
    return computable(Compilation(catalog, natives), natives)[0]


@dataclass(frozen=True)
class Part:
    """An edit of a field that makes other definitions: those named, and no others."""

    edits: Edits
    others: tuple[str, ...] = ("fix",)


@dataclass(frozen=True)
class Same:
    """An edit that leaves every definition what it is."""

    edits: Edits


Row = Part | Same
_FIX, _TICKETS = "kpis/fix", ("fix", "stock", "each")
_ALL = ("fix", "stock", "spent", "each")
_KEPT, _HELD = f"{T}/policies/kept", f"{T}/clocks/held"


def _prose(field: str, value: object) -> tuple[Same, ...]:
    return (Same({f"{_FIX}/{field}": value}),)


_TARGET = {"at_most": "60 min"}
TABLES: Mapping[type[Model], Mapping[str, tuple[Row, ...]]] = {
    Kpi: {
        "version": (), "id": (), "renamed_from": (), "retired": (),
        "kind": (Part({f"{_FIX}/kind": "metric"}),),
        "dataset": (Part({"kpis/stock/dataset": "costs", "kpis/stock/open_between": None}, ("stock", "each")),),
        "time": (Part({f"{_FIX}/time": "resolved_at"}), Same({f"{_FIX}/time": "created_at"})),
        "where": (
            Part({f"{_FIX}/where": "priority = 'high'"}), Part({f"{_FIX}/where": None}),
            Same({f"{_FIX}/where": "(NOT is_slow)  AND priority IN ('low', 'high')"}),
        ),
        "formula": (
            Part({f"{_FIX}/formula": "sum(talk)"}), Part({"kpis/each/formula": "stock / spent", "kpis/each/unit": "ratio"}, ("each",)),
            Part({f"{_FIX}/formula": str(BASE["kpis"]["fix"]["formula"]).replace("resolved_at)", "resolved_at, 'late')")}),
            Same({f"{_FIX}/formula": str(BASE["kpis"]["fix"]["formula"]).replace("resolved_at)", "resolved_at, 'business')")}),
        ),
        "unit": (Part({"kpis/spent/unit": "EUR", "kpis/each/unit": "EUR"}, ("spent", "each")),),
        "period": (Part({f"{_FIX}/period": "week"}), Same({f"{_FIX}/period": "month"})),
        "window": (Part({f"{_FIX}/window": "90 days"}), Part({f"{_FIX}/window": None})),
        "open_between": (Part({"kpis/stock/open_between": None}, ("stock", "each")),),
        "spans": (Part({"kpis/stock/open_between": None, "kpis/stock/spans": ["created_at", "resolved_at"]}, ("stock", "each")),),
        "evidence": (
            Part({f"{_FIX}/evidence": None}), Part({f"{_FIX}/evidence": "costs"}),
            Part({"config/datasets/sensors/time": "other"}),
            Same({"config/datasets/sensors/columns/name": "name"}),
        ),
        "exact": (Part({f"{_FIX}/exact": False}), Same({f"{_FIX}/exact": True})),
        "name": _prose("name", "Mending"), "description": _prose("description", "Text"),
        "counts": _prose("counts", "All"), "excludes": _prose("excludes", "None"), "asks": _prose("asks", "Why?"),
        "family": _prose("family", "performance"), "level": _prose("level", "foundational"),
        "objectives": _prose("objectives", []), "owner": _prose("owner", "b@example.com"),
        "segments": _prose("segments", ["priority"]), "min_sample": _prose("min_sample", 9),
        "min_measured": _prose("min_measured", "10%"), "settle": _prose("settle", "2 days"),
        "read_with": _prose("read_with", ["stock"]), "status": _prose("status", "draft"), "notes": _prose("notes", []),
        "reported": _prose("reported", [{"period": "2026-01", "value": 5, "source": "The vendor"}]),
        "examples": _prose("examples", [{"name": "none", "given": [], "expect": 0}]), "meta": _prose("meta", {"a": 1}),
        "baseline": _prose("baseline", {"from": "2026-01-01", "to": "2026-02-28"}), "target": _prose("target", _TARGET),
        "benchmark": _prose("benchmark", {"at_most": "2 h", "source": "a guide", "year": 2026}),
        "review": _prose("review", {"cadence": "monthly"}), "action": _prose("action", {"do": "Nothing.", "owner": "x@example.com"}),
        "waiver": _prose("waiver", [{"from": "2026-01-01", "until": "2026-01-31", "limit": "9 h", "reason": "none", "approved_by": "c@example.com"}]),
    },
    Project: {
        "version": (), "datasets": (),
        "timezone": (
            Part({"config/timezone": "Europe/Berlin"}, _ALL),
            Same({f"{T}/source/timezone": "Europe/London", "config/calendars/business/timezone": "Europe/London"}),
        ),
        "week_starts": (Part({"config/week_starts": "sunday"}, _ALL), Same({"config/week_starts": "monday"})),
        "fiscal_year_starts": (Part({"config/fiscal_year_starts": 4}, _ALL), Same({"config/fiscal_year_starts": 1})),
        "calendars": (Same({"config/calendars/unused": None}), Same({"config/calendars/other": {"hours": "24x7"}})),
        "name": (Same({"config/name": "Another"}),), "as_of": (Same({"config/as_of": "2026-01-01"}),),
        "required": (Same({"config/required": ["fix"]}),), "objectives": (Same({"config/objectives": {"a": "A"}}),),
        "events": (Same({"config/events": [{"date": "2026-01-01", "what": "VPN"}]}),),
        "publish": (Same({"config/publish": {"branch": "main"}}),),
        "views": (Same({"config/views": {"a": {"kpis": "all"}}}),), "privacy": (Same({"config/privacy": {"min_rows": 5}}),),
        "engine": (Same({"config/engine": "duckdb"}),),
        "gate": (Same({"config/gate": {"targets": "warning"}}),), "rules": (Same({"config/rules": {"unguarded": "off"}}),),
        "meta": (Same({"config/meta": {"a": 1}}),),
    },
    Dataset: {
        "source": (Same({"config/datasets/costs/source": {"path": "data/costs.csv"}}),),
        "contract": (Part({f"{T}/contract": "assets"}, ("fix", "stock", "each")),), "preset": (),
        "columns": (
            Part({f"{T}/columns/place": "lower(site)"}), Part({f"{T}/columns/created_at/from": "Solved at"}, _TICKETS),
            Same({f"{T}/columns/desk_name": "desk"}), Same({f"{T}/columns/place": "UPPER( Site )"}),
            Same({f"{T}/columns/ticket_id": {"from": "Number"}}), Same({f"{T}/columns/ticket_id": "NUMBER"}),
        ),
        "derive": (
            Part({f"{T}/derive/is_quick": "hours_between(created_at, resolved_at) < 9"}),
            Same({f"{T}/derive/is_late": "seats > 2"}), Same({f"{T}/derive/is_quick": "(8 > hours_between(created_at, resolved_at))"}),
        ),
        "key": (
            Part({"config/datasets/costs/key": ["month", "amount"]}, ("spent", "each")), Same({f"{T}/key": "ticket_id"}),
        ),
        "latest_by": (Part({f"{T}/latest_by": ["seats", "priority"]}, _TICKETS),),
        "first_by": (Part({f"{T}/latest_by": [], f"{T}/first_by": ["seats"]}, _TICKETS),),
        "time": (Part({f"{T}/time": "resolved_at"}, _TICKETS),),
        "opening": (Same({"config/datasets/events/opening": "none"}),),
        "final": (Part({"config/datasets/events/final": ["done"]}),),
        "complete_from": (Same({f"{T}/complete_from": "2026-01-01"}),),
        "complete_through": (Same({f"{T}/complete_through": "2026-01-01"}),), "freshness": (Same({f"{T}/freshness": "9 days"}),),
        "tracked": (Same({f"{T}/tracked": False}),), "erased": (Same({f"{T}/erased": [{"on": "2026-05-04", "because": "request 17"}]}),),
        "grain": (Same({"config/datasets/costs/grain": "month"}),), "max_bad_rows": (Same({f"{T}/max_bad_rows": 9}),),
        "clocks": (Part({f"{T}/clocks/held": {"history": "events", "count": "open"}, f"{_FIX}/formula": str(BASE["kpis"]["fix"]["formula"]).replace("+ held", "+ talk * held")}), Same({f"{T}/clocks/reopened": None})),
        "policies": (Same({f"{T}/policies/other": {**BASE["config"]["datasets"]["tickets"]["policies"]["kept"], "until": "closed"}}),),
        "rules": (Same({f"{T}/rules": {"a": {"holds": "seats > 0"}}}),),
    },
    Source: {
        "path": (Same({f"{T}/source/path": "./elsewhere/other.csv"}),), "format": (Same({f"{T}/source/format": "csv"}),),
        "delimiter": (Part({f"{T}/source/delimiter": ";"}, _TICKETS), Same({f"{T}/source/delimiter": ","})),
        "quote": (Part({f"{T}/source/quote": "'"}, _TICKETS), Same({f"{T}/source/quote": '"'})),
        "encoding": (Part({f"{T}/source/encoding": "latin-1"}, _TICKETS), Same({f"{T}/source/encoding": "UTF8"})),
        "nulls": (
            Part({f"{T}/source/nulls": ["", "-"]}, _TICKETS), Part({f"{T}/source/nulls": None}, _TICKETS),
            Same({f"{T}/source/nulls": ["?", "-", "", "-"]}),
            Same({"config/datasets/costs/source": {"path": "data/costs.csv", "nulls": [""]}}),
        ),
        "timestamps": (
            Part({f"{T}/source/timestamps": ["%Y-%m-%d", "%d/%m/%Y"]}, _TICKETS),
            Same({"config/datasets/costs/source": {"path": "data/costs.csv", "timestamps": []}}),
        ),
        "timezone": (
            Part({f"{T}/source/timezone": "UTC"}, _TICKETS), Part({"config/datasets/events/source": {"path": "e.csv", "timezone": "UTC"}}),
            Same({f"{T}/source/timezone": "Europe/London"}),
        ),
        "decimal": (Part({f"{T}/source/decimal": ","}, _TICKETS), Same({f"{T}/source/decimal": "."})),
        "thousands": (Part({f"{T}/source/thousands": ","}, _TICKETS),),
        "skip": (Part({f"{T}/source/skip": 2}, _TICKETS), Same({f"{T}/source/skip": 0})),
        "sheet": (Part({f"{T}/source/sheet": "Export"}, _TICKETS),),
        "records": (Part({f"{T}/source/records": "result"}, _TICKETS),),
    },
    Column: {
        "from": (
            Part({f"{T}/columns/priority/from": "desk"}),
            Same({"headers/tickets": ["number", "OPENED AT", "solved At", "Priority", "TALK", "seats", "SITE", "desk", "caller"],
                  f"{T}/columns/created_at/from": "OPENED AT", f"{T}/columns/resolved_at/from": "solved At",
                  f"{T}/columns/priority/from": "Priority", f"{T}/columns/talk/from": "TALK", f"{T}/columns/seats/from": "seats"}),
        ),
        "type": (Part({f"{T}/columns/seats/type": "decimal"}, _TICKETS), Same({f"{T}/columns/priority/type": "text"})),
        "values": (Part({f"{T}/columns/priority/values": {"1": "high"}}), Same({f"{T}/columns/priority/values": {"2": "low", "1": "high"}})),
        "personal": (Same({f"{T}/columns/requester": {"from": "caller", "personal": True}}),),
        "unit": (Part({f"{T}/columns/talk/unit": "hours", f"{_FIX}/formula": str(BASE["kpis"]["fix"]["formula"]).replace("+ talk", "+ seats * 1")}), Same({f"{T}/columns/talk/unit": "minutes"})),
        "duration": (Part({f"{T}/columns/talk/duration": "H:MM"}),),
        "timestamps": (
            Part({f"{T}/columns/resolved_at/timestamps": "%Y-%m-%d"}, _TICKETS),
            Same({f"{T}/columns/resolved_at/timestamps": ["%d/%m/%Y", "%Y-%m-%d"]}),
        ),
        "timezone": (
            Part({f"{T}/columns/resolved_at/timezone": "UTC"}, _TICKETS),
            Same({f"{T}/columns/resolved_at/timezone": "Europe/London"}),
        ),
        "optional": (Same({f"{T}/columns/priority/optional": True}),),
        "day": (Part({f"{T}/columns/talk/day": "8 h"}), Same({f"{T}/columns/priority": {"from": "priority", "values": {"1": "high", "2": "low"}, "day": "8 h"}})),
        "currency": (Part({"config/datasets/costs/columns/amount/currency": "month"}, ("spent", "each")),),
    },
    Clock: {
        "history": (
            # Where its rows lie is no part of it, nor what the history is called.
            Same({f"{_HELD}/history": "more"}), Same({f"{_HELD}/history": "events"}),
            Part({f"{_HELD}/history": "more", "config/datasets/more/columns/value": {"from": "value", "values": {"wait": "pending"}}}),
            Part({"config/datasets/events/columns/value/values": {"wait": "pending"}}),
        ),
        "running": (Part({f"{_HELD}/running": "pending"}), Same({f"{_HELD}/running": ["on_hold", "pending"]})),
        "first": (), "last": (), "count": (Same({f"{T}/clocks/reopened/count": "closed"}),), "otherwise": (),
        "calendar": (Part({f"{_HELD}/calendar": None}), Part({f"{_HELD}/calendar": "business"})),
    },
    Policy: {
        "history": (Part({f"{_KEPT}/history": ["events", "more"]}), Same({f"{_KEPT}/history": ["events"]})),
        "from": (Part({f"{_KEPT}/from": "resolved_at"}),),
        "until": (Part({f"{_KEPT}/until": "closed"}), Same({f"{_KEPT}/until": ["closed", "resolved"]})),
        "targets": (
            Part({f"{_KEPT}/targets/high": "5 h"}), Same({f"{_KEPT}/targets": {"other": "24 h", "high": "240 min"}}),
        ),
        "pausing": (Part({f"{_KEPT}/pausing": None}), Same({f"{_KEPT}/pausing": ["on_hold", "pending", "on_hold"]})),
        "calendar": (Part({f"{_KEPT}/calendar": "late"}),),
    },
    Calendar: {
        "hours": (
            Part({"config/calendars/business/hours": {"mon-fri": ["09:00-12:00"]}}),
            Same({"config/calendars/business/hours": {"fri": ["09:00-12:00", "13:00-17:00"], "mon-thu": ["13:00-17:00", "09:00-12:00"]}}),
        ),
        "timezone": (
            Part({"config/calendars/business/timezone": "UTC"}), Same({"config/calendars/business/timezone": "Europe/London"}),
        ),
        "holidays": (
            Part({"config/calendars/business/holidays": ["GB-ENG"]}), Part({"config/calendars/business/holidays": ["GB-SCT", "2026-12-24"]}),
            Same({"config/calendars/business/holidays": ["2026-12-24", "GB-ENG", "2026-12-25"]}),
        ),
    },
}  # fmt: skip
"""Every field of every model that can reach a plan. Empty: no edit of it alone is a project that can be read, or the
row of another field has it."""

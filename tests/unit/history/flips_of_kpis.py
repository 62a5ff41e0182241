"""What lets a failure pass in a KPI's own file, field by field."""

from __future__ import annotations

from tests.unit.history.flip_base import (
    BASE,
    COUNT,
    EASY,
    HIGH,
    NOTED,
    PROSE,
    STRICT,
    Row,
    T,
    flip,
    of_high,
    source,
    target,
    waived,
)

KPI: dict[str, Row] = {
    "version": "There is one version.",
    "id": "Another id is a removal, which has its own class and rule, or a rename, which compares all the rest.",
    "renamed_from": "It pairs a definition with its former self, so that all the rest is compared.",
    "name": PROSE, "description": PROSE, "counts": PROSE, "excludes": PROSE, "asks": PROSE, "meta": PROSE,
    "family": NOTED, "level": NOTED, "objectives": NOTED, "read_with": NOTED, "benchmark": NOTED,
    "notes": "A miss asks for its cause; naming it is what the rule asks.",
    "reported": flip("loosened", "reported", {"kpi/reported": None}, {
        **EASY, "config/rules": {"reported-differs": "error"},
        "kpi/reported": [{"period": "2026-03", "value": "7 h", "source": "The vendor"}],
    }),
    "window": flip("restating", "window", {"kpi/window": "90 days"}),
    "open_between": flip("restating", "open_between", {"kpi/open_between": ["created_at", "resolved_at"]}, {
        **COUNT, "kpi/time": None,
    }),
    "spans": flip("restating", "spans", {"kpi/spans": ["created_at", "resolved_at"]}, {
        **COUNT, **source("late"), "kpi/time": None, **target({"at_least": 10}),
    }),
    "evidence": flip("loosened", "evidence", {"kpi/evidence": None}, {
        **COUNT, "kpi/where": "priority = 'none'", "kpi/evidence": "winter",
        "config/datasets/winter": {**BASE["config"]["datasets"]["quick"], "source": "data/winter.csv"},
    }),
    "retired": "It goes with the status, which is of the class retired.",
    "kind": flip("loosened", "kind", {
        "kpi/kind": "metric", **{f"kpi/{n}": None for n in ("baseline", "target", "review", "action")},
    }),
    "owner": flip("loosened", "waiver", {"kpi/owner": "lead@example.com"}, waived(approved_by="desk@example.com")),
    "dataset": flip("restating", "dataset", {"kpi/dataset": "quick"}),
    "time": flip("restating", "time", {"kpi/time": "created_at"}, source("late")),
    "where": flip("restating", "where", {"kpi/where": "hours_between(created_at, resolved_at) < 2"}),
    "formula": flip("restating", "formula", {"kpi/formula": "min(hours_between(created_at, resolved_at))"}),
    "unit": flip("restating", "unit", {"kpi/unit": "minutes"}, {
        **target({"at_most": "1000 min"}), "kpi/formula": "avg(number)",
        f"{T}/columns/number": {"from": "id", "type": "integer"},
    }),
    "period": flip("restating", "period", {"kpi/period": "quarter"}),
    "segments": flip("loosened", "segments", {"kpi/segments": [], "kpi/target/by": None}, target(HIGH)),
    "min_sample": flip("loosened", "min_sample", {"kpi/min_sample": 1000}),
    "min_measured": flip("loosened", "min_measured", {"kpi/min_measured": "10%"}, {
        **source("open"), "kpi/time": "created_at",
    }),
    "settle": flip("loosened", "settle", {"kpi/settle": "30 days"}),
    "exact": flip("restating", "exact", {"kpi/exact": False}, {
        "kpi/formula": "approx_count_distinct(requester)", "kpi/unit": "count", **target({"at_least": 5}),
    }),
    "status": flip("loosened", "status", {"kpi/status": "draft"}),
    "examples": flip("loosened", "examples", {"kpi/examples/0/expect": "1 h"}, {**EASY, "kpi/examples": [
        {"name": "an hour", "given": [{"created_at": "2026-01-05 09:00", "resolved_at": "2026-01-05 10:00"}],
         "expect": "9 h"},
    ]}),
    "baseline": flip("backdated", "baseline", {"kpi/baseline": {"value": "9 h", "source": "a report"}},
                     target({"at_most": "90% of baseline"})),
    "target": flip("loosened", "target", {"kpi/target/at_most": "9 h"}),
    "review": flip("loosened", "review", {"kpi/review/cadence": "yearly"}, {
        **STRICT, "kpi/review/last": "2026-01-01",
    }),
    "action": flip("loosened", "action", {"kpi/action/due": "2026-12-31"}, {**STRICT, "kpi/action/due": "2026-03-01"}),
    "waiver": flip("loosened", "waiver", waived()),
}  # fmt: skip

WAIVER: dict[str, Row] = {
    "from": flip("loosened", "waiver", waived(), waived(**{"from": "2026-04-20"})),
    "until": flip("loosened", "waiver", waived(), waived(until="2026-03-31")),
    "limit": flip("loosened", "waiver", waived(), waived(limit="2.5 h")),
    "reason": PROSE,
    "approved_by": flip("loosened", "waiver", waived(), waived(approved_by="desk@example.com")),
    "segment": flip("loosened", "waiver", waived(), waived(segment={"priority": "low"})),
}  # fmt: skip

_TWO = {"at_most": "2 h"}
SEGMENT_TARGET: dict[str, Row] = {
    "at_most": flip("loosened", "target", of_high({"at_most": "5 h"}), of_high({"at_most": "2 h"})),
    "at_least": flip("loosened", "target", of_high({"at_least": "2 h"}), of_high({"at_least": "5 h"})),
    "between": flip("loosened", "target", of_high({"between": [1, 5]}), of_high({"between": [1, 2]})),
    "near": flip("loosened", "target", of_high({"at_most": "2 h", "near": "5 h"}), of_high({"at_most": "2 h"})),
    "min_sample": flip("loosened", "target", of_high({**_TWO, "min_sample": 99}), of_high(_TWO)),
}  # fmt: skip

TARGET: dict[str, Row] = {
    "at_most": flip("loosened", "target", target({"at_most": "5 h"})),
    "at_least": flip("loosened", "target", target({"at_least": "2 h"}), target({"at_least": "5 h"})),
    "between": flip("loosened", "target", target({"between": [1, 5]}), target({"between": [1, 2]})),
    "near": flip("loosened", "target", target({"at_most": "2 h", "near": "5 h"})),
    "min_sample": flip("loosened", "target", target({"at_most": "2 h", "min_sample": 99})),
    "from": flip("loosened", "target",
                 target([{"at_most": "9 h"}, {"from": "2026-05-01", "at_most": "2 h"}]),
                 target([{"at_most": "9 h"}, {"from": "2026-03-01", "at_most": "2 h"}])),
    "by": flip("loosened", "target", target({"at_most": "9 h"}), target(HIGH)),
}  # fmt: skip

_OVERDUE = {**STRICT, "kpi/review/last": "2026-01-01"}
REVIEW: dict[str, Row] = {
    "cadence": flip("loosened", "review", {"kpi/review/cadence": "yearly"}, _OVERDUE),
    "last": "A review that was held is what the rule asks for; what is written of it is on record.",
    "by": PROSE, "note": PROSE,
}  # fmt: skip

_LATE = {**STRICT, "kpi/action/due": "2026-03-01"}
ACTION: dict[str, Row] = {
    "do": PROSE, "link": PROSE,
    "owner": "A miss asks for one; naming them is what the rule asks.",
    "due": flip("loosened", "action", {"kpi/action/due": "2026-12-31"}, _LATE),
}  # fmt: skip

_RELATIVE = target({"at_most": "90% of baseline"})
BASELINE: dict[str, Row] = {
    "from": flip("backdated", "baseline", {"kpi/baseline": {"from": "2026-03-01", "to": "2026-03-31"}}, {
        **_RELATIVE, **target({"at_most": "100% of baseline"}),
    }),
    "to": flip("backdated", "baseline", {"kpi/baseline/to": "2026-03-31"}, {
        **target({"at_most": "baseline + 3 h"}), "kpi/formula": "max(hours_between(created_at, resolved_at))",
    }),
    "value": flip("backdated", "baseline", {"kpi/baseline/value": "9 h"}, {
        **_RELATIVE, "kpi/baseline": {"value": "1 h", "source": "a report"},
    }),
    "source": PROSE,
}  # fmt: skip

"""The KPIs that the jobs' tests measure, and what the scorecard says of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

WHERE = "where: not coalesce(merged, false)\n"
KPIS = {
    "opened": f"{WHERE}formula: count(*)\nunit: count\n",
    "reply": f"{WHERE}formula: median(minutes_between(created_at, first_response_at))\nunit: minutes\n",
    "solution": f"{WHERE}time: resolved_at\nformula: median(hours_between(created_at, resolved_at))\nunit: hours\n",
}
"""By id, the lines that differ: tickets opened, minutes to the first reply, hours to the solution."""


def drafts(kpis: Mapping[str, str], replaced: Mapping[str, str] | None = None) -> dict[str, str]:
    """The files of drafts, by their paths."""
    made = {}
    for kpi_id, lines in kpis.items():
        dataset = "" if "dataset:" in lines else "dataset: tickets\n"
        text = f"version: 1\nstatus: draft\nid: {kpi_id}\nname: {kpi_id}\n{dataset}{lines}"
        for old, new in (replaced or {}).items():
            text = text.replace(old, new)
        made[f"kpis/{kpi_id}.yaml"] = text
    return made


def measured(project: Path) -> dict[tuple[str, str], float]:
    """Value by KPI and period, of the scorecard that the job wrote."""
    scorecard = json.loads((project / "scorecard/scorecard.json").read_text(encoding="utf-8"))
    return {
        (row["kpi"], row["period"]["start"]): row["value"]
        for row in scorecard["measurements"]
        if row["value"] and not row["segment"]
    }

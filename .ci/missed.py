"""Fail unless the sample's scorecard misses exactly the KPIs that data/README.md says it must.

They are the KPIs named in backticks in the README's section whose heading says "missed". Nothing else may
have shut the gate: no unknown value and no finding of severity error.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


def must_be_missed(readme: str, ids: set[str]) -> set[str]:
    """The KPIs that the section whose heading says "missed" names."""
    sections = re.split(r"^#+ ", readme, flags=re.MULTILINE)
    [section] = [section for section in sections if "missed" in section.partition("\n")[0].lower()]
    return ids & set(re.findall(r"`(\w+)`", section))


def missed(scorecard: dict[str, Any]) -> set[str]:
    """The KPIs with a judged, missed measurement that no waiver covers, of the whole or of a segment."""
    return {
        measurement["kpi"]
        for measurement in scorecard["measurements"]
        if measurement["judged"] and measurement["status"] == "missed" and not measurement["waived"]
    }


def problems(scorecard: dict[str, Any], expected: set[str]) -> list[str]:
    """What differs from a gate that was shut by the expected misses alone."""
    found = [f"data/README.md names {sorted(expected)}, missed are {sorted(missed(scorecard))}"]
    if expected and expected == missed(scorecard):
        found.clear()
    if scorecard["verdict"]["counts"]["unknown"]:
        found.append(f"{scorecard['verdict']['counts']['unknown']} unknown")
    errors = (finding for finding in scorecard["diagnostics"] if finding["severity"] == "error")
    return found + [f"{finding['rule']}: {finding['message']}" for finding in errors]


def main(root: Path = ROOT) -> None:
    """Compare a project's README with the scorecard that `kpi check` wrote."""
    scorecard = json.loads((root / "scorecard" / "scorecard.json").read_text(encoding="utf-8"))
    ids = {path.stem for path in (root / "kpis").rglob("*.yaml")}
    expected = must_be_missed((root / "data" / "README.md").read_text(encoding="utf-8"), ids)
    if found := problems(scorecard, expected):
        raise SystemExit("The sample's gate was shut by something else:\n" + "\n".join(found))
    print(f"missed as data/README.md says: {', '.join(sorted(expected))}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))

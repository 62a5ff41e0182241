"""Boston promises whole business days: its targets come out at N × 510 working minutes."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.stories.rows import rows

HERE = Path(__file__).parent
DATA = Path(os.environ.get("KPI_REAL_DATA", HERE.parents[3] / "shared" / "data"))

if not DATA.is_dir():
    pytest.skip(f"{DATA} is not there: the real files lie beside this repository", allow_module_level=True)

TRUTH: dict[str, Any] = json.loads((DATA / "truth.json").read_text(encoding="utf-8"))["boston"]
CONFIG = """
version: 1
name: Boston
timezone: America/New_York
calendars:
  city:
    hours: {mon-fri: ["08:30-17:00"]}
    holidays: [@HOLIDAYS@]
datasets:
  requests:
    source: {path: boston311_2015-05_06_slice.csv, timestamps: "%m/%d/%Y %I:%M:%S %p"}
    columns:
      request_id: CASE_ENQUIRY_ID
      opened_at: {from: OPEN_DT, type: timestamp}
      target_at: {from: TARGET_DT, type: timestamp}
      type: TYPE
    derive: {promised: "business_minutes(opened_at, target_at)"}
    key: request_id
"""
TEN = ", ".join(
    f"2015-{day}"
    for day in ("01-01", "01-19", "02-16", "04-20", "05-25", "07-03", "09-07", "10-12", "11-11", "11-26", "12-25")
)


@pytest.mark.parametrize("holidays", ["US-MA", TEN])
def test_targets_are_whole_business_days(holidays: str) -> None:
    """For each type, as many requests as the truth counts lie within three minutes of N days of 8½ hours."""
    config = CONFIG.replace("@HOLIDAYS@", holidays)
    found = rows(config, DATA, "requests", ["request_id", "type", "promised"], dt.datetime(2017, 1, 1, tzinfo=dt.UTC))
    near: Counter[str] = Counter()
    for _, kind, minutes in found:
        wanted = TRUTH["business_days_to_target"].get(kind)
        if wanted and isinstance(minutes, float):
            near[str(kind)] += abs(minutes - wanted["business_days"] * 510) <= 3
    assert near == {kind: wanted["within3"] for kind, wanted in TRUTH["business_days_to_target"].items()}

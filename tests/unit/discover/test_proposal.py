"""The dataset that is proposed for an export: each decision a value, with its reason above it."""

from __future__ import annotations

from kpi_framework.discover.proposal import CommentedValues, proposed_dataset
from tests.unit.discover.exports import export_of


def proposal(**columns: list[str]) -> CommentedValues:
    """What is proposed for rows of ServiceNow's incidents with these columns."""
    return proposed_dataset(export_of({"number": ["1"], **columns}), "data/a.csv", "Europe/Berlin")


def test_a_vendors_export_is_its_preset() -> None:
    """The path, how it is read, the preset, the key, and until when its rows are complete."""
    dataset = proposal(opened_at=["2026-01-05 09:00"])
    assert dataset.values == {
        "source": {"path": "data/a.csv", "delimiter": ",", "encoding": "utf-8", "timezone": "Europe/Berlin"},
        "preset": "servicenow",
        "key": "ticket_id",
        "complete_from": "2026-01-01",
        "complete_through": "2026-01-05",
        "freshness": "2 days",
    }


def test_every_comment_stands_above_a_value() -> None:
    """No reason is lost: what is not written is explained above the path."""
    dataset = proposal(opened_at=["13/1/2026 09:00", "?"], state=["Parked"], priority=["1"])
    for place in dataset.comments:
        values = dataset.values
        for step in place:
            assert step in values, place
            values = values[step]


def test_formats_are_written_unless_they_are_iso() -> None:
    """ISO 8601 is read anyway; of several formats all are written; a rival is told."""
    assert "timestamps" not in proposal(opened_at=["2026-01-05 09:00"]).values["source"]
    assert proposal(opened_at=["13/1/2026 09:00"]).values["source"]["timestamps"] == "%d/%m/%Y %H:%M"
    mixed = proposal(opened_at=["13/1/2026 09:00", "14.1.2026 09:00"]).values["source"]["timestamps"]
    assert mixed == ["%d/%m/%Y %H:%M", "%d.%m.%Y %H:%M"]
    rival = proposal(opened_at=["1/2/2026 09:00"])
    assert rival.values["source"]["timestamps"] == ["%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"]
    assert any("UNDECIDED `tickets.day_first`" in line for line in rival.comments["source", "timestamps"])


def test_iso_times_of_a_vendor_with_other_formats_are_an_empty_list() -> None:
    """Otherwise the preset's formats would be tried on them."""
    export = export_of({"Issue key": ["1"], "Issue id": ["1"], "Created": ["2026-01-05 09:00"]})
    assert proposed_dataset(export, "a.csv", "UTC").values["source"]["timestamps"] == []


def test_no_zone_is_assumed_where_the_times_have_one() -> None:
    """An offset needs none, a name in brackets is it."""
    assert "timezone" not in proposal(opened_at=["2026-01-05T09:00:00Z"]).values["source"]
    named = proposal(opened_at=["2026-01-05 09:00:00 (Europe/London)"]).values["source"]
    assert named["timezone"] == "Europe/London"


def test_words_that_nobody_knows_are_to_be_mapped() -> None:
    """Their column is written with the whole mapping of the preset."""
    column = proposal(opened_at=[], state=["Parked", "7"]).values["columns"]["status"]
    assert column["from"] == "state"
    assert column["values"]["7"] == "closed"


def test_rows_of_a_contract_have_no_preset() -> None:
    """Their columns have its names, and its key."""
    dataset = proposed_dataset(export_of({"ticket_id": ["1"], "created_at": ["2026-01-05"]}), "a.csv", "UTC")
    assert "preset" not in dataset.values
    assert dataset.values["key"] == "ticket_id"

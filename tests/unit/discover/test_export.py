"""What stands in an export's columns, and which files are read as one."""

from __future__ import annotations

import datetime as dt

import pytest

from kpi_framework.discover.export import conflicts
from kpi_framework.discover.vendor import IdentifiedFile
from tests.unit.discover.exports import export_of, identified_file

SERVICENOW = ["number", "state", "opened_at", "sla_due", "priority", "calendar_stc"]


def test_the_types_of_columns_come_from_mapping_and_contract() -> None:
    """A duration by its mapping, a timestamp by the contract, else text."""
    export = export_of(dict.fromkeys(SERVICENOW, ()))
    types = {name: export.type_of(name) for name in export.match.columns}
    assert types["resolution_minutes"] == "duration"
    assert types["created_at"] == "timestamp"
    assert types["status"] == "text"


def test_texts_for_no_value_are_sought_among_times_and_numbers_alone() -> None:
    """A priority called `-` is a word; a time called `?` is none."""
    export = export_of({"number": ["1"], "opened_at": ["2026-01-05", "?"], "priority": ["-", "1"]})
    assert export.nulls == ("", "?")
    assert export.values("created_at") == ("2026-01-05",)
    assert export.values("priority") == ("-", "1")


def test_a_vendors_texts_for_no_value_come_first() -> None:
    """Zendesk writes a hyphen."""
    export = export_of({"Id": ["1"], "Ticket type": ["-"], "Created at": ["2026-01-05", "N/A"]})
    assert export.nulls == ("", "-", "N/A")
    assert export.values("type") == ()


def test_the_newest_time_is_not_a_due_one() -> None:
    """A ticket that is due next year did not happen next year."""
    export = export_of({"number": ["1"], "opened_at": ["2026-01-05 09:00"], "sla_due": ["2027-01-05 09:00"]})
    assert export.newest == dt.datetime(2026, 1, 5, 9)
    assert export.timestamps["due_at"].reading.newest == dt.datetime(2027, 1, 5, 9)


def test_words_are_told_of_columns_that_have_canonical_ones() -> None:
    """A status has; a subject has not."""
    export = export_of({"number": ["1"], "opened_at": [], "state": ["7", "Parked"], "short_description": ["Help"]})
    assert export.words("status").canonical == {"7": "closed"}
    assert export.words("status").unmapped == ("Parked",)
    assert export.words("subject").canonical == {}
    assert export.words("subject").unmapped == ()


def test_files_alike_are_read_as_one() -> None:
    """The same columns of the same vendor, whatever the files are called and whatever else stands in them."""
    files = [identified_file(SERVICENOW, "a.csv"), identified_file([*SERVICENOW, "u_more"], "b.csv")]
    assert list(conflicts(files)) == []


@pytest.mark.parametrize(
    "other",
    [
        identified_file(["Id", "Ticket type", "Created at"], "b.csv"),
        identified_file(SERVICENOW, "b.csv", delimiter=";"),
        identified_file(SERVICENOW, "b.csv", encoding="latin-1"),
        identified_file(SERVICENOW[:4], "b.csv"),
    ],
    ids=["vendor", "delimiter", "encoding", "columns"],
)
def test_files_that_differ_are_refused(other: IdentifiedFile) -> None:
    """Another vendor, another way of writing, or other columns: one finding at the second file that names both."""
    [conflict] = conflicts([identified_file(SERVICENOW, "a.csv"), other])
    assert conflict.span.path == "b.csv"
    assert "a.csv" in conflict.message
    assert "b.csv" in conflict.message

"""A file is recognised by its header: each shipped preset and contract by its own columns, and as nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpi_framework.discover.vendor import HeaderMatch, IdentifiedFile, Shipped, header_matches, identified
from kpi_framework.load.library import shipped_contracts, shipped_presets
from kpi_framework.model.column_profile import FileProfile
from kpi_framework.model.diagnostic import Diagnostic
from tests.presets.vendors import SHAPES

SHIPPED = Shipped(shipped_presets(), shipped_contracts())
PRESETS = sorted(SHIPPED.presets)
CONTRACTS = sorted(SHIPPED.contracts)


def match_of(headers: list[str], stem: str = "export") -> HeaderMatch:
    """The one thing that a header is recognised as."""
    [match] = header_matches(headers, stem, SHIPPED)
    return match


def preset_of(headers: list[str]) -> str | None:
    """The preset that a header is recognised as."""
    preset = match_of(headers).preset
    return preset.name if preset else None


def columns_of(preset: str) -> list[str]:
    """The header of a preset's export: each column under its first name."""
    return list(dict.fromkeys(column.from_ for column in SHIPPED.presets[preset].columns.values()))


@pytest.mark.parametrize("name", PRESETS)
def test_every_shipped_preset_is_recognised_by_its_columns(name: str) -> None:
    """A header with all of a preset's columns, in any order, is that preset's, and every column is mapped."""
    headers = columns_of(name)
    for order in (headers, headers[::-1], sorted(headers)):
        assert preset_of(order) == name
    assert match_of(headers).columns.keys() == SHIPPED.presets[name].columns.keys()


@pytest.mark.parametrize("name", PRESETS)
def test_each_signature_is_enough(name: str) -> None:
    """The columns that a preset calls its signature are recognised as it, alone and in any order."""
    for signature in SHIPPED.presets[name].signatures:
        assert preset_of(list(signature)) == name
        assert preset_of(list(signature)[::-1]) == name


@pytest.mark.parametrize("name", PRESETS)
def test_no_other_preset_claims_a_presets_columns(name: str) -> None:
    """No signature of another preset stands, to the letter, among the columns that a preset knows."""
    known = {spelling for column in SHIPPED.presets[name].columns.values() for spelling in column.names}
    others = [preset for preset in SHIPPED.presets.values() if preset.name != name]
    own = set(columns_of(name))
    assert known >= own
    assert [p.name for p in others for signature in p.signatures if own.issuperset(signature)] == []


@pytest.mark.parametrize("name", SHAPES)
def test_a_vendor_is_recognised_by_its_header(name: str) -> None:
    """An export as it is written, also with its columns in another order."""
    line = SHAPES[name].text.splitlines()[0]
    headers = line.split(";" if ";" in line else ",")
    assert preset_of(headers) == SHAPES[name].preset
    assert preset_of(headers[::-1]) == SHAPES[name].preset


def test_of_two_vendors_with_like_columns_the_spelling_decides() -> None:
    """Freshdesk and Freshservice differ in the case of their headers, and one has the columns of the other."""
    assert preset_of(columns_of("freshservice")) == "freshservice"
    assert preset_of([*columns_of("freshdesk"), "Impact", "Urgency"]) == "freshdesk"


@pytest.mark.parametrize("name", CONTRACTS)
def test_rows_of_a_contract_are_recognised_by_their_columns(name: str) -> None:
    """A file with a contract's columns, and its name where another has the same, is rows of it and no vendor's."""
    match = match_of(list(SHIPPED.contracts[name].columns), name)
    assert (match.preset, match.contract.name) == (None, name)
    assert match.columns.keys() == SHIPPED.contracts[name].columns.keys()


def test_the_columns_of_a_contract_are_found_in_any_spelling() -> None:
    """`Ticket ID` is `ticket_id`; of two spellings the first in the file is read; further columns are left."""
    match = match_of(["Created At", "created_at", "Ticket ID", "Colour"])
    assert {name: column.from_ for name, column in match.columns.items()} == {
        "ticket_id": "Ticket ID",
        "created_at": "Created At",
    }


def test_a_column_that_stands_for_two_is_read_once() -> None:
    """Jira's remaining time is a number and a text of one column."""
    match = match_of(["Issue key", "Issue id", "Created", "Custom field (Time to resolution)"])
    assert match.columns["resolution_remaining"].from_ == match.columns["resolution_remaining_minutes"].from_
    assert match.headers == ("Issue key", "Created", "Custom field (Time to resolution)")


def test_what_cannot_be_told_is_a_finding() -> None:
    """Columns of nobody, and columns of two contracts: each a finding at the file; its name can decide."""
    answers = ("answer_id", "answered_at", "score", "max_score")
    unknown = identified(FileProfile(Path("a/x.csv"), "utf-8", ",", ("colour", "taste")), SHIPPED)
    ambiguous = identified(FileProfile(Path("a/x.csv"), "utf-8", ",", answers), SHIPPED)
    for problem in (unknown, ambiguous):
        assert isinstance(problem, Diagnostic)
        assert (problem.rule, problem.span.path) == ("source-unreadable", str(Path("a/x.csv")))
    named = identified(FileProfile(Path("a/surveys.csv"), "utf-8", ",", answers), SHIPPED)
    assert isinstance(named, IdentifiedFile)
    assert named.match.contract.name == "surveys"

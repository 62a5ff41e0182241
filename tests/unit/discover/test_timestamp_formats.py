"""The formats of timestamps are found by trying them on every text."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi_framework.discover.timestamp_formats import FORMATS, timestamp_formats_of


@pytest.mark.parametrize(
    ("texts", "formats", "rivals"),
    [
        (["13/1/2026 09:00", "2/1/2026 10:00"], ("%d/%m/%Y %H:%M",), ()),
        (["1/13/2026 09:00", "1/2/2026 10:00"], ("%m/%d/%Y %H:%M",), ()),
        (["1/12/2026 09:00", "1/2/2026 10:00"], ("%d/%m/%Y %H:%M",), ("%m/%d/%Y %H:%M",)),
        (["15/Nov/23 10:22 AM"], ("%d/%b/%y %I:%M %p",), ()),
        (["2026-01-31 09:00", "2026-01-31T09:00:01Z"], (), ()),
        ([], (), ()),
    ],
)
def test_a_format_reads_every_text(texts: list[str], formats: tuple[str, ...], rivals: tuple[str, ...]) -> None:
    """The first format that reads all; others that read all as other times are its rivals; none for ISO 8601."""
    timestamps = timestamp_formats_of(texts)
    assert (timestamps.formats, timestamps.rivals, timestamps.unread) == (formats, rivals, 0)


def test_a_preferred_format_comes_first() -> None:
    """Where two read everything, the vendor's own wins."""
    texts = ["1/12/2026 09:00", "1/2/2026 10:00"]
    assert timestamp_formats_of(texts, ["%m/%d/%Y %H:%M"]).formats == ("%m/%d/%Y %H:%M",)


def test_several_formats_read_what_one_cannot() -> None:
    """What no format reads is counted."""
    timestamps = timestamp_formats_of(["31/01/2026 09:00", "30/01/2026 09:00", "01.02.2026 10:00", "soon"])
    assert timestamps.formats == ("%d/%m/%Y %H:%M", "%d.%m.%Y %H:%M")
    assert timestamps.unread == 1


def test_a_format_and_its_swapped_twin_are_never_taken_together() -> None:
    """Else the one would read as days what the other reads as months, in one column."""
    timestamps = timestamp_formats_of(["31/01/2026 09:00", "30/01/2026 09:00", "01/31/2026 09:00"])
    assert timestamps.formats == ("%d/%m/%Y %H:%M",)
    assert timestamps.unread == 1


def test_the_zone_in_brackets_is_read() -> None:
    """One zone is the source's; two are none."""
    berlin, two = "2023-10-16 09:40:43 (Europe/Berlin)", "2023-10-16 09:40:43 (Europe/London)"
    timestamps = timestamp_formats_of([berlin])
    assert (timestamps.formats, timestamps.zone) == (("%Y-%m-%d %H:%M:%S (%Z)",), "Europe/Berlin")
    assert timestamp_formats_of([berlin, two]).zone is None


def test_an_offset_is_seen() -> None:
    """A time with its offset needs no zone."""
    assert timestamp_formats_of(["2026-01-31T09:00:01.123+0000"]).has_offset
    assert not timestamp_formats_of(["2026-01-31T09:00:01.123"]).has_offset


@settings(deadline=None)
@given(
    st.sampled_from([form for form in FORMATS if "%b" not in form]),
    st.lists(st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2068, 1, 1)), min_size=1, max_size=5),
)
def test_times_written_in_a_known_format_are_all_read(form: str, times: list[dt.datetime]) -> None:
    """Nothing is left unread; a vendor that prefers this format has its newest time found."""
    texts = [time.replace(tzinfo=dt.UTC).strftime(form) for time in times]
    timestamps = timestamp_formats_of(texts, [form])
    assert timestamps.unread == 0
    assert not timestamps.formats or timestamps.formats == (form,)
    expected = max(dt.datetime.strptime(text, form).replace(tzinfo=None) for text in texts)
    assert timestamps.newest == expected

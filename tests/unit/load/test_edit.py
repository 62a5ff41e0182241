"""A file is edited where its values stand; everything else stays as it was, to the byte."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_framework.load.edit import edited
from kpi_framework.load.yaml import read_yaml

PLACES = {
    "in braces": "review: {cadence: monthly, last: 2026-03-20, by: Ada}  # held in the office\n",
    "in braces, over lines": "review: {\n  cadence: monthly,   # when\n  note: 'old: one', # what\n}\n",
    "in empty braces": "review: {}\n",
    "block": "review:   # governance\n  cadence: monthly  # when\n\n  # who was there\n  by: Ada Lovelace\n",
    "a block scalar with a comment": (
        "review:\n  note: >-  # the minutes\n    cover moved\n    # no comment\n\n    to mornings\n\n"
        "  # behind\n  cadence: monthly\n"
    ),
    "a block scalar at the end": "review:\n  cadence: monthly\n  note: |+\n    cover moved\n\n\n# behind\n",
    "empty values": "review:\n  cadence: monthly\n  last:\n  note: # nothing yet\n  by: ~\n",
    "empty values in braces": "review: {cadence: monthly, last: , note: }\n",
    "over several lines": "review:\n  note: cover moved\n    to mornings\n  cadence: monthly\n",
    "quoted": 'review: {note: "old, \\"one\\"", "by": \'it\'\'s me\'}\n',
    "a list inside": "review:\n  by: Ada\n  people:\n    - a: 1\n      b: [2, 3]\n    - c  # last\n",
}
"""Ways to write a review."""
AROUND = "# first\nid: x   # the id\n{}\nowner: desk@example.com\n# last"
notes = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40) | st.sampled_from(
    ["no", "null", "12:30", "2026-01-01", "a: b", "a #b", "- x", "{x}", "'", '"', "\\", "1_000", "0x1f", ".nan", " x ",
     "é", "\u2028", "\x85", "😀", "cover moved to mornings"]
)  # fmt: skip


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("place", PLACES)
@given(note=notes.map(lambda t: t.replace("\0", "")), keys=st.sets(st.sampled_from(["last", "by", "note"]), min_size=1))
def test_only_the_named_values_change(place: str, newline: str, note: str, keys: set[str]) -> None:
    """Read again, the file means the same with these values set; comments and other lines are all there."""
    text = AROUND.format(PLACES[place]).replace("\n", newline)
    before = read_yaml("x.yaml", text)
    assert (before.findings, before.is_whole) == ((), True)
    values = {key: note if key == "note" else f"{key} of x" for key in sorted(keys)}
    after = edited(text, ("review",), values)
    assert isinstance(before.value, dict)
    again = read_yaml("x.yaml", after)
    assert (again.findings, again.is_whole) == ((), True)
    assert again.value == {**before.value, "review": {**before.value["review"], **values}}  # type: ignore[dict-item]
    head, tail = (part.replace("\n", newline) for part in AROUND.split("{}"))
    assert after.startswith(head)
    assert after.endswith(tail)
    assert ("\n" in after.replace(newline, "")) is False
    inside, at = after[len(head) : -len(tail)], 0
    for comment in re.findall(r"# (?!no comment).*", PLACES[place]):
        at = inside.index(comment, at)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_text_around_is_kept_to_the_byte(mark: str) -> None:
    """The mark at the beginning, tabs in comments and a missing last line end too."""
    text = mark + "a: 1 #\tx\nreview: {by: A,   last: 2026-01-01}\nz:    2"
    wanted = mark + "a: 1 #\tx\nreview: {by: A,   last: 2026-02-01, note: ok}\nz:    2"
    assert edited(text, ("review",), {"last": "2026-02-01", "note": "ok"}) == wanted


def test_what_is_no_mapping_is_refused() -> None:
    """Nothing is guessed."""
    for path in (("review",), ("x",), ("x", "y")):
        with pytest.raises(LookupError):
            edited("x: [1]\n", path, {"a": "b"})
    with pytest.raises(LookupError):
        edited("x: {a: [1]}\n", ("x",), {"a": "b"})
    with pytest.raises(ValueError, match="UTF-8"):
        edited("x: {a: 1}\n", ("x",), {"a": "\ud800"})

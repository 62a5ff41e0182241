"""The definition hash of language 2: all that reaches the plan is part of it, and no spelling is."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi_framework.compile.forms import ABSENT, Forms, formed, hash_of, header, unordered
from kpi_framework.model.base import Model
from kpi_framework.model.language import FORMER, LANGUAGE, is_former, language_of
from tests.unit.compile.meanings import BASE, TABLES, Part, Row, Same, compiled
from tests.unit.history.flips import edited

ROWS = [
    pytest.param(row, id=f"{model.__name__}.{name}-{number}")
    for model, fields in TABLES.items()
    for name, rows in fields.items()
    for number, row in enumerate(rows)
]


@pytest.fixture(scope="module")
def before() -> dict[str, str]:
    """The hashes of the project as it stands."""
    hashes = dict(compiled(BASE).hashes)
    assert set(hashes) == {"fix", "stock", "spent", "each"}
    assert all(h.startswith("sha256:2:") for h in hashes.values())
    return hashes


@pytest.mark.parametrize("model", TABLES, ids=[m.__name__ for m in TABLES])
def test_every_field_has_a_row(model: type[Model]) -> None:
    """A field that is added without saying whether it is part of the definition fails here."""
    assert set(TABLES[model]) == {info.alias or name for name, info in model.model_fields.items()}


@pytest.mark.parametrize("row", ROWS)
def test_the_hash_follows_the_meaning(row: Row, before: dict[str, str]) -> None:
    """A part of the definition makes another hash, of the definitions that reach it and of no others."""
    after = compiled(edited(BASE, row.edits)).hashes
    assert all(after.values()), "every definition still compiles"
    changed = {i for i, h in after.items() if h != before[i]}
    assert changed == (set(row.others) if isinstance(row, Part) else set())


SPELLINGS = [row for fields in TABLES.values() for rows in fields.values() for row in rows if isinstance(row, Same)]
SPELLINGS = [row for row in SPELLINGS if "headers/tickets" not in row.edits]
"""Without the one whose source has other headers: the others name those of the first."""


@settings(deadline=None, max_examples=25)
@given(st.lists(st.sampled_from(range(len(SPELLINGS))), min_size=2, max_size=4, unique=True))
def test_spellings_together_are_none_either(before: dict[str, str], chosen: list[int]) -> None:
    """Any two to four of them at once leave every definition what it is."""
    project = BASE
    for number in chosen:
        project = edited(project, SPELLINGS[number].edits)
    assert dict(compiled(project).hashes) == before


@given(st.lists(st.text(max_size=3), max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_a_set_is_no_part(words: list[str], shuffle: random.Random) -> None:
    """Shuffled and said twice it is the same in language 2; language 1 wrote it as it stood."""
    other = [*words, *words[:1]]
    shuffle.shuffle(other)
    assert hash_of(unordered(words), LANGUAGE) == hash_of(unordered(other), LANGUAGE)
    assert formed(unordered(other), FORMER) == other


def test_a_header_has_no_case() -> None:
    """Nor outer blanks, from language 2 on."""
    assert formed(header(" Opened At "), LANGUAGE) == formed(header("opened at"), LANGUAGE) == "opened at"
    assert formed(header(" Opened At "), FORMER) == " Opened At "


def test_a_part_of_one_form_is_absent_from_the_other() -> None:
    """However deep it stands."""
    meaning = {"a": {"b": Forms(1, ABSENT), "c": 2}}
    assert (formed(meaning, FORMER), formed(meaning, LANGUAGE)) == ({"a": {"b": 1, "c": 2}}, {"a": {"c": 2}})


@pytest.mark.parametrize(
    ("recorded", "language", "former"),
    [
        ("sha256:1:00ff", 1, True), ("sha256:2:00ff", 2, False), ("sha256:3:00ff", 3, False), ("", None, False),
        ("sha256:0", None, False), ("sha256:one:00", None, False), ("md5:1:00", None, False), ("sha256::", None, False),
    ],
)  # fmt: skip
def test_a_record_names_its_language(recorded: str, language: int | None, former: bool) -> None:
    """What names none, or one to come, is not taken for an older one."""
    assert (language_of(recorded), is_former(recorded)) == (language, former)

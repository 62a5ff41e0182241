"""What an editor makes of a KPI file: the first line names the schema, and the schema is the help."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kpi_framework.load.schema import schemas
from tests.editor.language_server import LanguageServer

ROOT = Path(__file__).parent.parent.parent
SAMPLE = ROOT / "kpis" / "first_response_time.yaml"
MODELINE = "# yaml-language-server: $schema=../schemas/kpi.schema.json\n"
TEXT = SAMPLE.read_text(encoding="utf-8")
SCHEMA = schemas()["kpi"]
FIELDS = SCHEMA["properties"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the schemas of the repository and nothing else."""
    root = tmp_path_factory.mktemp("editor")
    shutil.copytree(ROOT / "schemas", root / "schemas")
    (root / "kpis").mkdir()
    return root


@pytest.fixture(scope="module")
def server(yaml_language_server: str, project: Path) -> Iterator[LanguageServer]:
    """The language server in that project."""
    with LanguageServer(yaml_language_server, project) as running:
        yield running


@pytest.fixture
def path(project: Path, request: pytest.FixtureRequest) -> Path:
    """A KPI file of its own for each test."""
    return project / "kpis" / f"{request.node.name.removeprefix('test_')}.yaml"


def line_of(text: str, start: str) -> int:
    """The line that starts so."""
    return next(n for n, line in enumerate(text.splitlines()) if line.startswith(start))


def test_the_sample_names_its_schema() -> None:
    """The first line of a KPI file is what an editor goes by."""
    assert TEXT.startswith(MODELINE)


def test_a_right_file_has_no_mark(server: LanguageServer, path: Path) -> None:
    """The editor leaves the sample's KPI alone."""
    assert server.open(path, TEXT) == []


def test_a_file_without_the_first_line_has_no_help(server: LanguageServer, path: Path) -> None:
    """Only the first line selects the schema: without it, a wrong field goes unseen and nothing is offered."""
    text = TEXT.removeprefix(MODELINE).replace("owner:", "ownr:", 1)
    assert server.open(path, text) == []
    assert server.hover(path, line_of(text, "formula:"), 2) == ""


def test_fields_are_completed(server: LanguageServer, path: Path) -> None:
    """At the start of a line, every field that the file does not have yet is offered."""
    text = f"{TEXT}\n"
    server.open(path, text)
    offered = server.complete(path, len(text.splitlines()) - 1, 0)
    missing = {name for name in FIELDS if line_named(name) is None}
    assert missing
    assert missing <= offered
    assert not {"owner", "formula"} & offered


def line_named(name: str) -> int | None:
    """The line of the sample that gives a field, if one does."""
    return next((n for n, line in enumerate(TEXT.splitlines()) if line.startswith(f"{name}:")), None)


@pytest.mark.parametrize("name", ["owner", "formula", "unit", "settle", "baseline", "target", "review"])
def test_a_field_shows_its_sentence(server: LanguageServer, path: Path, name: str) -> None:
    """Pointing at a field shows what it means, in the words of the reference."""
    server.open(path, TEXT)
    shown = server.hover(path, line_of(TEXT, f"{name}:"), 1)
    assert any(sentence in shown for sentence in sentences(FIELDS[name]))


def sentences(field: dict[str, Any]) -> Iterator[str]:
    """What a field means, and what the mapping that it takes means: the server shows the one that fits best."""
    yield field["description"]
    for option in field.get("anyOf", ()):
        if "$ref" in option:
            yield SCHEMA["definitions"][option["$ref"].rpartition("/")[2]]["description"]


@pytest.mark.parametrize(
    ("line", "column", "expected"),
    [
        ("unit: ", 6, {"count", "percent", "minutes", "hours", "days", "GBP"}),
        ("family: ", 8, {"productivity", "quality", "performance", "cost", "security", "reliability", "spend"}),
        ("review: {cadence: }", 18, {"weekly", "monthly", "quarterly", "yearly"}),
        ("level: ", 7, {"foundational", "advanced"}),
        ("period: ", 8, {"day", "week", "month", "quarter", "year"}),
    ],
)
def test_values_are_completed(server: LanguageServer, path: Path, line: str, column: int, expected: set[str]) -> None:
    """Where a field takes one of a few words, they are offered."""
    kept = TEXT.splitlines()
    field = line.partition(":")[0]
    kept = [one for one in kept if not one.startswith(f"{field}:")]
    server.open(path, "\n".join([*kept, line]))
    assert expected <= server.complete(path, len(kept), column)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("owner:", "ownr:", "ownr"),
        ("family: performance", "family: speed", "performance"),
        ("unit: minutes", "unit: fortnights", "pattern"),
        ("cadence: monthly", "cadence: sometimes", "monthly"),
        ("min_sample: 20", "min_sample: twenty", "integer"),
    ],
)
def test_what_is_wrong_is_marked(server: LanguageServer, path: Path, right: str, wrong: str, said: str) -> None:
    """A wrong field and a wrong value are marked where they stand."""
    assert right in TEXT
    text = TEXT.replace(right, wrong, 1)
    marks = server.open(path, text)
    line = next(n for n, one in enumerate(text.splitlines()) if wrong in one)
    assert [m["message"] for m in marks if m["range"]["start"]["line"] == line and said in m["message"]]

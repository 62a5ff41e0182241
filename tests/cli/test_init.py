"""`kpi init`: a project that lints clean, empty or over exports, and nothing overwritten."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kpi_framework.load.catalog import load_catalog
from kpi_framework.load.library import shipped_contracts, shipped_presets
from kpi_framework.model.project import Dataset
from kpi_framework.model.source import Source
from tests.cli.projects import Ended, kpi
from tests.presets.vendors import SHAPES

pytestmark = pytest.mark.usefixtures("engine_inside")

SERVICENOW = SHAPES["servicenow"].text
COSTS = "month,cost\n2026-01-01,1000\n2026-02-01,1100\n"
SURVEYS = "answer_id,answered_at,ticket_id,question,score,max_score\n1,2026-01-06 10:00,INC11,csat,4,5\n"


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def write(folder: Path, name: str, content: str | bytes) -> Path:
    """A file in a folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def dataset(folder: Path, name: str = "tickets") -> tuple[Dataset, Source]:
    """A dataset of the written kpi.yaml, and its source."""
    text = (folder / "kpi.yaml").read_text(encoding="utf-8")
    catalog, findings = load_catalog({"kpi.yaml": text}, shipped_contracts())
    assert catalog is not None, findings
    found = catalog.project.noun.datasets[name]
    return found, found.reading


def begun(folder: Path, *arguments: str) -> Ended:
    """`kpi init` in a folder, which has to work."""
    ended = kpi(folder, "init", *arguments)
    assert ended.code == 0, ended.err
    assert all(line.endswith("…") for line in ended.err.splitlines()), "progress alone is said beside it"
    return ended


def test_an_empty_folder_becomes_a_project(tmp_path: Path) -> None:
    """kpi.yaml with its schema line, one KPI, schemas, a workflow, and a .gitignore: it lints clean and tests pass."""
    begun(tmp_path, "--name", "North desk", "--timezone", "Europe/London")
    there = files(tmp_path)
    text = there["kpi.yaml"].decode()
    assert text.startswith("# yaml-language-server: $schema=schemas/project.schema.json\n")
    assert "name: North desk\n" in text
    assert "timezone: Europe/London\n" in text
    assert [n for n in there if n.startswith("kpis/")] == ["kpis/time_to_resolution.yaml"]
    assert {"schemas/project.schema.json", "schemas/kpi.schema.json", ".github/workflows/kpi.yml"} <= there.keys()
    assert there[".gitignore"] == b"scorecard/\nkpi-reports/\nnotices/\n.kpi-venv/\n"
    lint = kpi(tmp_path, "lint")
    assert (lint.code, lint.err) == (0, "")
    assert kpi(tmp_path, "test").code == 0
    assert kpi(tmp_path, "schema", "--check").code == 0


def test_a_new_folder_is_made(tmp_path: Path) -> None:
    """`kpi init desk` begins in a folder that was not there."""
    begun(tmp_path, "desk")
    assert (tmp_path / "desk" / "kpi.yaml").is_file()
    assert list(files(tmp_path / "desk")) == list(files(tmp_path / "desk"))
    assert {p.name for p in tmp_path.iterdir()} == {"desk"}


def test_the_workflow_is_safe(tmp_path: Path) -> None:
    """zizmor finds nothing in the workflow that was written."""
    begun(tmp_path)
    command: list[str | Path] = [
        Path(sys.executable).parent / "zizmor",
        "--offline",
        "--persona",
        "pedantic",
        tmp_path / ".github",
    ]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize("name", SHAPES)
def test_each_vendor_makes_a_project_that_lints_clean(name: str, tmp_path: Path) -> None:
    """The vendor is named, the reading options are those the file needs, and the check reads every cell."""
    shape = SHAPES[name]
    export = write(tmp_path, "export.csv", shape.text.encode(shape.encoding))
    begun(tmp_path, "desk", "--from", str(export))
    found, source = dataset(tmp_path / "desk")
    assert found.preset == shape.preset
    wanted = {"delimiter": ",", "encoding": "utf-8", **shape.options}
    assert {n: getattr(source, n) for n in ("delimiter", "encoding")} == {
        n: wanted[n] for n in ("delimiter", "encoding")
    }
    assert "timezone" not in shape.options or source.timezone == shape.options["timezone"]
    lint = kpi(tmp_path / "desk", "lint", "--format", "json")
    assert lint.code == 0, lint.out
    check = kpi(tmp_path / "desk", "check", "--format", "json")
    broken = [d for d in check.json["diagnostics"] if d["severity"] == "error"]
    assert broken == []
    assert [m for m in check.json["measurements"] if m["kpi"] == "ticket_volume" and m["population"]] != []


def test_only_kpis_that_the_columns_allow_are_added(tmp_path: Path) -> None:
    """Without a first reply's time there is no first response time; with it there is."""
    export = write(tmp_path, "a.csv", SERVICENOW)
    begun(tmp_path, "one", "--from", str(export))
    here = {p.stem for p in (tmp_path / "one" / "kpis").rglob("*.yaml")}
    assert {"reopened_rate", "reassignment_rate", "time_to_resolution"} <= here
    assert not {"first_response_time", "csat", "cost_per_ticket"} & here
    export = write(tmp_path, "b.csv", SHAPES["freshdesk"].text)
    begun(tmp_path, "two", "--from", str(export))
    assert "first_response_time" in {p.stem for p in (tmp_path / "two" / "kpis").rglob("*.yaml")}


def test_the_workplace_is_told(tmp_path: Path) -> None:
    """Every decision stands in kpi.yaml: what was seen, what was assumed, which words are not mapped."""
    text = SERVICENOW.replace("On Hold", "Awaiting Parts").replace("2026-01-05 11:00:00", "?")
    begun(tmp_path, "desk", "--from", str(write(tmp_path, "a.csv", text)))
    said = (tmp_path / "desk" / "kpi.yaml").read_text(encoding="utf-8")
    assert "NOT MAPPED: Awaiting Parts." in said
    found, source = dataset(tmp_path / "desk")
    assert "?" in source.nulls
    assert "status" in found.columns
    assert "Assumed" in said
    assert all(f"#   {line}\n" in said for line in shipped_presets()["servicenow"].unverified)


@pytest.mark.parametrize(
    ("cells", "wanted", "is_ambiguous"),
    [
        (["13/1/2026 09:00", "2/1/2026 10:00"], ("%d/%m/%Y %H:%M",), False),
        (["1/13/2026 09:00", "1/2/2026 10:00"], ("%m/%d/%Y %H:%M",), False),
        (["1/12/2025 09:00", "1/2/2025 10:00"], ("%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"), True),
        (["01/31/2026 09:00:05 PM", "01/02/2026 10:00:00 AM"], ("%m/%d/%Y %I:%M:%S %p",), False),
        (["31.01.2026 09:00", "01.02.2026 10:00"], ("%d.%m.%Y %H:%M",), True),
        (["2026-01-31 09:00", "2026-01-31T09:00:01Z"], None, False),
        (["2026-01-31T09:00:01.123+0000", "2026-01-31T09:00:01.000+0100"], None, False),
    ],
)
def test_timestamp_formats_are_found_by_looking(
    tmp_path: Path, cells: list[str], wanted: tuple[str, ...] | None, is_ambiguous: bool
) -> None:
    """The one format that reads every cell; where nothing tells day from month, both are listed and nothing is read."""
    rows = "".join(f"INC{i},1,{cell}\n" for i, cell in enumerate(cells))
    begun(tmp_path, "desk", "--from", str(write(tmp_path, "a.csv", f"number,state,opened_at\n{rows}")))
    _, source = dataset(tmp_path / "desk")
    assert source.timestamps == wanted
    is_open = is_ambiguous and "/" in cells[0]
    assert ("UNDECIDED" in (tmp_path / "desk" / "kpi.yaml").read_text(encoding="utf-8")) == is_open
    check = kpi(tmp_path / "desk", "check", "--format", "json")
    rules = {d["rule"] for d in check.json["diagnostics"] if d["severity"] == "error"}
    assert rules == ({"source-unreadable"} if is_open else set())


def test_several_files_become_their_datasets(tmp_path: Path) -> None:
    """A vendor's tickets, surveys and costs, named as a shell spells a pattern; files of one kind are one dataset."""
    tickets = [write(tmp_path, f"{n}.csv", SERVICENOW.replace("INC", f"INC{n}")) for n in (1, 2)]
    others = [write(tmp_path, "answers.csv", SURVEYS), write(tmp_path, "spend.csv", COSTS)]
    begun(tmp_path, "desk", "--from", *map(str, [*tickets, *others]))
    assert dataset(tmp_path / "desk")[1].path == "data/tickets/*.csv"
    assert dataset(tmp_path / "desk", "surveys")[1].path == "data/answers.csv"
    assert {"csat", "cost_per_ticket"} <= {p.stem for p in (tmp_path / "desk" / "kpis").rglob("*.yaml")}
    assert kpi(tmp_path / "desk", "lint").code == 0
    volume = [
        m
        for m in kpi(tmp_path / "desk", "check", "--format", "json").json["measurements"]
        if m["kpi"] == "ticket_volume"
    ]
    assert sum(m["population"] for m in volume if not m["segment"]) == 4


def test_files_inside_the_project_stay_where_they_are(tmp_path: Path) -> None:
    """Nothing is copied that is there already."""
    export = write(tmp_path, "exports/may.csv", SERVICENOW)
    begun(tmp_path, "--from", str(export))
    assert dataset(tmp_path)[1].path == "exports/may.csv"
    assert not (tmp_path / "data").exists()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """A second run changes no byte and ends with 2; what stood there before the first is as it was."""
    write(tmp_path, ".gitignore", "*.log")
    write(tmp_path, ".github/workflows/kpi.yml", "mine")
    begun(tmp_path)
    before = files(tmp_path)
    assert before[".gitignore"] == b"*.log\nscorecard/\nkpi-reports/\nnotices/\n.kpi-venv/\n"
    assert before[".github/workflows/kpi.yml"] == b"mine"
    ended = kpi(tmp_path, "init")
    assert ended.code == 2
    assert "kpi.yaml" in ended.err
    assert files(tmp_path) == before


def test_data_in_the_way_are_not_overwritten(tmp_path: Path) -> None:
    """A file of the same name in data/ stops it before anything is written."""
    export = write(tmp_path, "a.csv", SERVICENOW)
    write(tmp_path, "desk/data/a.csv", "other")
    ended = kpi(tmp_path, "init", "desk", "--from", str(export))
    assert ended.code == 2
    assert files(tmp_path / "desk") == {"data/a.csv": b"other"}


def test_rows_that_fit_two_contracts_are_asked_about(tmp_path: Path) -> None:
    """Answers of users and of employees look alike: the file's name decides, and nothing is guessed."""
    text = "answer_id,answered_at,score,max_score\n1,2026-01-06 10:00,4,5\n"
    ended = kpi(tmp_path, "init", "desk", "--from", str(write(tmp_path, "answers.csv", text)))
    assert ended.code == 1
    assert "`employee_surveys` or `surveys`" in ended.out
    begun(tmp_path, "desk", "--from", str(write(tmp_path, "surveys.csv", text)))
    assert dataset(tmp_path / "desk", "surveys")[1].path == "data/surveys.csv"


BAD: dict[str, str | bytes | None] = {
    "missing.csv": None,
    "empty.csv": b"",
    "blank.csv": "\n\n",
    "header_only.csv": SERVICENOW.splitlines()[0] + "\n",
    "unknown.csv": "colour,taste\nred,sweet\n",
    "binary.csv": b"PK\x03\x04\x00\x00\x00",
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_no_export_is_one_finding(name: str, tmp_path: Path) -> None:
    """One clear message that names the file, exit 1, and nothing written."""
    content = BAD[name]
    path = tmp_path / name if content is None else write(tmp_path, name, content)
    ended = kpi(tmp_path, "init", "desk", "--from", str(path))
    assert ended.code == 1
    assert ended.out.count("source-unreadable") == 1
    assert name in ended.out
    assert not (tmp_path / "desk").exists()


def test_all_bad_files_are_told_at_once(tmp_path: Path) -> None:
    """Whoever names six files learns what is wrong with each."""
    paths = [tmp_path / n if c is None else write(tmp_path, n, c) for n, c in BAD.items()]
    ended = kpi(tmp_path, "init", "desk", "--from", *map(str, paths))
    assert (ended.code, ended.out.count("source-unreadable")) == (1, len(BAD))


def test_two_vendors_are_refused(tmp_path: Path) -> None:
    """The tickets of two desks are not counted as one: the message names both, and says what to do."""
    one = write(tmp_path, "a.csv", SERVICENOW)
    two = write(tmp_path, "b.csv", SHAPES["zendesk"].text)
    ended = kpi(tmp_path, "init", "desk", "--from", str(one), "--from", str(two))
    assert ended.code == 1
    assert "ServiceNow" in ended.out
    assert "Zendesk" in ended.out
    assert not (tmp_path / "desk").exists()


@pytest.mark.parametrize("arguments", [["--timezone", "Mars/Olympus"], ["one", "two"]])
def test_wrong_options_end_with_two(arguments: list[str], tmp_path: Path) -> None:
    """Nothing in a file to point at."""
    assert kpi(tmp_path, "init", *arguments).code == 2
    assert list(tmp_path.iterdir()) == []


def test_a_hostile_header_stays_a_comment(tmp_path: Path) -> None:
    """What a header says cannot end the comment that quotes it."""
    header = 'number,opened_at,"x\u2028evil: true","y # z: \u202e"\n'
    begun(tmp_path, "desk", "--from", str(write(tmp_path, "a.csv", f"{header}A,2026-01-05 09:00,1,2\n")))
    assert kpi(tmp_path / "desk", "lint").code == 0

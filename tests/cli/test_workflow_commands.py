"""A project whose every text spells workflow commands, through every command and format, as a job runs them."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

import kpi_framework.cli.commands  # noqa: F401 - importing registers the commands
from kpi_framework.cli.app import app
from kpi_framework.report.words.escape import BREAK
from tests.cli.projects import DATA, Ended, kpi, text
from tests.history.repository import Repository
from tests.unit.report.reading import obeyed, xml

pytestmark = pytest.mark.usefixtures("engine_inside")

TEXT = "##[error]x ##vso[task.setvariable variable=a]b ::error::x ::add-mask::missed"
LONG = " ".join([TEXT] * 4)
"""Long enough to be wrapped before a colon at any width."""
SEGMENTS = ("##[error]x", "::error::x")
AUTHOR = "##[error]x ::add-mask::a <ada@example.com>"
WIDTHS = (40, 97)
ANNOTATION = re.compile(
    r"::(error|warning|notice) (file=[^:,]*,line=\d+,col=\d+,)?title=[^:,]*::.*"
    r"|##vso\[task\.logissue type=(error|warning);([a-z]+=[^];]*;)*\].*"
)

PROJECT = f"""version: 1
name: '{TEXT}'
timezone: Europe/London
as_of: 2026-04-02
objectives: {{speed: '{LONG}'}}
events: [{{date: 2026-03-03, what: '{LONG}'}}]
datasets:
  tickets:
    source: data/tickets.csv
    columns: {{ticket_id: id, created_at: opened, resolved_at: closed, requester: user}}
    key: ticket_id
    complete_through: 2026-04-02
    rules: {{never: {{holds: "priority = '{TEXT}'"}}}}
  torn:
    source: 'data/::error::x.csv'
    columns: {{created_at: {{from: opened, type: timestamp}}, resolved_at: {{from: closed, type: timestamp}}}}
    key: id
    complete_through: 2026-04-02
views: {{executive: {{kpis: [fix_time, volume], limit: 1}}}}
meta: {{note: '{TEXT}'}}
"""
KPI = f"""version: 1
id: fix_time
name: '{LONG}'
description: '{LONG}'
counts: '{LONG}'
excludes: '{LONG}'
asks: '{LONG}'
objectives: [speed]
owner: '{TEXT}'
dataset: tickets
time: resolved_at
where: "priority <> '{TEXT}'"
formula: median(hours_between(created_at, resolved_at))
unit: hours
segments: [priority]
baseline: {{from: 2026-01-01, to: 2026-02-28}}
target: {{at_most: 1 h, by: {{priority: {{'::error::x': {{at_most: 2 h}}, '##[error]x': {{at_most: 1 h}}}}}}}}
benchmark: {{at_most: 2 h, source: '{LONG}', year: 2020}}
review: {{cadence: monthly, last: 2026-01-20, by: '{TEXT}', note: '{LONG}'}}
action: {{do: '{LONG}', owner: '{TEXT}', due: 2026-03-30, link: 'https://x.example/::error::x##[error]x'}}
read_with: [volume]
notes: [{{period: 2026-03, cause: '{LONG}', fix: '{LONG}', by: '{TEXT}'}}]
examples:
  - name: '{TEXT}'
    given: [{{created_at: 2026-01-05 09:00, resolved_at: 2026-01-05 13:00, priority: '::error::x'}}]
    expect: 3 h
meta: {{'{TEXT}': '{TEXT}'}}
"""
WAIVED = KPI.replace("id: fix_time", "id: waived") + (
    f"waiver: {{from: 2026-02-15, until: 2026-04-30, limit: 90 h, reason: '{LONG}', approved_by: '{TEXT} b'}}\n"
)
UNKNOWN = KPI.replace("id: fix_time", "id: unknown").replace("formula: median(", "formula: stddev_nothing(")
TORN = KPI.replace("id: fix_time", "id: torn").replace("dataset: tickets", "dataset: torn")
MISTYPED = KPI.replace("id: fix_time", "id: mistyped") + f"'{TEXT}': '{TEXT}'\nunit_of: '{TEXT}'\n"
SIGNAL = """version: 1
kind: signal
id: {id}
name: '{long}'
when: "{when}"
asks: '{long}'
do: '{long}'
owner: '{text}'
"""
VOLUME = (
    f"version: 1\nkind: metric\nid: volume\nname: '{TEXT}'\ndataset: tickets\nformula: count(*)\nunit: count\n"
    f"segments: [priority]\n# kpi: ignore[unguarded] {TEXT}\n"
)
FILES = {
    "kpi.yaml": PROJECT, "kpis/fix_time.yaml": KPI, "kpis/waived.yaml": WAIVED, "kpis/unknown.yaml": UNKNOWN,
    "kpis/volume.yaml": VOLUME, "kpis/mistyped.yaml": MISTYPED, "kpis/torn.yaml": TORN,
    "kpis/##[error]x ::error::x.yaml": KPI.replace("id: fix_time", "id: misnamed"), "kpis/::error::x.yaml": f"'{TEXT}",
    "data/::error::x.csv": f"id,opened,closed,priority\n'{TEXT}',{TEXT},x,{TEXT}\n",
    "vendor.csv": f"Ticket ID,{TEXT},Status,Priority,Channel,Created at\n1,{TEXT},Open,{TEXT},{TEXT},2026-01-01\n",
    "kpis/on.yaml": SIGNAL.format(id="on", long=LONG, text=TEXT, when="fix_time['priority', '::error::x'].value > 0"),
    "kpis/off.yaml": SIGNAL.format(id="off", long=LONG, text=TEXT, when="unknown.value > 0"),
}  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hostile project in git: a value published by its calm ancestor, then every text changed."""
    one = Repository(tmp_path_factory.mktemp("desk"))
    one.start()
    assert kpi(one.root, "publish", "--as-of", "2026-03-03").code == 0
    one.commit(f"{TEXT}\n\nReason: {LONG}", author=AUTHOR)
    one.write(DATA, text(DATA).replace(",high,", f",{SEGMENTS[0]},").replace(",low,", f",{SEGMENTS[1]},"))
    for name, content in FILES.items():
        one.write(name, content)
    one.commit(f"::error::x {TEXT}\n\nReason: ::error::x {LONG}", author=AUTHOR)
    return one.root


@pytest.fixture(autouse=True)
def job(monkeypatch: pytest.MonkeyPatch) -> None:
    """As GitHub's runner starts it."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)


def annotation_lines(log: str) -> list[str]:
    """The lines that are annotations of ours."""
    return [line for line in log.splitlines() if ANNOTATION.fullmatch(line)]


def unwanted(ended: Ended) -> list[str]:
    """The commands that a runner finds beside our annotations, which may hold none of the older form themselves."""
    assert "Traceback" not in ended.err
    lines = (ended.out + ended.err).split("\n")
    ours = annotation_lines("\n".join(lines))
    inside = [line for line in ours if obeyed(line[2:])]
    return inside + obeyed("\n".join(line for line in lines if line not in ours))


# Every command by the words that make it work, or complain, on the project.
COMMANDS: dict[str, list[tuple[str, ...]]] = {
    "lint": [()],
    "test": [(), ("--only", "fix_time")],
    "check": [(), ("--view", "executive")],
    "show": [("fix_time", "--by", "priority"), ("unknown",), ("--view", "executive")],
    "diff": [("HEAD~1",), ("HEAD~1", "HEAD", "--no-impact", "--reason", LONG)],
    "history": [(), ("fix_time", "--no-values")],
    "due": [()],
    "try": [("fix_time", "--target", "≤ 1 h"), ("fix_time", "--where", "priority = 'high'"),
            ("fix_time", "--formula", "avg(nothing)")],
    "publish": [()],
    "verify": [()],
    "baseline verify": [()],
    "rules": [()],
    "catalog": [()],
    "catalog show": [("csat",)],
}  # fmt: skip
"""Those that take --format."""
PLAIN: dict[str, list[tuple[str, ...]]] = {
    "show": [("fix_time", "--sql"), (TEXT,), ("fix_time", "--by", TEXT), ("--view", TEXT)],
    "check": [("--gate", "definitions"), ("--only", TEXT),
              ("--as-of", TEXT), ("--at", TEXT), ("--project", TEXT), ("--format", TEXT)],
    "diff": [(TEXT,), ("--from", TEXT), ("HEAD", f"::error::x\n{TEXT}")],
    "history": [(TEXT,), ("--since", TEXT)],
    "rows": [("fix_time",), (TEXT,)],
    "try": [(TEXT, "--target", "1 h"), ("fix_time", "--target", TEXT), ("fix_time", "--formula", TEXT),
            ("fix_time", "--where", TEXT), ("fix_time", "--target", f"at_most {LONG}")],
    "explain": [("missing-owner",), (TEXT,), (f"a\n::error::x\n{TEXT}",)],
    "review": [("fix_time", "--note", LONG, "--by", TEXT), (TEXT, "--note", TEXT), ("fix_time", "--note", "x\n::a::b")],
    "add": [("csat", "--as", TEXT), ("csat", "--owner", LONG, "--dataset", TEXT), (TEXT,),
            ("ticket_backlog", "--owner", TEXT, "--target", TEXT), ("ticket_backlog", "--owner", TEXT, "--yes")],
    "baseline freeze": [(), (TEXT,)],
    "audit": [("--since", TEXT, "--until", TEXT, "--out", "x")],
    "site": [("--out", TEXT), ("--out", "x", "--as-of", TEXT)], "catalog views": [(), (TEXT,)],
    "export": [(TEXT,), ("x.csv",), ("x.csv", "--only", TEXT)],
    "notify": [("--out", TEXT), ("--out", "x", "--since", TEXT)],
    "schema": [("--check",), ()],
    "init": [("new", "--name", TEXT, "--owner", TEXT), ("odd", "--from", "data/##[error]x.csv"), ("--timezone", TEXT),
             ("::error::x", "##[error]x"), ("other", "--from", "vendor.csv", DATA)],
    "ci": [(), ("--base", "HEAD~1"), ("--base", TEXT), ("--project", TEXT)],
    "doctor": [(), ("--format", "json")],
    "pull": [(), (TEXT,), ("--since", TEXT)],
    "demo": [("kpi.yaml",)],
    "functions": [(), ("share",), (TEXT,)],
    "lsp": [("--help",), (TEXT,)],
    "catalog": [("--family", TEXT)],
    "catalog show": [(TEXT,)],
    "--version": [()],
    "--help": [()],
    TEXT: [()],
    f"--{TEXT}": [()],
    f"x\n::error::{TEXT}": [()],
}  # fmt: skip
"""Those whose one format is text, and errors that quote what was typed."""


def _names(command: Any, before: str = "") -> list[str]:
    """Every command by its words."""
    names = []
    for name, inner in command.commands.items():
        names += [f"{before}{name}"] if not getattr(inner, "commands", None) else _names(inner, f"{before}{name} ")
    return names


def test_every_command_is_here() -> None:
    """A new command is tested too."""
    assert set(_names(get_command(app))) <= {*COMMANDS, *PLAIN}


def formats(folder: Path, command: str) -> list[str]:
    """The formats that a command takes, by its help."""
    said = " ".join(kpi(folder, *command.split(), "--help").out.split())
    return said.split("--format <str> One of ")[1].split(".")[0].split(", ")


@pytest.mark.parametrize("command", COMMANDS)
def test_no_format_holds_a_command(command: str, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Text, CSV and annotations in a job; all others always: a later step may print them. Parsed, they are exact."""
    for form in formats(desk, command):
        monkeypatch.setenv("GITHUB_ACTIONS", "true" if form in ("text", "csv", "github", "azure") else "")
        for words in COMMANDS[command]:
            ended = kpi(desk, *command.split(), *words, "--format", form)
            assert unwanted(ended) == [], (form, words)
            assert not (annotation_lines(ended.out) and form not in ("github", "azure"))
            if form in ("json", "sarif", "gitlab"):
                assert BREAK not in str(ended.json)
            if form == "junit":
                assert BREAK not in "".join(xml(ended.out).itertext())


@pytest.mark.parametrize("command", COMMANDS)
def test_no_width_makes_a_command(command: str, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Text is broken after it is wrapped; outside a job it is the same text, byte for byte, without the mark."""
    for width in WIDTHS:
        monkeypatch.setenv("COLUMNS", str(width))
        for words in COMMANDS[command]:
            ended = kpi(desk, *command.split(), *words)
            assert unwanted(ended) == [], (width, words)
            if width == WIDTHS[0] and words == COMMANDS[command][0]:
                with monkeypatch.context() as outside:
                    outside.delenv("GITHUB_ACTIONS")
                    free = kpi(desk, *command.split(), *words)
                assert (ended.code, ended.out.replace(BREAK, "")) == (free.code, free.out)


@pytest.mark.parametrize("command", PLAIN)
def test_no_error_and_no_line_of_text_holds_a_command(command: str, desk: Path, tmp_path: Path) -> None:
    """What is quoted of the arguments, and what is said of the files that were written."""
    root = shutil.copytree(desk, tmp_path / "desk")
    head = command.split() if command in _names(get_command(app)) else [command]
    for words in PLAIN[command]:
        assert unwanted(kpi(root, *head, *words)) == [], words


def test_the_files_of_a_check_hold_no_command(desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The scorecard and the step summary may be printed by another step; the annotations are at most ten a type."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    ended = kpi(desk, "check", "--scorecard", str(tmp_path / "card"))
    for path in ("summary.md", "card/scorecard.md", "card/scorecard.json"):
        assert obeyed((tmp_path / path).read_text(encoding="utf-8")) == [], path
    kinds = [line.split()[0] for line in annotation_lines(ended.err)]
    assert {"::error", "::warning"} <= set(kinds)
    assert max(map(kinds.count, kinds)) <= 10
    card = json.loads((tmp_path / "card/scorecard.json").read_text(encoding="utf-8"))
    assert card["project"] == TEXT
    judged = [m for m in card["measurements"] if m["judged"]]
    assert {m["segment"].get("priority") for m in judged} >= {None, *SEGMENTS}
    assert {m["status"] for m in judged} >= {"missed", "unknown"}
    assert any(m["waived"] for m in judged)
    assert {signal["state"] for signal in card["signals"]} == {"on", "unknown"}


EXACT = (".csv", ".jsonl")
"""A table for a spreadsheet, and the bytes that were published."""


def test_the_bundle_of_an_audit_holds_no_command(desk: Path, tmp_path: Path) -> None:
    """Its pages, its script and its JSON; CSV and ledgers have no escapes, and keep the exact text."""
    root = shutil.copytree(desk, tmp_path / "desk")
    ended = kpi(root, "audit", "--since", "2025-01-01", "--until", "2026-12-31", "--out", "##[error]x")
    assert unwanted(ended) == []
    pages = [path for path in sorted((root / "##[error]x").rglob("*.*")) if path.suffix not in EXACT]
    assert {path.suffix for path in pages} == {".md", ".html", ".json", ".py"}, ended.err
    for path in pages:
        assert obeyed(path.read_text(encoding="utf-8")) == [], path
    assert TEXT in (root / "##[error]x/changes.csv").read_text(encoding="utf-8")


def test_the_texts_reach_the_outputs(desk: Path) -> None:
    """What is looked for above would be there: each output holds a text that was broken."""
    for command in ("lint", "test", "check", "show fix_time", "diff HEAD~1", "history", "due", "publish"):
        for form, mark in (("text", BREAK), ("json", r"#\u0023["), ("markdown", BREAK)):
            if command != "publish" or form != "markdown":
                assert mark in kpi(desk, *command.split(), "--format", form).out, (command, form)

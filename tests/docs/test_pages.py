"""The pages say what is so: links lead somewhere, commands exist, generated pages are current."""

from __future__ import annotations

import importlib.util
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer.main

import kpi_framework.cli.commands  # noqa: F401 - registers every command
from kpi_framework.cli.app import app
from kpi_framework.model.change import ChangeClass
from kpi_framework.model.measurement import Reason, Status
from kpi_framework.model.rule import RULES
from tests.docs.pages import ROOT, anchors, blocks, inline, links, pages

PAGES = pages()
COMING: frozenset[str] = frozenset()
"""Commands that messages of the code name already; delete each once it is there."""
IDS = [str(path.relative_to(ROOT)) for path in PAGES]


def generator() -> ModuleType:
    """docs/generate.py."""
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_pages_are_current() -> None:
    """The reference and the picture say what the code says: `make docs` renews them."""
    assert generator().stale() == []


@pytest.mark.parametrize("path", PAGES, ids=IDS)
def test_links_lead_somewhere(path: Path) -> None:
    """Every relative link names a file of the repository, and every anchor a heading of its page."""
    assert [link for link in links(path.read_text(encoding="utf-8")) if not leads_somewhere(path, link)] == []


def leads_somewhere(page: Path, link: str) -> bool:
    """Whether a link leads to something in the repository; addresses outside it are not followed."""
    if re.match(r"[a-z]+:", link):
        return True
    name, _, anchor = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    if not target.exists() or not target.is_relative_to(ROOT):
        return False
    return not anchor or anchor in anchors(target.read_text(encoding="utf-8"))


def test_a_broken_link_is_found() -> None:
    """The test above sees what it looks for."""
    page = ROOT / "README.md"
    assert not leads_somewhere(page, "docs/nowhere.md")
    assert not leads_somewhere(page, "docs/tour.md#nowhere")
    assert not leads_somewhere(page, "#nowhere")
    assert leads_somewhere(page, "docs/reference/rules.md#data")


def test_every_page_can_be_found() -> None:
    """Each page of docs/ is linked from the README, directly or through its other pages."""
    seen, left = set(), [ROOT / "README.md"]
    while left:
        page = left.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        targets = (link.partition("#")[0] for link in links(page.read_text(encoding="utf-8")))
        left += [(page.parent / t).resolve() for t in targets if t and not re.match(r"[a-z]+:", t)]
    assert {p for p in PAGES if p.is_relative_to(ROOT / "docs")} <= seen


@pytest.mark.parametrize("path", PAGES, ids=IDS)
def test_commands_exist(path: Path) -> None:
    """Every `kpi …` of a page is a command with options that it has."""
    wrong = [line for line in commands(path.read_text(encoding="utf-8")) if (line and complaint(line))]
    assert [(line, complaint(line)) for line in wrong] == []


def commands(text: str) -> Iterator[str]:
    """The calls of `kpi` in a page's blocks and sentences."""
    lines = [line for block in blocks(text) if block.info != "text" for line in block.text.splitlines()]
    for line in [*lines, *inline(text)]:
        if re.match(r"(\$ )?(\S*/)?kpi [a-z-]", line):
            yield line.removeprefix("$ ")


def complaint(line: str) -> str:
    """What is wrong with a call; nothing if it is right."""
    words = shlex.split(re.split(r";| [|>&]", line)[0], comments=True)[1:]
    command: Any = typer.main.get_command(app)
    while words and getattr(command, "commands", None) and not words[0].startswith("-"):
        if words[0] in COMING - set(command.commands):
            return ""
        if words[0] not in command.commands:
            return f"there is no command {words[0]}"
        command = command.commands[words.pop(0)]
    known = {option for parameter in command.params for option in [*parameter.opts, *parameter.secondary_opts]}
    asked = {word.partition("=")[0] for word in words if word.startswith("--")} - {"--help"}
    return f"there is no option {', '.join(sorted(asked - known))}" if asked - known else ""


def test_a_wrong_command_is_found() -> None:
    """The test above sees what it looks for."""
    page = "```sh\nkpi chekc\n```\nand `kpi lint --fast`, `kpi.yaml`"
    assert list(commands(page)) == ["kpi chekc", "kpi lint --fast"]
    assert complaint("kpi chekc")
    assert complaint("kpi baseline thaw")
    assert complaint("kpi lint --fast")
    assert not complaint("kpi baseline freeze first_response_time --as-of 2026-01-31")


def test_rules_that_pages_name_exist() -> None:
    """A rule that a page names by its code or in an ignore is a rule."""
    codes = {rule.code for rule in RULES.values()}
    text = "\n".join(path.read_text(encoding="utf-8") for path in PAGES)
    assert set(re.findall(r"\bKPI\d{3}\b", text)) <= codes
    named = set(re.findall(r"kpi: ignore\[([a-z-]+)\]", text)) | set(re.findall(r"kpi explain ([a-z-]+)", text))
    assert named - {"rule-name"} <= set(RULES)


def test_every_class_of_change_is_explained() -> None:
    """The page of changes has each class with its meaning."""
    page = (ROOT / "docs" / "changes.md").read_text(encoding="utf-8")
    assert [one for one in ChangeClass if f"| `{one}` | {one.meaning} |" not in page] == []


def test_every_reason_is_explained() -> None:
    """The page of numbers has each reason for unknown and each status, in the order in which they win."""
    page = (ROOT / "docs" / "numbers.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \|(?: [^|]* \|)", page, flags=re.MULTILINE)
    assert [row for row in rows if row in set(Reason)] == list(Reason)
    assert {row for row in rows if row in set(Status)} == set(Status)

"""A difference that a stranger's run wrote is checked against its schema and rendered without its markup."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi_framework.report.pages.diff import LARGEST, MARK
from tests.cli.projects import kpi
from tests.history.repository import KPI, Repository
from tests.unit.report.reading import NASTY, hostile, tokens

Json = Any


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the real command writes of a change that loosens a target and restates a formula, without a reason."""
    one = Repository(tmp_path_factory.mktemp("made"))
    one.start()
    one.edit(KPI, ("at_most: 4 h, near: 5 h", "at_most: 2 h, near: 5 h"))
    one.commit("sharp")
    one.edit(KPI, ("at_most: 2 h", "at_most: 4 h"), ("median(", "max("))
    one.edit("kpi.yaml", ("Europe/London", "Europe/Berlin"))
    one.commit("soft")
    file = one.root / "diff.json"
    assert kpi(one.root, "diff", "HEAD~1", "HEAD", "--format", "json", "--output", str(file)).code == 1
    return file


@pytest.fixture
def content(made: Path) -> Json:
    """Its content, to spoil."""
    return json.loads(made.read_text(encoding="utf-8"))


@pytest.mark.parametrize("form", ["markdown", "text", "json"])
def test_it_is_rendered_as_its_own_run_would(made: Path, form: str, tmp_path: Path) -> None:
    """The same page and exit code, also where there is no project and no repository."""
    direct = kpi(made.parent, "diff", "HEAD~1", "HEAD", "--format", form)
    ended = kpi(tmp_path, "diff", "--from", str(made), "--format", form)
    assert ended.out == direct.out
    assert (ended.code, direct.code) == (1, 1)
    assert kpi(tmp_path, "diff", "--from", str(made), "--format", form, "--fail-on", "never").code == 0


def test_it_is_a_file_or_revisions(made: Path) -> None:
    """Not both: one of them would be left out in silence."""
    assert kpi(made.parent, "diff", "HEAD~1", "HEAD", "--from", str(made)).code == 2


def _set(path: tuple[str | int, ...], value: Json) -> Callable[[Json], Json]:
    def change(found: Json) -> Json:
        inner = found
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = value
        return found

    return change


NESTED: Json = []
for _ in range(100):
    NESTED = [NESTED]
REFUSED: dict[str, Callable[[Json], Json] | bytes] = {
    "no JSON": b"{",
    "no UTF-8": b"\xff\xfe{}",
    "not a number": b'{"schema_version": NaN}',
    "levels without end": b"[" * 200_000,
    "a number without end": b'{"schema_version": ' + b"9" * 10_000 + b"}",
    "too large": b" " * 10_000_001,
    "a list": lambda _: [],
    "another version": _set(("schema_version",), 2),
    "no changes": lambda found: {k: v for k, v in found.items() if k != "changes"},
    "an unknown class": _set(("changes", 0, "class"), "harmless"),
    "a name that is a number": _set(("changes", 0, "kpi"), 7),
    "a long name": _set(("changes", 0, "kpi"), "x" * 301),
    "many levels": _set(("changes", 0, "before"), NESTED),
    "a revision that is none": _set(("base",), "`x`"),
    "a unit that is none": _set(("impact", 0, "unit"), "<b>"),
    "a unit and a line end": _set(("impact", 0, "unit"), "GBP\n"),
    "a code and a line end": _set(("diagnostics", 0, "code"), "KPI701\n"),
    "an unknown status": _set(("impact", 0, "after", "status"), "great"),
    "a flag for a number": _set(("impact", 0, "after", "value"), True),
    "a number beyond all numbers": _set(("impact", 0, "after", "value"), 10**301),
    "a day that does not exist": _set(("impact", 0, "period", "start"), "2026-02-30"),
    "a cause that is none": _set(("impact", 0, "because"), ["luck"]),
    "a line that is none": _set(("changes", 0, "line"), -1),
    "a time that is none": _set(("as_of",), "::error::x"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_fit_is_refused(name: str, content: Json, tmp_path: Path) -> None:
    """Exit 2, nothing rendered, no traceback, and nothing of the file in the log."""
    spoiled = REFUSED[name]
    data = spoiled if isinstance(spoiled, bytes) else json.dumps(spoiled(content)).encode()
    (tmp_path / "diff.json").write_bytes(data)
    ended = kpi(tmp_path, "diff", "--from", "diff.json", "--format", "markdown")
    assert (ended.code, ended.out) == (2, "")
    assert "is not a difference" in ended.err
    assert len(ended.err) < 300
    assert "::error" not in ended.err
    assert kpi(tmp_path, "diff", "--from", "nothing.json").code == 2


def strings(value: Json, words: Callable[[], str]) -> Json:
    """Every text in a value replaced, keys of free mappings too."""
    if isinstance(value, str):
        return words()
    if isinstance(value, dict):
        return {words(): strings(v, words) for v in value.values()}
    return [strings(v, words) for v in value] if isinstance(value, list) else value


def taken_over(content: Json, words: Callable[[], str]) -> Json:
    """A file that fits the schema and whose every free text is a stranger's."""
    found = copy.deepcopy(content)
    for one in found["changes"]:
        one.update({k: words() for k in ("kpi", "field", "path")}, touches=[words(), words()])
        one.update({k: strings(one[k], words) for k in ("before", "after")})
    for one in found["impact"]:
        one.update(kpi=words(), segment={words(): words()})
    for one in found["diagnostics"]:
        one.update({k: words() for k in ("message", "hint", "path")})
    found["reasons"] = [words(), words()]
    found["names"] = {one["kpi"]: words() for one in (*found["changes"], *found["impact"])}
    return found


OWN = re.compile(r"<details><summary>[\w ,:;]*</summary>|</details>")
PASTED = re.compile(
    r'git commit --allow-empty -m "Explain the changes of KPIs" \\|  -m "Reason( [a-z][a-z0-9_]*)?: WHY"( \\)?'
    r"|kpi baseline freeze [a-z][a-z0-9_]*"
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pool=st.lists(hostile, min_size=1, max_size=5))
def test_no_markup_gets_through(pool: list[str], content: Json, tmp_path: Path) -> None:
    """Whatever the texts: no link, image, HTML or mention; the same headings and tables; one mark; under 60 kB."""
    spoiled = taken_over(content, partial(next, cycle(text[:300] for text in pool)))
    (tmp_path / "diff.json").write_text(json.dumps(spoiled), encoding="ascii")
    ended = kpi(tmp_path, "diff", "--from", "diff.json", "--format", "markdown", "--fail-on", "never")
    assert ended.code == 0, ended.err
    assert len(ended.out.encode()) <= LARGEST
    assert ended.out.startswith(f"{MARK}\n")
    found = tokens(ended.out)
    # The page's own HTML are the mark, and what folds.
    html = [t.content.strip() for t in found if t.type in ("html_block", "html_inline")]
    assert html[0] == MARK
    assert [h for h in html[1:] if not OWN.fullmatch(h)] == []
    assert not [t for t in found if t.type in ("link_open", "image", "code_block", "blockquote_open", "hr")]
    commands = [line for t in found if t.type == "fence" for line in t.content.splitlines()]
    assert [line for line in commands if not PASTED.fullmatch(line)] == []
    titles = [found[i + 1].content for i, t in enumerate(found) if t.type == "heading_open"]
    assert titles[1:] == [
        "What you have to do", "What changes", "Findings", "Other periods", "Definitions", "Reasons",
    ]  # fmt: skip
    texts = "".join(t.content for t in found if t.type == "text")
    assert "@octocat" not in texts
    assert not any(ord(c) < 32 for c in ended.out.replace("\n", ""))


def test_a_large_file_gives_a_small_comment(content: Json, tmp_path: Path) -> None:
    """Ten thousand changes with nasty names: under 60 kB, and what was cut is said."""
    nasty = "".join(NASTY)[:300]
    content["changes"] = [{**content["changes"][0], "kpi": f"{n}{nasty}"[:300]} for n in range(10_000)]
    (tmp_path / "diff.json").write_text(json.dumps(content), encoding="ascii")
    out = kpi(tmp_path, "diff", "--from", "diff.json", "--format", "markdown").out
    assert len(out.encode()) <= LARGEST
    assert "more are left out" in out

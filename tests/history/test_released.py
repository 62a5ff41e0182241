"""A repository of 0.1.0 stays worth something under every later version: baselines, 24 published values, definitions.

`released_0_1_0` was written by the code of 0.1.0 alone: its project, what `kpi baseline freeze` froze, what six runs
of `kpi publish` appended (July to December 2025), and the definition hashes of its scorecard. Nothing of it is ever
made anew. The commit that its ledger names is made here again, byte for byte.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kpi_framework.history.ledger import read_chain, sealed
from kpi_framework.model.ledger import Chain
from kpi_framework.workflow.history.revisions import side_of
from kpi_framework.workflow.project import ProjectRoot, compiled, load
from tests.cli.projects import Ended, kpi
from tests.history.repository import Repository

pytestmark = pytest.mark.usefixtures("engine_inside")

RELEASED = Path(__file__).parent / "released_0_1_0"
PARTS = ("kpi.yaml", "kpis", "data", "baselines")
COMMIT = "f0c6576ff027ee90611de304f328a34adbb14e20"
PUBLISHED = 24
DESK = "Desk <desk@example.com>"
Line = dict[str, Any]


def _copied(part: str, root: Path) -> None:
    """A part of the repository with the line ends of 0.1.0, whatever this clone's are."""
    source = RELEASED / part
    for path in [source] if source.is_file() else sorted(p for p in source.rglob("*") if p.is_file()):
        target = root / path.relative_to(RELEASED)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes().replace(b"\r\n", b"\n"))


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository as 0.1.0 left it: the commit of its project, then that of its ledger."""
    repository = Repository(tmp_path_factory.mktemp("released"), dt.date(2026, 1, 5))
    for part in PARTS:
        _copied(part, repository.root)
    repository.git("init", "-q")
    assert repository.commit("The project of version 0.1.0", DESK) == COMMIT
    _copied("ledger", repository.root)
    repository.commit("What was published", DESK)
    return repository.root


@pytest.fixture
def desk(laid: Path, tmp_path: Path) -> Repository:
    """A copy of it to work in."""
    shutil.copytree(laid, tmp_path / "desk")
    return Repository(tmp_path / "desk")


def _rules(ended: Ended, *names: str) -> list[tuple[str, str]]:
    """The findings of some rules: rule and path."""
    return [(f["rule"], f["path"]) for f in ended.json["diagnostics"] if f["rule"] in names]


def _lines(desk: Repository, kpi_id: str) -> list[Line]:
    return [json.loads(t) for t in (desk.root / f"ledger/{kpi_id}.jsonl").read_text("utf-8").splitlines()]


def _forged(desk: Repository, kpi_id: str, edit: Callable[[Line], None]) -> None:
    """The ledger as if 0.1.0 had published something else."""
    bodies = [{k: v for k, v in b.items() if k not in ("hash", "previous", "seq", "kpi")} for b in _lines(desk, kpi_id)]
    for body in bodies:
        edit(body)
    (desk.root / f"ledger/{kpi_id}.jsonl").write_text(sealed(Chain(kpi_id), bodies), encoding="utf-8", newline="\n")


def _as_if_published(desk: Repository) -> None:
    """Let the commit of the ledger have had the forged one from the beginning."""
    desk.git("add", "-A")
    desk.git("commit", "-q", "--amend", "--no-edit", author=DESK)


def _published_one_less(body: Line) -> None:
    body["value"] -= 1


# as it was left


def test_the_hashes_of_0_1_0_are_computed_again(laid: Path) -> None:
    """Form 1 of every definition is what 0.1.0 wrote: with calendars, clocks, policies, a window, a stock, evidence."""
    project_root = ProjectRoot(laid)
    catalog, _ = load(project_root)
    assert catalog is not None
    side = side_of(compiled(catalog, project_root))
    recorded = json.loads((RELEASED / "definitions.json").read_text(encoding="utf-8"))
    assert side.former_hashes == recorded
    assert all(h.startswith("sha256:2:") for h in side.hashes.values())
    assert side.hashes.keys() == recorded.keys()


def test_its_ledger_is_sound_and_as_large_as_it_says(desk: Repository) -> None:
    """Four chains of six values, all of language 1, all of one commit."""
    chains = [read_chain(p.stem, p.read_bytes()) for p in sorted((desk.root / "ledger").glob("*.jsonl"))]
    entries = [e for c in chains for e in c.entries]
    assert (len(chains), len(entries), {e.commit for e in entries}) == (4, PUBLISHED, {COMMIT})
    assert all(e.definition.startswith("sha256:1:") for e in entries)
    assert not any(c.fault for c in chains)


def test_lint_and_check_find_no_fault_of_the_upgrade(desk: Repository) -> None:
    """No error of definitions; the frozen baselines hold; the judged values are the published ones."""
    assert kpi(desk.root, "lint").code == 0
    card = kpi(desk.root, "check", "--format", "json")
    assert _rules(card, "baseline-stale", "baseline-drift", "baseline-unfrozen") == []
    judged = {m["kpi"]: m for m in card.json["measurements"] if m["judged"] and not m["segment"] and m["kind"] == "kpi"}
    last = {i: _lines(desk, i)[-1] for i in judged}
    assert len(judged) == len(last) == 4
    assert all((m["value"], m["status"]) == (last[i]["value"], last[i]["status"]) for i, m in judged.items())
    assert all(m["frozen"] and m["definition"].startswith("sha256:2:") for m in judged.values())


def test_its_baselines_verify(desk: Repository) -> None:
    """An equal value holds, whatever the language of its hash."""
    ended = kpi(desk.root, "baseline", "verify")
    assert (ended.code, "stale" in ended.out) == (0, False), ended.out


def test_its_published_values_verify(desk: Repository) -> None:
    """All 24 hold: none differs, and none could not be computed again."""
    ended = kpi(desk.root, "verify", "--format", "json")
    assert ended.code == 0, ended.out
    assert (ended.json["counts"]["checked"], ended.json["failed"], ended.json["could_not"]) == (PUBLISHED, [], [])


def test_publishing_on_top_restates_nothing(desk: Repository) -> None:
    """The same day appends nothing; the next month appends its own values, of language 2, and everything verifies."""
    before = {p.name: p.read_bytes() for p in (desk.root / "ledger").iterdir()}
    assert kpi(desk.root, "publish", "--format", "json").json["counts"]["values published"] == 0
    assert {p.name: p.read_bytes() for p in (desk.root / "ledger").iterdir()} == before
    ended = kpi(desk.root, "publish", "--as-of", "2026-02-05", "--format", "json")
    assert ended.code == 0, ended.out
    added = [b for p in before for b in _lines(desk, Path(p).stem)[6:]]
    assert added
    assert all(b["definition"].startswith("sha256:2:") and "restates" not in b for b in added)
    verified = kpi(desk.root, "verify", "--format", "json").json
    assert (verified["counts"]["checked"], verified["failed"]) == (PUBLISHED + len(added), [])


def test_freezing_again_writes_language_2_and_changes_nothing(desk: Repository) -> None:
    """The values are equal, so the difference is empty and no reason is needed."""
    assert kpi(desk.root, "baseline", "freeze").code == 0
    texts = [p.read_text(encoding="utf-8") for p in (desk.root / "baselines").iterdir()]
    assert len(texts) == 4
    assert all("definition: sha256:2:" in text for text in texts)
    ended = kpi(desk.root, "diff", "HEAD", "--format", "json")
    assert (ended.code, ended.json["changes"], ended.json["impact"]) == (0, [], [])
    assert kpi(desk.root, "diff", "HEAD~1", "HEAD", "--format", "json").json["changes"] == []


# a value that moved with the language

GAIN = """version: 1
kind: metric
id: reply_gain
name: Gain
formula: reply_time / baseline(reply_time)
unit: ratio
"""


def test_a_baseline_that_moved_is_stale_until_it_is_frozen_again(desk: Repository) -> None:
    """0.1.0 froze another value over the same data: stale, not drifted; freezing it restates, because of version."""
    desk.edit("baselines/reply_time.yaml", ("value: 61.0", "value: 60.0"))
    desk.write("kpis/reply_gain.yaml", GAIN)
    desk.commit("As if 0.1.0 had said so")
    assert _rules(kpi(desk.root, "check", "--format", "json"), "baseline-stale", "baseline-drift") == [
        ("baseline-stale", "baselines/reply_time.yaml")
    ]
    assert kpi(desk.root, "baseline", "freeze").code == 0
    ended = kpi(desk.root, "diff", "HEAD", "--format", "json")
    [change] = ended.json["changes"]
    assert (change["kpi"], change["class"], change["field"]) == ("reply_time", "restating", "frozen_baseline")
    assert (change["because"], ended.code) == ("version", 1)
    moved = [i for i in ended.json["impact"] if i["kpi"] == "reply_gain"]
    assert moved
    assert all(i["because"] == ["version"] for i in moved), "over equal data it reads the frozen value"
    assert kpi(desk.root, "diff", "HEAD", "--reason", "kpi 0.2.0 counts the first minute").code == 0
    desk.commit("Freeze\n\nReason: kpi 0.2.0 counts the first minute\n")
    events = kpi(desk.root, "history", "--format", "json").json["changes"]
    assert [e["because"] for e in events if e["field"] == "frozen_baseline" and e["class"] == "restating"] == [
        "version"
    ]


def test_a_baseline_of_another_definition_is_stale(desk: Repository) -> None:
    """The hash of then still tells that the definition itself was changed, where the value does not hold."""
    desk.edit("kpis/reply_time.yaml", ("median(", "avg("))
    ended = kpi(desk.root, "check", "--format", "json")
    stale = [f for f in ended.json["diagnostics"] if f["rule"] == "baseline-stale"]
    assert [(f["path"], "has changed" in f["message"]) for f in stale] == [("baselines/reply_time.yaml", True)]
    [finding] = [f for f in kpi(desk.root, "diff", "HEAD", "--reason", "a better one", "--format", "json").json[
        "diagnostics"
    ] if f["rule"] == "baseline-stale"]  # fmt: skip
    assert finding["path"] == "baselines/reply_time.yaml"


def test_published_values_that_moved_could_not_be_verified(desk: Repository) -> None:
    """Another value under language 1 does not differ: the two languages cannot be compared, and that is said."""
    _forged(desk, "reply_time", _published_one_less)
    _as_if_published(desk)
    ended = kpi(desk.root, "verify", "--format", "json")
    assert (ended.code, ended.json["failed"]) == (0, [])
    assert [(c["kpi"], c["line"], c["because"]) for c in ended.json["could_not"]] == [
        ("reply_time", n, "version") for n in range(1, 7)
    ]


def test_one_reason_restates_all_that_moved(desk: Repository) -> None:
    """Refused in silence; with a reason every line says that the version made it another value, and what it was."""
    for kpi_id in ("reply_time", "open_tickets"):
        _forged(desk, kpi_id, _published_one_less)
    _as_if_published(desk)
    silent = kpi(desk.root, "publish", "--format", "json")
    assert (silent.code, len(silent.json["failed"])) == (1, 12)
    assert all("version" in f["message"] for f in silent.json["failed"])
    reason = "kpi 0.2.0 reads the data otherwise"
    assert kpi(desk.root, "publish", "--reason", reason).code == 0
    for kpi_id in ("reply_time", "open_tickets"):
        restated = _lines(desk, kpi_id)[6:]
        assert [(b["restates"], b["because"], b["causes"]) for b in restated] == [
            (b["restates"], reason, ["version"]) for b in restated
        ]
        assert sorted(b["restates"] for b in restated) == [1, 2, 3, 4, 5, 6]
        assert all(b["value"] == b["was"] + 1 for b in restated)
    verified = kpi(desk.root, "verify", "--format", "json").json
    assert (verified["counts"]["checked"], verified["failed"], len(verified["could_not"])) == (PUBLISHED + 12, [], 12)


def test_nobody_goes_back_to_language_1(desk: Repository) -> None:
    """A line of language 1 behind one of language 2 is held to its value: no forger hides behind an old number."""
    assert kpi(desk.root, "publish", "--as-of", "2026-02-05").code == 0
    bodies = [
        {k: v for k, v in b.items() if k not in ("hash", "previous", "seq", "kpi")} for b in _lines(desk, "reply_time")
    ]
    back = {**bodies[5], "value": 1.0, "restates": 6, "was": bodies[5]["value"], "because": "a better one"}
    text = sealed(Chain("reply_time"), [*bodies, back])
    (desk.root / "ledger/reply_time.jsonl").write_text(text, encoding="utf-8", newline="\n")
    ended = kpi(desk.root, "verify", "--format", "json")
    assert ended.code == 1
    assert [f["line"] for f in ended.json["failed"]] == [len(bodies) + 1]


def test_the_guide_upgrades_it(desk: Repository) -> None:
    """Each command of docs/upgrading.md, in its order and as written, ends with 0; all that was published holds."""
    guide = (Path(__file__).parents[2] / "docs/upgrading.md").read_text(encoding="utf-8")
    commands = re.findall(r"`kpi ([^`]+)`", guide.partition("## From 0.1.0")[2])
    assert [command.split()[0] for command in commands] == ["schema", "check", "verify", "baseline", "publish", "init"]
    for command in commands:
        ended = kpi(desk.root, *shlex.split(command.replace("DIR", "new")))
        assert ended.code == 0, (command, ended.out, ended.err)
        if "freeze" in command:
            desk.commit("baselines: a new version\n\nReason: kpi 0.2 counts outages that go on past a month", DESK)
    ended = kpi(desk.root, "verify", "--format", "json")
    assert (ended.code, ended.json["failed"], ended.json["could_not"]) == (0, [], [])

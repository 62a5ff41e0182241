"""The ledger: what was published stays published, and whoever changes it is found."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from kpi_framework.history.ledger import against, heads, origin, read_chain, sealed
from kpi_framework.model.diagnostic import KpiError
from kpi_framework.model.ledger import Chain
from kpi_framework.workflow.ledger.ledger_files import publishing, read_ledger_files
from tests.cli.projects import Ended, kpi
from tests.history.interrupted import SOURCES
from tests.history.repository import KPI, Repository

pytestmark = pytest.mark.usefixtures("engine_inside")

LEDGER = "ledger/fix_time.jsonl"
FLIPS = 24_000


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """The small project, with four months published and committed, and the anchor of the chain."""
    one = Repository(tmp_path_factory.mktemp("published"))
    one.start()
    for day in ("2026-02-03", "2026-03-03", "2026-04-02"):
        ended = kpi(one.root, "publish", "--as-of", day, "--anchor", "anchor.json", "--format", "json")
        assert ended.code == 0, ended.err + ended.out
        one.commit(f"published {day}")
    return one


@pytest.fixture
def desk(published: Repository, tmp_path: Path) -> Repository:
    """A copy of it to spoil."""
    shutil.copytree(published.root, tmp_path / "desk")
    return Repository(tmp_path / "desk")


def lines(one: Repository) -> list[str]:
    """The ledger's lines."""
    return (one.root / LEDGER).read_text().splitlines(keepends=True)


def verified(one: Repository, *arguments: str) -> Ended:
    """What verifying comes to."""
    return kpi(one.root, "verify", "--format", "json", *arguments)


def publish(one: Repository, *arguments: str) -> Ended:
    """What publishing comes to."""
    return kpi(one.root, "publish", "--format", "json", *arguments)


def told(ended: Ended) -> tuple[int, int, int]:
    """How many values were checked, how many failed, and how many could not be computed again."""
    counts = ended.json["counts"]
    assert counts["failed"] == len(ended.json["failed"])
    assert counts["could not be computed again"] == len(ended.json["could_not"])
    return counts["checked"], counts["failed"], counts["could not be computed again"]


def without_hash(line: str) -> dict[str, Any]:
    """The content of a line, without what seals it."""
    return {k: v for k, v in json.loads(line).items() if k not in ("hash", "previous", "seq", "kpi")}


# publish and verify


def test_published_values_verify(desk: Repository) -> None:
    """Three months, each with its value, definition, data and commit: all hold, and are computed again."""
    bodies = [json.loads(line) for line in lines(desk)]
    assert [(b["period"]["start"], b["value"], b["status"]) for b in bodies] == [
        ("2026-01-01", 3.0, "met"), ("2026-02-01", 3.0, "met"), ("2026-03-01", 3.0, "met"),
    ]  # fmt: skip
    assert all(b["definition"].startswith("sha256:2:") and len(b["commit"]) == 40 and b["data"] for b in bodies)
    ended = verified(desk, "--anchor", "anchor.json")
    assert ended.code == 0, ended.out
    assert told(ended) == (3, 0, 0)


def test_a_line_fits_its_schema(desk: Repository) -> None:
    """Another program can rely on schemas/ledger.schema.json, which explains every key; so does a restating line."""
    with (desk.root / "data/tickets.csv").open("a") as data:
        data.writelines(f"9{n},2026-03-02 09:00,2026-03-02 17:00,high,user 1\n" for n in range(30))
    desk.commit("late rows")
    assert publish(desk, "--reason", "thirty tickets were entered late").code == 0
    schema = json.loads((Path(__file__).parents[2] / "schemas/ledger.schema.json").read_text(encoding="utf-8"))
    bodies = [json.loads(line) for line in lines(desk)]
    assert "restates" in bodies[-1]
    for body in bodies:
        Draft7Validator(schema).validate(body)
        assert set(body) <= set(schema["properties"])
    lost = {k: v for k, v in bodies[-1].items() if k != "because"}
    assert not Draft7Validator(schema).is_valid(lost)


def test_publishing_again_appends_nothing(desk: Repository) -> None:
    """Idempotent: the same values are not published twice."""
    before = (desk.root / LEDGER).read_bytes()
    ended = publish(desk)
    assert (ended.code, (desk.root / LEDGER).read_bytes()) == (0, before)


def test_a_closed_value_changes_only_with_a_reason(desk: Repository) -> None:
    """A late row moves March: refused without a reason, restated with one, the old value staying where it was."""
    before = lines(desk)
    with (desk.root / "data/tickets.csv").open("a") as data:
        data.writelines(f"9{n},2026-03-02 09:00,2026-03-02 17:00,high,user 1\n" for n in range(30))
    desk.commit("late rows")
    silent = publish(desk)
    assert silent.code == 1
    assert "silent-restatement" in silent.out
    assert lines(desk) == before
    assert publish(desk, "--reason", "thirty tickets were entered late").code == 0
    *kept, last = lines(desk)
    assert kept == before
    body = json.loads(last)
    assert (body["restates"], body["was"], body["value"]) == (3, 3.0, 8.0)
    assert body["because"] == "thirty tickets were entered late"


def test_uncommitted_definitions_are_not_published(desk: Repository) -> None:
    """A published value names a commit; what stands in none is refused, whether changed or new."""
    before = lines(desk)
    desk.edit(KPI, ("at_most: 4 h", "at_most: 4.5 h"))
    assert publish(desk).code == 2
    desk.git("checkout", "-q", "--", KPI)
    desk.write(
        "kpis/new.yaml",
        "version: 1\nkind: metric\nid: new\nname: N\ndataset: tickets\nformula: count(*)\nunit: count\n",
    )
    ended = publish(desk)
    assert ended.code == 2
    assert "new.yaml" in ended.err
    assert lines(desk) == before


def test_an_unsound_definition_is_not_published(desk: Repository) -> None:
    """A definition whose example fails publishes nothing: what it gives is not what it says."""
    before = lines(desk)
    desk.edit(
        KPI, ("median(hours_between(created_at, resolved_at))", "2 * median(hours_between(created_at, resolved_at))")
    )
    desk.commit("twice the hours")
    ended = publish(desk, "--reason", "a slip")
    assert ended.code == 1
    assert "example-failed" in ended.out
    assert lines(desk) == before


def test_a_broken_chain_is_not_continued(desk: Repository) -> None:
    """Nothing is appended to a ledger that does not hold."""
    text = (desk.root / LEDGER).read_text().replace('"value":3.0', '"value":2.0', 1)
    (desk.root / LEDGER).write_text(text)
    ended = publish(desk, "--as-of", "2026-05-02")
    assert ended.code == 1
    assert "ledger-broken" in ended.out
    assert (desk.root / LEDGER).read_text() == text


def amend(one: Repository) -> None:
    """Let the last commit have had the files on disk from the beginning."""
    one.git("add", "-A")
    one.git("commit", "-q", "--amend", "--no-edit")


def test_a_definition_that_is_not_its_commits_fails(desk: Repository) -> None:
    """A chain can be forged whole; its definitions cannot be found in history then."""
    bodies = [without_hash(line) for line in lines(desk)]
    bodies[1]["definition"] = "sha256:1:" + "0" * 64
    (desk.root / LEDGER).write_text(sealed(Chain("fix_time"), bodies))
    ended = verified(desk)
    assert ended.code == 1
    assert [f["line"] for f in ended.json["failed"]] == [2, 2]
    assert "definition" in ended.json["failed"][1]["message"]
    assert verified(desk, "--anchor", "anchor.json").code == 1


def test_a_value_that_is_computed_otherwise_fails(desk: Repository) -> None:
    """A forged value in a whole chain, over data that are the same: computing again gives another."""
    bodies = [without_hash(line) for line in lines(desk)]
    bodies[2]["value"] = 1.5
    (desk.root / LEDGER).write_text(sealed(Chain("fix_time"), bodies))
    amend(desk)
    ended = verified(desk)
    assert ended.code == 1
    assert [f["line"] for f in ended.json["failed"]] == [3]


FIELDS = {
    "value": 1.5, "status": "missed", "reason": "no_data", "waived": True, "population": 99, "measured": 1,
    "excluded": 7, "missing": 3, "baseline": 9.0, "unit": "minutes",
    "target": {"at_most": 99.0, "near": 100.0, "from": None},
}  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
def test_the_whole_measurement_is_computed_again(field: str, desk: Repository) -> None:
    """Not the value alone: each part of a forged line in a whole chain is found, and named."""
    bodies = [without_hash(line) for line in lines(desk)]
    assert bodies[2][field] != FIELDS[field]
    bodies[2][field] = FIELDS[field]
    (desk.root / LEDGER).write_text(sealed(Chain("fix_time"), bodies))
    amend(desk)
    ended = verified(desk)
    assert ended.code == 1
    [failure] = ended.json["failed"]
    assert (failure["line"], field in failure["message"]) == (3, True)


def test_a_line_is_verified_on_the_data_of_its_commit(desk: Repository) -> None:
    """What happens to the data later, committed or not, makes no published value unverifiable."""
    for message in ("late rows", None):
        with (desk.root / "data/tickets.csv").open("a") as data:
            data.write("999,2026-03-01 09:00,2026-03-01 19:00,high,user 1\n")
        if message:
            desk.commit(message)
        ended = verified(desk)
        assert (ended.code, told(ended)) == (0, (3, 0, 0))


# forgery


Spoil = Callable[[list[str]], list[str]]


def _forged_tail(found: list[str]) -> list[str]:
    kept = read_chain("fix_time", "".join(found[:-1]).encode())
    return [*found[:-1], sealed(kept, [{**without_hash(found[-1]), "value": 1.0}])]


SPOILS: dict[str, tuple[Spoil, bool]] = {
    "a missing line": (lambda found: [found[0], *found[2:]], True),
    "swapped lines": (lambda found: [found[1], found[0], *found[2:]], True),
    "a doubled line": (lambda found: [*found, found[-1]], True),
    "a cut line": (lambda found: [*found[:-1], found[-1][:-9]], True),
    "a truncation": (lambda found: found[:-1], False),
    "an empty file": (lambda found: [], False),
    "a forged tail": (_forged_tail, False),
}
"""What is done to the lines, and whether the chain alone shows it."""


@pytest.mark.parametrize("name", SPOILS)
def test_a_spoilt_ledger_is_caught(name: str, desk: Repository) -> None:
    """By the chain itself; or, where it was cut or forged with right hashes, against the anchor."""
    spoil, alone = SPOILS[name]
    (desk.root / LEDGER).write_text("".join(spoil(lines(desk))))
    found = verified(desk, "--anchor", "anchor.json")
    assert found.code == 1
    assert any(f["rule"] == "ledger-broken" for f in found.json["failed"])
    chain = read_chain("fix_time", (desk.root / LEDGER).read_bytes())
    assert (chain.fault is not None) is alone


def test_a_ledger_that_is_gone_is_caught(desk: Repository) -> None:
    """No file has no lines, and the anchor knows three."""
    (desk.root / LEDGER).unlink()
    assert verified(desk, "--anchor", "anchor.json").code == 1


def test_two_heads_after_a_merge_are_said(desk: Repository) -> None:
    """Two branches publish on one chain, and git's merge keeps both lines: that is named, and not continued."""
    desk.write("ledger/.gitattributes", "*.jsonl merge=union\n")
    desk.commit("lines are merged")
    for branch, hours in (("one", 17), ("two", 18)):
        desk.git("checkout", "-q", "-b", branch, "main")
        with (desk.root / "data/tickets.csv").open("a") as data:
            data.writelines(f"{branch}{n},2026-03-02 09:00,2026-03-02 {hours}:00,high,u\n" for n in range(30))
        desk.commit(f"late rows on {branch}")
        assert publish(desk, "--reason", f"published on {branch}").code == 0
        desk.commit(f"published on {branch}")
    desk.git("merge", "-q", "-X", "ours", "-m", "both", "one")
    ended = verified(desk)
    assert ended.code == 1
    assert any("two branches" in f["message"] for f in ended.json["failed"])
    assert publish(desk, "--reason", "once again").code == 1


def test_no_flipped_bit_is_missed(desk: Repository) -> None:
    """24,000 single bits of a ledger of six lines: each is found, at its line or the one after."""
    bodies = [without_hash(line) for line in lines(desk)]
    data = sealed(Chain("fix_time"), bodies * 2).encode()
    anchor = heads([read_chain("fix_time", data)])["fix_time"]
    rng = random.Random(7)  # noqa: S311 - a sample, not a secret
    missed = []
    for bit in rng.sample(range(len(data) * 8), k=FLIPS):
        spoilt = bytearray(data)
        spoilt[bit // 8] ^= 1 << bit % 8
        fault = read_chain("fix_time", bytes(spoilt)).fault
        if fault is None or fault.line > data.count(b"\n", 0, bit // 8) + 2:
            missed.append(bit)
    assert missed == []
    assert against(read_chain("fix_time", data), anchor) is None


def test_whatever_a_ledger_holds_it_is_read_to_a_fault(desk: Repository) -> None:
    """Rubbish is a fault of its first line, never an exception."""
    first = lines(desk)[0]
    numbered = json.loads(first)
    rubbish = [
        b"\n", b"\xff\n", b"[]\n", b"{}\n", b"null\n", b'"a"\n', b"[" * 100_000 + b"\n", b"1e999\n", b"NaN\n",
        first.replace('"value":3.0', '"value":NaN').encode(), first.replace('"seq":1', '"seq":true').encode(),
        first.replace('"seq":1', '"seq":1,"seq":1').encode(), first.replace(":", ": ", 1).encode(),
        (json.dumps({**numbered, "segment": []}) + "\n").encode(), b"\xef\xbb\xbf" + first.encode(),
        first.replace("\n", "\r\n").encode(),
    ]  # fmt: skip
    for data in rubbish:
        fault = read_chain("fix_time", data).fault
        assert fault is not None, data[:60]
        assert fault.line == 1
    assert read_chain("fix_time", b"").fault is None
    assert heads([Chain("x")])["x"] == {"lines": 0, "hash": origin("x")}


@pytest.mark.parametrize("anchor", ["", "{}", "[]", '{"heads": 5}', '{"heads": {"fix_time": {"lines": "3"}}}'])
def test_an_anchor_that_cannot_be_read_never_passes(anchor: str, desk: Repository) -> None:
    """What should prove the chain and proves nothing is an error."""
    desk.write("bad.json", anchor)
    assert verified(desk, "--anchor", "bad.json").code != 0


# writers that meet

WRITER = """
import sys
from pathlib import Path
from kpi_framework.history.ledger import read_chain, sealed
from kpi_framework.model.diagnostic import KpiError
from kpi_framework.workflow.ledger.ledger_files import publishing

root, who, wanted = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
body = {"period": {}, "segment": {}, "value": 1, "status": "met", "definition": "", "data": "", "as_of": "",
        "commit": who, "engine": "", "isolation": ""}
done = 0
while done < wanted:
    try:
        with publishing(root) as publisher:
            files = publisher.read()
            chains = [read_chain(kpi, files.contents.get(kpi, b"")) for kpi in "abc"]
            publisher.append(files, {chain.kpi: sealed(chain, [body]) for chain in chains})
        done += 1
    except KpiError as error:
        assert "another run is publishing" in error.message, error.message
"""


def test_writers_and_readers_that_meet_lose_nothing(tmp_path: Path) -> None:
    """Two processes continue three ledgers at once: each line is there once, and a reader always sees one state."""
    (tmp_path / "kpi.yaml").write_text("version: 1\n")
    each = 60
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), who, str(each)],
            env={**os.environ, "PYTHONPATH": str(SOURCES)},
        )
        for who in ("one", "two")
    ]
    lengths = {0}
    while any(process.poll() is None for process in writers):
        chains = [read_chain(name, content) for name, content in read_ledger_files(tmp_path).contents.items()]
        assert all(chain.fault is None for chain in chains)
        assert len({len(chain.entries) for chain in chains} or {0}) == 1
        lengths.update(len(chain.entries) for chain in chains)
    assert [process.wait() for process in writers] == [0, 0]
    for name, content in read_ledger_files(tmp_path).contents.items():
        chain = read_chain(name, content)
        assert chain.fault is None
        assert sorted(entry.commit for entry in chain.entries) == ["one"] * each + ["two"] * each
    assert len(lengths) > 2, "the reader was there"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kpi.yaml", "ledger"]


def test_a_lock_ends_with_its_holder(tmp_path: Path) -> None:
    """Held once, refused twice, and free again afterwards; a project that cannot be written is locked too."""
    (tmp_path / "kpi.yaml").write_text("version: 1\n")
    (tmp_path / "kpi.yaml").chmod(0o444)
    with publishing(tmp_path), pytest.raises(KpiError, match="another run"), publishing(tmp_path):
        pass
    with publishing(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["kpi.yaml"]

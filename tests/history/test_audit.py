"""The auditor's bundle: every change and every published value between two days, the same bytes again and again."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.cli.projects import kpi
from tests.history.repository import CONFIG, KPI, YEAR, Repository, year

pytestmark = pytest.mark.usefixtures("engine_inside")

YEARLY = ("--since", "2025-04-01", "--until", "2026-04-30")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """The year's repository."""
    return year(tmp_path_factory.mktemp("year"))


def bundle(root: Path, out: Path, *days: str, code: int = 0) -> dict[str, bytes]:
    """The files that the command writes, by name."""
    ended = kpi(root, "audit", *(days or YEARLY), "--out", str(out))
    assert ended.code == code, ended.err
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}


class _Cells(HTMLParser):
    """The rows of every table of a page, and its tags."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [v or "" for k, v in attrs if k in ("href", "src")]
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.rows[-1][-1] += data


def read(page: bytes) -> _Cells:
    """A page, read."""
    cells = _Cells()
    cells.feed(page.decode())
    return cells


def test_the_population_is_complete(repository: Repository, tmp_path: Path) -> None:
    """Each change of the year once, in the CSV and on the index, none invented; and on its KPI's page."""
    files = bundle(repository.root, tmp_path / "out")
    wanted = [f"{message} (#{n})" for n, (message, _, changes) in enumerate(YEAR) for _ in changes]
    found = list(csv.DictReader(io.StringIO(files["changes.csv"].decode())))
    assert [row["subject"] for row in found if "(#" in row["subject"]] == wanted
    rows = read(files["index.html"]).rows
    days = [row for row in rows if len(row) == 12 and row[0] != "Day"]
    assert [(row[3], row[4], row[5]) for row in days] == [
        (r["kpi"] or "kpi.yaml", r["class"], r["field"]) for r in found
    ]
    mine = [row for row in read(files["kpis/fix_time.html"]).rows if len(row) == 11 and row[0][:2] == "20"]
    own = [r for r in found if r["kpi"] == "fix_time"]
    assert {(r["class"], r["field"]) for r in own} <= {(row[3], row[4]) for row in mine}
    assert {"kpis/late.html", "kpis/slow.html", "kpis/volume.md", "index.md", "verification.json"} <= set(files)


def test_the_same_state_gives_the_same_bytes(repository: Repository, tmp_path: Path) -> None:
    """Twice, from two clones in two places: equal to the byte, and SHA256SUMS holds."""
    repository.git("clone", "-q", str(repository.root), str(tmp_path / "clone"))
    first, second = bundle(repository.root, tmp_path / "one"), bundle(tmp_path / "clone", tmp_path / "two")
    assert first == second
    done = subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=tmp_path / "one", check=False)
    assert done.returncode == 0
    lines = [line.split("  ") for line in first["SHA256SUMS"].decode().splitlines()]
    assert {n: h for h, n in lines} == {n: hashlib.sha256(b).hexdigest() for n, b in first.items() if n != "SHA256SUMS"}


def test_only_the_days_that_were_asked_for(repository: Repository, tmp_path: Path) -> None:
    """Both days are included, what came before and after is not."""
    files = bundle(repository.root, tmp_path / "out", "--since", "2025-06-01", "--until", "2025-08-31")
    days = [row["committed_at"][:10] for row in csv.DictReader(io.StringIO(files["changes.csv"].decode()))]
    assert days
    assert min(days) >= "2025-06-01"
    assert max(days) <= "2025-08-31"


def test_pages_link_only_among_themselves(repository: Repository, tmp_path: Path) -> None:
    """Nothing is fetched, no script runs, and each link leads to a file of the bundle."""
    files = bundle(repository.root, tmp_path / "out")
    for name, page in files.items():
        if name.endswith(".html"):
            cells = read(page)
            assert not cells.tags & {"script", "img", "iframe", "link"}
            assert all(link in files for link in cells.links), name


def test_waivers_that_are_gone_are_told(repository: Repository, tmp_path: Path) -> None:
    """A waiver that was made, made longer and removed within the time: both of its forms stand there."""
    files = bundle(repository.root, tmp_path / "out")
    rows = [
        row
        for row in read(files["index.html"]).rows
        if len(row) == 7 and row[0] == "fix_time" and row[2] == "2025-08-01"
    ]
    assert [(row[3], row[6]) for row in rows] == [("2025-09-30", "cio@example.com"), ("2025-10-20", "cio@example.com")]
    early = bundle(repository.root, tmp_path / "early", "--since", "2025-04-01", "--until", "2025-06-30")
    assert b"one vacancy" not in early["index.html"]


REVIEWED: tuple[tuple[str, str, list[list[str]]], ...] = (
    # the day of the commit, last and cadence as they were written, and the misses that follow
    ("2026-03-25", "last: 2026-03-24", []),
    ("2026-05-02", "last: 2026-05-01", [["fix_time", "2026-04-24", "2026-05-01", "7 days"]]),
    ("2026-07-20", "cadence: yearly, last: 2026-05-01", [["fix_time", "2026-06-01", "not held", "49 days"]]),
)


def test_missed_reviews_are_found_in_history(tmp_path: Path) -> None:
    """Held late, or hidden by a longer cadence after the day had passed: both are misses; held in time is none."""
    one = Repository(tmp_path / "repository")
    one.start()
    was, wanted = "cadence: monthly, last: 2026-03-20", list[list[str]]()
    for day, now, missed in REVIEWED:
        one.day = one.day.fromisoformat(day)
        new = now if now.startswith("cadence") else f"cadence: monthly, {now}"
        one.edit(KPI, (was, new))
        one.commit(f"review of {day}")
        was = new
        wanted += missed
    files = bundle(one.root, tmp_path / "out", "--since", "2026-01-01", "--until", "2026-07-20")
    rows = read(files["index.html"]).rows
    start = rows.index(["KPI", "Due", "Held", "Late by"])
    assert rows[start + 1 : start + 1 + len(wanted)] == wanted
    later = bundle(one.root, tmp_path / "later", "--since", "2026-05-02", "--until", "2026-05-31")
    assert b"2026-04-24" not in later["index.html"]


def test_published_values_restatements_and_verification(tmp_path: Path) -> None:
    """What the ledger has is there, with what a restatement took the place of; a broken chain fails the audit."""
    one = Repository(tmp_path / "repository")
    one.start()
    assert kpi(one.root, "publish").code == 0
    one.commit("published")
    one.edit(KPI, ("median(", "max("))
    one.commit("restating\n\nReason: the auditor asked")
    assert kpi(one.root, "publish", "--reason", "the maximum was meant").code == 0
    one.commit("restated")
    days = ("--since", "2025-04-01", "--until", "2026-04-30")
    files = bundle(one.root, tmp_path / "out", *days)
    values = json.loads(files["published.json"])
    assert [v["value"] for v in values if not v["segment"]] == [3.0, 5.0]
    page = read(files["kpis/fix_time.html"]).rows
    assert any("the maximum was meant" in row[-1] and row[-1].startswith("line ") for row in page if row)
    verified = json.loads(files["verification.json"])
    assert (verified["counts"]["checked"], verified["counts"]["failed"]) == (len(values), 0)
    ledger = one.root / "ledger/fix_time.jsonl"
    ledger.write_text(ledger.read_text().replace('"value":3', '"value":2', 1))
    one.commit("forged")
    broken = bundle(one.root, tmp_path / "broken", *days, code=1)
    assert json.loads(broken["verification.json"])["counts"]["failed"] == 2  # its hash, and the commit that lost it


def test_what_cannot_be_audited_is_refused(repository: Repository, tmp_path: Path) -> None:
    """Days the wrong way round, a folder that holds something, what is not committed, and no repository: exit 2."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full/x").write_text("x")
    new = str(tmp_path / "new")
    assert kpi(repository.root, "audit", "--since", "2026-02-01", "--until", "2026-01-01", "--out", new).code == 2
    assert kpi(repository.root, "audit", "--since", "soon", "--until", "2026-01-01", "--out", new).code == 2
    assert kpi(repository.root, "audit", *YEARLY, "--out", str(tmp_path / "full")).code == 2
    own = Repository(tmp_path / "own")
    own.start()
    own.edit(CONFIG, ("name: A small desk", "name: A desk"))
    ended = kpi(own.root, "audit", *YEARLY, "--out", new)
    assert ended.code == 2
    assert "is not committed" in ended.err
    assert not Path(new).exists()


def test_an_auditors_question_takes_two_commands(tmp_path: Path) -> None:
    """Who changed it, when, why, approved by whom, what it did to the published values: `kpi audit`, and one page."""
    one = Repository(tmp_path / "repository")
    one.start()
    assert kpi(one.root, "publish").code == 0
    one.commit("published")
    one.edit(KPI, ("at_most: 4 h, near: 5 h", "at_most: 2 h, near: 3 h"))
    one.commit("a target\n\nReason: agreed with the service owner\nApproved-by: Cat <cat@example.com>")
    assert kpi(one.root, "publish", "--reason", "the target is two hours now").code == 0
    one.commit("published again")
    page = bundle(one.root, tmp_path / "out")["kpis/fix_time.md"].decode()
    for words in (
        "2025-04-19",
        "Ada",
        "agreed with the service owner",
        "Cat",
        "because of the target",
        "two hours now",
    ):
        assert words in page, words


def test_a_signal_that_lives_is_not_called_removed(tmp_path: Path) -> None:
    """A signal has a page with its condition, and its state; a removal without a reason is counted."""
    one = Repository(tmp_path / "repository")
    one.start()
    signal = "version: 1\nkind: signal\nid: odd\nname: Odd\nwhen: fix_time.status = 'met'\nasks: Why?\ndo: Look.\n"
    one.write("kpis/odd.yaml", signal)
    one.commit("a signal")
    files = bundle(one.root, tmp_path / "out")
    assert ["odd", "Odd", "signal"] in [row[:3] for row in read(files["index.html"]).rows]
    one.write("kpis/volume.yaml", None)
    one.edit(KPI, ("read_with: [volume]\n", ""))
    one.commit("a metric is gone")
    counts = json.loads(bundle(one.root, tmp_path / "later")["audit.json"])["counts"]
    assert counts["unexplained"] == json.loads(files["audit.json"])["counts"]["unexplained"] + 1


def test_who_makes_approves_and_publishes_alone_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By address, login or name: approved by its author alone, and published too; with a second person, it is not."""
    monkeypatch.setenv("GITHUB_ACTOR", "ada")
    one = Repository(tmp_path / "repository")
    one.start()
    commits = []
    for number, (limit, approver) in enumerate((("3 h", "Ada <ada@example.com>"), ("2 h", "Cat <cat@example.com>"))):
        one.edit(KPI, ("at_most: 4 h" if number == 0 else "at_most: 3 h", f"at_most: {limit}"))
        commits.append(one.commit(f"a target\n\nReason: the owner agreed\nApproved-by: {approver}"))
    assert kpi(one.root, "publish").code == 0
    one.commit("published")
    out = tmp_path / "out"
    conflicts = json.loads(bundle(one.root, out)["audit.json"])["conflicts"]
    assert [(c["commit"], c["what"]) for c in conflicts] == [(commits[0], "approved and published by its author")]


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"version": 1}', '{"version": 1, "source": "x", "fetched_at": "soon", "approvals": []}']
)
def test_approvals_that_do_not_fit_their_schema_are_refused(text: str, repository: Repository, tmp_path: Path) -> None:
    """What should say who approved, and cannot be read, is no empty list: exit 2 with the file."""
    path = tmp_path / "approvals.json"
    path.write_text(text)
    ended = kpi(repository.root, "audit", *YEARLY, "--approvals", str(path), "--out", str(tmp_path / "out"))
    assert (ended.code, "approvals.json" in ended.err) == (2, True)
    assert not (tmp_path / "out").exists()

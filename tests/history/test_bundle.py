"""An auditor without kpi: the bundle's script finds what was tampered with, in the bundle and in the repository."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kpi_framework.history.ledger import sealed
from kpi_framework.model.ledger import Chain
from tests.cli.projects import kpi
from tests.history.repository import ADA, BEN, KPI, Repository

pytestmark = pytest.mark.usefixtures("engine_inside")

DAYS = ("--since", "2025-04-25", "--until", "2026-12-31")
REASON = "the maximum was asked for by the customer"
LEDGER = "ledger/fix_time.jsonl"
_CHAIN = ("hash", "previous", "seq", "kpi")


class Case:
    """A bundle and the clone that it tells of, to be spoilt."""

    def __init__(self, bundle: Path, repository: Repository) -> None:
        self.bundle = bundle
        self.repository = repository

    def check(self, *words: str) -> tuple[int, str]:
        """What the script says, run by a Python that has nothing but its standard library."""
        script = self.bundle / "check_bundle.py"
        command = [sys.executable, "-I", "-S", str(script), "--repository", str(self.repository.root), *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.stderr == ""
        return done.returncode, done.stdout

    def reseal(self) -> None:
        """Make SHA256SUMS anew, as whoever forges a bundle would."""
        files = sorted(p for p in self.bundle.rglob("*") if p.is_file() and p.name != "SHA256SUMS")
        names = {p.relative_to(self.bundle).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}
        text = "".join(f"{sha}  {name}\n" for name, sha in names.items())
        (self.bundle / "SHA256SUMS").write_text(text)

    def table(self, name: str, edit: Callable[[list[dict[str, str]]], object]) -> None:
        """Edit a table, and make the sums anew."""
        with (self.bundle / name).open(newline="") as stream:
            rows = list(csv.DictReader(stream))
        columns = list(rows[0])
        edit(rows)
        with (self.bundle / name).open("w", newline="") as stream:
            writer = csv.DictWriter(stream, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        self.reseal()

    def document(self, name: str, edit: Callable[[Any], object]) -> None:
        """The same of a JSON file."""
        path = self.bundle / name
        content = json.loads(path.read_text())
        edit(content)
        path.write_text(json.dumps(content, indent=2) + "\n")
        self.reseal()

    def lines(self, edit: Callable[[list[str]], list[str]]) -> None:
        """The same of the ledger."""
        path = self.bundle / "ledgers/fix_time.jsonl"
        path.write_text("".join(edit(path.read_text().splitlines(keepends=True))))
        self.reseal()

    def counted(self, name: str, by: int) -> None:
        """Let the manifest have counted more or less."""
        self.document("audit.json", lambda audit: audit["counts"].update({name: audit["counts"][name] + by}))

    def audited(self) -> None:
        """Make the bundle anew of what the repository is now."""
        shutil.rmtree(self.bundle)
        kpi(self.repository.root, "audit", *DAYS, "--out", str(self.bundle))
        assert (self.bundle / "check_bundle.py").is_file()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A project with changes, a merge, approvals and two publications; and its bundle."""
    folder = tmp_path_factory.mktemp("audited")
    desk = Repository(folder / "desk")
    desk.start()
    for day in ("2026-02-03", "2026-03-03"):
        assert kpi(desk.root, "publish", "--as-of", day).code == 0
        desk.commit(f"published {day}")
    desk.edit(KPI, ("median(", "max("))
    commit = desk.commit(f"another statistic\n\nReason: {REASON}\nReviewed-by: {BEN}", ADA)
    approval = {"commit": commit, "pull_request": 7, "by": "ben", "at": "2025-05-01T10:00:00Z", "state": "approved"}
    desk.write("approvals.json", json.dumps({
        "version": 1, "source": "the platform", "fetched_at": "2025-05-02T10:00:00Z", "approvals": [approval],
    }))  # fmt: skip
    desk.write("README.md", "A desk.\n")
    desk.commit("a text that changes no definition", BEN)
    case = Case(folder / "bundle", desk)
    assert kpi(desk.root, "audit", *DAYS, "--out", str(case.bundle)).code == 0
    return case


@pytest.fixture
def case(made: Case, tmp_path: Path) -> Case:
    """A copy to spoil."""
    shutil.copytree(made.bundle, tmp_path / "bundle")
    shutil.copytree(made.repository.root, tmp_path / "desk")
    return Case(tmp_path / "bundle", Repository(tmp_path / "desk"))


def test_an_honest_bundle_passes(case: Case) -> None:
    """Nothing wrong is found; the bundle is short enough to read, and made twice it is the same to the byte."""
    code, out = case.check("--sample", "5", "--seed", "3")
    assert (code, "WRONG" in out) == (0, False), out
    assert out == case.check("--sample", "5", "--seed", "3")[1]
    assert out != case.check("--sample", "5", "--seed", "4")[1]
    assert len((case.bundle / "check_bundle.py").read_text().splitlines()) <= 250
    before = {p.relative_to(case.bundle): p.read_bytes() for p in case.bundle.rglob("*") if p.is_file()}
    case.audited()
    assert before == {p.relative_to(case.bundle): p.read_bytes() for p in case.bundle.rglob("*") if p.is_file()}


def test_the_population_is_counted(made: Case) -> None:
    """Commits of these days, those without changes, and those before: as plain git counts them."""
    audit = json.loads((made.bundle / "audit.json").read_text())
    names = made.repository.git("log", "--reverse", "--since=2025-04-25T00:00:00Z", "--format=%H").split()
    every = made.repository.git("rev-list", "HEAD").split()
    assert (audit["first_commit"], audit["last_commit"]) == (names[0], names[-1]) == (names[0], every[0])
    counts = audit["counts"]
    assert (counts["commits"], counts["commits_before"]) == (len(names), len(every) - len(names))
    assert counts["commits_without_changes"] == len(names) - 1


def test_approvals_say_where_they_come_from(made: Case) -> None:
    """A trailer is the author's word, approvals.json the platform's; both stand there, each with its source."""
    with (made.bundle / "approvals.csv").open(newline="") as stream:
        rows = [(row["by"], row["source"]) for row in csv.DictReader(stream)]
    assert rows == [(BEN, "a line in the commit's message"), ("ben", "approvals.json: the platform")]
    audit = json.loads((made.bundle / "audit.json").read_text())
    assert audit["approvals"] == hashlib.sha256((made.repository.root / "approvals.json").read_bytes()).hexdigest()


# Tampering


def _first(field: str, value: str) -> Callable[[list[dict[str, str]]], object]:
    return lambda rows: rows[0].update({field: value})


def _edit_a_page(case: Case) -> None:
    with (case.bundle / "index.md").open("a") as stream:
        stream.write("All is well.\n")


def _take_a_page_away(case: Case) -> None:
    (case.bundle / "index.html").unlink()


def _add_a_page(case: Case) -> None:
    (case.bundle / "praise.md").write_text("All is well.\n")


def _list_a_page_no_longer(case: Case) -> None:
    path = case.bundle / "SHA256SUMS"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[1:]))


def _leave_a_change_out(case: Case) -> None:
    case.table("changes.csv", lambda rows: rows.pop())


def _leave_a_change_out_and_count_again(case: Case) -> None:
    case.table("changes.csv", lambda rows: rows.pop())
    case.counted("changes", -1)


def _invent_a_change(case: Case) -> None:
    case.table("changes.csv", lambda rows: rows.append({**rows[0], "reason": ""}))
    case.counted("changes", 1)


def _leave_a_commit_out(case: Case) -> None:
    case.table("commits.csv", lambda rows: rows.pop())
    case.counted("commits", -1)


def _invent_a_commit(case: Case) -> None:
    case.table("commits.csv", lambda rows: rows.append({**rows[-1], "commit": "f" * 40}))
    case.counted("commits", 1)


def _blame_another_in_both_tables(case: Case) -> None:
    name = case.repository.git("log", "-1", "--format=%H", "--grep", "another statistic")
    for table in ("changes.csv", "commits.csv"):
        case.table(table, lambda rows: [row.update(author="Cat") for row in rows if row["commit"] == name] and None)


def _date_a_commit_otherwise(case: Case) -> None:
    case.table("commits.csv", lambda rows: rows[-1].update(committed_at="2025-12-24T12:00:00+00:00"))


def _call_a_commit_signed(case: Case) -> None:
    name = case.repository.git("log", "-1", "--format=%H", "--grep", "another statistic")
    case.table("commits.csv", lambda rows: [r.update(signed="yes") for r in rows if r["commit"] == name] and None)
    case.table("changes.csv", lambda rows: [r.update(signed="good") for r in rows if r["commit"] == name] and None)


def _alter_a_published_value(case: Case) -> None:
    case.document("published.json", lambda values: values[0].update(value=1.0))


def _leave_a_published_value_out(case: Case) -> None:
    case.document("published.json", lambda values: values.pop())
    case.counted("published", -1)


def _alter_a_line(case: Case) -> None:
    case.lines(lambda lines: [lines[0].replace('"met"', '"near"'), *lines[1:]])


def _cut_a_ledger(case: Case) -> None:
    case.lines(lambda lines: lines[:-1])


def _swap_lines(case: Case) -> None:
    case.lines(lambda lines: lines[::-1])


def _forged(lines: list[str]) -> str:
    bodies = [{k: v for k, v in json.loads(line).items() if k not in _CHAIN} for line in lines]
    return sealed(Chain("fix_time"), [{**body, "value": 1.0} for body in bodies])


def _forge_a_ledger_throughout(case: Case) -> None:
    case.lines(lambda lines: [_forged(lines)])
    bodies = [json.loads(line) for line in (case.bundle / "ledgers/fix_time.jsonl").read_text().splitlines()]
    head = {"fix_time": {"lines": len(bodies), "hash": bodies[-1]["hash"]}}
    case.document("audit.json", lambda audit: audit.update(heads=head))
    case.document("verification.json", lambda verification: verification.update(heads=head))
    case.document("published.json", lambda values: values.__setitem__(slice(None), bodies))


def _take_a_ledger_away(case: Case) -> None:
    (case.bundle / "ledgers/fix_time.jsonl").unlink()
    case.reseal()


def _claim_more_verified(case: Case) -> None:
    case.document("verification.json", lambda verification: verification["counts"].update(checked=99))


def _alter_an_approval(case: Case) -> None:
    case.document("approvals.json", lambda file: file["approvals"][0].update(by="the auditor"))


def _name_another_first_commit(case: Case) -> None:
    other = case.repository.git("rev-list", "--max-parents=0", "HEAD")
    case.document("audit.json", lambda audit: audit.update(first_commit=other))


BUNDLE: dict[str, Callable[[Case], object]] = {
    "a page is edited": _edit_a_page,
    "a page is taken away": _take_a_page_away,
    "a page is added": _add_a_page,
    "a page is listed no longer": _list_a_page_no_longer,
    "a change is left out": _leave_a_change_out,
    "a change is left out and counted no longer": _leave_a_change_out_and_count_again,
    "a change is invented": _invent_a_change,
    "a change has another author": lambda case: case.table("changes.csv", _first("author", "Cat")),
    "a change has another day": lambda case: case.table("changes.csv", _first("committed_at", "2025-12-24")),
    "a change has another subject": lambda case: case.table("changes.csv", _first("subject", "a typo")),
    "a reason is invented": lambda case: case.table("changes.csv", _first("reason", "the board wanted this")),
    "a commit is left out": _leave_a_commit_out,
    "a commit is invented": _invent_a_commit,
    "another is blamed in both tables": _blame_another_in_both_tables,
    "a commit is dated otherwise": _date_a_commit_otherwise,
    "a commit is called signed": _call_a_commit_signed,
    "the number of commits is another one": lambda case: case.counted("commits", 1),
    "the first commit is another one": _name_another_first_commit,
    "a published value is altered": _alter_a_published_value,
    "a published value is left out": _leave_a_published_value_out,
    "a line is altered": _alter_a_line,
    "a ledger is cut": _cut_a_ledger,
    "two lines are swapped": _swap_lines,
    "a ledger is forged throughout": _forge_a_ledger_throughout,
    "a ledger is taken away": _take_a_ledger_away,
    "more lines are called verified": _claim_more_verified,
    "an approval is altered": _alter_an_approval,
}
"""What is done to a bundle; all but the first four make its sums anew."""


@pytest.mark.parametrize("name", BUNDLE)
def test_a_tampered_bundle_is_found(name: str, case: Case) -> None:
    """Each is one problem at least, and exit 1."""
    BUNDLE[name](case)
    code, out = case.check()
    assert (code, out.count("WRONG") > 0) == (1, True), out


def _amend_the_commit(case: Case) -> None:
    case.repository.git("commit", "-q", "--amend", "-m", "another word")
    case.repository.git("reflog", "expire", "--expire=now", "--all")
    case.repository.git("gc", "-q", "--prune=now")


def _replace_a_commit(case: Case) -> None:
    case.repository.git("replace", "HEAD", "HEAD~1")


def _graft_a_commit(case: Case) -> None:
    names = case.repository.git("rev-list", "HEAD").split()
    (case.repository.root / ".git/info").mkdir(exist_ok=True)
    (case.repository.root / ".git/info/grafts").write_text(f"{names[0]} {names[-1]}\n")


def _make_the_clone_shallow(case: Case) -> None:
    shallow = case.repository.root.parent / "shallow"
    case.repository.git("clone", "-q", "--depth", "2", f"file://{case.repository.root}", str(shallow))
    case.repository = Repository(shallow)


def _cut_the_committed_ledger(case: Case) -> None:
    path = case.repository.root / LEDGER
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    case.repository.commit("a tidy ledger")
    case.audited()


def _let_a_merge_drop_lines(case: Case) -> None:
    desk = case.repository
    desk.git("checkout", "-q", "-b", "old", "HEAD~3")
    desk.write("note.md", "An old state.\n")
    desk.commit("an old state")
    desk.git("merge", "-q", "-s", "ours", "-m", "all of both", "main")
    desk.git("branch", "-f", "main", "HEAD")
    case.audited()


def _forge_the_committed_ledger(case: Case) -> None:
    path = case.repository.root / LEDGER
    path.write_text(_forged(path.read_text().splitlines()))
    case.repository.commit("a better ledger")
    case.audited()


def _publish_on_a_branch_of_nobody(case: Case) -> None:
    desk = case.repository
    desk.git("checkout", "-q", "-b", "side")
    desk.edit(KPI, ("max(", "min("))
    desk.commit("a softer statistic")
    assert kpi(desk.root, "publish", "--as-of", "2026-04-02", "--reason", "a softer one was wanted").code == 0
    text = (desk.root / LEDGER).read_text()
    desk.git("checkout", "-q", "--", "ledger")
    desk.git("checkout", "-q", "main")
    desk.write(LEDGER, text)
    desk.commit("published")
    case.audited()


REPOSITORY: dict[str, Callable[[Case], object]] = {
    "the audited commit is replaced by another": _amend_the_commit,
    "a commit stands for another": _replace_a_commit,
    "a commit gets other parents": _graft_a_commit,
    "old commits are missing": _make_the_clone_shallow,
    "a commit cuts a ledger": _cut_the_committed_ledger,
    "a merge drops lines": _let_a_merge_drop_lines,
    "a commit forges a ledger with right hashes": _forge_the_committed_ledger,
    "a line stands on a branch that was never merged": _publish_on_a_branch_of_nobody,
}
"""What is done to the repository; where that is before the audit, the bundle is an honest one of it."""


@pytest.mark.parametrize("name", REPOSITORY)
def test_a_tampered_repository_is_found(name: str, case: Case) -> None:
    """Each is one problem at least, and exit 1."""
    REPOSITORY[name](case)
    code, out = case.check()
    assert (code, out.count("WRONG") > 0) == (1, True), out

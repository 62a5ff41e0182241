"""What publishing accepts and what its lines stand on; what verifying says when any of that is not there any more."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from kpi_framework.compile.time import holidays as library
from kpi_framework.history.ledger import sealed
from kpi_framework.model.ledger import Chain
from tests.cli.projects import Ended, kpi
from tests.history.repository import CONFIG, KPI, Repository

pytestmark = pytest.mark.usefixtures("engine_inside")

LEDGER, LATE = "ledger/fix_time.jsonl", "ledger/late_time.jsonl"
DATA = "data/tickets.csv"
ROW = "9{n},2026-02-02 09:00,2026-02-02 17:00,high,user 1\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """The small project, committed."""
    desk = Repository(tmp_path_factory.mktemp("made"))
    desk.start()
    return desk


@pytest.fixture
def desk(made: Repository, tmp_path: Path) -> Repository:
    """A copy of it."""
    shutil.copytree(made.root, tmp_path / "desk")
    return Repository(tmp_path / "desk")


def publish(desk: Repository, *words: str) -> Ended:
    """What publishing comes to."""
    return kpi(desk.root, "publish", "--format", "json", *words)


def verify(desk: Repository, *words: str) -> dict[str, Any]:
    """What verifying says, with its exit code."""
    ended = kpi(desk.root, "verify", "--format", "json", *words)
    return {**ended.json, "code": ended.code}


def lines(desk: Repository, name: str = LEDGER) -> list[dict[str, Any]]:
    """The lines of a ledger."""
    return [json.loads(line) for line in (desk.root / name).read_text(encoding="utf-8").splitlines()]


def published(desk: Repository, *words: str) -> list[dict[str, Any]]:
    """The lines after a publication that is committed."""
    ended = publish(desk, *words)
    assert ended.code == 0, ended.out + ended.err
    desk.commit("published")
    return lines(desk)


def late_rows(desk: Repository) -> None:
    """Thirty tickets that somebody entered late."""
    with (desk.root / DATA).open("a") as data:
        data.writelines(ROW.format(n=n) for n in range(30))


# What is published


@pytest.mark.parametrize("path", [KPI, CONFIG, DATA])
def test_git_cannot_be_told_not_to_look(path: str, desk: Repository) -> None:
    """A file that the index calls unchanged is compared all the same: nothing is published under another commit."""
    desk.git("update-index", "--assume-unchanged", path)
    with (desk.root / path).open("a") as file:
        file.write("# one more\n" if path != DATA else ROW.format(n=1))
    ended = publish(desk)
    assert (ended.code, path in ended.err) == (2, True)
    assert not (desk.root / "ledger").exists()


def test_data_have_to_be_the_commits(desk: Repository) -> None:
    """Changed, not committed, or missing from a pattern: refused, with the file; committed, it is published."""
    desk.edit(CONFIG, ("data/tickets.csv", "data/tick*.csv"))
    shutil.copy(desk.root / DATA, desk.root / "data/tickets_2.csv")
    (desk.root / "data/tickets_2.csv").write_text((desk.root / DATA).read_text().splitlines()[0] + "\n")
    ended = publish(desk)
    assert (ended.code, "kpi.yaml" in ended.err) == (2, True)
    desk.git("add", CONFIG)
    desk.git("commit", "-q", "-m", "a pattern")
    ended = publish(desk)
    assert (ended.code, "data/tickets_2.csv" in ended.err) == (2, True)
    desk.commit("the second file")
    (desk.root / "data/tickets_2.csv").unlink()
    ended = publish(desk)
    assert (ended.code, "data/tickets_2.csv" in ended.err) == (2, True)
    desk.git("checkout", "-q", "--", "data")
    assert publish(desk).code == 0


def test_line_ends_are_no_other_data(desk: Repository) -> None:
    """A clone with other line ends publishes the commit's bytes, and every clone verifies them."""
    text = (desk.root / DATA).read_bytes().replace(b"\n", b"\r\n")
    (desk.root / DATA).write_bytes(text)
    assert publish(desk).code == 0
    blob = desk.git("cat-file", "blob", f"HEAD:{DATA}").encode() + b"\n"
    assert lines(desk)[0]["datasets"]["tickets"]["sha256"] == f"sha256:{hashlib.sha256(blob).hexdigest()}"
    assert verify(desk)["counts"]["hold"] == 1


def test_a_large_file_is_known_by_its_hash(desk: Repository) -> None:
    """Git has the pointer of Git LFS, the folder the file: compared by its sha256, published and verified."""
    content = (desk.root / DATA).read_bytes()
    sha = hashlib.sha256(content).hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha}\nsize {len(content)}\n"
    (desk.root / DATA).write_text(pointer)
    desk.commit("the data are in Git LFS")
    (desk.root / DATA).write_bytes(content)
    assert publish(desk).code == 0
    assert verify(desk)["counts"]["hold"] == 1
    (desk.root / DATA).write_bytes(content + b"\n")
    ended = publish(desk)
    assert (ended.code, DATA in ended.err) == (2, True)


def test_one_branch_publishes(desk: Repository) -> None:
    """A commit that the branch does not hold is refused; merged, or on a branch of the remote, it is not."""
    desk.edit(CONFIG, ("objectives:", "publish: {branch: main}\nobjectives:"))
    desk.commit("one branch publishes")
    desk.git("checkout", "-q", "-b", "side")
    desk.edit(KPI, ("name: Fix time", "name: Time to fix"))
    desk.commit("a side branch")
    ended = publish(desk)
    assert (ended.code, "main" in ended.err) == (2, True)
    desk.git("update-ref", "refs/remotes/origin/main", "HEAD")
    assert publish(desk).code == 0
    desk.git("branch", "-q", "-D", "main")
    desk.git("update-ref", "-d", "refs/remotes/origin/main")
    ended = publish(desk)
    assert (ended.code, "fetch" in ended.err) == (2, True)


def test_a_day_that_has_not_ended_is_not_published(desk: Repository) -> None:
    """Neither tomorrow nor today, whose end is to come."""
    for day in (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=n) for n in (1, 2)):
        assert publish(desk, "--as-of", day.isoformat()).code == 2
    assert not (desk.root / "ledger").exists()


def test_each_restated_kpi_needs_a_reason(desk: Repository) -> None:
    """One reason does not do for two KPIs; by name it does for its own; a single word is none."""
    text = (desk.root / KPI).read_text()
    desk.write("kpis/late_time.yaml", text.replace("id: fix_time", "id: late_time"))
    desk.commit("a second KPI")
    published(desk, "--as-of", "2026-03-03")
    late_rows(desk)
    desk.commit("late rows")
    both = publish(desk, "--as-of", "2026-03-03", "--reason", "thirty tickets were late")
    assert (both.code, {f["path"] for f in both.json["failed"]}) == (1, {LEDGER, LATE})
    half = publish(desk, "--as-of", "2026-03-03", "--reason", "fix_time=thirty tickets were late")
    assert (half.code, {f["path"] for f in half.json["failed"]}) == (1, {LATE})
    assert publish(desk, "--as-of", "2026-03-03", "--reason", "fix_time=late").code == 2
    reasons = ("--reason", "fix_time=thirty tickets were late", "--reason", "late_time=the same tickets as there")
    assert publish(desk, "--as-of", "2026-03-03", *reasons).code == 0
    assert lines(desk)[-1]["because"] == "thirty tickets were late"
    assert lines(desk, LATE)[-1]["because"] == "the same tickets as there"


def test_ledgers_are_woven_by_no_merge(desk: Repository) -> None:
    """The first publication tells git so, where nobody has; what somebody wrote stays."""
    published(desk, "--as-of", "2026-03-03")
    attributes = desk.git("check-attr", "text", "merge", "--", LEDGER).splitlines()
    assert [line.rpartition(": ")[2] for line in attributes] == ["unset", "unset"]
    desk.write("ledger/.gitattributes", "*.jsonl merge=union\n")
    desk.commit("as somebody wants it")
    late_rows(desk)
    desk.commit("late rows")
    published(desk, "--as-of", "2026-03-03", "--reason", "thirty tickets were late")
    assert (desk.root / "ledger/.gitattributes").read_text() == "*.jsonl merge=union\n"


# What a line stands on


def test_a_line_names_all_that_it_stands_on(desk: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """Versions, data, who published, in which run, and when."""
    for name, value in {
        "GITHUB_ACTOR": "ada", "GITHUB_SERVER_URL": "https://example.com", "GITHUB_REPOSITORY": "a/desk",
        "GITHUB_RUN_ID": "42",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    [line] = published(desk)
    assert set(line["versions"]) == {"kpi", "engine", "holidays", "time_zones"}
    assert line["versions"]["holidays"] == version("holidays")
    assert (line["actor"], line["run"]) == ("ada", "https://example.com/a/desk/actions/runs/42")
    assert line["datasets"] == {"tickets": {"sha256": line["data"], "tracked": True}}
    age = dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(line["published_at"])
    assert dt.timedelta(0) <= age < dt.timedelta(minutes=5)


def test_data_outside_git_are_said_and_given(desk: Repository, tmp_path: Path) -> None:
    """`tracked: false`: the line says so and has each file's hash; it is verified where that file is."""
    desk.edit(CONFIG, ("key: ticket_id", "key: ticket_id\n    tracked: false"))
    desk.write(".gitignore", "data/\n")
    desk.git("rm", "-q", "--cached", "-r", "data")
    desk.commit("the data are kept elsewhere")
    [line] = published(desk)
    own = line["datasets"]["tickets"]
    sha = f"sha256:{hashlib.sha256((desk.root / DATA).read_bytes()).hexdigest()}"
    assert (own["tracked"], own["files"]) == (False, {DATA: sha})
    assert verify(desk)["counts"]["hold"] == 1
    (tmp_path / "archive").mkdir()
    shutil.copy(desk.root / DATA, tmp_path / "archive/of-march.csv")
    late_rows(desk)
    elsewhere = verify(desk)
    assert (elsewhere["code"], [c["because"] for c in elsewhere["could_not"]]) == (0, ["data"])
    assert verify(desk, "--data", str(tmp_path / "archive"))["counts"]["hold"] == 1


CALENDAR = (
    'objectives:', 'calendars: {desk: {hours: {mon-fri: ["09:00-17:00"]}, holidays: [GB-ENG]}}\nobjectives:'
)  # fmt: skip


def working_time(desk: Repository) -> None:
    """Let the KPI measure working time."""
    desk.edit(CONFIG, CALENDAR)
    desk.edit(KPI, ("hours_between(", "business_hours("))
    text = (desk.root / KPI).read_text()
    desk.write(KPI, text[: text.index("examples:")] if "examples:" in text else text)
    desk.commit("working time")


def test_another_release_of_holidays_is_no_forgery(desk: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day that a library moves: could not, another library; never that the ledger is broken."""
    working_time(desk)
    [line] = published(desk)
    assert line["holidays"]["desk"]["all"].startswith("sha256:")
    assert verify(desk)["counts"]["hold"] == 1
    days = library.days_off("GB-ENG")
    monkeypatch.setattr("kpi_framework.compile.meaning.days_off", lambda _: days | {dt.date(2026, 3, 11)})
    monkeypatch.setattr("kpi_framework.workflow.ledger.provenance.days_off", lambda _: days | {dt.date(2026, 3, 11)})
    moved = verify(desk)
    assert (moved["code"], moved["failed"], [c["because"] for c in moved["could_not"]]) == (0, [], ["library"])


def forged(desk: Repository, **fields: object) -> None:
    """The last commit with another last line, in a whole chain."""
    bodies = [{k: v for k, v in b.items() if k not in ("hash", "previous", "seq", "kpi")} for b in lines(desk)]
    (desk.root / LEDGER).write_text(sealed(Chain("fix_time"), [*bodies[:-1], {**bodies[-1], **fields}]))
    desk.git("commit", "-q", "-a", "--amend", "--no-edit")


def test_a_difference_under_other_versions_could_not_be_judged(desk: Repository) -> None:
    """The versions are named; under the same ones it differs."""
    [line] = published(desk)
    forged(desk, value=1.0)
    assert verify(desk)["code"] == 1
    forged(desk, value=1.0, versions={**line["versions"], "engine": "duckdb 1.0.0"})
    other = verify(desk)
    assert (other["code"], [c["because"] for c in other["could_not"]]) == (0, ["version"])
    assert "duckdb 1.0.0" in other["could_not"][0]["why"]
    forged(desk, value=line["value"], versions={**line["versions"], "engine": "duckdb 1.0.0"})
    assert verify(desk)["counts"]["hold"] == 1


def test_an_erasure_is_declared(desk: Repository) -> None:
    """Rows that were taken out of git's history: lines of before are excused from the declaration on, no later ones."""
    published(desk, "--as-of", "2026-03-03")
    ledger = (desk.root / LEDGER).read_bytes()
    desk.git("checkout", "-q", "--orphan", "rewritten")
    text = (desk.root / DATA).read_text().splitlines(keepends=True)
    (desk.root / DATA).write_text("".join(text[:1] + text[2:]))
    desk.commit("the history without a person's rows")
    assert verify(desk)["code"] == 1
    desk.edit(CONFIG, ("key: ticket_id", "key: ticket_id\n    erased: [{on: 2026-03-05, because: request 17}]"))
    desk.commit("declared")
    excused = verify(desk)
    assert (excused["code"], [c["because"] for c in excused["could_not"]]) == (0, ["erasure"])
    assert (desk.root / LEDGER).read_bytes() == ledger
    desk.edit(CONFIG, ("on: 2026-03-05", "on: 2026-03-01"))
    desk.commit("declared for another day")
    assert verify(desk)["code"] == 1


# Over time


def test_gaps_are_listed(desk: Repository) -> None:
    """A month that was judged and never published is named, and no failure."""
    published(desk, "--as-of", "2026-02-03")
    published(desk, "--as-of", "2026-04-02")
    told = verify(desk)
    assert told["code"] == 0
    assert told["gaps"][0] == {"kpi": "fix_time", "first": "2026-02-01", "last": "2026-02-01", "count": 1}


RENAMED = "id: mending_time\nrenamed_from: fix_time"


def renamed(desk: Repository, *, with_ledger: bool) -> None:
    """The KPI under another id."""
    text = (desk.root / KPI).read_text().replace("id: fix_time", RENAMED)
    desk.write(KPI, None)
    desk.write("kpis/mending_time.yaml", text)
    for path in sorted((desk.root / "baselines").glob("fix_time.yaml")):
        path.rename(path.with_name("mending_time.yaml"))
        desk.edit("baselines/mending_time.yaml", ("kpi: fix_time", "kpi: mending_time"))
    if with_ledger:
        desk.git("mv", LEDGER, "ledger/mending_time.jsonl")
    desk.commit("renamed")


def test_a_rename_takes_its_ledger_along(desk: Repository) -> None:
    """The first line goes on naming the first id, the next one the new id, and all of it verifies."""
    published(desk, "--as-of", "2026-02-03")
    renamed(desk, with_ledger=True)
    assert publish(desk, "--as-of", "2026-03-03").code == 0
    assert [line["kpi"] for line in lines(desk, "ledger/mending_time.jsonl")] == ["fix_time", "mending_time"]
    desk.commit("published")
    told = verify(desk)
    assert (told["code"], told["counts"]["hold"]) == (0, 2), told


def test_a_ledger_that_was_left_behind_is_not_continued(desk: Repository) -> None:
    """Renamed without its ledger, a KPI would begin a second one: refused, with the command that helps."""
    published(desk, "--as-of", "2026-02-03")
    renamed(desk, with_ledger=False)
    ended = publish(desk, "--as-of", "2026-03-03")
    assert ended.code == 1
    assert "git mv ledger/fix_time.jsonl ledger/mending_time.jsonl" in ended.json["failed"][0]["hint"]


def test_a_ledger_moves_only_with_its_kpi(desk: Repository) -> None:
    """A ledger that is given to another KPI is lost lines, whatever the file is called."""
    published(desk, "--as-of", "2026-02-03")
    desk.git("mv", LEDGER, "ledger/other.jsonl")
    desk.commit("tidied")
    told = verify(desk)
    assert told["code"] == 1
    assert any(f["path"] == LEDGER for f in told["failed"])


def test_a_merge_that_drops_lines_is_found(desk: Repository) -> None:
    """`git merge -s ours` on a side that has fewer lines: the merge is named."""
    published(desk, "--as-of", "2026-02-03")
    desk.git("checkout", "-q", "-b", "side")
    published(desk, "--as-of", "2026-03-03")
    desk.git("checkout", "-q", "main")
    desk.git("merge", "-q", "-s", "ours", "-m", "of both", "side")
    told = verify(desk)
    merge = desk.git("rev-parse", "HEAD")[:12]
    assert told["code"] == 1
    assert any(merge in f["message"] for f in told["failed"])


def test_a_clock_that_runs_restates_nothing(desk: Repository) -> None:
    """Waiting time of open tickets grows with every day: a closed month that was published stays what it was then."""
    desk.write("data/events.csv", "event_id,ticket_id,at,field,value\n" + "".join(
        f"E{n},{n},2026-03-{1 + n % 20:02} 09:00,status,new\n" for n in range(1, 60)
    ))  # fmt: skip
    desk.write("data/open.csv", "ticket_id,created_at,resolved_at\n" + "".join(
        f"{n},2026-03-{1 + n % 20:02} 09:00,\n" for n in range(1, 60)
    ))  # fmt: skip
    text = (desk.root / CONFIG).read_text()
    desk.write(CONFIG, text.replace("datasets:\n", (
        "datasets:\n  events: {source: data/events.csv, contract: ticket_events, key: event_id, time: at,"
        " complete_through: 2026-06-30}\n"
        "  queue:\n    source: data/open.csv\n    contract: tickets\n    key: ticket_id\n    time: created_at\n"
        "    complete_through: 2026-06-30\n"
        "    clocks: {wait: {history: events, running: [new]}}\n"
    )))  # fmt: skip
    definition = (desk.root / KPI).read_text()
    definition = definition[: definition.index("examples:")] if "examples:" in definition else definition
    definition = definition.replace("id: fix_time", "id: wait_time").replace("dataset: tickets", "dataset: queue")
    definition = definition.replace("median(hours_between(created_at, resolved_at))", "avg(wait)")
    definition = (
        definition.replace("segments: [priority]\n", "")
        .replace("time: resolved_at\n", "")
        .replace("unit: hours", "unit: minutes")
    )
    desk.write("kpis/wait_time.yaml", definition.replace("at_most: 4 h, near: 5 h", "at_most: 90000 min"))
    desk.commit("a clock that runs")
    first, later = publish(desk, "--as-of", "2026-04-02"), publish(desk, "--as-of", "2026-05-02")
    assert first.code == 0, first.out + first.err
    assert later.code == 0, later.out + later.err
    assert not any("restates" in line for line in lines(desk, "ledger/wait_time.jsonl"))
    card = kpi(desk.root, "check", "--as-of", "2026-05-02", "--format", "json").json
    march = [
        m["value"] for m in card["measurements"]
        if m["kpi"] == "wait_time" and m["period"]["start"] == "2026-03-01" and not m["segment"]
    ]  # fmt: skip
    assert march[0] > lines(desk, "ledger/wait_time.jsonl")[0]["value"]


def test_a_broken_project_is_a_finding(desk: Repository) -> None:
    """kpi.yaml that cannot be read, or that names no zone: exit 1 with its place, nothing published."""
    for old, new in (("Europe/London", "Europe/Nowhere"), ("version: 1", "version: [")):
        desk.edit(CONFIG, (old, new))
        desk.commit("broken")
        ended = publish(desk)
        assert (ended.code, [f["path"] for f in ended.json["failed"]][:1]) == (1, [CONFIG]), ended.err
    assert not (desk.root / "ledger").exists()

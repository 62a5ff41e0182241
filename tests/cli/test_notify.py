"""`kpi notify`: owners are told what changed since values were last published, and nothing else."""

from __future__ import annotations

import datetime as dt
import email
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from email import policy
from email.message import EmailMessage
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from kpi_framework.history.ledger import sealed
from kpi_framework.model.ledger import Chain
from kpi_framework.model.measurement import Measurement, Reason, Status
from kpi_framework.model.notice import Notice, NoticeKind, Notices
from kpi_framework.report.formats.mail import is_address
from kpi_framework.report.notice_files import file_name, notice_files
from tests.cli.projects import Ended, kpi, project
from tests.docs.pages import ROOT, blocks
from tests.unit.report.scorecards import measure, unknown

pytestmark = pytest.mark.usefixtures("engine_inside")

OWNER = "desk@example.com"
HOSTILE = (
    "<!channel> hi", "<@U123>", "@here", "*bold* _it_ ~no~ `code`", "[a](https://evil.example)", "<at>Everyone</at>",
    "a & b < c", "x\r\nBcc: evil@example.com", "x\nSubject: y", "{{DATE()}}", "::error::x", "##[error]x",
    "Grüße 😀 שלום", "\u202eevil", "x" * 3_000, ".", "From me", "=?utf-8?q?evil?=",
)  # fmt: skip


def line(
    status: str, end: str = "2026-03-01", as_of: str = "2026-03-03T00:00:00+00:00", **fields: Any
) -> dict[str, Any]:
    """A line of a ledger before it is sealed; of February, unless said otherwise."""
    start = (dt.date.fromisoformat(end) - dt.timedelta(days=1)).replace(day=1).isoformat()
    return {
        "period": {"grain": "month", "start": start, "end": end}, "segment": {},
        "value": None if status == "unknown" else 3.5, "unit": "hours", "status": status, "reason": None,
        "waived": False, "population": 9, "measured": 9, "target": None,
        "baseline": None, "definition": "sha256:2:d", "data": "sha256:f", "commit": "c", "engine": "duckdb",
        "isolation": "process", "as_of": as_of, **fields,
    }  # fmt: skip


def desk(folder: Path, lines: Sequence[dict[str, Any]] = (), limit: str = "4 h", **edits: str) -> Path:
    """The small project with this target, and these lines in its ledger."""
    root = project(folder)
    definition = root / "kpis" / "fix_time.yaml"
    text = definition.read_text(encoding="utf-8").replace("at_most: 4 h, near: 5 h", f"at_most: {limit}")
    for before, after in edits.items():
        text = text.replace(before, after)
    definition.write_text(text, encoding="utf-8")
    if lines:
        (root / "ledger").mkdir()
        (root / "ledger" / "fix_time.jsonl").write_text(sealed(Chain("fix_time"), lines), encoding="utf-8")
    return root


def told(root: Path, *arguments: str) -> list[tuple[str | None, str, str]]:
    """What the index lists: who is told what of which KPI."""
    ended = kpi(root, "notify", *arguments)
    assert ended.code == 0, ended.err
    path = root / "notices" / "notices.json"
    if not path.exists():
        assert not (root / "notices").exists()
        return []
    owners = json.loads(path.read_text(encoding="utf-8"))["owners"]
    return [(o["owner"], n["kind"], n["kpi"]) for o in owners for n in o["notices"]]


MISSED, UNKNOWN, RECOVERED = ((OWNER, kind, "fix_time") for kind in ("newly missed", "newly unknown", "recovered"))


@pytest.mark.parametrize(
    ("before", "limit", "notice"),
    [
        ("met", "1 h", MISSED), ("near", "1 h", MISSED), ("unknown", "1 h", MISSED), (None, "1 h", MISSED),
        ("missed", "1 h", None), ("missed", "999 h", RECOVERED), ("unknown", "999 h", RECOVERED),
        ("met", "999 h", None), (None, "999 h", None), ("near", "999 h", None),
    ],
)  # fmt: skip
def test_a_change_of_status_is_told_and_nothing_else(
    before: str | None, limit: str, notice: tuple[str, str, str] | None, tmp_path: Path
) -> None:
    """Newly missed and recovered, against the last published value; the same again is silence, without a file."""
    root = desk(tmp_path / "p", [line(before)] if before else [], limit)
    assert told(root) == ([notice] if notice else [])


@pytest.mark.parametrize("before", ["met", "missed", "unknown", None])
def test_what_is_newly_unknown_is_told(before: str | None, tmp_path: Path) -> None:
    """A value that cannot be judged is told once: unknown is neither zero nor good."""
    root = desk(tmp_path / "p", [line(before)] if before else [])
    (root / "kpi.yaml").write_text(
        (root / "kpi.yaml")
        .read_text(encoding="utf-8")
        .replace("complete_through: 2026-04-02", "complete_through: 2026-03-02"),
        encoding="utf-8",
    )
    assert told(root) == ([] if before == "unknown" else [UNKNOWN])


def test_the_last_published_value_is_compared(tmp_path: Path) -> None:
    """Of several lines the last one counts: of the latest period, and of that the one that restated it."""
    lines = [line("missed", "2026-02-01"), line("missed"), line("met")]
    assert told(desk(tmp_path / "restated", lines, "999 h")) == []
    assert told(desk(tmp_path / "older", [line("met"), line("missed", "2026-02-01")], "999 h")) == []
    assert told(desk(tmp_path / "same", [line("met", "2026-04-01")], "1 h")) == [MISSED]
    later = [line("met"), line("missed", "2026-05-01")]
    assert told(desk(tmp_path / "later", later, "999 h")) == []


def test_a_definition_that_broke_is_told(tmp_path: Path) -> None:
    """A KPI that was published and whose file cannot be read is newly unknown; nobody is named any more."""
    root = desk(tmp_path / "p", [line("met")])
    (root / "kpis" / "fix_time.yaml").write_text("id: [", encoding="utf-8")
    assert told(root) == [(None, "newly unknown", "fix_time")]


@pytest.mark.parametrize(("due", "since", "is_told"), [
    ("2026-04-01", None, True), ("2026-04-02", None, False), ("2026-03-01", None, False), ("2026-03-02", None, True),
    ("2026-03-20", "2026-03-20", True), ("2026-03-20", "2026-03-21", False),
])  # fmt: skip
def test_an_action_is_told_when_its_day_has_passed(due: str, since: str | None, is_told: bool, tmp_path: Path) -> None:
    """Once: by the run that first finds it overdue. The day before counts from the ledger, or from --since."""
    root = desk(tmp_path / "p", [line("met")], "999 h", **{"due: 2026-06-30": f"due: {due}"})
    notices = told(root, *(["--since", since] if since else []))
    assert notices == ([("lead@example.com", "overdue action", "fix_time")] if is_told else [])


@pytest.mark.parametrize(("begins", "until", "since", "is_told"), [
    ("2026-03-01", "2026-04-09", "2026-04-01", True), ("2026-03-01", "2026-04-10", "2026-04-01", False),
    ("2026-03-01", "2026-04-08", "2026-04-01", False), ("2026-03-01", "2026-04-02", "2026-03-01", True),
    ("2026-03-01", "2026-04-01", "2026-03-01", False), ("2026-04-02", "2026-04-05", "2026-04-01", True),
    ("2026-04-03", "2026-04-05", "2026-04-01", False),
])  # fmt: skip
def test_a_waiver_is_told_in_its_last_seven_days(
    begins: str, until: str, since: str, is_told: bool, tmp_path: Path
) -> None:
    """Once: by the run that first finds it within seven days of its end; a short new one, too."""
    waiver = f"{{from: {begins}, until: {until}, limit: 99 h, reason: two vacancies, approved_by: cio@example.com}}"
    root = desk(tmp_path / "p", [line("missed")], "1 h", read_with=f"waiver: {waiver}\nread_with")
    assert told(root, "--since", since) == ([(OWNER, "waiver ends", "fix_time")] if is_told else [])


def test_two_runs_write_the_same_bytes_and_old_notices_go(tmp_path: Path) -> None:
    """Nothing depends on the clock; when there is nothing to tell, yesterday's files are not left to be sent again."""
    root = desk(tmp_path / "p", [line("met")], "1 h")
    told(root)
    before = {p.name: p.read_bytes() for p in (root / "notices").iterdir()}
    told(root)
    assert {p.name: p.read_bytes() for p in (root / "notices").iterdir()} == before
    assert {"".join(Path(name).suffixes[-2:]) for name in before} == {".slack.json", ".teams.json", ".eml", ".json"}
    (root / "ledger" / "fix_time.jsonl").write_text(sealed(Chain("fix_time"), [line("missed")]), encoding="utf-8")
    assert told(root) == []


def test_other_files_and_links_are_left_alone(tmp_path: Path) -> None:
    """A folder with other files, and a link inside the project, are refused with 2."""
    root = desk(tmp_path / "p", [line("met")], "1 h")
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("ten years", encoding="utf-8")
    (root / "notices").symlink_to(other)
    refused: list[Ended] = [kpi(root, "notify"), kpi(root, "notify", "--out", str(other))]
    assert [ended.code for ended in refused] == [2, 2]
    assert [p.name for p in other.iterdir()] == ["thesis.txt"]


def test_wrong_words_end_with_2(tmp_path: Path) -> None:
    """A sender that is no address, a site that is no page, a day that is none, and a ledger that was tampered with."""
    root = desk(tmp_path / "p", [line("met")], "1 h")
    wrong = (["--sender", "x\r\nBcc: y@z"], ["--site", "javascript:alert(1)"], ["--since", "soon"])
    assert [kpi(root, "notify", *words).code for words in wrong] == [2, 2, 2]
    ledger = root / "ledger" / "fix_time.jsonl"
    ledger.write_text(ledger.read_text(encoding="utf-8").replace('"met"', '"missed"'), encoding="utf-8")
    assert kpi(root, "notify").code == 2
    ledger.write_text(sealed(Chain("fix_time"), [line("met", as_of="soon")]), encoding="utf-8")
    assert kpi(root, "notify").code == 2


# what is written


def files(*notices: Notice, site: str | None = None) -> dict[str, str]:
    """The files for these notices."""
    as_of = dt.datetime(2026, 11, 6, tzinfo=dt.UTC)
    listed = Notices("A desk", as_of, dt.date(2026, 11, 5), dt.date(2026, 10, 5), notices)
    return dict(notice_files(listed, "kpi@example.com", site))


def notice(
    name: str = "Fix time", who: str | None = OWNER, measurement: Measurement | None = None, **fields: Any
) -> Notice:
    """A newly missed value."""
    missed = measurement or measure(status=Status.MISSED, value=99)
    return Notice(fields.pop("kind", NoticeKind.MISSED), "fix_time", name, who, missed, **fields)


def body(owner: str, written: dict[str, str], form: str) -> str:
    """What an owner's file of this form holds."""
    index = json.loads(written["notices.json"])
    (entry,) = (o for o in index["owners"] if o["owner"] == owner)
    return written[entry["files"][form]]


def mail_of(text: str) -> EmailMessage:
    """A mail as Python's parser reads it, without a defect."""
    message = email.message_from_bytes(text.encode(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert message.defects == []
    return message


def slack_texts(text: str) -> list[str]:
    """Every text that Slack shows; all stand in elements that it does not parse."""
    payload = json.loads(text)
    assert set(payload) == {"text", "mrkdwn", "unfurl_links", "unfurl_media", "blocks"}
    assert not {"<", ">"} & set(payload["text"])
    assert (payload["mrkdwn"], len(payload["blocks"]) <= 50) == (False, True)
    sections = [section for block in payload["blocks"] for section in block["elements"]]
    assert {block["type"] for block in payload["blocks"]} == {"rich_text"}
    assert {section["type"] for section in sections} == {"rich_text_section"}
    elements = [element for section in sections for element in section["elements"]]
    assert {element["type"] for element in elements} <= {"text", "link"}
    return [element["text"] for element in elements if element["type"] == "text"]


def teams_texts(text: str) -> list[str]:
    """Every text that Teams shows; all stand in runs, which it does not parse."""
    payload = json.loads(text)
    assert payload["type"] == "message"
    (attachment,) = payload["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    assert set(card) <= {"$schema", "type", "version", "body", "msteams", "actions"}
    assert "entities" not in card["msteams"]
    for block in card["body"]:
        assert set(block) <= {"type", "inlines", "separator", "spacing"}
        assert block["type"] == "RichTextBlock"
        assert all(
            set(run) <= {"type", "text", "weight", "size", "isSubtle", "selectAction"} for run in block["inlines"]
        )
        assert {run["type"] for run in block["inlines"]} == {"TextRun"}
    assert all(set(action) == {"type", "title", "url"} for action in card.get("actions", ()))
    return [run["text"] for block in card["body"] for run in block["inlines"]]


def test_each_owner_gets_their_own_notices() -> None:
    """One set of files an owner, however they write their name; who has no address gets no mail."""
    written = files(
        notice("A"), notice("B", "Desk@Example.com"), notice("C", "@acme/team"), notice("D", None),
        notice("E", "lead@example.com", kind=NoticeKind.ACTION, day=dt.date(2026, 11, 1), what="Hire somebody."),
    )  # fmt: skip
    owners = {o["owner"]: o for o in json.loads(written["notices.json"])["owners"]}
    assert {who: sorted(o["files"]) for who, o in owners.items()} == {
        OWNER: ["mail", "slack", "teams"], "lead@example.com": ["mail", "slack", "teams"],
        "@acme/team": ["slack", "teams"], None: ["slack", "teams"],
    }  # fmt: skip
    assert len(written) == 11
    for texts in (slack_texts(body(OWNER, written, "slack")), teams_texts(body(OWNER, written, "teams"))):
        words = "\n".join(texts)
        assert "A desk: 2 newly missed values" in words
        assert "Newly missed: A" in words
        assert "Newly missed: B" in words
        assert "Newly missed: C" not in words
    mail = mail_of(body("lead@example.com", written, "mail"))
    assert (mail["To"], mail["From"], mail["Subject"]) == (
        "lead@example.com",
        "kpi@example.com",
        "A desk: 1 overdue action",
    )
    assert mail["Date"].datetime == dt.datetime(2026, 11, 6, tzinfo=dt.UTC)
    assert "Due on 1 November 2026: Hire somebody." in mail.get_content()


def test_a_notice_says_what_why_and_what_to_do() -> None:
    """The value, its target, its period, what was published before; of an unknown one the reason; and a link."""
    written = files(
        notice(action="Move cover."),
        notice("Two", measurement=unknown("fix_time", Reason.STALE), kind=NoticeKind.UNKNOWN),
        site="https://acme.example/kpi/",
    )  # fmt: skip
    text = mail_of(body(OWNER, written, "mail")).get_content()
    assert "✗ missed in October 2026: 99.0 min, target ≤ 60 min." in text
    assert "Nothing was published before." in text
    assert "To do: Move cover." in text
    assert "The data end too early to judge the period." in text
    assert "https://acme.example/kpi/kpis/fix_time.html" in text
    assert "https://acme.example/kpi/index.html" in body(OWNER, written, "slack")


@pytest.mark.parametrize("words", HOSTILE)
def test_a_stranger_s_words_are_words(words: str) -> None:
    """In no message do they mention, format, link or add a header; they are read as they were written."""
    written = files(
        notice(words, action=words), notice(words, kind=NoticeKind.ACTION, day=dt.date(2026, 11, 1), what=words)
    )
    shown = " ".join(words.replace("\u202e", "").split())[:100]
    mail = mail_of(body(OWNER, written, "mail"))
    for texts in (
        slack_texts(body(OWNER, written, "slack")),
        teams_texts(body(OWNER, written, "teams")),
        mail.get_content().splitlines(),
    ):
        lines = [text.strip() for text in texts]
        assert sum(text.startswith(f"Newly missed: {shown}") for text in lines) == 1
        assert sum(text.startswith(f"To do: {shown}") for text in lines) == 1
    assert sorted(mail.keys()) == sorted([
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type", "Content-Transfer-Encoding",
        "MIME-Version",
    ])  # fmt: skip
    assert (mail["Bcc"], mail["To"]) == (None, OWNER)


def test_too_many_notices_are_counted() -> None:
    """A message stays below what a service takes, and says what did not fit; the mail and the index have all."""
    written = files(*(notice(f"{n} {'😀' * 100}", action="y" * 400) for n in range(300)))
    assert all(
        len(written[name].encode()) <= 24_000 for name in written if name.endswith((".slack.json", ".teams.json"))
    )
    assert "more notices did not fit." in "".join(teams_texts(body(OWNER, written, "teams")))
    assert "more notices did not fit." in "".join(slack_texts(body(OWNER, written, "slack")))
    assert mail_of(body(OWNER, written, "mail")).get_content().count("Newly missed") == 300


def test_names_of_files_are_safe_and_tell_owners_apart() -> None:
    """Whatever an owner is called: one file name that every system takes, and no two alike."""
    owners = ["../../etc/passwd", "a/b", "a.b", "CON", "x" * 300, "Ж", "", "a b", "a\0b", "desk@example.com"]
    names = [file_name(owner) for owner in owners]
    assert len(set(names)) == len(owners)
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") and len(name) < 60 for name in names)


@pytest.mark.parametrize(("text", "is_one"), [
    ("a@b", True), ("first.last@sub.example.com", True), ("@org/team", False), ("a@b@c", False), ("a b@c", False),
    ("a@b\nBcc: c@d", False), ("a@b, c@d", False), ("a@b>", False), ("", False), ("ü@example.com", False),
])  # fmt: skip
def test_only_one_plain_address_gets_a_mail(text: str, is_one: bool) -> None:
    """Nothing in it can add another address or a header."""
    assert is_address(text) is is_one


# sending them

CURL = """#!/bin/bash
printf '%s\\n' "$@" >> "$SENT/arguments"
for argument in "$@"; do
  case "$argument" in @notices/*|notices/*) cp "${argument#@}" "$SENT/" ;; esac
done
"""


def test_the_documented_job_sends_every_file_once(tmp_path: Path) -> None:
    """The lines of docs/ci.md, with a stand-in for curl: each file goes to its service, each mail to its owner, and an
    unchanged project sends nothing.
    """
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    (lines,) = (block.text for block in blocks(page) if block.text.startswith("kpi notify"))
    root = desk(tmp_path / "p", [line("met")], "1 h", **{"due: 2026-06-30": "due: 2026-04-01"})
    (programs := tmp_path / "programs").mkdir()
    (programs / "curl").write_text(CURL, encoding="utf-8")
    (programs / "kpi").write_text(
        f'#!/bin/bash\n[ "$1" = publish ] || exec {sys.executable} -m kpi_framework "$@"\n', encoding="utf-8"
    )
    for program in programs.iterdir():
        program.chmod(0o755)
    (sent := tmp_path / "sent").mkdir()
    environment = os.environ | {
        "PATH": f"{programs}:{os.environ['PATH']}", "SENT": str(sent), "SLACK_WEBHOOK": "https://slack.invalid/x",
        "TEAMS_WEBHOOK": "https://teams.invalid/x", "SMTP_URL": "smtp://mail.invalid", "SMTP_USER": "u:p",
    }  # fmt: skip
    subprocess.run(
        ["bash", "-euo", "pipefail", "-c", lines], cwd=root, env=environment, check=True, capture_output=True
    )
    files = {p.name: p.read_bytes() for p in (root / "notices").iterdir() if p.name != "notices.json"}
    assert len(files) == 6
    assert {p.name: p.read_bytes() for p in sent.iterdir() if p.name != "arguments"} == files
    words = (sent / "arguments").read_text(encoding="utf-8").splitlines()
    receivers = [after for before, after in pairwise(words) if before == "--mail-rcpt"]
    assert sorted(receivers) == ["desk@example.com", "lead@example.com"]
    assert [words.count(address) for address in ("https://slack.invalid/x", "https://teams.invalid/x")] == [2, 2]
    (sent / "arguments").unlink()
    (root / "ledger" / "fix_time.jsonl").write_text(
        sealed(Chain("fix_time"), [line("missed", "2026-04-01", "2026-04-02T12:00:00+00:00")]), encoding="utf-8"
    )
    subprocess.run(
        ["bash", "-euo", "pipefail", "-c", lines], cwd=root, env=environment, check=True, capture_output=True
    )
    assert not (sent / "arguments").exists()

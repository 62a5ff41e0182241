"""The jobs of exports that come by mail, on a share or in a bucket, against a local server of each."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import email.utils
import io
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.getting_data.desk import PERSON, ZONE, Desk, Ticket
from tests.getting_data.jobs import EXAMPLES, Nights, git
from tests.getting_data.projects import KPIS, WHERE, drafts, measured
from tests.getting_data.stand_ins import SECRET
from tests.pull import servers

SENDER = "reports@desk.example.org"
ODD = f"{SECRET}\\ \"'$HOME"
"""A password that a shell and a configuration file could misread."""
NUMBERS = {WHERE: ""}
"""No column says that a ticket was deleted: a whole export has none that was."""


def local(moment: dt.datetime | None) -> str:
    """A moment on the clock of the desk."""
    return moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S") if moment else ""


def export(tickets: list[Ticket], header: dict[str, str]) -> str:
    """A report as CSV, with persons and their texts in it."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow([*header.values(), "caller_id", "short_description"])
    for ticket in tickets:
        state = "6" if ticket.solved else "2"
        cells = {
            "number": f"INC{ticket.number:07}", "opened": local(ticket.created), "replied": local(ticket.replied),
            "resolved": local(ticket.solved), "state": state, "priority": "1" if ticket.urgent else "4",
            "category": "network",
        }  # fmt: skip
        writer.writerow([*(cells[name] for name in header), ticket.requester, f"{PERSON}, twice"])
    return file.getvalue()


REPORT = {
    "number": "number", "opened": "opened_at", "resolved": "resolved_at", "state": "state", "priority": "priority",
    "category": "category",
}  # fmt: skip
SHARED = {"number": "Number", "opened": "Opened", "replied": "First reply", "resolved": "Resolved"}


def mail(content: str, sent: dt.datetime, sender: str = SENDER) -> bytes:
    """A mail with a report attached, as a scheduler sends it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "kpi@example.org", "Incidents"
    message["Date"] = email.utils.format_datetime(sent)
    message.set_content("The report is attached.")
    message.add_attachment(content.encode(), maintype="text", subtype="csv", filename="incident.csv")
    return message.as_bytes()


@contextmanager
def mailbox(mails: list[bytes]) -> Iterator[int]:
    """A mail server that knows one user: the commands of IMAP that the loader needs."""

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"* OK ready\r\n")
            for line in self.rfile:
                tag, _, command = line.strip().decode().partition(" ")
                self.wfile.write(self.reply(command) + f"{tag} {self.state} done\r\n".encode())

        def reply(self, command: str) -> bytes:
            self.state = "OK"
            match command.split(" ", maxsplit=1)[0].upper():
                case "CAPABILITY":
                    return b"* CAPABILITY IMAP4rev1\r\n"
                case "LOGIN":
                    self.state = "OK" if command == f'LOGIN kpi "{SECRET}"' else "NO"
                case "EXAMINE":
                    return f"* {len(mails)} EXISTS\r\n".encode()
                case "SEARCH":
                    return b"* SEARCH" + b"".join(b" %d" % (n + 1) for n in range(len(mails))) + b"\r\n"
                case "FETCH":
                    text = mails[int(command.split(" ")[1]) - 1]
                    return f"* 1 FETCH (BODY[] {{{len(text)}}}\r\n".encode() + text + b")\r\n"
            return b""

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def nights(folder: Path, kind: str, variables: dict[str, str], kpis: dict[str, str]) -> Nights:
    """A repository as the page describes it."""
    files = {"kpi.yaml": (EXAMPLES / kind / "kpi.yaml").read_text(encoding="utf-8"), **kpis}
    for name in ("keep.py", "mailbox.py"):
        files[f"loaders/{name}"] = (EXAMPLES / "loaders" / name).read_text(encoding="utf-8")
    repository = Nights(folder, EXAMPLES / kind / ".github/workflows/tickets.yml", variables)
    repository.start(files)
    return repository


def figures(desk: Desk, names: set[str]) -> dict[tuple[str, str], float]:
    """The desk's own figures."""
    return {key: value for key, value in desk.figures().items() if key[0] in names}


def clean(repository: Nights) -> None:
    """No person and no secret in any file, commit or output."""
    for name, content in repository.texts():
        for word in (SECRET, PERSON, base64.b64encode(f"kpi:{ODD}".encode()).decode()):
            assert word.encode() not in content, name


def test_the_newest_mail_gives_the_desks_figures(tmp_path: Path) -> None:
    """Of several mails the newest of the sender counts; columns that are not named are dropped before the commit."""
    desk = Desk()
    desk.next_day()
    living = [ticket for ticket in desk.tickets.values() if not ticket.deleted]
    old, new = desk.now - dt.timedelta(days=1), desk.now - dt.timedelta(minutes=30)
    forged = f'"{SENDER}" <thief@example.com>'
    mails = [mail(export(living[:9], REPORT), old), mail(export(living, REPORT), new)]
    mails.append(mail(export(living[:3], REPORT), desk.now, forged))
    kpis = drafts({name: KPIS[name] for name in ("opened", "solution")}, NUMBERS)
    with mailbox(mails) as port:
        variables = {"MAIL_SERVER": f"imap://127.0.0.1:{port}", "MAIL_FROM": SENDER, "MAIL_USER": "kpi"}
        repository = nights(tmp_path, "mail", {**variables, "MAIL_PASSWORD": SECRET}, kpis)
        night = repository.run()
        assert night.code == 0, night.output
        assert measured(repository.checked) == pytest.approx(figures(desk, {"opened", "solution"}), rel=1e-9)
        before = git(repository.origin, "rev-parse", "main")
        mails.append(mail("number;opened_at\nINC1;2026-01-01\n", desk.now))
        other = repository.run()
        assert other.code == 1, "another delimiter"
        assert "has no column" in other.output
        repository.variables = {**repository.variables, "MAIL_PASSWORD": "wrong"}
        assert repository.run().code == 1
    assert git(repository.origin, "rev-parse", "main") == before
    clean(repository)


@contextmanager
def share(files: dict[str, str]) -> Iterator[str]:
    """A web server with one user, whose file is what the mapping holds at the moment."""
    header = "Basic " + base64.b64encode(f"kpi:{ODD}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_allowed = self.headers["Authorization"] == header
            body = files["tickets.csv"].encode() if is_allowed else b"no"
            self.send_response(200 if is_allowed else 401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/exports/tickets.csv"
        finally:
            server.shutdown()
            thread.join()


def test_the_file_of_a_share_gives_the_desks_figures(tmp_path: Path) -> None:
    """An empty file and a refused password leave the old one, and the job fails."""
    desk = Desk()
    desk.next_day()
    living = [ticket for ticket in desk.tickets.values() if not ticket.deleted]
    files = {"tickets.csv": export(living, SHARED)}
    with share(files) as address:
        variables = {"SHARE_URL": address, "SHARE_USER": "kpi", "SHARE_PASSWORD": ODD}
        repository = nights(tmp_path, "share", variables, drafts(KPIS, NUMBERS))
        night = repository.run()
        assert night.code == 0, night.output
        assert measured(repository.checked) == pytest.approx(figures(desk, set(KPIS)), rel=1e-9)
        before = git(repository.origin, "rev-parse", "main")
        files["tickets.csv"] = ""
        assert repository.run().code == 1
        repository.variables = {**variables, "SHARE_PASSWORD": "wrong"}
        assert repository.run().code != 0
    assert git(repository.origin, "rev-parse", "main") == before
    clean(repository)


def test_the_files_of_a_bucket_give_the_desks_figures(tmp_path: Path) -> None:
    """One file a month; the keys are left nowhere."""
    desk = Desk()
    desk.next_day()
    with servers.bucket() as bucket:
        living = [ticket for ticket in desk.tickets.values() if not ticket.deleted]
        for month in sorted({f"{ticket.created:%Y-%m}" for ticket in living}):
            rows = csv.reader(io.StringIO(export([t for t in living if f"{t.created:%Y-%m}" == month], SHARED)))
            lines = "".join(",".join(row[: len(SHARED)]) + "\n" for row in rows)
            bucket.put(f"desk-exports/{month}/tickets.csv", lines.encode())
        variables = {"KPI_BUCKET": bucket.url, **bucket.environment}
        repository = nights(tmp_path, "bucket", variables, drafts(KPIS, NUMBERS))
        night = repository.run()
        assert night.code == 0, night.output
    assert measured(repository.checked) == pytest.approx(figures(desk, set(KPIS)), rel=1e-9)
    for name, content in repository.texts():
        assert bucket.environment["AWS_SECRET_ACCESS_KEY"].encode() not in content, name

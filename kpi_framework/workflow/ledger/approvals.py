"""Who approved the audited changes: what commits say of themselves, beside what the platform says (approvals.json)."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from ...load.approvals import read_approvals_file
from ...model.approval import ApprovalsFile
from ...model.audit import Conflict, KnownApproval
from ...model.change import HistoryEvent
from ...model.diagnostic import KpiError
from ...model.ledger import Published
from ...model.record import Record

APPROVALS = "approvals.json"
TRAILER = "a line in the commit's message"
_LARGEST = 20_000_000
_PERSON = re.compile(r"^(?P<name>.*?)\s*<(?P<email>[^<>]*)>$")
_NO_REPLY = re.compile(r"^(?:\d+\+)?([^@]+)@users\.noreply\.")


class ReadApprovals(Record):
    """approvals.json as it was read: its text, what it says, and the hash of its bytes."""

    text: str
    file: ApprovalsFile
    sha256: str


def read_approvals(path: Path, *, is_needed: bool) -> ReadApprovals | None:
    """The file; None where there is none and nobody asked for it. Raises KpiError for what does not fit its schema."""
    if not path.is_file() and not is_needed:
        return None
    hint = "schemas/approvals.schema.json describes it; docs/ledger.md has a workflow step that makes it."
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST)
        file = read_approvals_file(content)
        text = content.decode("utf-8")
    except OSError as error:
        raise KpiError(f"{path} cannot be read: {error.strerror}", hint) from error
    except ValueError as error:
        raise KpiError(f"{path} is no file of approvals: {error}", hint) from None
    return ReadApprovals(text, file, hashlib.sha256(content).hexdigest())


def known_approvals(events: Iterable[HistoryEvent], read: ReadApprovals | None) -> tuple[KnownApproval, ...]:
    """For each commit that changed something: who approved it, and where that is said."""
    by_commit = {event.commit.name: event for event in events}
    approvals = [
        KnownApproval(name, by, None, TRAILER, event.pull_request)
        for name, event in by_commit.items()
        for by in event.approvals
    ]
    for name, event in by_commit.items():
        approvals += _from_file(name, event, read) if read is not None else ()
    return tuple(approvals)


def _from_file(name: str, event: HistoryEvent, read: ReadApprovals) -> Iterator[KnownApproval]:
    commits = {name, event.merge.name if event.merge else name}
    for approval in read.file.approvals:
        is_its_own = approval.commit in commits
        is_of_request = approval.pull_request is not None and str(approval.pull_request) == event.pull_request
        if approval.state == "approved" and (is_its_own or is_of_request):
            number = str(approval.pull_request) if approval.pull_request else None
            yield KnownApproval(name, approval.by, approval.at, f"{APPROVALS}: {read.file.source}", number)


# Who is whom


def conflicts(
    events: Iterable[HistoryEvent], approvals: Iterable[KnownApproval], published: Iterable[Published]
) -> tuple[Conflict, ...]:
    """Changes that their author approved, and those that the same person also published."""
    by_commit: dict[str, list[KnownApproval]] = {}
    for approval in approvals:
        by_commit.setdefault(approval.commit, []).append(approval)
    lines = tuple(published)
    conflicts: dict[tuple[str, str], Conflict] = {}
    for event in events:
        author = f"{event.commit.author} <{event.commit.email}>"
        given = by_commit.get(event.commit.name, [])
        own = [a for a in given if is_same_person(author, a.by)]
        if own and len(own) == len(given):
            publishes = any(is_same_person(author, str(p.body.get("actor") or "")) for p in _after(event, lines))
            what = "approved and published by its author" if publishes else "approved by its author alone"
            kpi_id = event.change.kpi or "kpi.yaml"
            conflicts[event.commit.name, what] = Conflict(event.commit.name, kpi_id, author, what)
    return tuple(conflicts.values())


def _after(event: HistoryEvent, lines: Iterable[Published]) -> Iterator[Published]:
    """The values that were published of what an event changed, after it."""
    touched = {event.change.kpi, *event.change.touches}
    for line in lines:
        moment = line.body.get("published_at")
        is_of_it = line.ledger in touched and isinstance(moment, str)
        if is_of_it and dt.datetime.fromisoformat(str(moment)) >= event.commit.committed_at:
            yield line


def is_same_person(one: str, other: str) -> bool:
    """Whether two names, addresses or logins have something in common that names a person."""
    return bool(_names(one) & _names(other))


def _names(text: str) -> set[str]:
    match = _PERSON.match(text.strip())
    name, email = (match["name"], match["email"]) if match else (text.strip(), text.strip() if "@" in text else "")
    no_reply = _NO_REPLY.match(email)
    parts = {name, email, no_reply[1] if no_reply else email.partition("@")[0]}
    return {part.casefold().lstrip("@") for part in parts if part}

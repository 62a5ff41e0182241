"""The files of `kpi notify`: for each owner what Slack, Teams and a mail server take, and a list of them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from ..model.notice import Notice, Notices
from .formats.json import as_text, measurement_object
from .formats.mail import is_address, mail
from .formats.slack import slack_message
from .formats.teams import teams_message
from .view.letters import Letter, letters

INDEX = "notices.json"
_UNNAMEABLE = re.compile(r"[^a-z0-9]+")
_LONGEST = 40


def notice_files(notices: Notices, sender: str, site: str | None = None) -> Iterator[tuple[str, str]]:
    """Names and texts; nothing where nothing has happened."""
    entries: list[dict[str, Any]] = []
    for (owner, listed), letter in zip(notices.by_owner.items(), letters(notices, site), strict=True):
        files = _files(letter, notices, sender)
        names = {form: name for form, (name, _) in files.items()}
        entries.append({
            "owner": owner or None, "subject": letter.subject, "files": names,
            "notices": [notice_object(notice) for notice in listed],
        })  # fmt: skip
        yield from files.values()
    if entries:
        since = notices.since.isoformat() if notices.since else None
        yield INDEX, as_text({
            "schema_version": 1, "project": notices.project, "as_of": notices.as_of.isoformat(), "since": since,
            "owners": entries,
        })  # fmt: skip


def _files(letter: Letter, notices: Notices, sender: str) -> dict[str, tuple[str, str]]:
    """By the service that takes them; no mail to whoever has no address."""
    name = file_name(letter.owner)
    files = {
        "slack": (f"{name}.slack.json", slack_message(letter)),
        "teams": (f"{name}.teams.json", teams_message(letter)),
    }
    if is_address(letter.owner):
        files["mail"] = (f"{name}.eml", mail(letter, sender, notices.as_of))
    return files


def file_name(owner: str) -> str:
    """A name that every system takes, and that no other owner has: `desk-example-com-1f2e3d4c`."""
    words = _UNNAMEABLE.sub("-", owner.casefold()).strip("-")[:_LONGEST].strip("-")
    digest = hashlib.sha256(owner.casefold().encode("utf-8", "backslashreplace")).hexdigest()[:8]
    return f"{words or 'nobody'}-{digest}"


def notice_object(notice: Notice) -> dict[str, Any]:
    """For programs: what happened, the value as it is now, and the ledger's line before."""
    before = notice.before
    return {
        "kind": notice.kind.value, "kpi": notice.kpi, "name": notice.name,
        "day": notice.day.isoformat() if notice.day else None, "what": notice.what or None,
        "measurement": measurement_object(notice.measurement) if notice.measurement else None,
        "published": None if before is None else {
            "line": before.seq, "start": before.start, "end": before.end, "value": before.value,
            "status": before.status, "as_of": before.as_of,
        },
    }  # fmt: skip

"""A letter as a mail (RFC 5322): plain text, for whoever sends it."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from ..view.letters import Letter

_ATOM, _LABEL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+", r"[A-Za-z0-9-]+"
_ADDRESS = re.compile(rf"{_ATOM}(\.{_ATOM})*@{_LABEL}(\.{_LABEL})*")
_LONGEST = 254


def is_address(text: str) -> bool:
    """Whether it is one plain mail address: a team's name of a code host is none."""
    return len(text) <= _LONGEST and _ADDRESS.fullmatch(text) is not None


def mail(letter: Letter, sender: str, sent: dt.datetime) -> str:
    """The message, in ASCII with line ends CRLF. The same letter of the same instant is the same message."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = letter.owner
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(sent)
    text = "\n".join(_lines(letter))
    identity = hashlib.sha256("\0".join((letter.owner, sent.isoformat(), text)).encode("utf-8", "replace"))
    message["Message-ID"] = f"<{identity.hexdigest()[:32]}@kpi.invalid>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no machine answers
    message.set_content(text, cte="quoted-printable")
    return message.as_bytes().decode("ascii")


def _lines(letter: Letter) -> Iterator[str]:
    yield from (letter.subject, letter.intro)
    for paragraph in letter.paragraphs:
        yield from ("", paragraph.title, *paragraph.lines)
        if paragraph.link:
            yield paragraph.link
    if letter.link:
        yield from ("", f"All values: {letter.link}")
    yield ""

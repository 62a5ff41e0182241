"""A scheduled export that comes by mail: the newest attachment of a mailbox is put where kpi.yaml reads it.

Give the export an address of its own, in a mailbox that nothing else comes to. Only mails from MAIL_FROM are looked at,
and of the attachment only the columns of KEEP_COLUMNS are kept: persons and their texts are dropped before anything is
written. Every row says when the mail was sent, for `complete_through: exported_at`.

It needs nothing but Python.
"""

from __future__ import annotations

import email
import email.policy
import email.utils
import imaplib
import ssl
import sys
from datetime import UTC, datetime
from email.message import EmailMessage
from urllib.parse import urlsplit

from keep import keep, setting


def inbox() -> imaplib.IMAP4:
    """The mailbox, opened for reading. MAIL_SERVER is such as imaps://mail.example.org."""
    server = urlsplit(setting("MAIL_SERVER"))
    host = server.hostname or ""
    if server.scheme == "imaps":
        box: imaplib.IMAP4 = imaplib.IMAP4_SSL(host, server.port or 993, ssl_context=ssl.create_default_context())
    elif host in ("127.0.0.1", "localhost"):
        box = imaplib.IMAP4(host, server.port or 143)
    else:
        sys.exit("MAIL_SERVER must begin with imaps://: a password is sent to nobody without encryption.")
    try:
        box.login(setting("MAIL_USER"), setting("MAIL_PASSWORD"))
    except imaplib.IMAP4.error:
        sys.exit("The mail server refuses MAIL_USER and MAIL_PASSWORD.")
    box.select("INBOX", readonly=True)
    return box


def newest(box: imaplib.IMAP4) -> EmailMessage:
    """The newest mail of the sender."""
    sender = setting("MAIL_FROM").replace('"', "")
    numbers = box.search(None, "FROM", f'"{sender}"')[1][0].split()
    for number in reversed(numbers):
        part = box.fetch(number.decode(), "(BODY.PEEK[])")[1][0]
        message = email.message_from_bytes(part[1], policy=email.policy.default)
        if email.utils.parseaddr(message["From"])[1].lower() == sender.lower():
            return message
    sys.exit("There is no mail from MAIL_FROM. Is the export still scheduled?")


def attachment(message: EmailMessage) -> str:
    """The text of the mail's one CSV file."""
    files = [part for part in message.iter_attachments() if (part.get_filename() or "").lower().endswith(".csv")]
    if len(files) != 1:
        sys.exit(f"The newest mail has {len(files)} CSV files attached, not one.")
    content = files[0].get_content()
    return content.decode("utf-8") if isinstance(content, bytes) else str(content)


def main() -> None:
    """Write the named columns of the newest export, and the moment of its mail, to KEEP_INTO."""
    message = newest(inbox())
    sent = email.utils.parsedate_to_datetime(message["Date"]).astimezone(UTC)
    count = keep(attachment(message), sent)
    print(f"{count} rows of the mail of {sent:%Y-%m-%d %H:%M} UTC ({age(sent)} days old) were written.")


def age(sent: datetime) -> int:
    """How many whole days ago that was."""
    return (datetime.now(UTC) - sent).days


if __name__ == "__main__":
    main()

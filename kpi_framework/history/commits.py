"""A commit's own bytes → who, when, why, and which key its signature names.

Nothing that git makes of them is asked for: no mailmap, no encoding of the reader, no program that looks at signatures.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping

from ..model.change import Commit
from .git import Repository

_PERSON = re.compile(r"^(.*?) ?<([^>]*)> (-?\d+) ([+-]\d{4})$", re.DOTALL)
_TRAILER = re.compile(r"^[ \t]*([A-Za-z][A-Za-z0-9-]*)(?: ([A-Za-z0-9_]+))?:(?:[ \t]+(.*))?$")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_FIRST, _LAST = dt.datetime(1, 1, 2, tzinfo=dt.UTC), dt.datetime(9999, 12, 30, tzinfo=dt.UTC)
_MOST_MINUTES = 24 * 60 - 1
UNSIGNED, UNVERIFIED = "none", "not verified"


def read_commits(repository: Repository, names: Iterable[str]) -> Mapping[str, Commit]:
    """Commits by their names. Raises KpiError where one is not there."""
    return {name: parsed(name, content) for name, content in repository.contents(names).items()}


def parsed(name: str, content: bytes) -> Commit:
    """A commit object, read as it is written; a line that no git writes counts as nothing."""
    head, _, body = content.partition(b"\n\n")
    fields = dict[str, list[bytes]]()
    for key, value in _headers(head):
        fields.setdefault(key, []).append(value)
    encoding = _last(fields, "encoding", b"utf-8").decode("ascii", "replace")
    author, email, authored = _person(_text(_last(fields, "author"), encoding))
    committer, _, committed = _person(_text(_last(fields, "committer"), encoding))
    signature = _last(fields, "gpgsig") or _last(fields, "gpgsig-sha256")
    message = _text(body, encoding).replace("\r\n", "\n").strip("\n")
    subject = " ".join(message.partition("\n\n")[0].split("\n"))
    parents = tuple(p.decode() for p in fields.get("parent", ()))
    return Commit(
        name, parents, author, email, authored, committer, committed, UNVERIFIED if signature else UNSIGNED, subject,
        tuple(_trailers(message)), message, _key(signature),
    )  # fmt: skip


def _headers(head: bytes) -> Iterator[tuple[str, bytes]]:
    """Each header of an object with its value, whose further lines begin with a blank."""
    for line in re.split(rb"\n(?! )", head):
        key, _, value = line.partition(b" ")
        yield key.decode("ascii", "replace"), value.replace(b"\n ", b"\n")


def _last(fields: Mapping[str, list[bytes]], key: str, otherwise: bytes = b"") -> bytes:
    return fields.get(key, [otherwise])[-1]


def _text(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except (LookupError, UnicodeDecodeError):
        return content.decode("utf-8", "replace")


def _person(text: str) -> tuple[str, str, dt.datetime]:
    """A name, an address, and the time that they claim; what cannot be read is the epoch."""
    match = _PERSON.match(text)
    if match is None:
        return text, "", _EPOCH
    name, email, seconds, offset = match.groups()
    minutes = int(offset[1:3]) * 60 + int(offset[3:])
    zone = dt.timezone(dt.timedelta(minutes=min(minutes, _MOST_MINUTES)) * (-1 if offset[0] == "-" else 1))
    try:
        moment = _EPOCH + dt.timedelta(seconds=int(seconds))
    except OverflowError:
        moment = _LAST
    return name, email, min(max(moment, _FIRST), _LAST).astimezone(zone)


def _trailers(message: str) -> Iterator[tuple[str, str]]:
    """Each line `Key: value` of a message's body, wherever it stands, with the lines that continue it.

    Those after a first blank continue it, as those of a message that is wrapped do: up to a blank line or the next key.
    """
    key, value = "", ""
    for line in message.split("\n")[1:]:
        match = _TRAILER.match(line)
        if match or not line.strip():
            if key:
                yield key, value
            key, value = ("", "") if match is None else (_joined(match[1], match[2]), (match[3] or "").strip())
        elif key:
            value = f"{value} {line.strip()}".strip()
    if key:
        yield key, value


def _joined(key: str, name: str | None) -> str:
    return f"{key} {name}" if name else key


# Which key a signature names: a claim until somebody verifies it


def _key(signature: bytes) -> str | None:
    """The key that a signature says it was made with: its fingerprint, or the end of one; None where it says none."""
    lines = [line.strip() for line in signature.split(b"\n")]
    kind = lines[0] if lines else b""
    try:
        content = base64.b64decode(b"".join(line for line in lines[1:] if _is_base64(line)), validate=True)
        if kind == b"-----BEGIN SSH SIGNATURE-----":
            return _ssh_key(content)
        if kind in (b"-----BEGIN PGP SIGNATURE-----", b"-----BEGIN PGP MESSAGE-----"):
            return _openpgp_key(content)
    except (binascii.Error, ValueError, IndexError):
        return None
    return None


def _is_base64(line: bytes) -> bool:
    return bool(line) and not line.startswith((b"-", b"=")) and b":" not in line


def _ssh_key(content: bytes) -> str | None:
    """`SSHSIG`, a version, and the public key: its fingerprint as ssh-keygen shows it."""
    magic, version = b"SSHSIG", 4
    if not content.startswith(magic):
        return None
    at = len(magic) + version
    size = int.from_bytes(content[at : at + 4], "big")
    digest = hashlib.sha256(content[at + 4 : at + 4 + size]).digest()
    return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"


_V4, _V6, _FINGERPRINT, _ISSUER = 4, 6, 33, 16
_SIGNATURE_TAG = 2


def _openpgp_key(content: bytes) -> str | None:
    """The issuer's fingerprint, else its key id, among the subpackets of a signature packet (RFC 9580, 5.2.3)."""
    tag, body = _packet(content)
    if tag != _SIGNATURE_TAG or body[0] not in (_V4, _V6):
        return None
    width = 2 if body[0] == _V4 else 4
    at, issuers = 4, dict[int, str]()
    for _ in ("hashed", "unhashed"):
        size = int.from_bytes(body[at : at + width], "big")
        at += width
        for kind, value in _subpackets(body[at : at + size]):
            issuers.setdefault(kind, value.hex().upper())
        at += size
    fingerprint = issuers.get(_FINGERPRINT, "")[2:]  # its first byte is the key's version
    return fingerprint or issuers.get(_ISSUER) or None


def _packet(content: bytes) -> tuple[int, bytes]:
    """The first packet: its kind and its body."""
    first = content[0]
    if first & 0x40:
        size, at = _length(content, 1)
        return first & 0x3F, content[at : at + size]
    width = (1, 2, 4, 0)[first & 3]
    size = int.from_bytes(content[1 : 1 + width], "big") if width else len(content)
    return (first >> 2) & 0xF, content[1 + width : 1 + width + size]


def _subpackets(area: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(area):
        size, at = _length(area, at)
        if size == 0:
            return
        yield area[at] & 0x7F, area[at + 1 : at + size]
        at += size


_ONE_BYTE, _TWO_BYTES = 192, 255


def _length(content: bytes, at: int) -> tuple[int, int]:
    """A length in one, two or five bytes, and where what it measures begins."""
    first = content[at]
    if first < _ONE_BYTE:
        return first, at + 1
    if first < _TWO_BYTES:
        return ((first - _ONE_BYTE) << 8) + content[at + 1] + _ONE_BYTE, at + 2
    return int.from_bytes(content[at + 1 : at + 5], "big"), at + 5

"""What lies beside a snapshot: when `kpi pull` made it, from which statement, and which bytes it wrote."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Self

from .record import Record, field

_SHA256 = re.compile(r"[0-9a-f]{64}")


class SnapshotManifest(Record):
    """The manifest of a snapshot; equal bytes and an equal statement give an equal one, but for the instant."""

    rows: int | None
    """How many rows it has; None where the files of a bucket do not tell."""
    oldest: str | None
    """The first of the dataset's `time`, as the source writes it."""
    newest: str | None
    """The last of the dataset's `time`."""
    statement: str
    """The hash of what was asked: two pulls of one hash have the same columns, written in the same way."""
    pulled_at: dt.datetime
    """When the source was asked: what changed there later is not in the snapshot."""
    files: Mapping[str, str]
    """The sha256 of each file, by its path below the snapshot's folder."""
    hashed: tuple[str, ...] = ()
    """The personal columns of which it holds hashes."""
    dropped: tuple[str, ...] = ()
    """The personal columns that were left out."""
    empty_dates: Mapping[str, int] = field(default_factory=dict)
    """By column, how many dates were no days, such as 0000-00-00: they are empty."""

    @property
    def sha256(self) -> str:
        """The file's; of several, the hash of their names and hashes."""
        if len(self.files) == 1:
            return next(iter(self.files.values()))
        lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(self.files.items()))
        return hashlib.sha256(lines.encode()).hexdigest()

    @property
    def text(self) -> str:
        """As it stands in its file."""
        members = {
            "version": 1, "rows": self.rows, "from": self.oldest, "through": self.newest, "sha256": self.sha256,
            "statement": self.statement, "pulled_at": self.pulled_at.astimezone(dt.UTC).isoformat(timespec="seconds"),
            "files": dict(sorted(self.files.items())), "hashed": list(self.hashed), "dropped": list(self.dropped),
            "empty_dates": dict(self.empty_dates),
        }  # fmt: skip
        return json.dumps(members, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The manifest that a text holds; None where it holds none."""
        try:
            members = json.loads(text)
            pulled_at = dt.datetime.fromisoformat(members["pulled_at"])
            manifest = cls(
                members["rows"], members["from"], members["through"], str(members["statement"]), pulled_at,
                members["files"], tuple(members.get("hashed", ())), tuple(members.get("dropped", ())),
                members.get("empty_dates", {}),
            )  # fmt: skip
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
        return manifest if _is_sound(manifest) and members.get("sha256") == manifest.sha256 else None


def _is_sound(manifest: SnapshotManifest) -> bool:
    files: Any = manifest.files
    if not isinstance(files, dict) or not files or manifest.pulled_at.tzinfo is None:
        return False
    if not isinstance(manifest.rows, int | None) or not isinstance(manifest.oldest, str | None):
        return False
    return all(_is_inside(name) and isinstance(s, str) and _SHA256.fullmatch(s) for name, s in files.items())


def _is_inside(name: str) -> bool:
    """Whether a file's name stays below the folder that it is named from."""
    return bool(name) and not name.startswith("/") and "\\" not in name and ".." not in name.split("/")


class PulledDataset(Record):
    """A dataset whose snapshot was replaced."""

    name: str
    into: str
    manifest: SnapshotManifest
    added: int | None = None
    """How many rows came since the last pull; None where all were pulled."""

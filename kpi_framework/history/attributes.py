"""What git is told of the ledgers: their bytes stay as they are, and two states of one are never woven together."""

from __future__ import annotations

from .git import Repository

RULES_OF_LEDGERS = b"""\
# A ledger is a chain of hashes: git changes no line end in it, and merges no lines of two branches.
*.jsonl -text -merge
"""


def lacking_attributes(repository: Repository) -> bytes | None:
    """The text of ledger/.gitattributes where git would change or weave ledgers; None where it does neither."""
    path = f"{repository.prefix}ledger/a.jsonl"
    answer = repository.index("check-attr", "-z", "text", "merge", "--", path).decode().split("\0")
    states = dict(zip(answer[1::3], answer[2::3], strict=False))
    return None if states == {"text": "unset", "merge": "unset"} else RULES_OF_LEDGERS

"""The text of a CODEOWNERS file → who owns which file."""

from __future__ import annotations

import re

from ..model.ownership import Claim, CodeOwners

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where the host looks; the first file that is there counts."""
_UNREAD = ("!", "[", "\\#")
"""Patterns that CODEOWNERS does not know, though .gitignore does: the host skips such a line."""
_PIECES = re.compile(r"/\*\*/|^\*\*/|\*\*|\*|\?|[^*?]")
_MEANINGS = {"/**/": "/(?:.*/)?", "**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def read_code_owners(path: str, text: str, prefix: str = "") -> CodeOwners:
    """The lines that say something, in their order."""
    claims = []
    for number, line in enumerate(text.splitlines(), 1):
        words = re.sub(r"(?:^|\s)#.*", "", line).replace("\\ ", "\0").split()
        if words and not words[0].startswith(_UNREAD) and "[" not in words[0]:
            owners = tuple(word for word in words[1:] if "@" in word)
            claims.append(Claim(files_of(words[0].replace("\0", " ")), owners, number))
    return CodeOwners(path, tuple(claims), prefix)


def files_of(pattern: str) -> re.Pattern[str]:
    """The files a pattern is for: those it names, and all in a folder that it names.

    A slash at its beginning or inside ties it to the root; `docs/*` is for the files in docs, not for those deeper.
    """
    is_folder, bare = pattern.endswith("/"), pattern.strip("/")
    is_tied = "/" in pattern.rstrip("/")
    body = "".join(_MEANINGS.get(piece, re.escape(piece)) for piece in _PIECES.findall(bare))
    last = bare.rpartition("/")[2]
    inside = "/.*" if is_folder else ("" if is_tied and "*" in last else "(?:/.*)?")
    return re.compile(f"{'' if is_tied else '(?:.*/)?'}{body}{inside}\\Z", re.DOTALL)

"""The text of a CODEOWNERS file → who owns which file."""

from __future__ import annotations

import re

from ..model.ownership import Claim, CodeOwners, FilePattern, Wild

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where the host looks; the first file that is there counts."""
_UNREAD = ("!", "[", "\\#")
"""Patterns that CODEOWNERS does not know, though .gitignore does: the host skips such a line."""
_PIECES = re.compile(r"/\*\*/|^\*\*/|\*\*|\*|\?|[^*?]", re.DOTALL)
_MEANINGS: dict[str, tuple[str | Wild, ...]] = {
    "/**/": ("/", Wild.FOLDERS), "**/": (Wild.FOLDERS,), "**": (Wild.PATH,), "*": (Wild.NAME,), "?": (Wild.CHARACTER,),
}  # fmt: skip


def read_code_owners(path: str, text: str, prefix: str = "") -> CodeOwners:
    """The lines that say something, in their order."""
    claims = []
    for number, line in enumerate(text.splitlines(), 1):
        words = re.sub(r"(?:^|\s)#.*", "", line).replace("\\ ", "\0").split()
        if words and not words[0].startswith(_UNREAD) and "[" not in words[0]:
            owners = tuple(word for word in words[1:] if "@" in word)
            claims.append(Claim(files_of(words[0].replace("\0", " ")), owners, number))
    return CodeOwners(path, tuple(claims), prefix)


def files_of(pattern: str) -> FilePattern:
    """The files a pattern is for: those it names, and all in a folder that it names.

    A slash at its beginning or inside ties it to the root; `docs/*` is for the files in docs, not for those deeper.
    """
    is_folder, bare = pattern.endswith("/"), pattern.strip("/")
    is_tied = "/" in pattern.rstrip("/")
    pieces = [Wild.FOLDERS] if not is_tied else []
    body = [meaning for piece in _PIECES.findall(bare) for meaning in _MEANINGS.get(piece, (piece,))]
    last = bare.rpartition("/")[2]
    inside = ("/", Wild.PATH) if is_folder else (() if is_tied and "*" in last else (Wild.INSIDE, Wild.PATH))
    return FilePattern((*pieces, *body, *inside))

"""The changelog's section of a version, as the text of its release: python docs/release_notes.py 1.2.3."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from kpi_framework import __version__

CHANGELOG = Path(__file__).parents[1] / "CHANGELOG.md"


def section(text: str, version: str) -> str:
    """What the changelog says of a version; empty where it has no section of it."""
    parts = re.split(r"^## \[([^\]]+)\].*$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True)).get(version, "").strip()


def main() -> int:
    """Print the section; 1 where the version is not the package's, or has no section."""
    version = sys.argv[1]
    notes = section(CHANGELOG.read_text(encoding="utf-8"), version)
    if version != __version__ or not notes:
        print(f"{version} is not the version {__version__}, or CHANGELOG.md has no section of it", file=sys.stderr)
        return 1
    print(notes)
    return 0


if __name__ == "__main__":
    sys.exit(main())

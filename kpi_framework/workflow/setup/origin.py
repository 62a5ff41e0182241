"""Where this installation of kpi comes from, as pip can install it again elsewhere (PEP 610)."""

from __future__ import annotations

import json
import re
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any
from urllib.parse import urlsplit

from ...model.diagnostic import KpiError

NAME = "kpi-framework"
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~:/?#\[\]@!&()*+,;=%<> -]*")
_COMMIT = re.compile(r"[0-9a-f]{40,64}")


def installed_from() -> str | None:
    """What pip installs as this very version: a commit, or a file with its hash; None where nobody else can reach it.

    An installation by name does not say from which registry it came, and elsewhere the name may be somebody else's.
    """
    try:
        text = distribution(NAME).read_text("direct_url.json")
        origin = json.loads(text) if text else None
    except (PackageNotFoundError, OSError, ValueError):
        return None
    return _requirement(origin) if isinstance(origin, dict) else None


def _requirement(origin: dict[str, Any]) -> str | None:
    url, version, archive = origin.get("url"), origin.get("vcs_info"), origin.get("archive_info")
    if not isinstance(url, str) or not _is_public(url):
        return None
    if isinstance(version, dict) and version.get("vcs") == "git" and _COMMIT.fullmatch(str(version.get("commit_id"))):
        inside = f"#subdirectory={origin['subdirectory']}" if origin.get("subdirectory") else ""
        return _plain(f"{NAME} @ git+{url}@{version['commit_id']}{inside}")
    hashes = archive.get("hashes") if isinstance(archive, dict) else None
    digest = hashes.get("sha256") if isinstance(hashes, dict) else None
    return _plain(f"{NAME} @ {url}#sha256={digest}") if digest else None


def _is_public(url: str) -> bool:
    """Whether an address is one of a network, and holds nobody's password."""
    parts = urlsplit(url)
    return parts.scheme in ("https", "ssh") and (parts.scheme == "ssh" or "@" not in parts.netloc)


def _plain(requirement: str) -> str | None:
    return requirement if _PLAIN.fullmatch(requirement) else None


def checked(requirement: str) -> str:
    """What a person gave as what pip can install. Raises KpiError where a file of commands cannot hold it."""
    if not _PLAIN.fullmatch(requirement):
        raise KpiError(
            f"{requirement!r} is not what pip can install",
            f"Write a name with a version, such as `{NAME}==1.0.0`, or `{NAME} @ git+https://HOST/REPOSITORY@COMMIT`.",
        )
    return requirement

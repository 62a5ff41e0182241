"""The licences of all that is installed with kpi, as its packages state them, for the locked versions."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution

from lock_file import Locked, locked

_TRUST = "License :: OSI Approved :: "


def licences_page() -> str:
    """docs/reference/licences.md without its first line."""
    rows = map(_row, locked())
    head = [
        "# Licences\n",
        "kpi is under the Apache License 2.0. What is installed with it, with every extra, and what builds it:\n",
        "| Library | Version | Licence |", "|---|---|---|",
    ]  # fmt: skip
    return "\n".join([*head, *rows, ""])


def _row(library: Locked) -> str:
    only = f"as its package states; only where {library.marker}" if library.marker else _stated(library.name)
    return f"| {library.name} | {library.version} | {only} |"


def _stated(name: str) -> str:
    """The expression, the short text or the classifier of an installed package."""
    try:
        metadata = distribution(name).metadata
    except PackageNotFoundError:
        return "not installed here"
    text = metadata.get("License-Expression") or metadata.get("License") or ""
    if text and "\n" not in text and len(text) < 60:
        return str(text)
    classifiers = [c.removeprefix(_TRUST) for c in metadata.get_all("Classifier") or [] if c.startswith(_TRUST)]
    return ", ".join(classifiers) or "as its package states"

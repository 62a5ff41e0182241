"""What a project's results are, short enough to keep: a hash of each definition's measurements, ledger and changes.

Words that people read (message, hint) and what differs between machines (engine, isolation) play no part.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.cli.projects import kpi

_WORDS = ("message", "hint")
_MACHINE = ("engine", "isolation", "versions", "published_at", "actor", "run")
_CHAIN = ("hash", "previous", "commit")


def scorecard_lines(card: Mapping[str, Any]) -> Iterable[str]:
    """A line a definition with the hash of its measurements, then one for signals, verdict and findings each."""
    for definition in sorted({m["kpi"] for m in card["measurements"]}):
        mine = [m for m in card["measurements"] if m["kpi"] == definition]
        yield f"{definition}: {len(mine)} measurements {_hashed(mine)} {mine[0]['definition'][:24]}"
    for part in ("signals", "verdict", "views", "diagnostics"):
        yield f"{part}: {_hashed(_without(card[part], _WORDS))}"
    rest = {k: v for k, v in card.items() if k not in ("measurements", "signals", "verdict", "views", "diagnostics")}
    yield f"keys: {_hashed(_without(rest, _MACHINE))} {', '.join(card)}"


def ledger_lines(root: Path) -> Iterable[str]:
    """A line a ledger: how many values it holds, and the hash of what they say, in the ledger's own spelling."""
    for path in sorted((root / "ledger").glob("*.jsonl")):
        bodies = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        lines = [json.dumps(_without(b, (*_MACHINE, *_CHAIN)), sort_keys=True, ensure_ascii=False) for b in bodies]
        yield f"ledger {path.stem}: {len(lines)} {_hashed(lines)}"


def change_lines(difference: Mapping[str, Any]) -> Iterable[str]:
    """A line a change, then the hash of what the change does to the numbers."""
    for change in difference["changes"]:
        yield f"change {change['kpi']} {change['class']} {change['field']}: {_hashed(change)}"
    yield f"impact: {len(difference['impact'])} {_hashed(difference['impact'])}"


def checked(root: Path, *arguments: str) -> Mapping[str, Any]:
    """The scorecard of a project, as the command writes it."""
    with tempfile.TemporaryDirectory() as folder:
        card: Mapping[str, Any] = kpi(root, "check", "--format", "json", "--scorecard", folder, *arguments).json
    return card


def _without(value: Any, names: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        return {k: _without(v, names) for k, v in value.items() if k not in names}
    return [_without(v, names) for v in value] if isinstance(value, list) else value


def _hashed(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()[:16]

"""The chain of published values: bytes ↔ lines, each with the hash of the one before. Pure.

A line is JSON in one spelling: sorted keys, no spaces. Its `hash` is SHA-256 over that spelling without the
hash itself; `previous` is the hash of the line before, the first one's is the hash of the ledger's name. One
changed bit anywhere is another line, and every later line stops fitting. A KPI that is renamed takes its ledger along:
the lines until then go on naming the former id, and the first one builds on it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from ..model.ledger import Chain, Fault, Published

_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "seq": int, "previous": str, "kpi": str, "period": dict, "segment": dict, "value": (int, float, type(None)),
    "status": str, "definition": str, "data": str, "as_of": str, "commit": str, "engine": str, "isolation": str,
    "hash": str,
}  # fmt: skip


def origin(kpi: str) -> str:
    """The hash that the first line of a ledger builds on."""
    return hashlib.sha256(f"kpi ledger 1 {kpi}".encode()).hexdigest()


def spelled(body: Mapping[str, Any]) -> str:
    """The one spelling of a line."""
    return json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def sealed(chain: Chain, bodies: Iterable[Mapping[str, Any]]) -> str:
    """Lines that continue a chain, ready to be appended."""
    seq = len(chain.entries)
    previous = chain.entries[-1].hash if chain.entries else origin(chain.kpi)
    lines = []
    for body in bodies:
        seq += 1
        content = {**body, "seq": seq, "previous": previous, "kpi": chain.kpi}
        previous = hashlib.sha256(spelled(content).encode()).hexdigest()
        lines.append(spelled({**content, "hash": previous}) + "\n")
    return "".join(lines)


def read_chain(kpi: str, content: bytes, former: Collection[str] = ()) -> Chain:
    """The lines of a ledger up to the first one that does not hold; `former` are the ids that its KPI had before."""
    entries: list[Published] = []
    names: list[str] = []
    lines = content.split(b"\n")
    if lines.pop() != b"":
        return Chain(kpi, (), Fault(len(lines) + 1, "the last line is incomplete"))
    for number, line in enumerate(lines, 1):
        body, why = _body(line)
        why = why or _misnamed({kpi, *former}, names, body)
        why = why or _misfit(number, entries[-1].hash if entries else origin(body["kpi"]), body)
        if why:
            return Chain(kpi, tuple(entries), Fault(number, why))
        entries.append(_published(kpi, body))
        names += [body["kpi"]] if names[-1:] != [body["kpi"]] else []
    return Chain(kpi, tuple(entries))


def _misnamed(allowed: Collection[str], names: Sequence[str], body: Mapping[str, Any]) -> str | None:
    """A line names its KPI as it was called then; nobody goes back to an id that was given up."""
    name = body["kpi"]
    return None if name in allowed and name not in names[:-1] else f"it belongs to {name!r}"


def lines_of(content: bytes) -> list[bytes]:
    """The lines of a ledger as git may have them: their ends are no part of them."""
    return content.replace(b"\r\n", b"\n").split(b"\n")[:-1] if content.endswith(b"\n") else content.splitlines()


def first_lost(before: bytes, after: bytes) -> int | None:
    """The first line of a ledger that a later state of it has no longer, or has otherwise; None where it goes on."""
    earlier, later = lines_of(before), lines_of(after)
    pairs = zip(earlier, [*later, *[None] * len(earlier)], strict=False)
    return next((number for number, (old, new) in enumerate(pairs, 1) if old != new), None)


def _body(line: bytes) -> tuple[dict[str, Any], str | None]:
    try:
        text = line.decode("utf-8")
        body = json.loads(text)
    except (UnicodeDecodeError, ValueError, RecursionError):
        return {}, "it is not JSON"
    if not isinstance(body, dict) or any(not isinstance(body.get(k), t) for k, t in _TYPES.items()):
        return {}, "it has not all fields of a ledger line"
    try:
        same = spelled(body) == text
    except ValueError:
        same = False
    return body, None if same else "it is not written as the ledger writes its lines"


def _misfit(number: int, previous: str, body: Mapping[str, Any]) -> str | None:
    if body["seq"] != number:
        return f"its number is {body['seq']} and should be {number}: a line is missing, or two branches were merged"
    if body["previous"] != previous:
        return "it does not continue the line before it: a line was changed, or two branches were merged"
    content = {k: v for k, v in body.items() if k != "hash"}
    if hashlib.sha256(spelled(content).encode()).hexdigest() != body["hash"]:
        return "its content does not match its hash"
    return None


def _published(ledger: str, body: Mapping[str, Any]) -> Published:
    period = body["period"]
    return Published(
        body["seq"], body["kpi"], str(period.get("grain")), str(period.get("start")), str(period.get("end")),
        tuple(body["segment"].items()), body["value"], body["status"], body["definition"], body["data"], body["as_of"],
        body["commit"], body["hash"], body, ledger,
    )  # fmt: skip


def heads(chains: Iterable[Chain]) -> dict[str, dict[str, object]]:
    """The anchor: how many lines each ledger has, and the hash of its last one."""
    return {
        c.kpi: {"lines": len(c.entries), "hash": c.entries[-1].hash if c.entries else origin(c.kpi)}
        for c in sorted(chains, key=lambda c: c.kpi)
    }


def against(chain: Chain, anchor: Mapping[str, Any]) -> Fault | None:
    """What an anchor says that the chain does not bear out: a cut or a forged tail."""
    lines, wanted = anchor.get("lines"), anchor.get("hash")
    if not isinstance(lines, int) or not isinstance(wanted, str):
        return Fault(1, "the anchor cannot be read")
    if len(chain.entries) < lines:
        return Fault(len(chain.entries) + 1, f"the anchor has {lines} lines, and the ledger has {len(chain.entries)}")
    line_hash = chain.entries[lines - 1].hash if lines else origin(chain.kpi)
    return None if line_hash == wanted else Fault(max(lines, 1), "it differs from the line in the anchor")

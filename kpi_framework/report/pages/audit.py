"""The auditor's bundle as files: an index, a page a KPI, the changes as CSV, what verifying gave, and their hashes.

The same repository and days give the same bytes: nothing in them says when or where they were written.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from ...model.audit import Audit, KnownApproval
from ...model.change import ChangeClass, HistoryEvent
from ...model.kpi import Metric
from ...model.ledger import Published
from ...model.signal import Signal
from ..doc.html import Content, Part, html_page, markdown_page
from ..formats.json import as_text, finding_object
from ..view.details import Facts
from ..words.markup import Ink
from ..words.phrases import counted, day_text
from .audit_data import data_files
from .audit_proof import proof
from .definition import definition_facts
from .diff import parted, shorten
from .history import HistoryView, history_csv, moved
from .ledger import gap_text, unverified_object

_PAGE_NAME = re.compile(r"[a-z][a-z0-9_]*")
_NAME = 12


def audit_files(audit: Audit) -> dict[str, str]:
    """Every file of the bundle by its name, SHA256SUMS last."""
    title = f"{audit.project}: audit of {day_text(audit.first)} to {day_text(audit.last)}"
    files = _twice("index", title, lambda ink: _index(audit, ink))
    for kpi_id in audit.ids:
        if _PAGE_NAME.fullmatch(kpi_id):
            files |= _twice(f"kpis/{kpi_id}", f"{kpi_id}: {audit.first} to {audit.last}", _of(audit, kpi_id))
    files |= _twice("what-this-proves", "What this bundle proves", lambda ink: proof(audit, ink))
    files |= data_files(audit)
    files["changes.csv"] = history_csv(HistoryView(audit.events))
    files["published.json"] = as_text([dict(p.body) for p in audit.published])
    files["verification.json"] = _verification(audit)
    sums = (f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in sorted(files.items()))
    return {**files, "SHA256SUMS": "".join(sums)}


def _twice(name: str, title: str, content: Content) -> dict[str, str]:
    return {f"{name}.md": markdown_page(title, content), f"{name}.html": html_page(title, content)}


def _of(audit: Audit, kpi_id: str) -> Content:
    return lambda ink: _kpi(audit, kpi_id, ink)


# the index


def _index(audit: Audit, ink: Ink) -> Iterator[Part]:
    counts = Counter(e.change.cls for e in audit.events)
    kinds = ", ".join(f"{counts[cls]} {cls}" for cls in ChangeClass if counts[cls]) or "none"
    unexplained = len(audit.unexplained)
    yield Part(lines=(
        f"At commit {ink.code(audit.commit)}.",
        f"Changes: {len(audit.events):,} ({kinds}); {unexplained:,} need a reason and have none.",
        f"Published values: {len(audit.published):,}. Restatements among them: {len(audit.restated):,}.",
        f"Reviews missed: {len(audit.missed):,}. Waivers in force: {len(audit.waivers):,}.",
        f"Verification of all ledgers: {_verified(audit)}.",
    ))  # fmt: skip
    yield Part("All commits of these days", tuple(_population(audit, ink)))
    yield _changes("All changes", audit.events, ink, named=True, approvals=audit.approvals)
    yield _conflicts(audit, ink)
    yield _definitions(audit, ink)
    yield _reviews(audit, audit.ids, ink)
    yield _waivers(audit, audit.ids, ink)
    yield _values("Restatements", audit.restated, ink)
    yield _failures(audit, ink)
    yield Part("Gaps", tuple(map(gap_text, audit.verified.gaps)), empty="Every judged period was published.")
    yield Part("What this does not prove", (*_doubts(audit), f"More: {ink.page('what-this-proves')}."))
    yield Part("How to repeat this audit", commands=_commands(audit))


def _population(audit: Audit, ink: Ink) -> Iterator[str]:
    """That the list is complete, in numbers that can be counted again."""
    population = audit.population
    commits, changed = population.commits, {event.commit.name for event in audit.events}
    ends = f"from {ink.code(commits[0].name[:_NAME])} to {ink.code(commits[-1].name[:_NAME])}" if commits else "none"
    yield f"{counted(len(commits), 'commit')}, {ends}; commits.csv lists each."
    yield f"Without a change of a definition: {sum(c.name not in changed for c in commits):,}."
    yield f"Dated outside of these days, or before a commit that they build on: {len(population.outside):,}."
    yield f"Commits of earlier days: {population.before:,}; of later days: {population.after:,}."
    versions = ", ".join(f"{name} {version}" for name, version in audit.evidence.versions.items())
    yield f"Versions that published: {ink.prose(versions) or 'not named'}."


def _conflicts(audit: Audit, ink: Ink) -> Part:
    rows = tuple((ink.code(c.commit[:_NAME]), ink.code(c.kpi), ink.prose(c.who), c.what) for c in audit.conflicts)
    empty = "No change was approved by its author alone."
    return Part("Made and approved by the same person", (), ("Commit", "KPI", "Who", "What"), rows, empty=empty)


def _verified(audit: Audit) -> str:
    failed, unverified = len(audit.verified.failed), len(audit.verified.unverified)
    return f"{audit.verified.checked:,} checked, {failed:,} failed, {unverified:,} could not be checked"


def _definitions(audit: Audit, ink: Ink) -> Part:
    changed = Counter(e.change.kpi for e in audit.events)
    published = Counter(p.kpi for p in audit.published)
    rows = []
    for kpi_id in audit.ids:
        definition = audit.definitions.get(kpi_id)
        state, owner = _state(definition), ink.code(getattr(definition, "owner", None) or "")
        page = ink.page(f"kpis/{kpi_id}") if _PAGE_NAME.fullmatch(kpi_id) else ""
        name = ink.prose(definition.name if definition else "")
        counts = (f"{changed[kpi_id]:,}", f"{published[kpi_id]:,}")
        rows.append((ink.code(kpi_id), name, state, owner, *counts, page))
    columns = ("Id", "Name", "State", "Owner", "Changes", "Published values", "Page")
    return Part("Definitions", columns=columns, rows=tuple(rows), empty="None.")


def _state(definition: Metric | Signal | None) -> str:
    if definition is None:
        return "removed"
    return "signal" if isinstance(definition, Signal) else f"{definition.kind}, {definition.status.value}"


def _failures(audit: Audit, ink: Ink) -> Part:
    verification = audit.verified
    rows = [("failed", ink.code(f"{f.span.path}:{f.span.line}"), ink.message(f.message)) for f in verification.failed]
    rows += [("not checked", ink.code(f"{u.kpi}:{u.line}"), ink.message(u.why)) for u in verification.unverified]
    empty = "No published value failed." if verification.checked else "Nothing was published."
    return Part("Verification", columns=("Outcome", "Line", "Why"), rows=tuple(rows), empty=empty)


def _doubts(audit: Audit) -> Iterator[str]:
    commits = {e.commit.name: e.commit for e in audit.events}
    unsigned = sum(not c.signed.startswith("good") for c in commits.values())
    yield f"Who wrote {unsigned:,} of {counted(len(commits), 'commit')}: these commits have no good signature."
    doubtful = sum(bool(e.doubts) for e in audit.events)
    yield f"What {counted(doubtful, 'change')} claim: the last column of the table of changes says why."
    yield "That nobody rewrote earlier history: compare this commit with a clone or an anchor stored elsewhere."
    yield "That the data were right: a wrong export gives a wrong value, and the ledger records it faithfully."


def _commands(audit: Audit) -> tuple[str, ...]:
    days = f"--since {audit.first} --until {audit.last}"
    return (
        "sha256sum --check SHA256SUMS",
        "python3 check_bundle.py --repository CLONE --sample 25 --seed 7",
        f"git checkout {audit.commit}",
        f"kpi audit {days} --out again",
        f"kpi history --since {audit.first} --until {audit.last} --as-of {audit.last} --format csv",
        "kpi verify",
        f"kpi check --at {audit.commit[:_NAME]} --as-of {audit.last}",
    )


# a page a definition


def _kpi(audit: Audit, kpi_id: str, ink: Ink) -> Iterator[Part]:
    definition = audit.definitions.get(kpi_id)
    facts = [f"{label}: {text}" for label, text in _facts(definition, audit, ink)] if definition else []
    yield Part("Current definition", tuple(facts), empty="The definition was removed.")
    mine = [e for e in audit.events if e.change.kpi == kpi_id or kpi_id in e.change.touches]
    yield _changes("Changes", mine, ink, named=False, approvals=audit.approvals)
    yield _values("Published values", [p for p in audit.published if p.kpi == kpi_id], ink)
    yield _values("Restatements", [p for p in audit.restated if p.kpi == kpi_id], ink)
    yield _waivers(audit, (kpi_id,), ink)
    yield _reviews(audit, (kpi_id,), ink)


def _facts(definition: Metric | Signal, audit: Audit, ink: Ink) -> Facts:
    if not isinstance(definition, Signal):
        yield from definition_facts(definition, audit.last, ink)
        return
    yield "When", ink.code(definition.when)
    words = {"Question": definition.asks, "Do": definition.do}
    yield from ((label, ink.prose(text)) for label, text in words.items() if text)


def _changes(
    title: str, events: Iterable[HistoryEvent], ink: Ink, *, named: bool, approvals: tuple[KnownApproval, ...]
) -> Part:
    rows = []
    for event in events:
        change, commit = event.change, event.commit
        before, after = map(shorten, parted(change.before, change.after))
        cells = (
            _days(event), ink.code(commit.name[:_NAME]), ink.prose(_people(event)),
            ink.code(change.kpi or "kpi.yaml"), change.cls.value, ink.code(change.field), ink.code(before),
            ink.code(after), ink.prose(moved(event)), ink.prose(event.reason or "none given"),
            ink.prose("; ".join(f"{a.by} ({a.source})" for a in approvals if a.commit == commit.name)),
            ink.prose("; ".join(event.doubts)),
        )  # fmt: skip
        rows.append(cells if named else cells[:3] + cells[4:])
    columns = ("Day", "Commit", "Author", "KPI", "Class", "Field", "Before", "After", "Value", "Reason", "Approvals",
               "Not proven")  # fmt: skip
    return Part(title, columns=columns if named else columns[:3] + columns[4:], rows=tuple(rows), empty="None.")


def _days(event: HistoryEvent) -> str:
    """The day of the commit, and the one from which the change counts, where that is another one."""
    effective = f", in force from {event.change.effective}" if event.change.effective else ""
    return f"{event.commit.committed_at:%Y-%m-%d}{effective}"


def _people(event: HistoryEvent) -> str:
    """Who wrote it, who committed it where that is another one, and what is known of its signature."""
    commit = event.commit
    committer = f", committed by {commit.committer}" if commit.committer != commit.author else ""
    return f"{commit.author}{committer} (signature: {commit.signed})"


def _values(title: str, values: Iterable[Published], ink: Ink) -> Part:
    rows = [
        (
            ink.code(published.kpi), f"{published.seq:,}", ink.prose(f"{published.start} to {published.end}"),
            ink.prose(", ".join(f"{c}: {'(none)' if v is None else v}" for c, v in published.segment) or "overall"),
            ink.prose("unknown" if published.value is None else f"{published.value} {published.body.get('unit', '')}"),
            ink.prose(published.status), ink.prose(published.as_of[:10]), ink.code(published.commit[:_NAME]),
            ink.code(published.definition.rpartition(":")[2][:_NAME]), ink.prose(_restates(published)),
        )
        for published in values
    ]  # fmt: skip
    columns = ("KPI", "Line", "Period", "Segment", "Value", "Status", "As of", "Commit", "Definition", "Restates")
    return Part(title, columns=columns, rows=tuple(rows), empty="None.")


def _restates(published: Published) -> str:
    if published.body.get("restates") is None:
        return ""
    former = "unknown" if published.body.get("was") is None else published.body["was"]
    causes = published.body.get("causes")
    moved_by = f", because of the {' and the '.join(map(str, causes))}" if isinstance(causes, list) and causes else ""
    return f"line {published.body['restates']} (was {former}{moved_by}): {published.body.get('because')}"


def _waivers(audit: Audit, ids: tuple[str, ...], ink: Ink) -> Part:
    rows = [
        (ink.code(w.kpi), ink.prose(w.segment or "overall"), ink.prose(w.first), ink.prose(w.last),
         ink.prose(w.limit), ink.prose(w.reason), ink.code(w.approved_by))
        for w in audit.waivers if w.kpi in ids
    ]  # fmt: skip
    columns = ("KPI", "Segment", "From", "Until", "No worse than", "Reason", "Approved by")
    return Part("Waivers", columns=columns, rows=tuple(rows), empty="None.")


def _reviews(audit: Audit, ids: tuple[str, ...], ink: Ink) -> Part:
    rows = [
        (ink.code(m.kpi), m.due.isoformat(), m.held.isoformat() if m.held else "not held",
         counted(((m.held or audit.last) - m.due).days, "day"))
        for m in audit.missed if m.kpi in ids
    ]  # fmt: skip
    return Part("Missed reviews", columns=("KPI", "Due", "Held", "Late by"), rows=tuple(rows), empty="None.")


def _verification(audit: Audit) -> str:
    verification = audit.verified
    counts: Mapping[str, int] = {
        "checked": verification.checked, "failed": len(verification.failed), "could_not": len(verification.unverified),
    }  # fmt: skip
    return as_text({
        "commit": audit.commit, "counts": counts, "failed": [finding_object(f) for f in verification.failed],
        "could_not": [unverified_object(u) for u in verification.unverified],
        "heads": {k: dict(v) for k, v in verification.heads.items()},
    })  # fmt: skip

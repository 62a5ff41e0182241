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
from ..doc.html import page
from ..doc.markdown import WHOLE, markdown
from ..doc.model import Block, Code, Document, Facts, Listing, Message, Page, Paragraph, Points, Section, Table, Text
from ..formats.json import as_text, finding_object
from ..view.details import Labelled
from ..words.phrases import counted, day_text
from .audit_data import data_files
from .audit_proof import proof
from .definition import definition_facts
from .diff import parted, shorten
from .history import HistoryView, effects_of, history_csv
from .ledger import gap_text, unverified_object

_PAGE_NAME = re.compile(r"[a-z][a-z0-9_]*")
_NAME = 12


def audit_files(audit: Audit) -> dict[str, str]:
    """Every file of the bundle by its name, SHA256SUMS last."""
    files = _twice("index", index_page(audit))
    for kpi_id in audit.ids:
        if _PAGE_NAME.fullmatch(kpi_id):
            files |= _twice(f"kpis/{kpi_id}", kpi_page(audit, kpi_id))
    files |= _twice("what-this-proves", proof(audit))
    files |= data_files(audit)
    files["changes.csv"] = history_csv(HistoryView(audit.events))
    files["published.json"] = as_text([dict(p.body) for p in audit.published])
    files["verification.json"] = _verification(audit)
    sums = (f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in sorted(files.items()))
    return {**files, "SHA256SUMS": "".join(sums)}


def _twice(name: str, document: Document) -> dict[str, str]:
    return {f"{name}.md": markdown(document, WHOLE), f"{name}.html": page(document)}


# the index


def index_page(audit: Audit) -> Document:
    """The bundle's first page."""
    title = (audit.project, f": audit of {day_text(audit.first)} to {day_text(audit.last)}")
    return Document(title, tuple(_index(audit)))


def _index(audit: Audit) -> Iterator[Block]:
    counts = Counter(e.change.cls for e in audit.events)
    kinds = ", ".join(f"{counts[cls]} {cls}" for cls in ChangeClass if counts[cls]) or "none"
    unexplained = len(audit.unexplained)
    yield Points((
        ("At commit ", Code(audit.commit), "."),
        f"Changes: {len(audit.events):,} ({kinds}); {unexplained:,} need a reason and have none.",
        f"Published values: {len(audit.published):,}. Restatements among them: {len(audit.restated):,}.",
        f"Reviews missed: {len(audit.missed):,}. Waivers in force: {len(audit.waivers):,}.",
        f"Verification of all ledgers: {_verified(audit)}.",
    ))  # fmt: skip
    yield Section("All commits of these days", (Points(tuple(_population(audit))),))
    yield _changes("All changes", audit.events, named=True, approvals=audit.approvals)
    yield _conflicts(audit)
    yield _definitions(audit)
    yield _reviews(audit, audit.ids)
    yield _waivers(audit, audit.ids)
    yield _values("Restatements", audit.restated)
    yield _failures(audit)
    gaps = tuple(map(gap_text, audit.verified.gaps))
    yield Section("Gaps", (Points(gaps) if gaps else Paragraph("Every judged period was published."),))
    more = ("More: ", Page("what-this-proves"), ".")
    yield Section("What this does not prove", (Points((*_doubts(audit), more)),))
    yield Section("How to repeat this audit", (Listing("\n".join(_commands(audit)), "sh"),))


def _population(audit: Audit) -> Iterator[Text]:
    """That the list is complete, in numbers that can be counted again."""
    population = audit.population
    commits, changed = population.commits, {event.commit.name for event in audit.events}
    first, last = (Code(commit.name[:_NAME]) for commit in (commits[0], commits[-1])) if commits else ("none", "none")
    yield (f"{counted(len(commits), 'commit')}, from ", first, " to ", last, "; commits.csv lists each.")
    yield f"Without a change of a definition: {sum(c.name not in changed for c in commits):,}."
    yield f"Dated outside of these days, or before a commit that they build on: {len(population.outside):,}."
    yield f"Commits of earlier days: {population.before:,}; of later days: {population.after:,}."
    versions = ", ".join(f"{name} {version}" for name, version in audit.evidence.versions.items())
    yield f"Versions that published: {versions or 'not named'}."


def _conflicts(audit: Audit) -> Section:
    rows = [(Code(c.commit[:_NAME]), Code(c.kpi), c.who, c.what) for c in audit.conflicts]
    title = "Made and approved by the same person"
    return _section(title, ("Commit", "KPI", "Who", "What"), rows, "No change was approved by its author alone.")


def _verified(audit: Audit) -> str:
    failed, unverified = len(audit.verified.failed), len(audit.verified.unverified)
    return f"{audit.verified.checked:,} checked, {failed:,} failed, {unverified:,} could not be checked"


def _definitions(audit: Audit) -> Section:
    changed = Counter(e.change.kpi for e in audit.events)
    published = Counter(p.kpi for p in audit.published)
    rows = []
    for kpi_id in audit.ids:
        definition = audit.definitions.get(kpi_id)
        state, owner = _state(definition), Code(getattr(definition, "owner", None) or "")
        link = Page(f"kpis/{kpi_id}") if _PAGE_NAME.fullmatch(kpi_id) else ""
        name = definition.name if definition else ""
        counts = (f"{changed[kpi_id]:,}", f"{published[kpi_id]:,}")
        rows.append((Code(kpi_id), name, state, owner, *counts, link))
    columns = ("Id", "Name", "State", "Owner", "Changes", "Published values", "Page")
    return _section("Definitions", columns, rows)


def _state(definition: Metric | Signal | None) -> str:
    if definition is None:
        return "removed"
    return "signal" if isinstance(definition, Signal) else f"{definition.kind}, {definition.status.value}"


def _failures(audit: Audit) -> Section:
    verification = audit.verified
    rows = [("failed", Code(f"{f.span.path}:{f.span.line}"), Message(f.message)) for f in verification.failed]
    rows += [("not checked", Code(f"{u.kpi}:{u.line}"), Message(u.why)) for u in verification.unverified]
    empty = "No published value failed." if verification.checked else "Nothing was published."
    return _section("Verification", ("Outcome", "Line", "Why"), rows, empty)


def _doubts(audit: Audit) -> Iterator[str]:
    commits = {e.commit.name: e.commit for e in audit.events}
    signed = sum(c.signed != "none" for c in commits.values())
    yield f"Who wrote {counted(len(commits), 'commit')}: {signed:,} of them signed, and no signature was verified here."
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


def kpi_page(audit: Audit, kpi_id: str) -> Document:
    """What an auditor asks of one definition."""
    return Document(f"{kpi_id}: {audit.first} to {audit.last}", tuple(_kpi(audit, kpi_id)))


def _kpi(audit: Audit, kpi_id: str) -> Iterator[Block]:
    definition = audit.definitions.get(kpi_id)
    facts = Facts(tuple(_facts(definition, audit))) if definition else None
    yield Section("Current definition", (facts or Paragraph("The definition was removed."),))
    mine = [e for e in audit.events if e.change.kpi == kpi_id or kpi_id in e.change.touches]
    yield _changes("Changes", mine, named=False, approvals=audit.approvals)
    yield _values("Published values", [p for p in audit.published if p.kpi == kpi_id])
    yield _values("Restatements", [p for p in audit.restated if p.kpi == kpi_id])
    yield _waivers(audit, (kpi_id,))
    yield _reviews(audit, (kpi_id,))


def _facts(definition: Metric | Signal, audit: Audit) -> Labelled:
    if not isinstance(definition, Signal):
        yield from definition_facts(definition, audit.last)
        return
    yield "When", Code(definition.when)
    words = {"Question": definition.asks, "Do": definition.do}
    yield from ((label, text) for label, text in words.items() if text)


def _changes(
    title: str, events: Iterable[HistoryEvent], *, named: bool, approvals: tuple[KnownApproval, ...]
) -> Section:
    rows = []
    for event in events:
        change, commit = event.change, event.commit
        before, after = map(shorten, parted(change.before, change.after))
        cells = (
            _days(event), Code(commit.name[:_NAME]), _people(event),
            Code(change.kpi or "kpi.yaml"), change.cls.value, Code(change.field), Code(before),
            Code(after), "; ".join(effects_of(event)), event.reason or "none given",
            "; ".join(f"{a.by} ({a.source})" for a in approvals if a.commit == commit.name), "; ".join(event.doubts),
        )  # fmt: skip
        rows.append(cells if named else cells[:3] + cells[4:])
    columns = ("Day", "Commit", "Author", "KPI", "Class", "Field", "Before", "After", "Effect", "Reason", "Approvals",
               "Not proven")  # fmt: skip
    return _section(title, columns if named else columns[:3] + columns[4:], rows)


def _days(event: HistoryEvent) -> str:
    """The day of the commit, and the one from which the change counts, where that is another one."""
    effective = f", in force from {event.change.effective}" if event.change.effective else ""
    return f"{event.commit.committed_at:%Y-%m-%d}{effective}"


def _people(event: HistoryEvent) -> str:
    """Who wrote it, who committed it where that is another one, and what is known of its signature."""
    commit = event.commit
    committer = f", committed by {commit.committer}" if commit.committer != commit.author else ""
    key = f", key {commit.key}" if commit.key else ""
    return f"{commit.author}{committer} (signature: {commit.signed}{key})"


def _values(title: str, values: Iterable[Published]) -> Section:
    rows = [
        (
            Code(published.kpi), f"{published.seq:,}", f"{published.start} to {published.end}",
            ", ".join(f"{c}: {'(none)' if v is None else v}" for c, v in published.segment) or "overall",
            "unknown" if published.value is None else f"{published.value} {published.body.get('unit', '')}",
            published.status, published.as_of[:10], Code(published.commit[:_NAME]),
            Code(published.definition.rpartition(":")[2][:_NAME]), _restates(published),
        )
        for published in values
    ]  # fmt: skip
    columns = ("KPI", "Line", "Period", "Segment", "Value", "Status", "As of", "Commit", "Definition", "Restates")
    return _section(title, columns, rows)


def _restates(published: Published) -> str:
    if published.body.get("restates") is None:
        return ""
    former = "unknown" if published.body.get("was") is None else published.body["was"]
    causes = published.body.get("causes")
    moved_by = f", because of the {' and the '.join(map(str, causes))}" if isinstance(causes, list) and causes else ""
    return f"line {published.body['restates']} (was {former}{moved_by}): {published.body.get('because')}"


def _waivers(audit: Audit, ids: tuple[str, ...]) -> Section:
    rows = [
        (Code(w.kpi), w.segment or "overall", w.first, w.last,
         w.limit, w.reason, Code(w.approved_by))
        for w in audit.waivers if w.kpi in ids
    ]  # fmt: skip
    columns = ("KPI", "Segment", "From", "Until", "No worse than", "Reason", "Approved by")
    return _section("Waivers", columns, rows)


def _reviews(audit: Audit, ids: tuple[str, ...]) -> Section:
    rows = [
        (Code(m.kpi), m.due.isoformat(), m.held.isoformat() if m.held else "not held",
         counted(((m.held or audit.last) - m.due).days, "day"))
        for m in audit.missed if m.kpi in ids
    ]  # fmt: skip
    return _section("Missed reviews", ("KPI", "Due", "Held", "Late by"), rows)


def _section(title: str, columns: tuple[str, ...], rows: Iterable[tuple[Text, ...]], empty: str = "None.") -> Section:
    return Section(title, (Table(columns, tuple(rows), empty=empty),))


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

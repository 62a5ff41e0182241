"""What an auditor checks without `kpi`: the tables of the bundle, its manifest, the ledgers and the script."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.resources import files as resources

from ...model.audit import Audit
from ..formats.json import as_text

SCRIPT = "check_bundle.py"


def data_files(audit: Audit) -> dict[str, str]:
    """The files for programs, by their names in the bundle, without those that need the history's words."""
    approvals = audit.evidence.approvals
    return {
        "commits.csv": _commits(audit), "approvals.csv": _approvals(audit), "audit.json": as_text(_manifest(audit)),
        **{f"ledgers/{kpi}.jsonl": text for kpi, text in audit.evidence.ledgers.items()},
        **({"approvals.json": approvals} if approvals is not None else {}),
        SCRIPT: resources("kpi_framework").joinpath(f"library/audit/{SCRIPT}").read_text(encoding="utf-8"),
    }  # fmt: skip


def _commits(audit: Audit) -> str:
    """Every commit of these days, also those that changed nothing."""
    changes = Counter(event.commit.name for event in audit.events)
    columns = ("commit", "parents", "author", "email", "authored_at", "committer", "committer_email", "committed_at",
               "signed", "subject", "changes", "dated_outside")  # fmt: skip
    rows = [
        (c.name, " ".join(c.parents), c.author, c.email, c.authored_at, c.committer, c.committer_email, c.committed_at,
         "yes" if c.is_signed else "no", c.subject, str(changes[c.name]),
         "yes" if c.name in audit.population.outside else "no")
        for c in audit.population.commits
    ]  # fmt: skip
    return _csv(columns, rows)


def _approvals(audit: Audit) -> str:
    """Every approval of a commit that changed something, and where it is said."""
    columns = ("commit", "by", "at", "pull_request", "source")
    return _csv(columns, [(a.commit, a.by, a.at or "", a.pull_request or "", a.source) for a in audit.approvals])


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table for a spreadsheet; no cell is taken for a formula."""
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t") else cell for cell in row] for row in rows)
    return page.getvalue()


def _manifest(audit: Audit) -> dict[str, object]:
    """The counts that the script counts again, and what it has to know of the project."""
    evidence, population = audit.evidence, audit.population
    names = [commit.name for commit in population.commits]
    changed = {event.commit.name for event in audit.events}
    return {
        "version": 1, "project": audit.project, "commit": audit.commit, "prefix": evidence.prefix,
        "first": audit.first.isoformat(), "last": audit.last.isoformat(),
        "from_instant": evidence.instants[0], "until_instant": evidence.instants[1],
        "first_commit": names[0] if names else None, "last_commit": names[-1] if names else None,
        "counts": {
            "commits": len(names), "commits_without_changes": len([n for n in names if n not in changed]),
            "commits_dated_outside": len(population.outside), "commits_before": population.before,
            "commits_after": population.after, "changes": len(audit.events), "published": len(audit.published),
            "lines": audit.verified.checked, "unexplained": len(audit.unexplained),
        },
        "heads": {kpi: dict(head) for kpi, head in audit.verified.heads.items()}, "renamed": dict(evidence.renamed),
        "approvals": _hash_of(evidence.approvals), "versions": dict(evidence.versions),
        "gaps": [{"kpi": g.kpi, "first": g.first, "last": g.last, "count": g.count} for g in audit.verified.gaps],
        "conflicts": [{"commit": c.commit, "kpi": c.kpi, "who": c.who, "what": c.what} for c in audit.conflicts],
    }  # fmt: skip


def _hash_of(text: str | None) -> str | None:
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()

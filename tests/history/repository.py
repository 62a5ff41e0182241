"""A repository with a year of changes: over forty of them, of every class, by three authors."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).parent.parent / "rules" / "project"
KPI, CONFIG, METRIC = "kpis/fix_time.yaml", "kpi.yaml", "kpis/volume.yaml"
ADA, BEN, CAT = "Ada <ada@example.com>", "Ben <ben@example.com>", "Cat <cat@example.com>"
Found = tuple[str | None, str, str]
"""KPI, class and field of a change."""


@dataclass
class Repository:
    """A git repository whose commits have authors and dates of their own."""

    root: Path
    day: dt.date = dt.date(2025, 4, 1)
    messages: list[str] = field(default_factory=list)

    def git(self, *words: str, author: str = ADA, when: dt.datetime | None = None) -> str:
        """Run git; what it prints."""
        name, _, email = author.partition(" <")
        moment = (when or dt.datetime.combine(self.day, dt.time(12), dt.UTC)).isoformat()
        identity = {
            f"GIT_{who}_{what}": value
            for who in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", name), ("EMAIL", email.rstrip(">")), ("DATE", moment))
        }
        environment = {**os.environ, **identity, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        command = ["git", "-C", str(self.root), "-c", "init.defaultBranch=main", *words]
        return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout.strip()

    def start(self) -> None:
        """The small project, committed."""
        shutil.copytree(PROJECT, self.root, dirs_exist_ok=True)
        self.git("init", "-q")
        self.commit("The project")

    def edit(self, path: str, *replacements: tuple[str, str]) -> None:
        """Replace pieces of a file, each once."""
        file = self.root / path
        text = file.read_text()
        for old, new in replacements:
            assert old in text, (path, old)
            text = text.replace(old, new, 1)
        file.write_text(text)

    def write(self, path: str, text: str | None) -> None:
        """Write a file, or (None) remove it."""
        file = self.root / path
        if text is None:
            file.unlink()
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)

    def commit(self, message: str, author: str = ADA) -> str:
        """Commit everything, nine days after the last."""
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message, author=author)
        self.day += dt.timedelta(days=9)
        self.messages.append(message)
        return self.git("rev-parse", "HEAD")


SECOND = """version: 1
kind: metric
id: slow
name: Slow tickets
dataset: tickets
formula: count_if(hours_between(created_at, resolved_at) > 4)
unit: count
"""
IGNORED = "# kpi: ignore[review-overdue] the audit holds it\nreview:"
WAIVER = (
    "waiver: {from: 2025-08-01, until: 2025-09-30, limit: 6 h, reason: one vacancy, approved_by: cio@example.com}\n"
)
Edit = tuple[str, tuple[tuple[str, str], ...]]

YEAR: tuple[tuple[str, Mapping[str, str | None] | Edit, tuple[Found, ...]], ...] = (
    ("a weaker target", (KPI, (("at_most: 4 h", "at_most: 4.5 h"),)), (("fix_time", "loosened", "target"),)),
    ("a wider zone", (KPI, (("near: 5 h", "near: 6 h"),)), (("fix_time", "loosened", "target"),)),
    ("a stronger target", (KPI, (("at_most: 4.5 h", "at_most: 3 h"),)), (("fix_time", "tightened", "target"),)),
    ("the same target in minutes", (KPI, (("at_most: 3 h", "at_most: 180 min"),)), ()),
    ("another statistic", (KPI, (("median(", "avg("),)), (("fix_time", "restating", "formula"),)),
    ("the same formula, reformatted", (KPI, (("avg(hours_between(created_at, resolved_at))", "AVG( hours_between(Created_At,resolved_at) )"),)), ()),
    ("a narrower population", (KPI, (("unit: hours", "where: priority = 'high'\nunit: hours"),)), (("fix_time", "restating", "where"),)),
    ("another date", (KPI, (("time: resolved_at", "time: created_at"),)), (("fix_time", "restating", "time"),)),
    ("a larger sample", (KPI, (("segments:", "min_sample: 5\nsegments:"),)), (("fix_time", "loosened", "min_sample"),)),
    ("a smaller sample", (KPI, (("min_sample: 5", "min_sample: 2"),)), (("fix_time", "tightened", "min_sample"),)),
    ("less measured", (KPI, (("segments:", "min_measured: 20%\nsegments:"),)), (("fix_time", "loosened", "min_measured"),)),
    ("a longer settling time", (KPI, (("segments:", "settle: 3 days\nsegments:"),)), (("fix_time", "loosened", "settle"),)),
    ("the same settling time", (KPI, (("settle: 3 days", "settle: 72 h"),)), ()),
    ("another owner", (KPI, (("owner: desk@", "owner: second-line@"),)), (("fix_time", "governance", "owner"),)),
    ("a review was held", (KPI, (("last: 2026-03-20", "last: 2026-03-25"),)), (("fix_time", "governance", "review"),)),
    ("another action", (KPI, (("Fill the vacant post.", "Hire an agency."),)), (("fix_time", "governance", "action"),)),
    ("prose", (KPI, (("name: Fix time", "name: Time to fix"),)), (("fix_time", "cosmetic", "name"),)),
    ("a comment and a line", (KPI, (("unit: hours", "unit: hours   # of the clock\n"),)), ()),
    ("a waiver", (KPI, (("examples:", WAIVER + "examples:"),)), (("fix_time", "loosened", "waiver"),)),
    ("a longer waiver", (KPI, (("until: 2025-09-30", "until: 2025-10-20"),)), (("fix_time", "loosened", "waiver"),)),
    ("no waiver", (KPI, ((WAIVER.replace("09-30", "10-20"), ""),)), (("fix_time", "tightened", "waiver"),)),
    ("a finding ignored", (KPI, (("review:", IGNORED),)), (("fix_time", "loosened", "ignore[review-overdue]"),)),
    ("ignored no longer", (KPI, ((IGNORED, "review:"),)), (("fix_time", "tightened", "ignore[review-overdue]"),)),
    ("another baseline", (KPI, (("from: 2026-01-01", "from: 2026-01-10"),)), (("fix_time", "backdated", "baseline"),)),
    ("a target from a day that is past", (KPI, (("target: {at_most: 180 min, near: 6 h}", "target: [{at_most: 180 min, near: 6 h}, {from: 2025-10-01, at_most: 150 min}]"),)), (("fix_time", "backdated", "target"),)),
    ("a target to come", (KPI, (("at_most: 150 min}]", "at_most: 150 min}, {from: 2026-07-01, at_most: 2 h}]"),)), (("fix_time", "tightened", "target"),)),
    ("the past rewritten", (KPI, (("{at_most: 180 min, near: 6 h}", "{at_most: 200 min, near: 6 h}"),)), (("fix_time", "backdated", "target"),)),
    ("a new metric", {"kpis/slow.yaml": SECOND}, (("slow", "added", "definition"),)),
    ("the metric moved", {"kpis/slow.yaml": None, "kpis/more/slow.yaml": SECOND}, ()),
    ("the metric renamed", {"kpis/more/slow.yaml": None, "kpis/more/late.yaml": SECOND.replace("id: slow", "id: late\nrenamed_from: slow")}, (("late", "renamed", "id"),)),
    ("the metric retired", {"kpis/more/late.yaml": SECOND.replace("id: slow", "id: late\nrenamed_from: slow\nstatus: retired\nretired: {since: 2026-01-01, because: nobody reads it}")}, (("late", "retired", "status"),)),
    ("the metric removed", {"kpis/more/late.yaml": None}, (("late", "removed", "definition"),)),
    ("required", (CONFIG, (("objectives:", "required: [fix_time]\nobjectives:"),)), ((None, "tightened", "required.fix_time"),)),
    ("no longer required", (CONFIG, (("required: [fix_time]\n", ""),)), ((None, "loosened", "required.fix_time"),)),
    ("a weaker gate", (CONFIG, (("objectives:", "gate: {targets: warning}\nobjectives:"),)), ((None, "loosened", "gate.targets"),)),
    ("a rule off", (CONFIG, (("objectives:", "rules: {missing-owner: off}\nobjectives:"),)), ((None, "loosened", "rules.missing-owner"),)),
    ("another zone", (CONFIG, (("Europe/London", "Europe/Berlin"),)), ((None, "restating", "timezone"),)),
    ("other data", (CONFIG, (("data/tickets.csv", "data/*.csv"),)), ((None, "restating", "datasets.tickets.source.path"),)),
    ("fresher data are not asked for", (CONFIG, (("key: ticket_id", "key: ticket_id\n    freshness: 9 days"),)), ((None, "loosened", "datasets.tickets.freshness"),)),
    ("another mapping", (CONFIG, (("resolved_at: closed", "resolved_at: opened"),)), ((None, "restating", "datasets.tickets.columns"),)),
    ("out of judgement", (KPI, (("id: fix_time", "id: fix_time\nstatus: draft"),)), (("fix_time", "loosened", "status"),)),
)  # fmt: skip
"""The commits: a message, what it edits or writes, and what has to be found, nothing more and nothing less."""


def year(root: Path) -> Repository:
    """The repository of the year."""
    repository = Repository(root)
    repository.start()
    for number, (message, change, _) in enumerate(YEAR):
        if isinstance(change, tuple):
            repository.edit(change[0], *change[1])
        else:
            for path, text in change.items():
                repository.write(path, text)
        reason = f"\n\nReason: because of {message}\nReviewed-by: {CAT}\n" if number % 2 else ""
        repository.commit(f"{message} (#{number}){reason}", (ADA, BEN, CAT)[number % 3])
    return repository

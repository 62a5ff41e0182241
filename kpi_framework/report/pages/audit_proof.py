"""What an audit bundle proves, what it does not, and who would have to be asked: for a reader who knows no git."""

from __future__ import annotations

from collections.abc import Iterator

from ...model.audit import Audit
from ..doc.model import Code, Document, Listing, Points, Section, Text
from ..words.phrases import counted
from .ledger import gap_text


def proof(audit: Audit) -> Document:
    """The page in plain words."""
    commands = "git clone ADDRESS clone\npython3 check_bundle.py --repository clone --sample 25 --seed 7"
    reading = (
        "The script is short: read it first. It needs Python 3.9 and git, and writes nothing.",
        "WRONG means that the bundle, or the clone, is not what it says. The line names the file.",
        "The sample is chosen by a number that you choose. Look at each of its changes with the command beside it.",
    )
    sections = (
        Section("What is proven", (Points(tuple(_proven(audit))),)),
        Section("What is not proven", (Points(tuple(_unproven(audit))),)),
        Section("Who would have to be asked", (Points(tuple(_whom(audit))),)),
        Section("How to check it without kpi", (Listing(commands, "sh"),)),
        Section("How to read the result", (Points(reading),)),
    )
    return Document("What this bundle proves", sections)


def _proven(audit: Audit) -> Iterator[Text]:
    commits = audit.population.commits
    ends = (", from ", Code(commits[0].name[:12]), " to ", Code(commits[-1].name[:12])) if commits else ""
    count = counted(len(commits), "commit")
    yield (f"The list of commits is complete: the history has {count} of these days", ends, ".")
    yield "A commit belongs to these days by its place in the history. A false date takes none out of the list."
    yield "No published value was changed or removed later, if the history is the one in which it was published."
    verified = audit.verified
    again = f"{verified.holds:,} of {counted(verified.checked, 'published value')}"
    yield f"{again}: kpi computed them again from the definitions and data of their own commits, with the same result."
    yield "The files of this bundle are those that kpi wrote: SHA256SUMS has the hash of each."


def _unproven(audit: Audit) -> Iterator[str]:
    signed = sum(commit.is_signed for commit in audit.population.commits)
    total = counted(len(audit.population.commits), "commit")
    yield "Who wrote a commit, and when: names and dates are claims."
    yield f"{signed:,} of {total} carry a signature, and none was verified here."
    outside = counted(len(audit.population.outside), "commit")
    yield f"The date of {outside}: it is not between those of the commits before and after."
    yield "That nobody replaced the whole history: compare the commit above with one that was kept elsewhere."
    yield "That the data were right: a wrong export gives a wrong value, and the ledger records it faithfully."
    yield "That a reason is true, or that an approval was given with care. The class of a change is kpi's judgement."
    if audit.verified.unverified:
        unverified = counted(len(audit.verified.unverified), "published value")
        yield f"{unverified} could not be computed again: verification.json says why."
    yield from (f"{gap_text(gap)}: nobody can say from here what they were." for gap in audit.verified.gaps)


def _whom(audit: Audit) -> Iterator[str]:
    yield "The administrators of the platform: who could push to the branch, and whether it was protected at all times."
    has_file = audit.evidence.approvals is not None
    source = "approvals.json says where it comes from" if has_file else "there is no approvals.json"
    yield f"The platform: who approved a pull request ({source}). A line in a commit's message is the author's word."
    yield "Whoever keeps an anchor or an old clone, outside the reach of those who write here: whether it agrees."
    yield "The owner of each data source: whether the export was whole, and who could change it before the commit."
    yield "The person that a signature's key belongs to: whether the key was theirs alone."

"""Verifying: the whole of each published value is computed again from its line's own commit, and the ledgers of all
commits are held against each other.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any

from ...history.git import Repository, find_repository
from ...history.ledger import against, heads
from ...model.could_not import CouldNot
from ...model.diagnostic import Diagnostic, KpiError, Span
from ...model.language import is_former
from ...model.ledger import Chain, Disproved, Published, Unverified, Verification
from ...model.record import Record
from ...model.rule import RULES
from ..history.revisions import Revision
from ..run import Options
from .again import Doubt, Problem, again
from .as_published import GivenFiles, as_published, given_files
from .gaps import gaps
from .ledger import broken, chains_of
from .ledger_files import FOLDER, read_ledger_files
from .succession import succession


class Question(Record):
    """What verifying may use beside the repository: an anchor, and a folder with data that git does not have."""

    anchor: Path | None = None
    data: Path | None = None


def verify(options: Options, question: Question | None = None) -> Verification:
    """Check the chains, their states in all commits, and compute each value again. Raises KpiError."""
    question = question or Question()
    repository = find_repository(options.project_root.folder)
    contents = read_ledger_files(options.project_root.folder).contents
    line_of_succession = succession(options.project_root, repository, contents)
    chains = chains_of(contents, line_of_succession)
    failed = [broken(c) for c in chains.values() if c.fault]
    failed += line_of_succession.faults
    failed += _off_anchor(chains, _anchor(question.anchor)) if question.anchor else []
    problems = tuple(_Checks(options, repository, chains, given_files(question.data)).problems())
    failed += [_failure(line, p.what) for line, p in problems if isinstance(p, Disproved)]
    unverified = [
        Unverified(p.why, line.ledger, line.seq, p.because if isinstance(p, Doubt) else None)
        for line, p in problems
        if isinstance(p, CouldNot)
    ]
    checked = sum(len(chain.entries) for chain in chains.values())
    missing = gaps(options, repository, chains)
    return Verification(checked, tuple(failed), tuple(unverified), heads(chains.values()), missing)


def _anchor(path: Path) -> Mapping[str, Any]:
    try:
        heads_by_kpi = json.loads(path.read_text(encoding="utf-8"))["heads"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KpiError(
            f"{path} is not an anchor file: {type(error).__name__}", "Name the file that `kpi publish --anchor` wrote."
        ) from error
    if not isinstance(heads_by_kpi, dict):
        raise KpiError(f"{path} is not an anchor file", "Name the file that `kpi publish --anchor` wrote.")
    return heads_by_kpi


def _off_anchor(chains: Mapping[str, Chain], anchor: Mapping[str, Any]) -> list[Diagnostic]:
    faults = [(k, against(chains.get(k, Chain(k)), head)) for k, head in anchor.items() if isinstance(head, dict)]
    return [broken(Chain(kpi, (), fault)) for kpi, fault in faults if fault]


def _failure(line: Published, what: str) -> Diagnostic:
    span = Span(f"{FOLDER}/{line.ledger}.jsonl", line.seq)
    hint = f"`kpi check --at {line.commit[:12]}` shows what the commit gives. Publish the right value with --reason."
    return RULES["ledger-broken"].finding(span, f"{line.ledger}, {line.start}: {what}", hint, kpi=line.ledger)


class _Checks(Record):
    """Asks of each line whether its commit is HEAD's, and gives the same measurement again."""

    options: Options
    repository: Repository
    chains: Mapping[str, Chain]
    given: GivenFiles

    def problems(self) -> Iterator[tuple[Published, Problem]]:
        """Every line that does not hold, or that could not be computed again."""
        behind = frozenset(self.repository.behind(self.repository.commit("HEAD")))
        former = frozenset((p.ledger, p.seq) for c in self.chains.values() for p in takewhile(_is_former, c.entries))
        head = Revision(self.options.project_root, self.repository, self.repository.commit("HEAD"))
        groups: dict[str, list[Published]] = defaultdict(list)
        for line in (entry for chain in self.chains.values() for entry in chain.entries):
            groups[line.commit].append(line)
        for commit, lines in groups.items():
            found = self._of_commit(commit, lines, former) if commit in behind else self._unheld(lines)
            for line, problem in found:
                yield line, _excused(line, problem, head)

    def _unheld(self, lines: Iterable[Published]) -> Iterator[tuple[Published, Problem]]:
        """HEAD does not stand on the commit: nobody who follows the branch has seen what was published."""
        for line in lines:
            short = line.commit[:12]
            if self.repository.is_shallow:
                yield line, CouldNot(f"this clone is shallow, and commit {short} is not in it")
            else:
                yield (
                    line,
                    Disproved(f"it was published under commit {short}, on which HEAD does not stand", is_of_data=True),
                )

    def _of_commit(
        self, commit: str, lines: Sequence[Published], former: frozenset[tuple[str, int]]
    ) -> Iterator[tuple[Published, Problem]]:
        revision = Revision(self.options.project_root, self.repository, commit)
        try:
            catalog = revision.catalog
            with as_published(revision, catalog, self.given) as layout:
                layout.give(lines)
                for as_of in dict.fromkeys(line.as_of for line in lines):
                    self.options.progress(f"computing again what was published as of {as_of[:10]}")
                    together = [line for line in lines if line.as_of == as_of]
                    yield from again(self.options, catalog, layout.project_root, together, former)
        except KpiError as error:
            why = f"its commit cannot be read: {error.message}"
            yield from ((line, Doubt(why, "data")) for line in lines)


def _is_former(published: Published) -> bool:
    return is_former(published.definition)


def _excused(line: Published, problem: Problem, head: Revision) -> Problem:
    """Rows that had to be erased are no forgery: HEAD says on which day that was, and of which dataset.

    Where the commit and the data are there, the value is computed from them, and nothing excuses another one.
    """
    is_of_data = problem.is_of_data if isinstance(problem, Disproved) else getattr(problem, "because", "") == "data"
    catalog = head.loaded[0]
    if catalog is None or not is_of_data:
        return problem
    datasets = line.body.get("datasets")
    read = set(datasets) if isinstance(datasets, dict) else set(catalog.datasets)
    days = [e.on for name, d in catalog.datasets.items() if name in read for e in d.erased]
    if any(line.as_of[:10] < day.isoformat() for day in days):
        return Doubt("rows erased by declaration", "erasure")
    return problem

"""The auditor's bundle: history, ledger, reviews and waivers between two days → an Audit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from ...history.git import Repository, find_repository
from ...lint.governance import next_review
from ...model.audit import Audit, Evidence, KnownWaiver, MissedReview
from ...model.catalog import Catalog
from ...model.change import HistoryEvent
from ...model.diagnostic import KpiError
from ...model.kpi import Metric, Review
from ...model.ledger import Chain, Published
from ...model.record import Record, replace
from ...model.signal import Signal
from ...model.waiver import Waiver
from ..files import refuse_filled, write_text
from ..history.history import Query, history
from ..history.revisions import FILES, Revision
from ..project_files import links_beneath, refuse_links
from ..run import Options
from ..tracked import refuse_uncommitted
from .approvals import APPROVALS, ReadApprovals, conflicts, known_approvals, read_approvals
from .ledger import chains_of
from .ledger_files import FOLDER, read_ledger_files
from .population import population
from .succession import Succession, succession
from .verify import Question, verify


class Sources(Record):
    """What an audit may use beside the repository: an anchor, and another file of approvals than the project's."""

    anchor: Path | None = None
    approvals: Path | None = None


class _Committed(Record):
    """The project as its commit has it, ledgers and all."""

    repository: Repository
    revision: Revision
    contents: Mapping[str, bytes]
    succession: Succession
    read: ReadApprovals | None

    @property
    def chains(self) -> Mapping[str, Chain]:
        """The ledgers."""
        return chains_of(self.contents, self.succession)


def audit(options: Options, first: dt.date, last: dt.date, sources: Sources | None = None) -> Audit:
    """Everything between two days, both included, as the committed project tells it. Raises KpiError."""
    if last < first:
        raise KpiError(f"{first} comes after {last}", "Name the first day with --since and the last one with --until.")
    sources = sources or Sources()
    committed = _committed(options, sources)
    catalog = committed.revision.catalog
    commits = population(committed.repository, committed.revision.name, first, last)
    names = {commit.name for commit in commits.commits}
    # What came after the last day tells when a review was held, and nothing else.
    events = history(replace(options, as_of=last), Query((), first, None))
    inside = tuple(e for e in events if e.commit.name in names)
    published = tuple(_published(committed.chains, catalog, first, last))
    approvals = known_approvals(inside, committed.read)
    return Audit(
        catalog.project.noun.name, committed.revision.name, first, last, _definitions(catalog),
        inside, published, tuple(_missed_reviews(catalog, events, first, last)),
        tuple(_waivers(catalog, inside, first, last)),
        verify(replace(options, as_of=min(last, _reached(committed))), Question(sources.anchor)), commits, approvals,
        conflicts(inside, approvals, published), _evidence(committed, published, first, last),
    )  # fmt: skip


def _committed(options: Options, sources: Sources) -> _Committed:
    """The project, once it is sure that what is on disk is what the commit has. Raises KpiError."""
    folder = options.project_root.folder
    repository = find_repository(folder)
    revision = Revision(options.project_root, repository, repository.commit("HEAD"))
    refuse_links((*revision.loaded[1], *links_beneath(folder, FOLDER)))
    contents = read_ledger_files(folder).contents
    refuse_uncommitted(repository, (*FILES, FOLDER))
    read = read_approvals(sources.approvals or folder / APPROVALS, is_needed=sources.approvals is not None)
    return _Committed(repository, revision, contents, succession(options.project_root, repository, contents), read)


def _reached(committed: _Committed) -> dt.date:
    """The last day that the history tells of: what had to be published later, nobody owes yet."""
    days = committed.repository.text("log", "--format=%cs", committed.revision.name).split()
    return max(map(dt.date.fromisoformat, days))


def _definitions(catalog: Catalog) -> dict[str, Metric | Signal]:
    """What there is today: KPIs and metrics, and the signals over them."""
    signals = {entry.noun.id: entry.noun for entry in catalog.signals}
    return {**{i: e.noun for i, e in catalog.definitions.items()}, **signals}


def _evidence(committed: _Committed, published: Sequence[Published], first: dt.date, last: dt.date) -> Evidence:
    almanac = committed.revision.catalog.project.noun.almanac
    ends = almanac.instant(first), almanac.instant(last + dt.timedelta(days=1))
    return Evidence(
        {kpi: content.decode("utf-8", "replace") for kpi, content in committed.contents.items()},
        committed.succession.renamed, committed.repository.prefix, (ends[0].timestamp(), ends[1].timestamp()),
        committed.read.text if committed.read else None, _versions(published),
    )  # fmt: skip


def _versions(published: Iterable[Published]) -> dict[str, str]:
    """The versions that the published values name."""
    named: dict[str, set[str]] = {}
    for line in published:
        recorded = line.body.get("versions")
        for name, version in recorded.items() if isinstance(recorded, Mapping) else ():
            named.setdefault(str(name), set()).add(str(version))
    return {name: ", ".join(sorted(versions)) for name, versions in sorted(named.items())}


def write_bundle(folder: Path, files: Mapping[str, str]) -> None:
    """Write the files of a bundle to a new folder. Raises KpiError."""
    refuse_filled(folder, "Name a new folder: a bundle holds nothing else.")
    for name, text in files.items():
        write_text(folder / name, text)


def _published(chains: Mapping[str, Chain], catalog: Catalog, first: dt.date, last: dt.date) -> Iterator[Published]:
    almanac = catalog.project.noun.almanac
    for _, chain in sorted(chains.items()):
        for value in chain.entries:
            if first <= almanac.day_until(dt.datetime.fromisoformat(value.as_of)) <= last:
                yield value


# reviews


def _missed_reviews(
    catalog: Catalog, events: tuple[HistoryEvent, ...], first: dt.date, last: dt.date
) -> Iterable[MissedReview]:
    """The reviews whose day fell between the two and passed. What a review was before its first change is known."""
    missed: dict[tuple[str, dt.date], dt.date | None] = {}
    for kpi_id, kpi in catalog.kpis.items():
        changed = [e for e in events if e.change.kpi == kpi_id and e.change.field == "review" and e.landed]
        states = [_review(changed[0].change.before) if changed else kpi.review]
        states += [_review(e.change.after) for e in changed]
        ends = [*(e.commit.committed_at.date() for e in changed), last]
        for review, later, end in zip(states, [*states[1:], None], ends, strict=True):
            due, held = next_review(review) if review else None, _held(review, later)
            if due and first <= due <= last and due < (held or min(end, last)):
                missed[kpi_id, due] = held
    return (MissedReview(kpi_id, due, held) for (kpi_id, due), held in sorted(missed.items()))


def _held(review: Review | None, later: Review | None) -> dt.date | None:
    """The day of a later review; a change that notes none holds none."""
    day = later.last if later else None
    return day if day and review and (review.last is None or day > review.last) else None


def _review(value: object) -> Review | None:
    """A review as a change has it; None where there was none, or none that can be read."""
    try:
        return Review.model_validate(value)
    except ValueError:
        return None


# waivers


def _waivers(
    catalog: Catalog, events: tuple[HistoryEvent, ...], first: dt.date, last: dt.date
) -> Iterator[KnownWaiver]:
    """Every waiver that a definition named in this time and that holds on one of its days; each once."""
    named = [(kpi.id, waiver) for kpi in catalog.kpis.values() for waiver in kpi.waiver]
    for event in events:
        if event.change.field == "waiver" and event.change.kpi:
            sides = (event.change.before, event.change.after)
            named += [(event.change.kpi, waiver) for side in sides for waiver in _listed(side)]
    known = {_known(kpi, waiver) for kpi, waiver in named if waiver.from_ <= last and waiver.until >= first}
    yield from sorted(known, key=lambda w: (w.kpi, w.first, w.segment, w.last, w.limit, w.reason, w.approved_by))


def _listed(value: object) -> list[Waiver]:
    """The waivers of one side of a change; none where they cannot be read."""
    listed = value if isinstance(value, list) else [value]
    try:
        return [Waiver.model_validate(waiver) for waiver in listed if isinstance(waiver, Mapping)]
    except ValueError:
        return []


def _known(kpi: str, waiver: Waiver) -> KnownWaiver:
    segment = ", ".join(f"{column}: {value}" for column, value in waiver.segment.items())
    return KnownWaiver(
        kpi, waiver.from_.isoformat(), waiver.until.isoformat(), str(waiver.limit), waiver.reason, waiver.approved_by,
        segment,
    )  # fmt: skip

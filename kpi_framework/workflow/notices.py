"""`kpi notify`: a check beside what was published last → what owners have to know. Only changes are told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

from ..model.diagnostic import KpiError
from ..model.kpi import Kpi
from ..model.ledger import Chain, Published
from ..model.measurement import Measurement, Scorecard, Segment, Status
from ..model.notice import Notice, NoticeKind, Notices
from ..model.record import Record, replace
from ..model.waiver import valid_waivers
from .checking.check import check
from .ledger.ledger import read_ledgers
from .ledger.ledger_files import FOLDER
from .run import Options

WARNING_DAYS = 7
"""So long before its end a waiver's owner is told."""


def notices(options: Options, since: dt.date | None = None) -> Notices:
    """What changed since the last published values; of days, what passed since `since`. Raises KpiError.

    Without `since` days are counted from the as-of day of the last published value.
    """
    outcome = check(replace(options, reconcile=False, looks_back=False))
    card = outcome.scorecard
    if card is None:
        raise KpiError("there is nothing to compare", "Run `kpi check`, and correct what it finds.")
    chains = read_ledgers(options.project_root.folder, card.definitions)
    _refuse_broken(chains.values())
    comparison = _Comparison(card, chains, since or _last_day(chains.values(), card))
    broken = outcome.catalog.broken if outcome.catalog is not None else {}
    changes = (*comparison.notices(), *comparison.unreadable(broken))
    return Notices(card.project, card.as_of, card.today, comparison.since, changes)


def _refuse_broken(chains: Iterable[Chain]) -> None:
    """Nobody knows what a ledger with a broken line says. Raises KpiError."""
    for chain in chains:
        if chain.fault is not None:
            message = f"{FOLDER}/{chain.kpi}.jsonl, line {chain.fault.line}: {chain.fault.why}"
            raise KpiError(message, "Run `kpi verify`, and restore the ledger from git.")


def _last_day(chains: Iterable[Chain], card: Scorecard) -> dt.date | None:
    """The as-of day of the last published value, in the project's zone: an instant at midnight ends the day before.

    Raises KpiError.
    """
    instants = [_instant(line) for chain in chains for line in chain.entries]
    if not instants:
        return None
    return (max(instants).astimezone(card.as_of.tzinfo) - dt.timedelta(microseconds=1)).date()


def _instant(line: Published) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(line.as_of).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        message = f"{FOLDER}/{line.kpi}.jsonl, line {line.seq}: its as_of is no instant"
        raise KpiError(message, "Run `kpi verify`, and restore the ledger from git.") from None


class _Comparison(Record):
    """A scorecard beside the ledgers, and the day of the notices before."""

    card: Scorecard
    chains: Mapping[str, Chain]
    since: dt.date | None

    def notices(self) -> Iterator[Notice]:
        """What happened to active KPIs, in the definitions' order."""
        judged: dict[str, dict[Segment, Measurement]] = {}
        for m in self.card.measurements:
            if m.judged and m.status is not Status.INFORMATIVE and (m.is_whole or m.population != 0):
                judged.setdefault(m.kpi, {})[m.segment] = m
        for kpi in self.card.definitions.values():
            if isinstance(kpi, Kpi) and kpi.is_active:
                yield from self._of_status(kpi, judged.get(kpi.id, {}))
                yield from self._of_action(kpi)
                yield from self._of_waivers(kpi)

    def _of_status(self, kpi: Kpi, measured: Mapping[Segment, Measurement]) -> Iterator[Notice]:
        chain = self.chains.get(kpi.id) or self.chains.get(kpi.renamed_from or "")
        for segment, measurement in {(): None, **measured}.items():
            before = _last(chain, segment, measurement)
            kind = _kind(before.status if before else None, measurement.status if measurement else Status.UNKNOWN)
            if kind is not None:
                action = kpi.action.do if kpi.action else ""
                yield Notice(kind, kpi.id, kpi.name, kpi.owner, measurement, before, action=action)

    def _of_action(self, kpi: Kpi) -> Iterator[Notice]:
        """An action that was due until yesterday, and was not yet overdue when notices were last written."""
        action = kpi.action
        if action is None or action.due is None or action.due >= self.card.today:
            return
        if self.since is None or action.due >= self.since:
            who = action.owner or kpi.owner
            yield Notice(NoticeKind.ACTION, kpi.id, kpi.name, who, day=action.due, what=action.do)

    def _of_waivers(self, kpi: Kpi) -> Iterator[Notice]:
        """A waiver in its last days, which was not in them, or not there, when notices were last written."""
        today, warning = self.card.today, dt.timedelta(WARNING_DAYS)
        for waiver in valid_waivers(kpi.waiver, kpi.owner):
            ends_soon = waiver.from_ <= today <= waiver.until <= today + warning
            is_new = self.since is None or waiver.until > self.since + warning or waiver.from_ > self.since
            if ends_soon and is_new:
                yield Notice(NoticeKind.WAIVER, kpi.id, kpi.name, kpi.owner, day=waiver.until, what=waiver.reason)

    def unreadable(self, broken: Iterable[str]) -> Iterator[Notice]:
        """KPIs that were published, and whose files can no longer be read: nobody knows how they stand."""
        for kpi_id in broken:
            before = _last(self.chains.get(kpi_id), (), None)
            if before is not None and before.status != Status.UNKNOWN:
                yield Notice(NoticeKind.UNKNOWN, kpi_id, kpi_id, None, before=before)


def _last(chain: Chain | None, segment: Segment, measurement: Measurement | None) -> Published | None:
    """What was published last of a part, up to the period that is judged now."""
    if chain is None:
        return None
    end = measurement.period.end.isoformat() if measurement else dt.date.max.isoformat()
    # A line of the ledger sorts the columns of a combination by name.
    lines = [p for p in chain.latest.values() if dict(p.segment) == dict(segment) and p.end <= end]
    return max(lines, key=lambda published: (published.end, published.seq), default=None)


def _kind(before: str | None, status: Status) -> NoticeKind | None:
    """What a change of status is; None for no change, and for one that nobody has to act on."""
    if before == status:
        return None
    if status is Status.MISSED:
        return NoticeKind.MISSED
    if status is Status.UNKNOWN:
        return NoticeKind.UNKNOWN
    return NoticeKind.RECOVERED if before in (Status.MISSED, Status.UNKNOWN) else None

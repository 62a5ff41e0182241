"""Which of a ticket's times is which: created ≤ first reply ≤ resolved ≤ closed, and what is filled when it is done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from statistics import median

from ..model.column_profile import TimeOrder
from ..model.record import Record, field
from .times import ColumnTimes, ExportTimes, Looking
from .timestamp_formats import iso, read

_MOST = 0.98
_FULL = 0.995
_AGREED = 0.9
_QUICK = 0.25
_LEAST = 10
_ENDS = ("resolved_at", "closed_at")
_CLOSED = ("closed", "cancelled")
_DONE = ("resolved", *_CLOSED)


class Stages(Record):
    """A ticket's times by their canonical names."""

    columns: Mapping[str, str]
    reasons: Mapping[str, str]
    unsure: frozenset[str] = frozenset()
    rivals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Times(Record):
    """What is known of the columns of times."""

    looking: Looking
    columns: Mapping[str, ColumnTimes]
    orders: Mapping[tuple[str, str], TimeOrder]
    statuses: Sequence[str | None]

    def before(self, first: str, second: str) -> float:
        """The share of the rows in which a time is not later than another; 1 where no row has both."""
        order = self.orders.get((first, second))
        return order.share if order is not None and order.both else 1.0

    def full(self, header: str) -> float:
        """The share of the rows that have a time here."""
        return self.columns[header].reading.cells / max(self.looking.profiles[header].row_count, 1)

    def is_filled_by(self, header: str, statuses: Collection[str]) -> bool:
        """Whether the time is there in rows of these statuses, and in no other that is known."""
        cells = zip(self.looking.profiles[header].sample, self.statuses, strict=False)
        known = [(bool(cell), status in statuses) for cell, status in cells if status is not None]
        inside = [filled for filled, is_done in known if is_done]
        outside = [filled for filled, is_done in known if not is_done]
        if not inside or not outside:
            return False
        return sum(inside) >= _AGREED * len(inside) and sum(outside) <= (1 - _AGREED) * len(outside)

    def hours(self, first: str, second: str) -> float:
        """The usual time between two columns, over the sample."""
        spans = self._spans(first, second)
        return median(spans) if spans else 0.0

    def is_steady(self, first: str, second: str) -> bool:
        """Whether a program sets the second so long after the first, as it closes what was resolved."""
        spans = sorted(self._spans(first, second))
        if len(spans) < _LEAST:
            return False
        low, high = spans[len(spans) // 10], spans[-1 - len(spans) // 10]
        return high - low <= _QUICK * median(spans)

    def _spans(self, first: str, second: str) -> list[float]:
        pairs = zip(self._moments(first), self._moments(second), strict=True)
        return [(b - a).total_seconds() / 3600 for a, b in pairs if a and b]

    def _moments(self, header: str) -> list[dt.datetime | None]:
        formats, cells = self.columns[header].written, self.looking.profiles[header].sample
        moments = (next((t for f in formats if (t := read(c, f))), None) if formats else iso(c) for c in cells)
        return [t and t.replace(tzinfo=None) for t in moments]


def stages_of(looking: Looking, found: ExportTimes, named: Mapping[str, str], statuses: Sequence[str | None]) -> Stages:
    """Which time is which; `named` are those whose names say so, and `statuses` those of the sample's rows."""
    columns = {h: c for h, c in found.columns.items() if c.share >= _MOST and c.reading.cells}
    orders = looking.rows.orders({h: c.written for h, c in columns.items()})
    times = Times(looking, columns, orders, statuses)
    named = {c: h for c, h in named.items() if h in columns}
    chosen = dict(named)
    reasons = {c: _confirmed(times, c, chosen) for c in chosen}
    rivals: dict[str, tuple[str, ...]] = {}
    unsure: set[str] = set()
    if "created_at" not in chosen:
        first = _first(times, set(chosen.values()))
        if len(first) != 1 and first:
            rivals["created_at"] = first
        if first:
            chosen["created_at"], reasons["created_at"] = first[0], "filled in every row, and no other time is earlier"
            unsure |= {"created_at"} if len(first) > 1 else set()
    if "created_at" in chosen:
        for column, header, why in _later(times, chosen):
            chosen[column], reasons[column] = header, why
            unsure.add(column)
    return Stages(chosen, reasons, frozenset(unsure), rivals)


def _confirmed(times: Times, column: str, named: Mapping[str, str]) -> str:
    """What the content says of a name."""
    created = named.get("created_at")
    if created is None or column == "created_at":
        return f"by its name; {times.full(named[column]):.0%} of the rows have it"
    kept = times.before(created, named[column])
    warning = "" if kept >= _MOST else f" CHECK THIS: it is before the creation in {1 - kept:.0%} of the rows."
    return f"by its name.{warning}" if warning else "by its name, and not before the creation"


def _first(times: Times, taken: set[str]) -> tuple[str, ...]:
    """The columns that are filled in every row, and than which no other is earlier."""
    full = [h for h in times.columns if times.full(h) >= _FULL and h not in taken]
    first = [h for h in full if all(times.before(h, other) >= _MOST for other in times.columns if other != h)]
    return tuple(first[:1]) if first and _are_equal(times, first) else tuple(first)


def _are_equal(times: Times, headers: Sequence[str]) -> bool:
    """Whether columns hold the same times, so that any of them will do."""
    return all(times.before(a, b) == times.before(b, a) == 1.0 for a in headers for b in headers if a != b)


def _later(times: Times, chosen: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """The stages after the creation that names leave open: column, header, reason."""
    created = chosen["created_at"]
    free = [h for h in times.columns if h not in chosen.values() and times.before(created, h) >= _MOST]
    free = [h for h in free if not _lies_ahead(times, h)]
    updated = _updated(times, free, chosen)
    later = [("updated_at", updated, "filled in every row, and no other time is later")] if updated else []
    ends = _in_order(times, [h for h in free if h != updated])
    return [*later, *_ends_of(times, ends, chosen)]


def _lies_ahead(times: Times, header: str) -> bool:
    """Whether a column says when something is due: it has times that have not come yet."""
    newest = times.columns[header].reading.newest
    return newest is not None and newest.replace(tzinfo=None) > times.looking.now.replace(tzinfo=None) + dt.timedelta(
        days=1
    )


def _updated(times: Times, free: Sequence[str], chosen: Mapping[str, str]) -> str | None:
    """The column of the last change: full although others are not, and never before them."""
    if "updated_at" in chosen:
        return None
    others = [h for h in times.columns if times.full(h) < _FULL]
    full = [h for h in free if times.full(h) >= _FULL and all(times.before(o, h) >= _MOST for o in others)]
    is_open = bool(others) or any(status not in (None, *_DONE) for status in times.statuses)
    return full[-1] if full and is_open else None


def _in_order(times: Times, headers: Iterable[str]) -> list[str]:
    """Columns in the order in which their times come; of equal ones the fuller first."""
    listed = list(headers)
    return sorted(listed, key=lambda h: (-sum(times.before(h, o) >= _MOST for o in listed if o != h), -times.full(h)))


def _ends_of(times: Times, headers: Sequence[str], chosen: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """First reply, resolved and closed among columns in the order of their times."""
    if "resolved_at" in chosen:
        ends: dict[str, str] = {}
    else:
        ends = _by_status(times, headers)
    why = "filled where the status says so"
    if not ends and "resolved_at" not in chosen:
        why = "after the creation, and not in every row"
        ends = dict(zip(_ENDS, _by_length(times, headers, chosen), strict=False))
    found = [(column, header, why) for column, header in ends.items() if column not in chosen]
    resolved = ends.get("resolved_at", chosen.get("resolved_at"))
    early = [h for h in headers if h not in ends.values() and resolved and times.before(h, resolved) >= _MOST]
    if early and "first_response_at" not in chosen:
        found.append(("first_response_at", early[0], "after the creation, and before it is resolved"))
    return found


def _by_status(times: Times, headers: Sequence[str]) -> dict[str, str]:
    """The columns that are filled where the status says resolved, and closed."""
    done = [h for h in headers if times.is_filled_by(h, _DONE)]
    shut = [h for h in headers if h not in done[:1] and times.is_filled_by(h, _CLOSED)]
    closed = (*shut, *done[1:])
    return {**({"resolved_at": done[0]} if done else {}), **({"closed_at": closed[0]} if done and closed else {})}


def _by_length(times: Times, headers: Sequence[str], chosen: Mapping[str, str]) -> Sequence[str]:
    """The columns that are ends where no status tells: the last, and the one before unless it comes much sooner."""
    if len(headers) < 2 or "first_response_at" in chosen:
        return headers
    if len(headers) > 2:
        return headers[1:]
    created, (first, second) = chosen["created_at"], headers
    is_quick = times.hours(created, first) < _QUICK * times.hours(created, second)
    return headers[1:] if is_quick and not times.is_steady(first, second) else headers

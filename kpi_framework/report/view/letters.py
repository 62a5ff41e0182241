"""Notices in words: one letter an owner, whatever carries it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from ...model.measurement import Status
from ...model.notice import Notice, NoticeKind, Notices
from ...model.record import Record
from ..words.escape import clean, clip, web_address
from ..words.phrases import counted, day_text, segment_text, why_unknown
from .sentences import judged_text, published_text

_NOUNS = {
    NoticeKind.MISSED: "newly missed value", NoticeKind.UNKNOWN: "newly unknown value",
    NoticeKind.ACTION: "overdue action", NoticeKind.WAIVER: "waiver that ends soon",
    NoticeKind.RECOVERED: "recovered value",
}  # fmt: skip
_MANY = {NoticeKind.WAIVER: "waivers that end soon"}
_TITLE, _LINE = 120, 400
"""So many characters of a title and of a line are written."""


class Paragraph(Record):
    """One notice: its title, its lines, and the page that tells more."""

    title: str
    lines: tuple[str, ...]
    link: str | None = None


class Letter(Record):
    """What an owner is told: plain words, without control characters, on one line each."""

    project: str
    owner: str
    """As the definitions name them; empty where nobody is named."""
    subject: str
    intro: str
    paragraphs: tuple[Paragraph, ...]
    link: str | None = None
    """The address of the site, if it is published."""


def letters(notices: Notices, site: str | None = None) -> Iterator[Letter]:
    """A letter for each owner, with links to the pages of a published site."""
    address = (web_address(site) or "").rstrip("/") if site else ""
    for owner, listed in notices.by_owner.items():
        paragraphs = tuple(_paragraph(notice, address) for notice in listed)
        project = clip(clean(notices.project), _TITLE)
        since = f" Compared with what was published as of {day_text(notices.since)}." if notices.since else ""
        intro = f"As of {day_text(notices.today)}.{since}"
        subject = f"{project}: {summary(listed)}"
        yield Letter(project, clean(owner), subject, intro, paragraphs, f"{address}/index.html" if address else None)


def summary(notices: Iterable[Notice]) -> str:
    """`1 newly missed value, 2 recovered values`."""
    counts = Counter(notice.kind for notice in notices)
    return ", ".join(_counted(counts[kind], kind) for kind in NoticeKind if counts[kind])


def _counted(count: int, kind: NoticeKind) -> str:
    return f"{count:,} {_MANY[kind]}" if count > 1 and kind in _MANY else counted(count, _NOUNS[kind])


def _paragraph(notice: Notice, address: str) -> Paragraph:
    segment = notice.measurement.segment if notice.measurement else ()
    part = f" ({segment_text(segment)})" if segment else ""
    title = f"{notice.kind.value.capitalize()}: {notice.name}{part}"
    lines = tuple(clip(clean(line), _LINE) for line in _lines(notice))
    return Paragraph(clip(clean(title), _TITLE), lines, f"{address}/kpis/{notice.kpi}.html" if address else None)


def _lines(notice: Notice) -> Iterator[str]:
    match notice.kind:
        case NoticeKind.ACTION:
            yield f"Due on {day_text(notice.day)}: {notice.what}" if notice.day else notice.what
        case NoticeKind.WAIVER:
            yield f"The miss is accepted until {day_text(notice.day)}: {notice.what}" if notice.day else notice.what
        case _:
            yield from _of_status(notice)


def _of_status(notice: Notice) -> Iterator[str]:
    measurement = notice.measurement
    yield f"{judged_text(measurement)}." if measurement is not None else "Its definition cannot be used."
    if notice.kind is NoticeKind.UNKNOWN:
        yield " ".join(why_unknown(measurement))
    yield f"Published before: {published_text(notice.before)}." if notice.before else "Nothing was published before."
    if notice.kind is NoticeKind.MISSED and notice.action:
        yield f"To do: {notice.action}"
    if measurement is not None and measurement.status is Status.NEAR:
        yield "It is no longer missed, and still at risk."

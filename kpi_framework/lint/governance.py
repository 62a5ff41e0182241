"""Governance: what was promised for a day, by as_of's day; and who has to approve its changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ..model.diagnostic import Diagnostic
from ..model.kpi import Review
from ..model.ownership import CodeOwners
from ..model.quoting import listed, plain_or, shown
from ..model.rule import RULES
from ..model.waiver import MAX_WAIVER_DAYS
from .context import LintContext

_MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}


def reviews(context: LintContext, today: dt.date) -> Iterator[Diagnostic]:
    """review-overdue: the day of the next review has passed: one `cadence` after the `last`."""
    for definition, kpi in context.active:
        due = next_review(kpi.review) if kpi.review else None
        if due and due < today:
            message = f"the {kpi.review.cadence if kpi.review else ''} review of {kpi.id} was due on {due}"
            yield RULES["review-overdue"].finding(definition.at.key("review", "last"), message, kpi=kpi.id)


def next_review(review: Review) -> dt.date | None:
    """The day of the next review; none is promised before the first was held."""
    if review.last is None:
        return None
    if review.cadence == "weekly":
        return review.last + dt.timedelta(days=7)
    month = review.last.year * 12 + review.last.month - 1 + _MONTHS[review.cadence]
    after = dt.date((month + 1) // 12, (month + 1) % 12 + 1, 1)
    last_day = (after - dt.timedelta(days=1)).day
    return dt.date(month // 12, month % 12 + 1, min(review.last.day, last_day))


def actions(context: LintContext, today: dt.date) -> Iterator[Diagnostic]:
    """action-overdue: the action's `due` day has passed."""
    for definition, kpi in context.active:
        if kpi.action and kpi.action.due and kpi.action.due < today:
            message = f"the action of {kpi.id} was due on {kpi.action.due}"
            yield RULES["action-overdue"].finding(definition.at.key("action", "due"), message, kpi=kpi.id)


def waivers(context: LintContext, today: dt.date) -> Iterator[Diagnostic]:
    """waiver-expired, waiver-too-long, waiver-self-approved: none of these protects anything."""
    for definition, kpi in context.active:
        for number, waiver in enumerate(kpi.waiver):
            at = definition.at.key("waiver", number, "until")
            if waiver.until < today:
                yield RULES["waiver-expired"].finding(at, f"the waiver of {kpi.id} ended on {waiver.until}", kpi=kpi.id)
            if waiver.is_too_long:
                days = (waiver.until - waiver.from_).days
                message = f"the waiver of {kpi.id} covers {days} days; the maximum is {MAX_WAIVER_DAYS}"
                yield RULES["waiver-too-long"].finding(at, message, kpi=kpi.id)
            if kpi.owner and waiver.is_approved_by(kpi.owner):
                span = definition.at.key("waiver", number, "approved_by")
                yield RULES["waiver-self-approved"].finding(
                    span, f"{plain_or(kpi.owner, '…')} owns {kpi.id} and approved this waiver", kpi=kpi.id
                )


def code_owners(context: LintContext, owners: CodeOwners) -> Iterator[Diagnostic]:
    """owner-not-code-owner: CODEOWNERS names somebody for a KPI's file, but not the owner of the KPI."""
    for definition, kpi in context.active:
        claim = owners.of(definition.at.path)
        if claim is None or not claim.owners or not (kpi.owner or "").strip():
            continue
        if _handle(kpi.owner or "") not in map(_handle, claim.owners):
            named = listed([*map(shown, claim.owners)])
            message = f"{shown(kpi.owner or '')} owns {kpi.id}, but line {claim.line} of {owners.path} names {named}"
            yield RULES["owner-not-code-owner"].finding(definition.at.key("owner"), message, kpi=kpi.id)


def _handle(name: str) -> str:
    """`@Team` and `team` are one; so are addresses in any case."""
    return name.strip().removeprefix("@").lower()

"""What has to be said of changes: what no one explains, what is gone without a word, what no longer fits. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ..model.change import Change, ChangeClass
from ..model.diagnostic import Diagnostic, Span
from ..model.kpi import Kpi, Lifecycle
from ..model.rule import RULES
from .comparison import Comparison


def change_findings(
    sides: Comparison, changes: Iterable[Change], reason: Callable[[Change], str | None]
) -> Iterator[Diagnostic]:
    """The findings on changes; `reason` says why a change was made, None where nobody does."""
    changed = tuple(changes)
    for change in changed:
        if change.needs_reason and not reason(change):
            yield unexplained(change)
        if change.cls is ChangeClass.REMOVED and change.kpi and not was_retired(sides, change.kpi):
            yield removed(change)
    for definition_id in sorted(restating(changed)):
        yield from _stale(sides, definition_id)


def unexplained(change: Change) -> Diagnostic:
    """unexplained-change: a change restates a number, loosens a target or changes the past, and no commit of it has
    a `Reason:`.
    """
    what = f"{change.kpi}: " if change.kpi else ""
    verb = f"is {change.cls}" if change.cls is not ChangeClass.DATA else "changed a published value"
    message = f"{what}`{change.field}` {verb}, and no commit gives a reason"
    return RULES["unexplained-change"].finding(Span(change.path, change.line), message, kpi=change.kpi)


def removed(change: Change) -> Diagnostic:
    """removed-unretired: a KPI is gone that was not retired in the revision with which this one is compared."""
    message = f"{change.kpi} was removed without being retired first"
    return RULES["removed-unretired"].finding(Span("kpi.yaml"), message, kpi=change.kpi)


def was_retired(sides: Comparison, definition_id: str) -> bool:
    """Whether a definition was retired in the earlier revision, or never judged."""
    definition = sides.before.catalog.definitions.get(definition_id)
    if definition is None:
        return False
    return definition.noun.status is Lifecycle.RETIRED or not isinstance(definition.noun, Kpi)


def restating(changes: Iterable[Change]) -> frozenset[str]:
    """The definitions whose numbers mean something else."""
    weighty = [c for c in changes if c.cls is ChangeClass.RESTATING]
    return frozenset(i for c in weighty for i in (c.kpi, *c.touches) if i)


def _stale(sides: Comparison, definition_id: str) -> Iterator[Diagnostic]:
    """A number that means something else needs a baseline of the same meaning."""
    catalog = sides.after.catalog
    kpi, frozen = catalog.kpis.get(definition_id), catalog.baseline_of(definition_id)
    if kpi is None or frozen is None or sides.after.means(definition_id, frozen.noun.definition) is not False:
        return
    message = f"{definition_id} has another definition now, and its baseline was frozen under the earlier one"
    hint = f"Run `kpi baseline freeze {definition_id}`."
    yield RULES["baseline-stale"].finding(frozen.at.key("definition"), message, hint, definition_id)

"""Ignore comments: each suppresses one rule's findings on its line or the next, and has to suppress some."""

from __future__ import annotations

from collections.abc import Iterable

from ..model.catalog import Ignore
from ..model.diagnostic import Diagnostic
from ..model.quoting import plain_or
from ..model.rule import RULES


def apply(
    findings: Iterable[Diagnostic], ignores: Iterable[Ignore], unseen: frozenset[str] = frozenset()
) -> tuple[Diagnostic, ...]:
    """The findings that no comment ignores, and one for each comment that ignores nothing.

    `unseen` are the rules that this run does not check: a comment for one of them may be of use to another run.
    """
    places = {(i.span.path, i.span.line + step, i.rule): i for i in ignores for step in (1, 0)}
    remaining, used = [], set()
    for finding in findings:
        ignore = places.get((finding.span.path, finding.span.line, finding.rule))
        if ignore is None:
            remaining.append(finding)
        else:
            used.add(ignore)
    remaining += [_unused(i) for i in dict.fromkeys(places.values()) if i not in used and i.rule not in unseen]
    return tuple(remaining)


def _unused(ignore: Ignore) -> Diagnostic:
    """unused-ignore: an ignore comment suppresses no finding of this run, or does not name a rule."""
    known = "suppresses nothing" if ignore.rule in RULES else "does not name a rule"
    return RULES["unused-ignore"].finding(ignore.span, f"ignore[{plain_or(ignore.rule, '…')}] {known}")

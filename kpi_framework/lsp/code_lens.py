"""A line above `id:`: the last published value, its status and period, and what was last done to the target."""

from __future__ import annotations

from lsprotocol.types import CodeLens, Command

from .hover import Committed
from .published import on_one_line, published_value
from .view import View


def code_lenses(view: View, committed: Committed) -> list[CodeLens]:
    """The line above the definition of a file; none where nothing of it was published."""
    entry = next((e for e in view.catalog.entries if e.at.path == view.path), None) if view.catalog else None
    if entry is None or view.catalog is None:
        return []
    value = published_value(view.catalog, committed.scorecard, entry.noun.id, committed.now)
    if value is None:
        return []
    target = committed.file.target_change() if committed.file else None
    offset = view.text.offset_of(entry.at.key("id"))
    title = on_one_line(value, target)
    return [CodeLens(view.text.range(offset, view.text.word(offset)[1]), Command(title, ""))]

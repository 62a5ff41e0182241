"""Renaming a definition: its id in all files, the names of its own files, and `renamed_from`, its identity."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from lsprotocol import types as lsp

from ..load.catalog import BASELINES
from ..model.catalog import Catalog, Entry
from ..model.kpi import Metric
from ..model.record import Record
from ..workflow.editing.committed import is_committed
from ..workflow.editing.workspace import checked
from ..workflow.project import LEDGERS
from .occurrences import Named, named_at, occurrences
from .roles import Role
from .view import View

_ID = re.compile(r"[a-z][a-z0-9_]{0,79}")
_ID_LINE = re.compile(r"^id:[^\r\n]*", re.MULTILINE)
_FORMER = re.compile(r"^renamed_from:[ \t]*(?P<id>[^\s#]*)[^\r\n]*(?:\r?\n)?", re.MULTILINE)


class RenameError(Exception):
    """Why a name cannot be changed, in a sentence for the person who asked."""


class Cut(Record):
    """A stretch of a text, in characters, and what takes its place."""

    begin: int
    stop: int
    text: str


class Renaming(Record):
    """What changes in each file, under its old path, and the files that get another name."""

    cuts: dict[str, tuple[Cut, ...]]
    moved: dict[str, str]


def renamable(view: View, position: lsp.Position) -> lsp.Range | None:
    """The name at a position, if it is a definition's."""
    offset = view.text.offset(position)
    named = named_at(view.path, view.text.text, offset)
    if named is None or named.kind is not Role.DEFINITION or view.catalog is None:
        return None
    return view.text.range(*view.text.word(offset)) if named.name in view.catalog.definitions else None


def renaming(view: View, position: lsp.Position, name: str, now: dt.datetime) -> Renaming:
    """What a renaming does to the project. Raises RenameError where it cannot be done safely."""
    named = named_at(view.path, view.text.text, view.text.offset(position))
    catalog = view.catalog
    if named is None or named.kind is not Role.DEFINITION or catalog is None or named.name not in catalog.definitions:
        raise RenameError("Only the id of a definition can be renamed.")
    _allow(view, catalog, name)
    entry = catalog.definitions[named.name]
    cuts = _renamed(view, named, name)
    former = _former(view, entry)
    text = view.text_of(entry.at.path).text
    cuts[entry.at.path] += tuple(_identity(text, former if former != name else None))
    result = Renaming(cuts, dict(_moved(view, entry, name)))
    _refuse_errors(view, result, now)
    return result


def _allow(view: View, catalog: Catalog, name: str) -> None:
    if not _ID.fullmatch(name):
        raise RenameError("An id is in snake_case, such as first_response_time.")
    taken = {*catalog.definitions, *catalog.broken, *(e.noun.id for e in catalog.signals), *catalog.broken_signals}
    if name in taken or any(PurePosixPath(path).stem == name for path in view.checked.workspace.texts):
        raise RenameError(f"There is a file for {name} already.")
    if broken := sorted({*catalog.broken, *catalog.broken_signals}):
        raise RenameError(f"First correct the file of {broken[0]}: what it names cannot be read.")
    if view.checked.compilation is None:
        raise RenameError("First correct kpi.yaml: what it names cannot be read.")


def _renamed(view: View, named: Named, name: str) -> dict[str, tuple[Cut, ...]]:
    """The new id in all the places of the old one, by file."""
    cuts: dict[str, tuple[Cut, ...]] = {}
    for place in occurrences(view.checked.workspace.texts, named):
        cuts[place.path] = (*cuts.get(place.path, ()), Cut(place.begin, place.stop, name))
    return cuts


def _former(view: View, entry: Entry[Metric]) -> str | None:
    """The id that git knows: this one, or the one before it where this one was never committed."""
    if is_committed(view.checked.workspace.folder, entry.at.path):
        return entry.noun.id
    return entry.noun.renamed_from


def _identity(text: str, former: str | None) -> Iterator[Cut]:
    """`renamed_from` in the place of an earlier one, or on a line of its own below `id:`; without it, none is left."""
    earlier = _FORMER.search(text)
    if earlier is not None:
        yield Cut(earlier.start(), earlier.end(), "") if former is None else Cut(*earlier.span("id"), former)
    elif former is not None and (line := _ID_LINE.search(text)):
        newline = "\r\n" if "\r\n" in text else "\n"
        yield Cut(line.end(), line.end(), f"{newline}renamed_from: {former}")


def _moved(view: View, entry: Entry[Metric], name: str) -> Iterator[tuple[str, str]]:
    """The files that carry the id in their name: the definition, its frozen baseline and its ledger."""
    path = PurePosixPath(entry.at.path)
    yield str(path), str(path.with_name(name + path.suffix))
    former_id, folder = entry.noun.id, view.checked.workspace.folder
    for file in (f"{BASELINES}/{former_id}.yaml", f"{LEDGERS}/{former_id}.jsonl"):
        if (folder / file).is_file():
            yield file, str(PurePosixPath(file).with_name(name + PurePosixPath(file).suffix))


def _refuse_errors(view: View, result: Renaming, now: dt.datetime) -> None:
    """Do nothing that a check of the definitions would refuse. Raises RenameError."""
    workspace = view.checked.workspace
    texts = {path: _cut(text, result.cuts.get(path, ())) for path, text in workspace.texts.items()}
    files = {result.moved.get(path, path): text for path, text in texts.items()}
    after = checked(workspace.with_all(files), view.checked, now)
    before = {(f.rule, f.kpi) for f in view.checked.findings}
    fresh = [f for f in after.findings if f.severity.rank >= 3 and (f.rule, f.kpi) not in before]
    if after.compilation is None or fresh:
        raise RenameError(f"This would break the project: {fresh[0].message if fresh else 'kpi.yaml'}")


def as_edit(view: View, result: Renaming, *, can_move: bool) -> lsp.WorkspaceEdit:
    """The renaming as one edit of the workspace; files move after their texts have changed."""
    edits = {
        path: [lsp.TextEdit(view.range(path, cut.begin, cut.stop), cut.text) for cut in cuts]
        for path, cuts in result.cuts.items()
    }
    if not can_move:
        return lsp.WorkspaceEdit(changes={view.uri(path): changes for path, changes in edits.items()})
    steps: list[lsp.TextDocumentEdit | lsp.CreateFile | lsp.RenameFile | lsp.DeleteFile] = [
        lsp.TextDocumentEdit(lsp.OptionalVersionedTextDocumentIdentifier(view.uri(path)), list(changes))
        for path, changes in edits.items()
    ]
    steps += [lsp.RenameFile(view.uri(path), view.uri(other)) for path, other in result.moved.items()]
    return lsp.WorkspaceEdit(document_changes=steps)


def _cut(text: str, cuts: Iterable[Cut]) -> str:
    """A text with its stretches replaced."""
    for cut in sorted(cuts, key=lambda c: -c.begin):
        text = text[: cut.begin] + cut.text + text[cut.stop :]
    return text

"""Renaming a definition: its id in all files, the names of its own files, and `renamed_from`, which keeps its identity."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from lsprotocol import types as lsp

from ..load.catalog import BASELINES
from ..model.catalog import Catalog, Entry
from ..model.kpi import Metric
from ..model.record import Record
from ..workflow.editing.committed import is_committed
from ..workflow.editing.workspace import checked
from ..workflow.project import LEDGERS
from .occurrences import Named, Occurrence, named_at, occurrences
from .roles import Role
from .view import View

_ID = re.compile(r"[a-z][a-z0-9_]{0,79}")


class RenameError(Exception):
    """Why a name cannot be changed, in a sentence for the person who asked."""


class Renaming(Record):
    """The new text of each file that changes, under its old path, and the files that get another name."""

    texts: dict[str, str]
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
    texts = _renamed(view, named, name)
    texts[entry.at.path] = _with_former(texts[entry.at.path], named.name, _former(view, entry))
    result = Renaming(texts, dict(_moved(view, entry, name)))
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


def _renamed(view: View, named: Named, name: str) -> dict[str, str]:
    """The texts in which the id stands, with the new one in all its places."""
    texts = dict(view.checked.workspace.texts)
    by_path: dict[str, list[Occurrence]] = {}
    for occurrence in occurrences(texts, named):
        by_path.setdefault(occurrence.path, []).append(occurrence)
    for path, places in by_path.items():
        for place in sorted(places, key=lambda o: -o.begin):
            texts[path] = texts[path][: place.begin] + name + texts[path][place.stop :]
    return {path: texts[path] for path in by_path}


def _former(view: View, entry: Entry[Metric]) -> str | None:
    """The id that git knows: this one, or the one before it where this one was never committed."""
    if is_committed(view.checked.workspace.folder, entry.at.path):
        return entry.noun.id
    return entry.noun.renamed_from


def _with_former(text: str, former_id: str, former: str | None) -> str:
    """The text with `renamed_from`, in the place of an earlier one or on the line below `id:`."""
    without = re.sub(r"(?m)^renamed_from:[^\n]*\n?", "", text)
    if former is None:
        return without
    newline = "\r\n" if "\r\n" in text else "\n"
    return re.sub(
        r"(?m)^(id:[^\r\n]*)(?:\r?\n|\Z)", lambda m: f"{m[1]}{newline}renamed_from: {former}{newline}", without, count=1
    )


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
    texts = {**workspace.texts, **result.texts}
    files = {result.moved.get(path, path): text for path, text in texts.items()}
    after = checked(workspace.with_all(files), view.checked, now)
    before = {(f.rule, f.kpi) for f in view.checked.findings}
    fresh = [f for f in after.findings if f.severity.rank >= 3 and (f.rule, f.kpi) not in before]
    if after.compilation is None or fresh:
        raise RenameError(f"This would break the project: {fresh[0].message if fresh else 'kpi.yaml'}")


def as_edit(view: View, result: Renaming, *, can_move: bool) -> lsp.WorkspaceEdit:
    """The renaming as one edit of the workspace; files move after their texts have changed."""
    edits = {path: [_whole(view, path, text)] for path, text in result.texts.items()}
    if not can_move:
        return lsp.WorkspaceEdit(changes={view.uri(path): changes for path, changes in edits.items()})
    steps: list[lsp.TextDocumentEdit | lsp.CreateFile | lsp.RenameFile | lsp.DeleteFile] = [
        lsp.TextDocumentEdit(lsp.OptionalVersionedTextDocumentIdentifier(view.uri(path)), list(changes))
        for path, changes in edits.items()
    ]
    steps += [lsp.RenameFile(view.uri(path), view.uri(other)) for path, other in result.moved.items()]
    return lsp.WorkspaceEdit(document_changes=steps)


def _whole(view: View, path: str, text: str) -> lsp.TextEdit:
    """The smallest stretch that turns the one text into the other."""
    before = view.text_of(path).text
    head = next((i for i, (a, b) in enumerate(zip(before, text, strict=False)) if a != b), min(len(before), len(text)))
    most = min(len(before), len(text)) - head
    tail = next((i for i in range(most) if before[-1 - i] != text[-1 - i]), most)
    return lsp.TextEdit(view.range(path, head, len(before) - tail), text[head : len(text) - tail])

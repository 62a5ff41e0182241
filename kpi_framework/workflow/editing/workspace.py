"""A project while it is edited: the texts of an editor laid over the files, and what is wrong with all of them.

No data file is opened, no engine is started, and nothing outside of the project is read: an editor opens folders of
strangers. What only the data could tell is not found here; `kpi lint` looks at their headers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from ...compile.catalog import Compilation
from ...compile.recompilation import recompiled
from ...compile.sql.errors import FormulaError
from ...lint.lint import lint
from ...load.catalog import PROJECT
from ...model.catalog import Catalog
from ...model.diagnostic import Diagnostic, KpiError, Severity
from ...model.ownership import CodeOwners
from ...model.record import Record, field, replace
from ...model.rule import RULES
from ..checking.lint import NOT_LINTED
from ..project import LEDGERS, catalog_of, code_owners, reporting_periods_of, settled
from ..project_files import ProjectFiles, links_beneath, read_files

_OF_COLUMNS = frozenset({"unknown-column", "source-unreadable", "type-mismatch"})
"""Rules that the columns of the data decide."""
_TYPED = ("parquet", "json")
"""Formats whose columns have types that no definition says."""


class Workspace(Record):
    """A project's folder, what its files say, and what the editor has over them, by path."""

    folder: Path
    files: ProjectFiles
    links: tuple[Diagnostic, ...] = ()
    owners: CodeOwners | None = None
    buffers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def opened(cls, folder: Path, buffers: Mapping[str, str] | None = None) -> Workspace:
        """The project as its files are now, under these buffers. Nothing but definitions is read."""
        return cls(folder, read_files(folder), links_beneath(folder, LEDGERS), code_owners(folder), buffers or {})

    @property
    def texts(self) -> Mapping[str, str]:
        """Every text by its path, unsaved ones first."""
        return {**self.files.texts, **self.buffers}

    @property
    def unsaved(self) -> tuple[str, ...]:
        """The paths whose buffers differ from their files."""
        return tuple(path for path, text in self.buffers.items() if self.files.texts.get(path) != text)

    def with_buffer(self, path: str, text: str | None) -> Workspace:
        """The same with another text in the editor; None: the editor has closed it."""
        others = {p: t for p, t in self.buffers.items() if p != path}
        return replace(self, buffers=others if text is None else {**others, path: text})

    def with_all(self, texts: Mapping[str, str]) -> Workspace:
        """The same project as it would be with these texts and no others."""
        return replace(self, files=ProjectFiles(texts, self.files.refused), buffers={})

    @property
    def overlaid(self) -> ProjectFiles:
        """The files as the editor has them."""
        refused = {path: finding for path, finding in self.files.refused.items() if path not in self.buffers}
        return ProjectFiles(self.texts, refused)


class CheckedWorkspace(Record, dict=True):
    """What a workspace came to: its findings, and the last state of each file that could be read."""

    workspace: Workspace
    findings: tuple[Diagnostic, ...]
    """What `kpi lint` finds, as far as no data tell."""
    compilation: Compilation | None
    """Of the definitions as they are; None while kpi.yaml cannot be read."""
    sound: Compilation | None
    """The same with the last good state of each file that cannot be read now; None where there never was one."""

    @cached_property
    def by_path(self) -> Mapping[str, tuple[Diagnostic, ...]]:
        """The findings of each file that has some, with the notes on columns that only the data could know."""
        findings: dict[str, tuple[Diagnostic, ...]] = {}
        for finding in (*self.findings, *(_misspelt(self.compilation) if self.compilation else ())):
            findings[finding.span.path] = (*findings.get(finding.span.path, ()), finding)
        return findings


def checked(workspace: Workspace, earlier: CheckedWorkspace | None, now: dt.datetime) -> CheckedWorkspace:
    """Everything wrong with the definitions, as far as no data tell. What did not change is not judged anew."""
    try:
        catalog, findings = catalog_of(workspace.overlaid)
    except KpiError:  # kpi.yaml is gone: there is no project any more
        return CheckedWorkspace(workspace, (), None, earlier.sound if earlier else None)
    beside = (*findings, *workspace.links)
    if catalog is None:
        return CheckedWorkspace(workspace, beside, None, earlier.sound if earlier else None)
    compilation = recompiled(catalog, earlier.compilation or earlier.sound if earlier else None)
    judged = lint(compilation, _today(catalog, now), workspace.owners)
    certain = tuple(f for f in judged if _is_certain(catalog, f))
    # A text that was just opened or typed may be no part of any commit; what is ignored may need the data.
    settled_findings = settled(catalog, (*beside, *certain), NOT_LINTED | _OF_COLUMNS)
    sound = _sound(catalog, earlier.sound.catalog if earlier and earlier.sound else None)
    kept = compilation if sound is catalog else recompiled(sound, compilation)
    return CheckedWorkspace(workspace, settled_findings, compilation, kept)


def _today(catalog: Catalog, now: dt.datetime) -> dt.date:
    return reporting_periods_of(catalog, None, now).today if catalog.project.noun.has_days else now.date()


def _is_certain(catalog: Catalog, finding: Diagnostic) -> bool:
    """Whether a finding holds whatever types the columns of the data have."""
    definition = catalog.definitions.get(finding.kpi or "")
    dataset = catalog.datasets.get(definition.noun.dataset or "") if definition else None
    return finding.rule not in _OF_COLUMNS or dataset is None or dataset.reading.kind not in _TYPED


def _sound(catalog: Catalog, earlier: Catalog | None) -> Catalog:
    """The catalog, with the last good state of each definition whose file cannot be read now."""
    if earlier is None or not (catalog.broken or catalog.broken_signals):
        return catalog
    entries = _last(earlier.definitions, catalog.broken)
    signals = _last({e.noun.id: e for e in earlier.signals}, catalog.broken_signals)
    return replace(catalog, entries=(*catalog.entries, *entries), signals=(*catalog.signals, *signals))


E = TypeVar("E")


def _last(earlier: Mapping[str, E], broken: Mapping[str, object]) -> tuple[E, ...]:
    return tuple(earlier[i] for i in broken if i in earlier)


def _misspelt(compilation: Compilation) -> Iterator[Diagnostic]:
    """Names in formulas that no contract or mapping knows, beside one that is spelt alike.

    The source may have a column of that name, which only the data know: so it is a note, and no error.
    """
    for definition_id, error in compilation.compiled.items():
        if isinstance(error, FormulaError) and error.rule == "unknown-column" and "Did you mean" in error.hint:
            definition, rule = compilation.catalog.definitions[definition_id], RULES[error.rule]
            is_in_where = bool(error.name) and (error.name or "") in (definition.noun.where or "")
            span = definition.at.key("where" if is_in_where else "formula")
            message = f"{error.message}, as far as kpi.yaml and its contract say"
            yield Diagnostic(rule.code, rule.name, Severity.NOTE, message, error.hint, span, definition_id)


def project_path(folder: Path, path: Path) -> str | None:
    """A file's path in a project, if it is one that the project reads."""
    try:
        inside = path.relative_to(folder).as_posix()
    except ValueError:
        return None
    is_definition = inside.startswith(("kpis/", "baselines/")) and inside.endswith((".yaml", ".yml"))
    return inside if inside == PROJECT or is_definition else None

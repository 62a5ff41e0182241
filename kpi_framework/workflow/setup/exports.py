"""The files that `kpi init --from` is given: looked at, recognised, and put together into datasets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from ...discover.export import (
    TICKETS,
    Answers,
    Export,
    Surroundings,
    conflicts,
    guessed_export,
    known_export,
    refuse_unknown_columns,
)
from ...discover.vendor import IdentifiedFile, Shipped, header_matches, identified, refusal, unknown_header
from ...evaluate.engine.interface import EngineError
from ...evaluate.profile import ExportTable
from ...evaluate.sniff import sniff
from ...evaluate.sources.interface import SourceError
from ...evaluate.sources.scratch import Scratch
from ...load.library import shipped_contracts, shipped_presets
from ...load.vocabularies import shipped_vocabularies
from ...model.column_profile import FileProfile
from ...model.diagnostic import Diagnostic
from ...model.record import Record
from ..run import Options


class Exports(Record):
    """What the files are, or everything that is wrong with any of them."""

    datasets: tuple[Export, ...] = ()
    problems: tuple[Diagnostic, ...] = ()


def exports_of(options: Options, paths: Sequence[Path], answers: Mapping[str, Answers], open_: ExitStack) -> Exports:
    """The datasets that the files make; each is read once, by an engine of its own that `open_` ends.

    Raises KpiError for an answer that names no column.
    """
    shipped = Shipped(shipped_presets(), shipped_contracts())
    around = Surroundings(shipped, shipped_vocabularies(), options.now)
    scratch = Scratch()
    open_.callback(scratch.close)
    known: dict[str, list[IdentifiedFile]] = {}
    unknown: list[FileProfile] = []
    problems: list[Diagnostic] = []
    for path in dict.fromkeys(paths):
        match _identified(path, shipped):
            case Diagnostic() as problem:
                problems.append(problem)
            case IdentifiedFile() as file:
                known.setdefault(file.match.contract.name, []).append(file)
            case FileProfile() as file:
                unknown.append(file)
    problems += [problem for files in known.values() for problem in conflicts(files)]
    if problems:
        return Exports(problems=(*problems, *(unknown_header(file, shipped) for file in unknown)))
    reading = _Reading(options, answers, around, open_, scratch)
    made = [reading.known(files) for files in known.values()]
    made += [reading.guessed(files) for files in _alike(unknown)]
    problems = [export for export in made if isinstance(export, Diagnostic)]
    return (
        Exports(problems=tuple(problems))
        if problems
        else _named(export for export in made if isinstance(export, Export))
    )


def _identified(path: Path, shipped: Shipped) -> IdentifiedFile | FileProfile | Diagnostic:
    """A file and what its header says it is; the file alone where it says nothing; or why it cannot be read."""
    try:
        file = sniff(path)
    except SourceError as error:
        return refusal(path, error.message, error.hint)
    return identified(file, shipped) if header_matches(file.header, path.stem, shipped) else file


def _alike(files: Iterable[FileProfile]) -> list[tuple[FileProfile, ...]]:
    """Files that are written alike, together."""
    groups: dict[tuple[object, ...], list[FileProfile]] = {}
    for file in files:
        groups.setdefault((file.header, file.format, *file.options.items()), []).append(file)
    return [tuple(group) for group in groups.values()]


def _named(exports: Iterable[Export]) -> Exports:
    """The exports, of which no two make the same dataset."""
    datasets: dict[str, Export] = {}
    problems = []
    for export in exports:
        first = datasets.setdefault(export.dataset, export)
        if first is not export:
            names = first.files[0].path.name, export.files[0].path.name
            message = f"{names[0]} and {names[1]} both look like {export.dataset}, with different columns"
            problems.append(refusal(export.files[0].path, message, "Run `kpi init` in a separate folder for each."))
    return Exports(tuple(datasets.values()), tuple(problems))


class _Reading(Record):
    """Files are read into an engine, and their columns told."""

    options: Options
    answers: Mapping[str, Answers]
    around: Surroundings
    open_: ExitStack
    scratch: Scratch

    def known(self, files: Sequence[IdentifiedFile]) -> Export | Diagnostic:
        """Files whose header says what they are."""
        match = files[0].match
        profiles = tuple(part.file for part in files)
        answers = self.answers.get(match.contract.name, Answers({}))
        refuse_unknown_columns(profiles[0], match.contract.name, answers)
        headers = dict.fromkeys((*match.headers, *answers.columns.values()))
        read = self._read(profiles, tuple(headers))
        if isinstance(read, Diagnostic):
            return read
        return known_export(profiles, match, read, answers, self.around)

    def guessed(self, files: tuple[FileProfile, ...]) -> Export | Diagnostic:
        """Files whose content has to say it."""
        refuse_unknown_columns(files[0], TICKETS, self.answers.get(TICKETS, Answers({})))
        read = self._read(files, None)
        if isinstance(read, Diagnostic):
            return read
        export = guessed_export(files, read, self.answers.get(TICKETS, Answers({})), self.around)
        return export or unknown_header(files[0], self.around.shipped)

    def _read(self, files: Sequence[FileProfile], headers: Sequence[str] | None) -> ExportTable | Diagnostic:
        self.options.progress(f"reading {files[0].path.name}")
        try:
            engine = self.options.open_engine()
            self.open_.callback(engine.close)
            return ExportTable.read(engine, self.scratch, files, headers)
        except SourceError as error:
            return refusal(files[0].path, error.message, error.hint)
        except EngineError:
            path = files[0].path
            return refusal(path, f"{path.name} could not be read", "Run it again, or split the file.")

"""The files that `kpi init --from` is given: looked at, recognised, and put together into datasets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...discover.export import Export, conflicts
from ...discover.vendor import IdentifiedFile, Shipped, identified, refusal
from ...evaluate.profile import column_profiles
from ...evaluate.sniff import sniff
from ...evaluate.sources.interface import SourceError
from ...load.library import shipped_contracts, shipped_presets
from ...model.diagnostic import Diagnostic


def exports_of(paths: Sequence[Path]) -> tuple[tuple[Export, ...], tuple[Diagnostic, ...]]:
    """What the files are, or everything that is wrong with any of them."""
    datasets: dict[str, list[IdentifiedFile]] = {}
    problems: list[Diagnostic] = []
    for path in dict.fromkeys(paths):
        match _identified(path):
            case Diagnostic() as problem:
                problems.append(problem)
            case file:
                datasets.setdefault(file.match.contract.name, []).append(file)
    problems += [problem for files in datasets.values() for problem in conflicts(files)]
    return ((), tuple(problems)) if problems else (tuple(map(_export, datasets.values())), ())


def _identified(path: Path) -> IdentifiedFile | Diagnostic:
    """A file and what it is, or why no project can be made of it."""
    try:
        return identified(sniff(path), Shipped(shipped_presets(), shipped_contracts()))
    except SourceError as error:
        return refusal(path, error.message, error.hint)


def _export(files: Sequence[IdentifiedFile]) -> Export:
    """Files of one kind with one header, read as one."""
    match, profiles = files[0].match, tuple(part.file for part in files)
    return Export(profiles, match, column_profiles(profiles, match.headers))

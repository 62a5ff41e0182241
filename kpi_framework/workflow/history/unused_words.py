"""Words of `values:` that no file of the data holds: they give no row another value, whatever they are said to mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from ...compile.catalog import Compilation
from ...evaluate.sources.formats import find_files
from ...evaluate.sources.interface import SourceError
from ...model.catalog import Catalog, Entry
from ...model.project import Column, Dataset
from ...model.record import replace
from ...model.source import PACKED
from ..project import ProjectRoot

_TEXTS = ("csv", "tsv", "json")
_LARGEST = 200_000_000
"""Bytes: larger files are not searched, and all words count as used."""
Words = Mapping[str, frozenset[str]]
Pair = tuple[Compilation, Compilation]


def without_unused(before: Compilation, after: Compilation, project_root: ProjectRoot) -> Pair:
    """Two compilations without the words in which their columns differ and that the data do not hold."""
    old, new = (compilation.catalog.project.noun.datasets for compilation in (before, after))
    differing = {name: _differing(old[name], new[name]) for name in {*old} & {*new}}
    unused = {name: _absent(words, new[name], project_root) for name, words in differing.items() if words}
    if not any(unused.values()):
        return before, after
    return _without(before, unused), _without(after, unused)


def _differing(before: Dataset, after: Dataset) -> frozenset[str]:
    """The words that one side maps and the other does not, or otherwise."""
    return frozenset(word for _, word, _ in {*_mapped(before)} ^ {*_mapped(after)})


def _mapped(dataset: Dataset) -> Iterator[tuple[str, str, str]]:
    for name, column in dataset.columns.items():
        if isinstance(column, Column):
            yield from ((name, word, meant) for word, meant in column.values.items())


def _absent(words: frozenset[str], dataset: Dataset, project_root: ProjectRoot) -> frozenset[str]:
    """The words that stand nowhere in the files of a dataset; none where that cannot be told from their text."""
    plain = frozenset(word for word in words if word.strip() and word.isascii() and not {'"', "\\"} & set(word))
    try:
        paths = [Path(path) for path in find_files(dataset, project_root.folder, project_root.allowed).resolved]
        if dataset.reading.kind not in _TEXTS or any(path.name.endswith(PACKED) for path in paths):
            return frozenset()
        if sum(path.stat().st_size for path in paths) > _LARGEST:
            return frozenset()
        for path in paths:
            text = path.read_bytes().decode(dataset.reading.encoding).casefold()
            plain = frozenset(word for word in plain if word.strip().casefold() not in text)
    except (SourceError, OSError, ValueError, LookupError):
        return frozenset()
    return plain


def _without(compilation: Compilation, unused: Words) -> Compilation:
    catalog = compilation.catalog
    datasets = {n: _dataset(d, unused.get(n, frozenset())) for n, d in catalog.project.noun.datasets.items()}
    noun = catalog.project.noun.model_copy(update={"datasets": datasets})
    known: Catalog = replace(catalog, project=Entry(noun, catalog.project.at))
    return Compilation(known, compilation.natives)


def _dataset(dataset: Dataset, unused: frozenset[str]) -> Dataset:
    columns = {name: _column(column, unused) for name, column in dataset.columns.items()}
    return dataset.model_copy(update={"columns": columns}) if unused else dataset


def _column(column: str | Column, unused: frozenset[str]) -> str | Column:
    if not isinstance(column, Column):
        return column
    return column.model_copy(update={"values": {w: m for w, m in column.values.items() if w not in unused}})

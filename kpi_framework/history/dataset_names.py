"""Datasets that are only called otherwise, with all who read them: the earlier side is read under the new names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..model.catalog import Catalog, Entry
from ..model.change import Change, ChangeClass
from ..model.clock import Clock, Policy
from ..model.kpi import Metric
from ..model.project import Dataset
from ..model.record import replace
from .comparison import Comparison, Side, location

Names = Mapping[str, str]
"""Former names of datasets and what they became."""


def renamed_datasets(comparison: Comparison) -> Names:
    """The datasets that are gone while one that is new says the same: of one file, read alike."""
    before, after = (side.catalog.project.noun.datasets for side in (comparison.before, comparison.after))
    gone, new = [n for n in before if n not in after], [n for n in after if n not in before]
    names: dict[str, str] = {}
    # A dataset with clocks says the same once those that it reads have their new names.
    for _ in gone:
        for former in (n for n in gone if n not in names):
            matching = [name for name in new if _is_same(comparison, former, name, names)]
            if len(matching) == 1 and matching[0] not in names.values():
                names[former] = matching[0]
    return names


def _is_same(comparison: Comparison, former: str, name: str, names: Names) -> bool:
    before, after = comparison.before.catalog, comparison.after.catalog
    if _contract(before, former) != _contract(after, name):
        return False
    old, new = before.project.noun.datasets[former], after.project.noun.datasets[name]
    return _named(old, names, new.contract) == new


def _contract(catalog: Catalog, name: str) -> str | None:
    """The contract that counts, whether it is written or is that of the dataset's name."""
    contract = catalog.project.noun.datasets[name].contract or name
    return contract if contract in catalog.contracts else None


def _named(dataset: Dataset, names: Names, contract: str | None) -> Dataset:
    """A dataset under the new names of those that it reads."""
    timed = {
        "clocks": {n: _of_history(c, names) for n, c in dataset.clocks.items()},
        "policies": {n: _of_history(c, names) for n, c in dataset.policies.items()},
    }
    return dataset.model_copy(update={**timed, "contract": contract})


def _of_history(clock: Clock | Policy, names: Names) -> Clock | Policy:
    return clock.model_copy(update={"history": tuple(names.get(name, name) for name in clock.history)})


def with_names(comparison: Comparison, names: Names) -> Comparison:
    """A comparison whose earlier side calls its datasets by their new names."""
    side = comparison.before
    before = replace(
        side,
        catalog=_catalog(side.catalog, comparison.after.catalog, names),
        checks={names.get(name, name): text for name, text in side.checks.items()},
        settings={i: {_path(p, names): text for p, text in taken.items()} for i, taken in side.settings.items()},
    )
    return replace(comparison, before=before)


def _path(path: str, names: Names) -> str:
    head, _, rest = path.partition(".")
    name, dot, field = rest.partition(".")
    return f"{head}.{names.get(name, name)}{dot}{field}" if head == "datasets" else path


def _catalog(catalog: Catalog, after: Catalog, names: Names) -> Catalog:
    project, later = catalog.project.noun, after.project.noun.datasets
    datasets = {
        names.get(n, n): _named(d, names, later[names[n]].contract if n in names else d.contract)
        for n, d in project.datasets.items()
    }
    noun = project.model_copy(update={"datasets": datasets})
    entries = tuple(replace(e, noun=_definition(e, names)) for e in catalog.entries)
    return replace(catalog, project=Entry(noun, catalog.project.at), entries=entries)


def _definition(definition: Entry[Metric], names: Names) -> Metric:
    metric = definition.noun
    fields = {n: names[v] for n in ("dataset", "evidence") if (v := getattr(metric, n)) in names}
    return metric.model_copy(update=fields) if fields else metric


def renamings(comparison: Comparison, names: Names) -> Iterator[Change]:
    """A change for each dataset that has another name."""
    sides: tuple[Side, Side] = (comparison.after, comparison.before)
    for former, name in sorted(names.items()):
        path = ("datasets", name)
        at, line = location(tuple(s.catalog.project.at for s in sides), path)
        yield Change(None, ChangeClass.COSMETIC, ".".join(path), former, name, at, line)

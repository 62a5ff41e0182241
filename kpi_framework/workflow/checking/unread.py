"""What definitions mean while their data cannot be read: enough to say that a frozen baseline is of another one."""

from __future__ import annotations

from ...compile.catalog import Compilation
from ...compile.dataset.columns import Native, texts
from ...evaluate.baselines import DefinitionHashes, compare
from ...evaluate.computable import computable
from ...model.catalog import Catalog
from ...model.diagnostic import Diagnostic
from ...model.project import Column
from ..project import ProjectRoot, natives_of


def stale_unread(catalog: Catalog, known: frozenset[str], project_root: ProjectRoot) -> tuple[Diagnostic, ...]:
    """baseline-stale for the KPIs whose meaning the data did not tell, as far as kpi.yaml alone does."""
    unread = set(catalog.kpis) - known
    if not unread:
        return ()
    plain, dotted = (_hashes(catalog, project_root, ending) for ending in ("", "."))
    current, former = (
        {i: hashes.get(i, "") if others.get(i) == hashes.get(i) else "" for i in unread}
        for hashes, others in ((plain.current, dotted.current), (plain.former, dotted.former))
    )
    return compare(catalog, {}, DefinitionHashes(current, former)).diagnostics


def _hashes(catalog: Catalog, project_root: ProjectRoot, ending: str) -> DefinitionHashes:
    """The definition hashes if the columns that only their contract names had headers with this ending.

    What the hashes of two such headers agree on stands on nothing that the data alone could tell.
    """
    known = natives_of(catalog, project_root)
    natives = {name: native or _declared(catalog, name, ending) for name, native in known.items()}
    natives = {name: native for name, native in natives.items() if native is not None}
    ready, _ = computable(Compilation(catalog, natives), natives)
    return DefinitionHashes(ready.hashes, ready.former_hashes)


def _declared(catalog: Catalog, name: str, ending: str) -> Native | None:
    """The columns that kpi.yaml and the contract name; None for a preset's or Parquet's, which the data decide."""
    dataset, contract = catalog.datasets[name], catalog.contract(name)
    source = dataset.reading
    if catalog.preset(name) or "parquet" in (source.format, source.path.rpartition(".")[2].lower()):
        return None
    named = [c.from_ if isinstance(c, Column) else c for c in dataset.columns.values()]
    named += [f"{c}{ending}" for c in (contract.columns if contract else ()) if c not in dataset.columns]
    return texts(named)

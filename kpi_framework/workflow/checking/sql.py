"""What runs for one definition: the statements of a real evaluation, in their order."""

from __future__ import annotations

from ...compile.catalog import Compilation
from ...compile.dialect.duckdb.dialect import DUCKDB
from ...evaluate.engine.recorder import Recorder
from ...evaluate.evaluate import evaluate
from ...model.record import replace
from ..project import load_unlinked, name_known, reporting_periods_of
from ..run import Options


def statements(options: Options, definition_id: str) -> tuple[str, ...]:
    """The SQL of a definition and of what it stands on; the zones' functions by their names. Raises KpiError."""
    return tuple(map(DUCKDB.readable, recorded(options, definition_id)))


def recorded(options: Options, definition_id: str) -> tuple[str, ...]:
    """The statements as the engine gets them, each once. Raises KpiError."""
    catalog = load_unlinked(options.project_root)
    name_known((definition_id,), catalog.definitions)
    ran: list[str] = []
    chosen = replace(options, open_engine=lambda: Recorder(options.open_engine(), ran))
    reporting = reporting_periods_of(catalog, options.as_of, options.now, options.periods)
    evaluate(Compilation(catalog).narrowed((definition_id,)), chosen.setting(reporting))
    return tuple(dict.fromkeys(ran))

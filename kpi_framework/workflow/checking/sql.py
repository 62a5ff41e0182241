"""What runs for one definition: the statements of a real evaluation, in their order."""

from __future__ import annotations

from ...compile.catalog import Compilation
from ...compile.sql.render import readable
from ...evaluate.engine.recorder import Recorder
from ...evaluate.evaluate import evaluate
from ...model.record import replace
from ..project import load_unlinked, name_known, reporting_periods_of
from ..run import Options

_FUNCTIONS = ("CREATE TEMP MACRO ", "CREATE OR REPLACE TEMP MACRO ")
_CLOCKS = "CREATE TEMP TABLE clock_in_"
_WORKING_TIME = "INSERT INTO working_time"


def statements(options: Options, definition_id: str) -> tuple[str, ...]:
    """The SQL of a definition and of what it stands on; the zones' functions by their names. Raises KpiError."""
    return tuple(map(readable_statement, recorded(options, definition_id)))


def recorded(options: Options, definition_id: str) -> tuple[str, ...]:
    """The statements as the engine gets them, each once. Raises KpiError."""
    catalog = load_unlinked(options.project_root)
    name_known((definition_id,), catalog.definitions)
    ran: list[str] = []
    chosen = replace(options, open_engine=lambda: Recorder(options.open_engine(), ran))
    reporting = reporting_periods_of(catalog, options.as_of, options.now, options.periods)
    evaluate(Compilation(catalog).narrowed((definition_id,)), chosen.setting(reporting))
    return tuple(dict.fromkeys(ran))


def readable_statement(sql: str) -> str:
    """A statement in lines; in place of a long table of constants, what it holds."""
    if sql.startswith(_CLOCKS):
        name = sql.removeprefix(_CLOCKS).partition(" ")[0]
        return f"-- clock_in_{name}: when the zone's clocks change, and what they show from then on"
    if sql.startswith(_FUNCTIONS):
        name = sql.partition("MACRO ")[2].partition("(")[0].strip()
        if name == "worked":
            return "-- worked(calendar, t): the calendar's working time up to t, from the table working_time"
        return f"-- {name}(t): a step function over the changes of the zone's clocks"
    if sql.startswith(_WORKING_TIME):
        return "-- working_time: a calendar's working time, a row for each UTC day"
    return f"{readable(sql)};"

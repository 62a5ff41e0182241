"""What a definition means, and the hash of it: all that reaches the plan and nothing that does not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise

from sqlglot import exp

from ..model.calendar import Calendar, Interval, Week
from ..model.clock import Clock, Policy
from ..model.kpi import Metric
from ..model.language import LANGUAGE
from ..model.period import Almanac
from ..model.unit import MICROSECONDS
from .catalog import Compilation
from .clocks.events import check_clocks, clock_calendars, declared_statuses, event_names
from .clocks.replies import opens
from .dataset.columns import Base
from .dataset.table import Table
from .definition import dating_columns, time_column
from .forms import ABSENT, Forms, formed, hash_of, header, unordered
from .language.canonical import canonical_of, canonical_text
from .language.derived import Derived
from .language.times import BUSINESS, OVERLAPS
from .plan.axis import CompiledMetric
from .settings import settings_of, together
from .sql.errors import FormulaError
from .sql.size import deep
from .time.holidays import days_off
from .time.working_time import working_time_in


class Meanings:
    """What the definitions of a compilation mean over the datasets whose columns are known."""

    def __init__(self, compilation: Compilation, datasets: Collection[str]) -> None:
        self._compilation = compilation
        self._tables = {name: compilation.tables[name] for name in datasets}
        self._meanings: dict[str, dict[str, object]] = {}

    def hash(self, definition_id: str, language: int = LANGUAGE) -> str:
        """`sha256:2:…` over all that reaches the plan and nothing that does not; in an older language on request.

        Empty where something that it stands on does not compile, or stands on columns that nobody knows: then
        nothing is known of what it means.
        """
        try:
            meaning = self._meaning(definition_id)
        except FormulaError:
            return ""
        return hash_of(meaning, language)

    def calendars(self, definition_id: str) -> frozenset[str]:
        """The calendars by whose hours and days off a definition measures; none where it does not compile."""
        try:
            return frozenset(_calendars_in(self._meaning(definition_id)))
        except FormulaError:
            return frozenset()

    def _meaning(self, definition_id: str) -> dict[str, object]:
        if definition_id not in self._meanings:
            self._meanings[definition_id] = self._made(definition_id)
        return self._meanings[definition_id]

    def _made(self, definition_id: str) -> dict[str, object]:
        catalog = self._compilation.catalog
        metric, almanac = catalog.definitions[definition_id].noun, catalog.project.noun.almanac
        own: dict[str, object] = {
            "kind": metric.kind, "unit": metric.unit, "period": metric.period, "exact": metric.exact,
            "zone": almanac.zone.key, "week": almanac.week_starts, "year": almanac.fiscal_year_starts,
        }  # fmt: skip
        compiled = self._compilation.definition(definition_id)
        if isinstance(compiled, FormulaError):
            raise compiled
        if isinstance(compiled, Derived):
            inputs = {i: self._meaning(i) for i in compiled.ids if i != definition_id}
            return {**own, "formula": compiled.text, "inputs": inputs}
        return {**own, **self._over_rows(metric, compiled)}

    def _over_rows(self, metric: Metric, compiled: CompiledMetric) -> dict[str, object]:
        table = self._tables.get(metric.dataset or "")
        if table is None:
            raise FormulaError("source-unreadable", "the columns of its dataset are not known")
        formula = compiled.formula
        used = formula.columns | dating_columns(metric, table)
        return {
            "formula": _sql(metric.formula or "", table.almanac),
            "where": _sql(metric.where, table.almanac) if metric.where else "", "time": time_column(metric, table),
            **_spanning(metric), **self._evidence(metric), **_behind(table, used, own=True), "dataset": _reading(table),
            **_working_time(table, self._tables, used, compiled.working_time.calendars),
        }  # fmt: skip

    def _evidence(self, metric: Metric) -> dict[str, object]:
        """The dataset whose rows prove a zero, and how they are dated. Raises FormulaError where nobody knows it."""
        if metric.evidence is None:
            return {}
        table = self._tables.get(metric.evidence)
        if table is None:
            raise FormulaError("source-unreadable", "the columns of its evidence are not known")
        return {"evidence": Forms(metric.evidence, _proof(table))}

    def settings(self, definition_id: str) -> dict[str, str]:
        """What a definition and its segments take from each setting of kpi.yaml, by its path. Raises FormulaError."""
        metric = self._compilation.catalog.definitions[definition_id].noun
        compiled = self._compilation.definition(definition_id)
        if isinstance(compiled, FormulaError):
            raise compiled
        if isinstance(compiled, Derived):
            return together([self.settings(i) for i in compiled.ids if i != definition_id])
        table, proof = self._tables[metric.dataset or ""], self._tables.get(metric.evidence or "")
        columns = frozenset(c for b in metric.breakdowns for c in b)
        used = compiled.formula.columns | dating_columns(metric, table) | columns
        meaning = {
            **_behind(table, used, own=True), "dataset": _reading(table),
            **_working_time(table, self._tables, used, compiled.working_time.calendars | _calendars(table, columns)),
            "proof": {proof.name: _proof(proof)} if proof is not None else {},
        }  # fmt: skip
        return settings_of(meaning, table.name, {n: t.dataset for n, t in self._tables.items()})

    def segments(self, metric: Metric) -> str:
        """What tells a definition's segments from each other: their columns. Raises FormulaError."""
        return self._of_columns(self._tables[metric.dataset or ""], frozenset(c for b in metric.breakdowns for c in b))

    def rules(self, dataset: str) -> str:
        """What the dataset's rules look at. Raises FormulaError where one does not compile."""
        used: set[str] = set()
        for rule in self._compilation.rules(dataset).values():
            if isinstance(rule, FormulaError):
                raise rule
            used |= rule.used
        return self._of_columns(self._tables[dataset], frozenset(used))

    def _of_columns(self, table: Table, used: frozenset[str]) -> str:
        behind = {**_behind(table, used), **_working_time(table, self._tables, used, _calendars(table, used))}
        return repr(formed(behind, LANGUAGE))


def _calendars(table: Table, columns: frozenset[str]) -> frozenset[str]:
    """The calendars by which some columns are computed."""
    scope = table.fresh_scope()
    trees = [scope.term(name).sql for name in sorted(columns)]
    return working_time_in(trees, table.lookups, table.almanac).calendars


def _proof(table: Table) -> dict[str, object]:
    """How the rows that prove a zero are read and dated."""
    dated = frozenset({table.time}) if table.time else frozenset()
    return {**_behind(table, dated, own=True), "dataset": _reading(table)}


def _calendars_in(meaning: Mapping[str, object]) -> Iterator[str]:
    calendars, inputs = meaning.get("calendars"), meaning.get("inputs")
    yield from calendars if isinstance(calendars, Mapping) else ()
    for behind in inputs.values() if isinstance(inputs, Mapping) else ():
        yield from _calendars_in(behind)


def _behind(table: Table, used: frozenset[str], *, own: bool = False) -> dict[str, object]:
    """The columns behind the used ones (and, if `own`, behind loading itself), and how they are computed."""
    reached = table.source_columns(used, own=own)
    meaning = {
        "columns": {n: _column(table.base(n), table) for n in sorted(reached)},
        "computed": _computed(table, used),
    }
    ordered = sorted(pair for pair in table.ordered_times if reached.issuperset(pair))
    # A time before the one that it follows is missing.
    return {**meaning, "order": Forms(ABSENT, ordered)} if ordered else meaning


def _spanning(metric: Metric) -> dict[str, object]:
    """What makes a value more than a period's flow; absent where it is one, so that those keep their hash."""
    fields = {
        "open_between": metric.open_between,
        "spans": metric.spans,
        "window": metric.window.days if metric.window else None,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _working_time(
    table: Table, tables: Mapping[str, Table], used: frozenset[str], own_calendars: frozenset[str]
) -> dict[str, object]:
    """The clocks that are reached, their histories, and the calendars; nothing where there are none."""
    every = table.dataset.timed
    reached = table.clocks_of(used)
    clocks = {n: every[n] for n in sorted(reached)}
    check_clocks(table, tables, reached)
    histories = {h: tables[h] for c in clocks.values() for h in c.history}
    almanac = table.almanac
    reached_calendars = sorted(own_calendars | clock_calendars(table, reached))
    calendars = {n: _calendar(almanac.calendars[n], almanac) for n in reached_calendars}
    meaning: dict[str, object] = {}
    if clocks:
        replying = {h for c in clocks.values() if c.asks_replies for h in c.history}
        read = {
            n: _history(h, table, may_open=n not in replying or opens(h, table)) for n, h in sorted(histories.items())
        }
        forms = {n: hash_of(part, LANGUAGE) for n, part in read.items()}
        # What a history is called is no part of it: its reading stands for it.
        meaning["clocks"] = {n: _clock(c, forms) for n, c in clocks.items()}
        meaning["statuses"] = declared_statuses(table)
        meaning["histories"] = Forms(read, sorted(set(forms.values())))
    if calendars:
        meaning["calendars"], meaning["usual"] = calendars, Forms(almanac.usual_calendar, ABSENT)
    return meaning


def _history(history: Table, owner: Table, *, may_open: bool) -> dict[str, object]:
    used = event_names(history, owner.keys[0])
    columns = {n: _column(history.base(n), history) for n in sorted(history.source_columns(used))}
    own = {"columns": columns, "computed": _computed(history, used), "dataset": _reading(history)}
    # What is only the default is no part of it.
    opening = {} if may_open else {"opening": "none"}
    return {**own, **opening, **({"final": sorted(set(history.dataset.final))} if history.dataset.final else {})}


def _clock(clock: Clock | Policy, histories: Mapping[str, str]) -> Forms:
    """A clock or a policy: of its words none comes before another, and a target is a length of time."""
    former = clock.model_dump(mode="json", exclude_defaults=True)
    current = {name: sorted(set(part)) if isinstance(part, list) else part for name, part in former.items()}
    current["history"] = sorted(histories[name] for name in clock.history)
    if isinstance(clock, Policy):
        current["targets"] = {priority: target.microseconds for priority, target in clock.targets.items()}
    return Forms(former, current)


def _calendar(calendar: Calendar, almanac: Almanac) -> dict[str, object]:
    """Its hours, its zone and its days off: whatever a code stands for, those are what is left out."""
    days = {day.isoformat() for name in calendar.holidays for day in days_off(name)}
    weeks = calendar.weeks()
    joined = [(start, tuple(_joined(day) for day in week)) for start, week in weeks]
    written, current = (_dated(entries) for entries in (weeks, _moving(joined)))
    # Only where there are any, so that hours that never changed keep their hash.
    own = {"week": Forms(weeks[0][1], joined[0][1]), "later": Forms(written or ABSENT, current or ABSENT)}
    return {
        **own, "zone": Forms(calendar.timezone, calendar.timezone or almanac.zone.key),
        "holidays": Forms(sorted(calendar.holidays), sorted(days)),
    }  # fmt: skip


Entry = tuple[dt.date | None, Week]


def _joined(day: tuple[Interval, ...]) -> tuple[Interval, ...]:
    """The hours of a day without the seams between those that touch: 08–12 and 12–18 are 08–18."""
    spans: list[Interval] = []
    for start, end in sorted(day):
        if spans and start == spans[-1][1]:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return tuple(spans)


def _moving(entries: list[Entry]) -> list[Entry]:
    """The entries that say something else than the one before them."""
    return [entry for before, entry in pairwise([entries[0], *entries]) if entry[1] != before[1]]


def _dated(entries: list[Entry]) -> list[tuple[str, Week]]:
    return [(start.isoformat(), week) for start, week in entries if start is not None]


def _column(base: Base, table: Table) -> dict[str, object]:
    limits = (base.contract.minimum, base.contract.maximum) if base.contract else None
    bounds = Forms(limits, limits if limits != (None, None) else None)
    words = {word: meant for word, meant in dict(base.values).items() if word != meant}
    meaning: dict[str, object] = {
        "from": header(base.source),
        "type": base.type,
        "values": Forms(dict(base.values), words),
        "bounds": bounds,
    }
    if base.currency:
        meaning["currency"] = base.currency
    if base.timestamps and base.timestamps != table.source.timestamps:
        meaning["timestamps"] = base.timestamps
    if table.zone_of(base) != table.zone:
        meaning["timezone"] = base.timezone
    # Only where there is one, so that the hash of what was frozen before durations stays what it is.
    if not base.duration:
        return meaning
    day = {"day": base.day} if base.day else {}
    return {**meaning, "duration": base.duration, "unit": base.unit, **day}


def _computed(table: Table, used: frozenset[str]) -> dict[str, Forms]:
    """The canonical texts of the computed columns that are used, and of those behind them."""
    sql = {n: c for n, c in table.dataset.columns.items() if isinstance(c, str) and n not in table.bases}
    texts = {**sql, **table.dataset.derive}
    computed: dict[str, Forms] = {}
    waiting = [n for n in sorted(used) if n in texts]
    while waiting:
        name = waiting.pop()
        tree = canonical_of(texts[name])
        computed[name] = _sql(texts[name], table.almanac)
        waiting += [c.name for c in tree.find_all(exp.Column) if c.name in texts and c.name not in computed]
    return computed


@lru_cache(maxsize=4096)  # an editor asks for the same formulas after each pause
def _names_in(formula: str) -> tuple[str, frozenset[str]]:
    """The canonical text of a formula, and the columns in it. Raises FormulaError."""
    tree = canonical_of(formula)
    return canonical_text(tree), frozenset(c.name for c in tree.find_all(exp.Column))


def reads_elapsed_time(metric: Metric, table: Table) -> bool:
    """Whether the formula measures time by no calendar, itself or in a column that it uses."""
    text, used = _names_in(metric.formula or "")
    texts = [text, *(str(c.former) for c in _computed(table, used).values())]
    elapsed = (*(f"({unit}_between " for unit in MICROSECONDS), *(f"({name})" for name in sorted(OVERLAPS)))
    return any(function in text for text in texts for function in elapsed)


def _reading(table: Table) -> dict[str, object]:
    """How the rows are read and told apart; where they lie is no part of it."""
    dataset, options = table.dataset, table.source.model_dump(exclude={"path", "format", "into"}, exclude_defaults=True)
    nulls = sorted(set(table.source.nulls))
    current = {**options, "nulls": nulls if nulls != [""] else None, "timestamps": table.source.timestamps or None}
    current["timezone"] = table.zone if table.zone != table.almanac.zone.key else None
    written = {name: option for name, option in current.items() if option is not None}
    return {
        "source": Forms(options, written), "key": unordered(table.keys), "latest_by": dataset.latest_by,
        "time": table.time, "first_by": dataset.first_by or ABSENT,
    }  # fmt: skip


@deep()
def _sql(text: str, almanac: Almanac) -> Forms:
    """The canonical text of SQL; from language 2 on with the calendar that it means without naming it."""
    tree = canonical_of(text)
    former = canonical_text(tree)
    for call in tree.find_all(exp.Anonymous):
        if call.this in BUSINESS and len(call.expressions) == _WITHOUT_CALENDAR and almanac.usual_calendar:
            call.append("expressions", exp.Literal.string(almanac.usual_calendar))
    return Forms(former, canonical_text(tree))


_WITHOUT_CALENDAR = 2
"""So many arguments has a function of working time that names no calendar."""

"""The plan of one axis: one pass over the rows into a cube, one fetch of every value. Never a query per KPI.

rows ──▶ cube (period × all segment columns, aggregates that add up) ──▶ rolled (every breakdown)  ┐
   └───▶ held (quantiles, distinct counts … which do not add up: see `held`) ──────────────────────┴▶ values

Rows that belong to a run of periods (stocks, spans, trailing windows) are counted once a run, and the runs unrolled:
the cost grows with the rows and with the runs, never with their product. Only what does not add up, or looks
at `period_end`, unrolls the rows themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from sqlglot import exp

from ...model.record import Record, field
from ..language.aggregates import Aggregate
from ..language.scope import EDGES
from ..language.times import SQL_TYPES
from ..sql.operations import Numbers, SummedOver, aggregation
from ..sql.typed_sql import alias, as_double, binary, case, cast, conjunction, not_null
from .axis import Axis, CompiledMetric, overlap

MAX_PARTS = 50
"""At most so many values of a segment; the rest are folded into one."""
OTHER = "(other)"


class Cell(Record):
    """Where a metric's numbers stand in a fetched row."""

    metric_id: str
    value: int
    population: int
    measured: int
    missing: int | None
    squares: int | None


class AxisPlan(Record, dict=True):
    """The queries of one axis over the typed table `table`. `largest` caps a breakdown to its largest parts."""

    axis: Axis
    metrics: tuple[CompiledMetric, ...]
    table: str
    cube: str
    largest: Mapping[tuple[str, ...], tuple[tuple[str | None, ...], ...]] = field(default_factory=dict)

    @cached_property
    def breakdowns(self) -> tuple[tuple[str, ...], ...]:
        """Every breakdown that some metric wants, the whole first."""
        wanted = {b for m in self.metrics for b in m.breakdowns}
        return tuple(sorted(wanted, key=lambda b: (len(b), b)))

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The segment columns of all breakdowns."""
        return tuple(sorted({c for b in self.breakdowns for c in b}))

    @cached_property
    def aggregates(self) -> dict[str, Aggregate]:
        """The aggregates of all metrics, each once."""
        aggregates: dict[str, Aggregate] = {}
        for metric in self.metrics:
            aggregates.update(metric.formula.every_aggregate)
        return aggregates

    # statements

    def cube_query(self, *, sizes_only: bool = False) -> exp.Select:
        """The aggregates that add up, by period and every segment column at once; or the numbers of rows alone."""
        keys = ["_period", *map(_key, self.columns)]
        parts = [] if sizes_only else [alias(aggregate_call(a), a.name) for a in self._adding]
        sums = [alias(exp.Count(this=exp.Star()), "_rows"), *parts]
        if self.axis.is_spanning:
            return self._unrolled_cube(keys[1:], sums)
        return exp.select(*keys, *sums).from_(self.rows(), copy=False).group_by(*keys, copy=False)

    def _unrolled_cube(self, keys: Sequence[str], sums: Sequence[exp.Expr]) -> exp.Select:
        """A row a run of periods and part, then one for each of the run's periods."""
        ends = ("_first", "_last")
        runs = exp.select(*ends, *keys, *sums).from_(self._timed(self.axis, self._segment_texts()), copy=False)
        runs = runs.where(_is_run()).group_by(*ends, *keys)
        names = [*keys, *(s.alias for s in sums)]
        return exp.select(_unrolled(), *names).from_(runs.subquery("runs", copy=False), copy=False)

    def profile_query(self) -> exp.Select | None:
        """How many parts each breakdown has, in the order of `breakdowns` without the whole."""
        parted = [b for b in self.breakdowns if b]
        if not parted:
            return None
        return exp.select(*(
            exp.Count(this=exp.Distinct(expressions=[exp.Tuple(expressions=[exp.column(_key(c)) for c in b])]))
            for b in parted
        )).from_(self.cube)  # fmt: skip

    def largest_query(self, breakdown: tuple[str, ...], numbers: range | None = None) -> exp.Select:
        """The largest parts of a breakdown, one more than are shown: in these periods of the cube, or of the rows."""
        keys = [_key(c) for c in breakdown]
        size = exp.Sum(this=exp.column("_rows"))
        order = [exp.Ordered(this=size, desc=True), *(exp.Ordered(this=exp.column(k)) for k in keys)]
        query = exp.select(*keys).group_by(*keys).order_by(*order).limit(MAX_PARTS + 1)
        if numbers is None:
            return query.from_(self.cube_query(sizes_only=True).subquery("sized", copy=False), copy=False)
        edges = {"low": exp.Literal.number(numbers[0]), "high": exp.Literal.number(numbers[-1])}
        return query.from_(self.cube, copy=False).where(exp.Between(this=exp.column("_period"), **edges))

    def value_query(self) -> exp.Select:
        """Every value of every metric, period and part: see `cells` for its columns."""
        query = exp.select(*self._result_columns()).from_("joined" if self.holding else "rolled", copy=False)
        query = query.with_("rolled", as_=self._rolled(), copy=False)
        return query.with_("joined", as_=self._joined(), copy=False) if self.holding else query

    def _joined(self) -> exp.Select:
        """What adds up beside what does not; where there is nothing to hold, a count of it is 0."""
        names = [*self.join, "_rows", *(a.name for a in self._adding)]
        held = [alias(_over_nothing(a, exp.column(a.name, "held")), a.name) for a in self.holding]
        same = [binary(exp.NullSafeEQ, exp.column(n, "rolled"), exp.column(n, "held")) for n in self.join]
        query = exp.select(*(exp.column(n, "rolled") for n in names), *held).from_("rolled", copy=False)
        taken = exp.alias_(exp.to_table(self.held), "held", table=True)
        return query.join(taken, on=conjunction(*same), join_type="left", copy=False)

    @property
    def held(self) -> str:
        """The table of what does not add up, laid out as `join` and the names of `holding`."""
        return f"{self.cube}_held"

    @property
    def rows_at(self) -> int:
        """Where the number of rows before `where` stands in a row of `value_query`."""
        return len(self.join)

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Where each metric's numbers stand in a row of `value_query`."""
        position, cells = self.rows_at + 1, []
        for metric in self.metrics:
            formula = metric.formula
            missing = position + 3 if formula.missing else None
            squares = position + 3 + bool(formula.missing) if formula.squares else None
            cells.append(Cell(metric.id, position, position + 1, position + 2, missing, squares))
            position += 3 + bool(formula.missing) + bool(formula.squares)
        return tuple(cells)

    def part(self, row: tuple[object, ...]) -> tuple[int, int, tuple[tuple[str, str | None], ...]] | None:
        """A fetched row's breakdown, period and segment; None for the row that says what nothing gives."""
        bits, period = row[0], row[1]
        if period is None:
            return None
        assert isinstance(bits, int)
        assert isinstance(period, int)
        number = self._bits.index(bits)
        keys = self._keys_of(self.breakdowns[number])
        values = (row[2 + self._keys.index(k)] for k in keys)
        segment = tuple((c, v if v is None else str(v)) for c, v in zip(self.breakdowns[number], values, strict=True))
        return number, period, segment

    # the rows

    def rows(self, chunk: range | None = None) -> exp.Subquery:
        """The rows that stand in a period, of this chunk if there is one, with their segment values."""
        axis = self.axis if chunk is None else self.axis.cut(chunk)
        dated = self._timed(axis, self._segment_texts())
        if axis.is_spanning:
            unrolled = exp.select("*", _unrolled()).from_(dated, copy=False).where(_is_run())
            dated = unrolled.subquery("unrolled", copy=False)
        if not self._needs_edges:
            return _placed(exp.select("*"), dated)
        edges = (alias(sql, name) for name, sql in axis.edges().items())
        if not axis.has_spans:
            return _placed(exp.select("*", *edges), dated)
        edged = exp.select("*", *edges).from_(dated, copy=False).subquery("edged", copy=False)
        return _placed(exp.select("*", *overlap(exp.column("_time"), exp.column("_closed"))), edged)

    def sizes_query(self) -> exp.Select:
        """The periods that have rows, by number, and how many."""
        query = exp.select("_period", exp.Sum(this=exp.column("_rows"))).from_(self.cube, copy=False)
        return query.group_by("_period").order_by("_period")

    def _segment_texts(self) -> list[exp.Expr]:
        keys = {c: m.keys[c] for m in self.metrics for b in m.breakdowns for c in b}
        return [alias(_text(sql), _key(column)) for column, sql in sorted(keys.items())]

    def _timed(self, axis: Axis, texts: Sequence[exp.Expr]) -> exp.Subquery:
        """The rows that may belong to a period, with their period, or run of periods, and their segment values."""
        # The timestamps are computed once, before the step functions that read them many times.
        timed = exp.select("*", *axis.times()).from_(self.table, copy=False).subquery("timed", copy=False)
        numbers = [alias(axis.index(), "_period")]
        if axis.is_spanning:
            numbers = [alias(axis.first(), "_first"), alias(axis.last(), "_last")]
        # The step functions need not be asked where the rows of other times stand.
        dated = exp.select("*", *numbers, *texts).from_(timed, copy=False).where(axis.within())
        return dated.subquery("dated", copy=False)

    @property
    def _needs_edges(self) -> bool:
        return any(EDGES & m.formula.columns for m in self.metrics)

    # breakdowns

    @cached_property
    def _keys(self) -> tuple[str, ...]:
        """All grouping columns: a capped breakdown has columns of its own."""
        return tuple(dict.fromkeys(k for b in self.breakdowns for k in self._keys_of(b)))

    def _keys_of(self, breakdown: tuple[str, ...]) -> tuple[str, ...]:
        if breakdown not in self.largest:
            return tuple(map(_key, breakdown))
        return tuple(f"_kept_{'_'.join(breakdown)}__{c}" for c in breakdown)

    @property
    def join(self) -> tuple[str, ...]:
        """The columns that name a value's breakdown, period and part."""
        return ("_bits", "_period", *self._keys)

    @cached_property
    def _bits(self) -> list[int]:
        """What `SummedOver` gives for each breakdown: a bit for each key that is summed over, the first one highest."""
        width = len(self._keys)
        return [
            sum(1 << (width - 1 - i) for i, k in enumerate(self._keys) if k not in self._keys_of(b))
            for b in self.breakdowns
        ]

    def _capped(self) -> list[exp.Expr]:
        """Columns that keep the largest parts of a breakdown and fold the rest."""
        columns: list[exp.Expr] = []
        for breakdown, largest in self.largest.items():
            keys: list[exp.Expr] = [exp.column(_key(c)) for c in breakdown]
            within = is_one_of(keys, largest)
            for name, column in zip(self._keys_of(breakdown), keys, strict=True):
                other = exp.Literal.string(OTHER)
                folded = exp.Case(ifs=[exp.If(this=within.copy(), true=column.copy())], default=other)
                columns.append(alias(folded, name))
        return columns

    def grouped(self, source: exp.Expr, parts: Iterable[exp.Expr]) -> exp.Select:
        """`parts` of a source for every breakdown."""
        capped = self._capped()
        if capped:
            source = exp.select("*", *capped).from_(source, copy=False).subquery("capped", copy=False)
        sets = [
            exp.Tuple(expressions=[exp.column("_period"), *map(exp.column, self._keys_of(b))]) for b in self.breakdowns
        ]
        bits = SummedOver(expressions=[exp.column(k) for k in self._keys])
        first = alias(bits if self._keys else exp.Literal.number(0), "_bits")
        query = exp.select(first, "_period", *self._keys, *parts).from_(source, copy=False)
        return query.group_by(exp.GroupingSets(expressions=sets))

    # aggregates

    @cached_property
    def _adding(self) -> tuple[Aggregate, ...]:
        return tuple(a for _, a in sorted(self.aggregates.items()) if self._adds_up(a))

    @cached_property
    def holding(self) -> tuple[Aggregate, ...]:
        """The aggregates whose parts do not add up to the whole."""
        return tuple(a for _, a in sorted(self.aggregates.items()) if not self._adds_up(a))

    def _adds_up(self, aggregate: Aggregate) -> bool:
        """Whether its parts add up to the whole; of a run of periods, only if it looks at none of their ends."""
        return bool(aggregate.rollup) and not (self.axis.is_spanning and _looks_at_edges(aggregate))

    def _rolled(self) -> exp.Expr:
        """The cube's parts added up, and a row that says what the aggregates give over nothing."""
        count = alias(_whole(exp.Sum(this=exp.column("_rows"))), "_rows")
        parts = [alias(_added(a), a.name) for a in self._adding]
        known = self.grouped(exp.to_table(self.cube), [count, *parts])
        empty = [exp.Literal.number(0) if a.function == "count" else exp.Null() for a in self._adding]
        nothing = exp.select(
            exp.Literal.number(-1), exp.Null(), *(exp.Null() for _ in self._keys), exp.Literal.number(0), *empty
        )
        return exp.Union(this=known, expression=nothing, distinct=False)

    def _result_columns(self) -> list[exp.Expr]:
        columns: list[exp.Expr] = [exp.column(n) for n in (*self.join, "_rows")]
        for metric in self.metrics:
            formula = metric.formula
            extra = (formula.population, formula.measured, formula.missing, formula.squares)
            columns.append(exp.alias_(self._final(metric), metric.id, quoted=True, copy=False))
            columns += [a.column for a in extra if a is not None]
        return columns

    def _final(self, metric: CompiledMetric) -> exp.Expr:
        formula = metric.formula
        value = formula.value.copy()
        edges = self.axis.edges() if any(c.name in EDGES for c in value.find_all(exp.Column)) else {}
        for name, edge in edges.items():
            for column in [c for c in value.find_all(exp.Column) if c.name == name]:
                value = edge.copy() if column is value else (column.replace(edge.copy()), value)[1]
        if formula.type == "boolean":
            return cast(value, "INT")
        return value if formula.type == "integer" else as_double(value)


def counted(call: exp.Expr) -> exp.Expr:
    """A count; 0 where there is nothing to count."""
    return exp.Coalesce(this=call, expressions=[exp.Literal.number(0)])


def _over_nothing(aggregate: Aggregate, column: exp.Expr) -> exp.Expr:
    return counted(column) if aggregate.function in ("count", "distinct", "approx_count_distinct") else column


def _looks_at_edges(aggregate: Aggregate) -> bool:
    trees = (*aggregate.arguments, *((aggregate.condition,) if aggregate.condition is not None else ()))
    return any(c.name in EDGES for tree in trees for c in tree.find_all(exp.Column))


def _placed(selected: exp.Select, rows: exp.Expr) -> exp.Subquery:
    """The rows that stand in a period."""
    return selected.from_(rows, copy=False).where(not_null(exp.column("_period"))).subquery("placed", copy=False)


def _is_run() -> exp.Expr:
    """Whether a row belongs to any period."""
    return binary(exp.LT, exp.column("_first"), exp.column("_last"))


def _unrolled() -> exp.Expr:
    """A row's run of periods, a row each."""
    numbers = Numbers(expressions=[exp.column("_first"), exp.column("_last")])
    return alias(cast(numbers, "INT"), "_period")


def aggregate_call(aggregate: Aggregate) -> exp.Expr:
    """An aggregate over rows."""
    if aggregate.function == "count":
        if aggregate.condition is None:
            return exp.Count(this=exp.Star())
        there = _there(aggregate.condition)
        if there is not None:
            return exp.Count(this=there.copy())
        # Counting a condition that is NULL where it is false is the engine's fastest way.
        true = exp.Nullif(this=aggregate.condition.copy(), expression=exp.Boolean(this=False))
        return exp.Count(this=true)
    return aggregation(aggregate.function, argument_of(aggregate))


def _there(condition: exp.Expr) -> exp.Expr | None:
    """x, where the condition says that x is not NULL."""
    test = condition.this if isinstance(condition, exp.Not) else None
    return test.this if isinstance(test, exp.Is) and isinstance(test.expression, exp.Null) else None


def argument_of(aggregate: Aggregate) -> exp.Expr:
    """What an aggregate is taken of: NULL where its condition does not hold."""
    argument, condition = aggregate.arguments[0], aggregate.condition
    return argument.copy() if condition is None else case(condition.copy(), argument.copy())


def _added(aggregate: Aggregate) -> exp.Expr:
    """The parts of an aggregate, added up."""
    call = aggregation(aggregate.rollup or "", aggregate.column)
    return _whole(call) if aggregate.function == "count" else call


def _whole(call: exp.Expr) -> exp.Expr:
    return cast(call, "BIGINT")


def _key(column: str) -> str:
    return f"_by_{column}"


def _text(sql: exp.Expr) -> exp.Expr:
    """Segment values compare as text."""
    return cast(sql.copy(), SQL_TYPES["text"])


def is_one_of(columns: list[exp.Expr], parts: tuple[tuple[str | None, ...], ...]) -> exp.Expr:
    """Whether the columns spell one of the kept parts; NULL is a part like any other."""
    tests: list[exp.Expr] = []
    for part in parts:
        same = [
            binary(exp.NullSafeEQ, c, exp.Null() if v is None else exp.Literal.string(v))
            for c, v in zip(columns, part, strict=True)
        ]
        tests.append(exp.Paren(this=conjunction(*same)))
    return exp.or_(*tests)

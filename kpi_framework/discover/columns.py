"""The columns of a table of tickets that no product's header explains: by their names in any language, and by content.

A name is believed if the content fits it. Where no name helps, content alone decides, and says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..model.column_profile import ColumnProfile
from ..model.record import Record, field
from ..model.vocabulary import Vocabulary, plain
from .events import Stages, stages_of
from .satisfaction import NAME, Satisfaction, satisfaction_of
from .times import ExportTimes, Looking, looks_timed, times_of

_WORDS = ("status", "priority", "type", "channel")
_NAMED = ("category", "team", "agent", "requester", "subject")
_COUNTS = ("reopen_count", "reassignment_count")
_MOST_WORDS = 60
_KNOWN, _KNOWN_IF_NAMED = 0.8, 0.5
_SHORT = 40
_SUFFIXES = (" date time", " datetime", " timestamp", " utc", " local", " date", " time", " at", " on")
_PREFIXES = ("fields ", "ticket ", "issue ", "incident ", "request ", "case ", "custom field ", "sys ", "u ", "date ")


class Guess(Record):
    """A canonical column and the source's that holds it, how sure that is, and why."""

    header: str
    reason: str
    is_sure: bool = True


class Guesses(Record):
    """What the columns of a table of tickets are."""

    columns: Mapping[str, Guess]
    times: ExportTimes
    personal: tuple[str, ...] = ()
    """Further headers whose cells name people."""
    rivals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Canonical columns that nobody can tell, and the headers that they may be."""
    satisfaction: Satisfaction | None = None
    """How content people were, where the tickets say it."""

    @property
    def computed(self) -> Mapping[str, str]:
        """The columns that are computed from others, and how."""
        return {self.satisfaction.computed: self.satisfaction.expression} if self.satisfaction else {}


_NO_STAGES = frozenset((
    "purchase", "birth", "hire", "hired", "warranty", "expiry", "expires", "expiration", "contract", "planned",
    "scheduled", "due", "kauf", "geburt", "achat", "naissance", "compra", "nascimento", "nacimiento", "acquisto",
    "nascita", "aankoop", "geboorte", "zakupu", "urodzenia",
))  # fmt: skip
"""Words in the names of dates that are no stage of a ticket."""


class Table(Record):
    """A table whose columns are to be told: what is known of it, its words, and what a person answered."""

    looking: Looking
    vocabulary: Vocabulary
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def profiles(self) -> Mapping[str, ColumnProfile]:
        """The columns by their headers."""
        return self.looking.profiles

    def meanings(self, header: str) -> tuple[str, ...]:
        """The canonical columns that a header may mean, by all or the weightiest part of its name."""
        name = plain(header)
        for form in dict.fromkeys((name, *_shortened(name))):
            if form in self.vocabulary.by_header:
                return self.vocabulary.by_header[form]
        return ("ticket_id",) if header.strip() in ("#", "Nr", "№") else ()


def guessed(table: Table) -> Guesses:
    """The columns as far as names and content tell them."""
    timed = [h for h, p in table.profiles.items() if looks_timed(p, is_named=_is_time(table, h))]
    times = times_of(table.looking, timed)
    guesses = dict(_answered(table))
    words = {c: g for c, g in _words(table, timed) if c not in guesses}
    kind = words.get("type")
    if kind is not None and not kind.is_sure:
        words["category"] = words.pop("type")
    guesses |= words
    named = _named_times(table, times, guesses)
    statuses = _statuses(table, guesses.get("status"))
    stages = stages_of(table.looking, _staged(times, named), named, statuses)
    if "created_at" not in stages.columns:
        stages = stages_of(table.looking, times, named, statuses)
    guesses |= {c: g for c, g in _guesses_of(stages).items() if c not in guesses}
    taken = {g.header for g in guesses.values()} | set(timed)
    guesses |= {c: g for c, g in _named(table, taken).items() if c not in guesses}
    satisfaction = _satisfaction(table, guesses)
    number = _id(table, {g.header for g in guesses.values()} | set(timed))
    if number is not None and "ticket_id" not in guesses:
        guesses["ticket_id"] = number
    if "closed_at" in guesses and "resolved_at" not in guesses:
        guesses["resolved_at"] = Guess(
            guesses["closed_at"].header, "the file has one end: closing a ticket is resolving it"
        )
    headers = {g.header for g in guesses.values()}
    return Guesses(guesses, times, tuple(_people(table, headers)), stages.rivals, satisfaction)


def _is_time(table: Table, header: str) -> bool:
    return any(column.endswith("_at") for column in table.meanings(header))


def _shortened(name: str) -> Iterator[str]:
    """A header's name without what is said beside the thing."""
    bare = next((name.removeprefix(p) for p in _PREFIXES if name.startswith(p)), name)
    for form in (bare, name):
        yield form
        for suffix in _SUFFIXES:
            if form.endswith(suffix):
                yield form.removesuffix(suffix)


def _answered(table: Table) -> Iterator[tuple[str, Guess]]:
    for column, header in table.answers.items():
        if header in table.profiles:
            yield column, Guess(header, "you said so")


# times


def _named_times(table: Table, times: ExportTimes, guesses: Mapping[str, Guess]) -> dict[str, str]:
    """The columns of times that say by their names what they are."""
    named = {c: g.header for c, g in guesses.items() if g.header in times.columns}
    for header in times.columns:
        for column in table.meanings(header):
            if column.endswith("_at") and column not in named and header not in named.values():
                named[column] = header
    return named


def _staged(times: ExportTimes, named: Mapping[str, str]) -> ExportTimes:
    """The times that may be stages of a ticket: those whose names do not say that they are something else."""
    other = {h for h in times.columns if h not in named.values() and _NO_STAGES & set(plain(h).split())}
    return ExportTimes({h: t for h, t in times.columns.items() if h not in other}, times.order, times.nulls)


def _statuses(table: Table, status: Guess | None) -> Sequence[str | None]:
    """The canonical status of each row of the sample; None where it is not known."""
    cells = table.profiles[status.header].sample if status is not None else ()
    return [table.vocabulary.canonical("status", cell) for cell in cells]


def _guesses_of(stages: Stages) -> dict[str, Guess]:
    return {
        column: Guess(header, stages.reasons[column], column not in stages.unsure)
        for column, header in stages.columns.items()
    }


# words


def _words(table: Table, timed: Sequence[str]) -> Iterator[tuple[str, Guess]]:
    """The columns whose cells are known words, those with a fitting name first."""
    taken: set[str] = set(timed)
    for column in _WORDS:
        ranked = sorted((s for h in table.profiles if h not in taken and (s := _score(table, column, h))), reverse=True)
        if ranked:
            is_named, known, place = ranked[0]
            header = list(table.profiles)[-place]
            taken.add(header)
            why = "by its name, and " if is_named else ""
            is_sure = known >= 0.95 or (is_named and known >= _KNOWN_IF_NAMED)
            yield column, Guess(header, f"{why}{known:.0%} of its cells are known words", is_sure)


def _score(table: Table, column: str, header: str) -> tuple[bool, float, int] | None:
    """How well a header and its words fit a column; None where they do not."""
    profile = table.profiles[header]
    cells = [cell for cell in profile.sample if cell]
    if not cells or len(profile.texts) > _MOST_WORDS or profile.distinct_count > _MOST_WORDS:
        return None
    known = sum(table.vocabulary.canonical(column, cell) is not None for cell in cells) / len(cells)
    is_named = column in table.meanings(header)
    is_open = column in ("channel", "type")
    needed = (0.0 if is_open else _KNOWN_IF_NAMED) if is_named else _KNOWN
    fits = known >= needed and (is_named or profile.distinct_count > 1)
    return (is_named, known, -list(table.profiles).index(header)) if fits else None


# names alone


def _named(table: Table, taken: set[str]) -> dict[str, Guess]:
    """The columns that a name alone tells: people, groups, subjects, counts."""
    named: dict[str, Guess] = {}
    for column in (*_NAMED, *_COUNTS):
        for header, profile in table.profiles.items():
            if header not in taken and column in table.meanings(header) and _fits(column, profile):
                named[column] = Guess(header, "by its name")
                taken.add(header)
                break
    return named


def _satisfaction(table: Table, guesses: dict[str, Guess]) -> Satisfaction | None:
    """What a column of ratings says; it is added to the guesses."""
    taken = {guess.header for guess in guesses.values()}
    for header, profile in table.profiles.items():
        if header not in taken and NAME in table.meanings(header):
            satisfaction = satisfaction_of(profile, table.vocabulary)
            if satisfaction is not None and satisfaction.column not in guesses:
                guesses[satisfaction.column] = Guess(header, "by its name, and its cells are ratings")
                return satisfaction
    return None


def _fits(column: str, profile: ColumnProfile) -> bool:
    return column not in _COUNTS or all(text.isdigit() for text in profile.texts)


def _people(table: Table, taken: set[str]) -> Iterator[str]:
    """Further columns with addresses, or whose names say that they name people."""
    for header, profile in table.profiles.items():
        if header in taken:
            continue
        cells = [cell for cell in profile.sample if cell]
        addresses = sum("@" in cell for cell in cells)
        if (cells and addresses >= len(cells) / 2) or {"agent", "requester", "subject"} & set(table.meanings(header)):
            yield header


# the id


def _id(table: Table, taken: set[str]) -> Guess | None:
    """The column that names a row: unique and full, else one that is called so."""
    free = {h: p for h, p in table.profiles.items() if h not in taken and p.empty_count == 0 and _is_short(p)}
    named = [h for h in free if "ticket_id" in table.meanings(h)]
    unique = [h for h, p in free.items() if p.is_unique and any(c.isdigit() for c in (p.texts or ("",))[0])]
    both = next((h for h in named if h in unique), None)
    if both is not None:
        return Guess(both, "by its name, and no two rows have the same")
    if named and _repeats(free[named[0]]):
        return Guess(named[0], "by its name; rows repeat it")
    if unique:
        return Guess(unique[0], "the first column in which no two rows have the same", len(unique) == 1)
    return Guess(named[0], "by its name") if named else None


def _is_short(profile: ColumnProfile) -> bool:
    texts = profile.texts[:200]
    return bool(texts) and sum(map(len, texts)) / len(texts) <= _SHORT and not any("@" in text for text in texts)


def _repeats(profile: ColumnProfile) -> bool:
    return 0 < profile.distinct_count < profile.row_count

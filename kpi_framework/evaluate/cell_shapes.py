"""The shape of a cell, which may be shown, and what its shape tells: why it does not fit, and what to write."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence

from ..compile.dataset.columns import Base
from ..compile.dataset.durations import ANY
from ..model.months import MONTHS
from ..model.quoting import plain_or
from ..model.record import Record

_LONGEST = 30
_PLAIN = frozenset(" .,:;/-+()%_'")
_NO_VALUE = frozenset((
    "?", "-", "--", "n/a", "na", "null", "none", "nil", "\\n", "#n/a", "n.a.", "ns", "k.a.", "s/d", "0000-00-00",
    "0000-00-00 00:00:00",
))  # fmt: skip
_NO_DAY = frozenset((
    "0001-01-01", "1601-01-01", "1753-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1970-01-01", "9999-12-31",
    *(f"01{sign}01{sign}{year}" for sign in "/.-" for year in ("0001", "1601", "1753", "1900", "1970")),
))  # fmt: skip
_NO_TIME = r"([ T](00:00|23:59)(:00|:59)?(\.0+)?Z?)?"
_YES_OR_NO = frozenset((
    "sim", "não", "nao", "ja", "nein", "nee", "oui", "non", "sí", "si", "no", "tak", "nie", "sì", "x", "on", "off",
    "yes", "wahr", "falsch", "verdadero", "falso", "vrai", "faux", "verdadeiro",
))  # fmt: skip


def shape(cell: str) -> str:
    """A cell with a 9 for each digit and an a or A for each letter: `99/99/9999 9:99 AA`."""
    masked = "".join(map(_masked, cell[:_LONGEST]))
    return f"{masked}…" if len(cell) > _LONGEST else masked


def _masked(character: str) -> str:
    if character.isdigit():
        return "9"
    if character.isalpha():
        return "A" if character.isupper() else "a"
    return character if character in _PLAIN else " " if character.isspace() else "?"


class Context(Record):
    """The column that the cells are of, and how its times are written as far as kpi.yaml says."""

    base: Base
    timestamps: tuple[str, ...] = ()
    nulls: tuple[str, ...] = ("",)
    decimal: str = "."
    fits_elsewhere: bool = True
    """Whether other cells of the column fit as it is read now."""


Cause = Callable[[Sequence[str], Context], str | None]


def likely_cause(cells: Sequence[str], context: Context) -> str | None:
    """What these cells of a column look like, and what to write so that they fit; None where their shapes tell none."""
    return _first(CAUSES, cells, context)


def no_value_cause(cells: Sequence[str], context: Context) -> str | None:
    """The same of cells that fit, and are impossible: whether they stand for no value."""
    return _first((_no_value,), cells, context)


def _first(causes: Sequence[Cause], cells: Sequence[str], context: Context) -> str | None:
    filled = [cell.strip() for cell in cells if cell.strip()]
    return next((words for cause in causes if (words := cause(filled, context)) is not None), None) if filled else None


def _no_value(cells: Sequence[str], context: Context) -> str | None:
    """Words and dates that programs write where there is none: they are no secret, and are shown."""
    words = sorted({c for c in cells if c.casefold() in _NO_VALUE or (_is_time(context) and _is_no_date(c))})
    if not words or len({*cells}) > len(words):
        return None
    nulls = ", ".join(f'"{text}"' for text in dict.fromkeys((*(plain_or(n, "…") for n in context.nulls), *words)))
    return f"{_either(words)} may stand for no value: write `nulls: [{nulls}]` in the source."


def _is_no_date(cell: str) -> bool:
    return cell[:10] in _NO_DAY and re.fullmatch(_NO_TIME, cell[10:]) is not None


def _is_time(context: Context) -> bool:
    return context.base.type in ("timestamp", "date")


# times

_DAYS = (
    (r"\d{4}([-/.])\d{1,2}\1\d{1,2}", ("%Y{0}%m{0}%d",)),
    (r"\d{1,2}([-/.])\d{1,2}\1\d{4}", ("%d{0}%m{0}%Y", "%m{0}%d{0}%Y")),
    (r"\d{1,2}([-/.])\d{1,2}\1\d{2}", ("%d{0}%m{0}%y", "%m{0}%d{0}%y")),
    (r"\d{1,2}([-/ ])[A-Z]{3}\1\d{4}", ("%d{0}%b{0}%Y",)),
    (r"\d{1,2}([-/ ])[A-Z]{3}\1\d{2}", ("%d{0}%b{0}%y",)),
    (r"[A-Z]{3}( )\d{1,2}, \d{4}", ("%b %d, %Y",)),
)
"""How a day may be written, its month in English and short, and the formats of that."""
_TIME = (
    r"(?P<sep>,? |T)\d{1,2}:\d{2}(?P<s>:\d{2})?(?P<f>\.\d{1,6})?(?P<p> ?[AaPp][Mm])?"
    r"(?P<z> ?(Z|[+-]\d{2}:?\d{2}))?"
)  # fmt: skip
_LETTERS = r"[^\W\d_]{2,}\.?"
_EXAMPLE = dt.datetime(2026, 3, 14, 14, 5)


def _written_time(cells: Sequence[str], context: Context) -> str | None:
    """Times that are written in another way than the column's."""
    if not _is_time(context):
        return None
    months = _english_months()
    english = [re.sub(_LETTERS, lambda match: months.get(match[0].lower(), match[0]), cell) for cell in cells]
    formats = [f for f in _formats(english[0]) if all(_reads(f, cell) for cell in english)]
    if not formats or set(formats) <= {*context.timestamps}:
        return None
    examples = " or ".join(_EXAMPLE.strftime(f.replace("%z", "Z")) for f in formats)
    written = " or ".join(f"`timestamps: {_with_others(f, context)}`" for f in formats)
    which = ", as the tool writes day and month" if len(formats) > 1 else ""
    return f"They look like {examples}: write {written}{which}."


def _english_months() -> dict[str, str]:
    """The names of months in every language that exports use, with and without a dot, and the short English one."""
    names = [(name, number) for number, names in enumerate(MONTHS, 1) for name in names]
    return {f"{n}{dot}": dt.date(2026, m, 1).strftime("%b").upper() for n, m in names for dot in ("", ".")}


def _formats(cell: str) -> Iterator[str]:
    """The formats that a cell's shape may have; of two orders of day and month both."""
    for day, formats in _DAYS:
        match = re.match(day, cell)
        if match and (time := _time_format(cell[match.end() :])) is not None:
            yield from (f.format(match[1]) + time for f in formats)
            return


def _time_format(text: str) -> str | None:
    match = re.fullmatch(_TIME, text)
    if match is None:
        return None if text else ""
    half = match["p"]
    clock = ("%I" if half else "%H") + ":%M" + (":%S" if match["s"] else "") + (".%f" if match["f"] else "")
    offset = f"{' ' if match['z'].startswith(' ') else ''}%z" if match["z"] else ""
    return match["sep"] + clock + (f"{half[:-2]}%p" if half else "") + offset


def _reads(form: str, cell: str) -> bool:
    try:
        dt.datetime.strptime(cell, form)
    except ValueError:
        return False
    return True


def _with_others(form: str, context: Context) -> str:
    """The format as kpi.yaml writes it; with those of the cells that fit, where there are such."""
    others = (context.timestamps or ("iso",)) if context.fits_elsewhere else ()
    quoted = [f"'{f}'" for f in (*others, form)]
    return quoted[0] if len(quoted) == 1 else f"[{', '.join(quoted)}]"


_COUNTED = (("epoch", r"[12]\d{9}"), ("epoch_ms", r"[12]\d{12}"),
            ("excel", r"[3-6]\d{4}(\.\d+)?"))  # fmt: skip


def _counted_time(cells: Sequence[str], context: Context) -> str | None:
    """Times that are written as a number."""
    if not _is_time(context):
        return None
    words = {"epoch": "seconds since 1970", "epoch_ms": "milliseconds since 1970", "excel": "days as Excel counts them"}
    kinds = (kind for kind, number in _COUNTED if all(re.fullmatch(number, cell) for cell in cells))
    return next((f"They look like {words[k]}: write `timestamps: {_with_others(k, context)}`." for k in kinds), None)


# numbers and durations

_SIGNS = r"^(?P<before>[^\d\s+-]{1,3} ?)?(?P<number>[+-]?\d[\d.,'’\s]*)(?P<after> ?[^\d\s.,]{1,3})?$"
_GROUPING, _GROUP = r"[.,'’\s]", 3
_DECIMAL = r"[+-]?\d+\.\d+"
_DURATIONS = (
    ("H:MM", r"[+-]?\d{1,9}:[0-5]\d", "1:30"),
    ("H:MM:SS", r"[+-]?\d{1,9}:[0-5]\d:[0-5]\d", "1:30:00"),
    ("words", r"[+-]?(\d+ *(w(eeks?)?|d(ays?)?|h(ours?)?|m(in(utes?)?)?|s(ec(onds?)?)?)[ ,]*)+", "1h 30m"),
)


def _is_number(context: Context) -> bool:
    return context.base.type in ("integer", "decimal", "double")


def _duration(cells: Sequence[str], context: Context) -> str | None:
    """A length of time in words or with colons, where a number is read."""
    if not _is_number(context):
        return None
    if context.base.duration == ANY:
        days = all(re.fullmatch(_DURATIONS[-1][1], cell.lower()) for cell in cells)
        return "They have days or weeks: write how long a day is, `day: 8 h` or `day: 24 h`." if days else None
    for form, pattern, example in _DURATIONS:
        if form != context.base.duration and all(re.fullmatch(pattern, cell.lower()) for cell in cells):
            mapping = f"`{context.base.name}: {{from: {plain_or(context.base.source, '…')}, duration: '{form}'}}`"
            return f"They look like a duration such as {example}: write {mapping} under `columns`."
    return None


def _decimals(cells: Sequence[str], context: Context) -> str | None:
    """A number with decimals, where a whole one is read."""
    if context.base.type == "integer" and all(re.fullmatch(_DECIMAL, cell) for cell in cells):
        mapping = f"`{context.base.name}: {{from: {plain_or(context.base.source, '…')}, type: decimal}}`"
        return f"They look like numbers with decimals: write {mapping} under `columns`."
    return None


def _written_number(cells: Sequence[str], context: Context) -> str | None:
    """Numbers with a decimal comma, with signs for thousands, or with the sign of a currency."""
    matches = [re.fullmatch(_SIGNS, cell) for cell in cells]
    if not _is_number(context) or not all(matches):
        return None
    numbers = [match["number"].strip() for match in matches if match]
    decimals, thousands = set(), set()
    for number in numbers:
        decimal, grouping = _signs(number)
        decimals |= decimal
        thousands |= grouping
    if len(decimals) > 1 or len(thousands) > 1 or decimals & thousands:
        return None
    options = [f'decimal: "{s}"' for s in decimals - {context.decimal}] + [f'thousands: "{s}"' for s in thousands]
    return f"They look like numbers: write `{'`, `'.join(options)}` in the source." if options else None


def _signs(number: str) -> tuple[set[str], set[str]]:
    """What stands before a number's decimals, and between its thousands; neither where one sign could be each."""
    signs = re.findall(_GROUPING, re.sub(r"\s", " ", number.replace("\u2019", "'")))
    kinds = set(signs)
    if len(kinds) > 1:
        return {signs[-1]}, kinds - {signs[-1]}
    if len(signs) > 1:
        return set(), kinds
    is_decimal = bool(signs) and len(number.rpartition(signs[0])[2]) != _GROUP
    return (kinds if is_decimal else set()), set()


def _word(cells: Sequence[str], context: Context) -> str | None:
    """A word for yes or no in another language."""
    if context.base.type != "boolean" or not all(cell.casefold() in _YES_OR_NO for cell in cells):
        return None
    words = ", ".join(f"{cell}: …" for cell in sorted({*cells}))
    mapping = f"`{context.base.name}: {{from: {plain_or(context.base.source, '…')}, values: {{{words}}}}}`"
    return f"They look like words for yes and no: write {mapping} with true or false."


def _out_of_bounds(cells: Sequence[str], context: Context) -> str | None:
    """Numbers that the contract does not allow."""
    meaning = context.base.contract
    if not _is_number(context) or meaning is None or (meaning.minimum is None and meaning.maximum is None):
        return None
    if not all(re.fullmatch(r"[+-]?\d+(\.\d+)?", cell) for cell in cells):
        return None
    bounds = [f"{word} {limit:g}" for word, limit in (("below", meaning.minimum), ("above", meaning.maximum))
              if limit is not None]  # fmt: skip
    return (
        f"They are numbers {' or '.join(bounds)}, which the contract does not allow: correct the rows or the mapping."
    )


def _either(words: Sequence[str]) -> str:
    return " and ".join(f"`{word}`" for word in words[:3])


CAUSES: tuple[Cause, ...] = (
    _no_value, _written_time, _counted_time, _duration, _decimals, _written_number, _word, _out_of_bounds,
)  # fmt: skip
"""Tried one after the other: the first that fits all cells is told."""

"""What only a person can say of an export, and what they said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..model.diagnostic import KpiError
from ..model.period import is_zone
from ..model.project import Contract
from ..model.record import Record, field
from .export import Answers, Export

_YES, _NO = ("true", "yes", "y", "1"), ("false", "no", "n", "0")
_TIMEZONE = "timezone"
_DAY_FIRST = "day_first"


class Question(Record):
    """What is asked, by the name that `--answer` takes, and what may be answered."""

    name: str
    text: str
    choices: tuple[str, ...]


class Answered(Record):
    """All answers: the project's zone, and those on each dataset."""

    timezone: str | None = None
    datasets: Mapping[str, Answers] = field(default_factory=dict)


def questions_of(export: Export) -> Iterator[Question]:
    """What the file does not tell, and every number stands on."""
    if any(times.is_undecided for times in export.times.columns.values()):
        text = "Does the day stand before the month in the dates (31/12), or after it (12/31)?"
        yield Question(f"{export.dataset}.{_DAY_FIRST}", text, ("yes", "no"))
    rivals = export.guesses.rivals if export.guesses else {}
    for column, headers in rivals.items():
        yield Question(f"{export.dataset}.{column}", f"Which column is `{column}`?", headers)


def answered(texts: Sequence[str], contracts: Mapping[str, Contract]) -> Answered:
    """Answers as `--answer NAME=VALUE` gives them. Raises KpiError."""
    timezone: str | None = None
    columns: dict[str, dict[str, str]] = {}
    orders: dict[str, bool] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        dataset, _, column = name.partition(".")
        if not equals or not value:
            raise KpiError(f"--answer {text} is no answer", "Write NAME=VALUE, such as `tickets.day_first=yes`.")
        if name == _TIMEZONE:
            timezone = _zone(value)
        elif dataset not in contracts or not column:
            raise _unknown(name)
        elif column == _DAY_FIRST:
            orders[dataset] = _flag(text, value)
        elif column in contracts[dataset].columns:
            columns.setdefault(dataset, {})[column] = value
        else:
            raise _unknown(name)
    datasets = {d: Answers(columns.get(d, {}), orders.get(d)) for d in (*columns, *orders)}
    return Answered(timezone, datasets)


def _unknown(name: str) -> KpiError:
    hint = "Known: timezone, tickets.day_first, and columns such as tickets.created_at."
    return KpiError(f"--answer: nothing is called `{name}`", hint)


def _zone(value: str) -> str:
    if not is_zone(value):
        raise KpiError(f"--answer: {value} is not an IANA time zone", "Write a name such as Europe/London or UTC.")
    return value


def _flag(text: str, value: str) -> bool:
    if value.lower() not in (*_YES, *_NO):
        raise KpiError(f"--answer {text}: expected yes or no", "`tickets.day_first=yes` means 31/12, no means 12/31.")
    return value.lower() in _YES

"""What a ticket's own row says of how content the person was: points out of a scale, or good and bad."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..model.column_profile import ColumnProfile
from ..model.record import Record
from ..model.vocabulary import Vocabulary

NAME = "satisfaction"
_SCALES = (5, 7, 10, 100)
_KNOWN = 0.5


class Satisfaction(Record):
    """The column of the ratings, and what is computed from it: a column's name, its SQL, and why so."""

    column: str
    computed: str
    expression: str
    reason: str


def satisfaction_of(profile: ColumnProfile, vocabulary: Vocabulary) -> Satisfaction | None:
    """What a column called so holds; None where it is neither points nor known words."""
    texts = [text for text in profile.texts if text]
    if not texts or profile.distinct_count > len(profile.texts):
        return None
    points = _points(texts)
    return _scaled(points) if points else _worded(texts, vocabulary)


def _points(texts: Iterable[str]) -> list[float]:
    """The numbers that all texts are, between 0 and 100; none where one is not."""
    try:
        points = [float(text) for text in texts]
    except ValueError:
        return []
    return points if all(0 <= number <= _SCALES[-1] for number in points) else []


def _scaled(points: Sequence[float]) -> Satisfaction:
    highest = max(points)
    most = next(scale for scale in _SCALES if highest <= scale)
    expression = f"case when satisfaction_score is not null then {most} end"
    zero = " A rating of 0 counts: where it means that nobody rated, write `nulls:`." if min(points) == 0 else ""
    reason = f"GUESSED: the scale ends at {most}; the highest rating is {highest:g}.{zero}"
    return Satisfaction("satisfaction_score", "satisfaction_max", expression, reason)


def _worded(texts: Sequence[str], vocabulary: Vocabulary) -> Satisfaction | None:
    meanings = {text: vocabulary.canonical(NAME, text) for text in texts}
    good, bad = (_spelled(meanings, word) for word in ("good", "bad"))
    known = sum(word is not None for word in meanings.values())
    if not good or not bad or known < _KNOWN * len(texts):
        return None
    expression = f"case when {NAME} in ({good}) then true when {NAME} in ({bad}) then false end"
    others = [text for text, word in meanings.items() if word is None]
    unknown = f" NOT MAPPED, and no rating: {', '.join(others[:5])}." if others else ""
    return Satisfaction(NAME, "satisfied", expression, f"Good and bad ratings, by their words.{unknown}")


def _spelled(meanings: Mapping[str, str | None], meaning: str) -> str:
    """The texts of a meaning as SQL lists them."""
    texts = (text for text, word in meanings.items() if word == meaning)
    return ", ".join("'{}'".format(text.replace("'", "''")) for text in texts)

"""Clocks and service levels: columns of a dataset that are computed from its history."""

# No postponed annotations: pydantic would evaluate each of them anew at every start.

from typing import Annotated, ClassVar, Self

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from .base import Model
from .quantity import Duration

EVENTS = ("reply", "comment", "assignment")
"""What may be asked for beside statuses: a reply, any public comment of a person of the desk, an assignment."""

RESOLVED = "resolved"
CANCELLED = "cancelled"
FINAL = ("closed", CANCELLED)
"""The statuses that end a ticket; a history may name further ones. Resolved is none: it may be opened again."""

POLICY_PARTS = ("_elapsed", "_target")
"""What stands beside a policy's verdict: the time it took, and the time it may take."""


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


_WORD = {"type": "string", "minLength": 1}
Words = Annotated[
    tuple[Annotated[str, Field(min_length=1)], ...],
    Field(min_length=1),
    BeforeValidator(_several),
    WithJsonSchema({"anyOf": [_WORD, {"type": "array", "items": _WORD, "minItems": 1}]}),
]
"""Statuses, or one of the words reply, comment, assignment."""


class Clock(Model):
    """One column from the history: minutes in given statuses, a first or last moment, or a count."""

    history: Words
    """The dataset, or datasets, of events: a row each for a status, an assignment, a priority, a comment."""
    running: Words | None = None
    """Minutes that the ticket spent in these statuses; in the last of them until as_of."""
    first: Words | None = None
    """The moment it first entered one of these statuses; or of its first `reply`, `comment` or `assignment`."""
    last: Words | None = None
    """The moment it last entered one of these statuses; or of its last `reply`, `comment` or `assignment`."""
    count: Words | None = None
    """How often it entered one of these statuses; or how many times `reply`, `comment`, `assignment` happened."""
    otherwise: Words | None = None
    """For `first` and `last`: the statuses that count for a ticket which never had any of those."""
    calendar: str | None = None
    """For `running`: count working time of this calendar, or of the one that this column names for each ticket."""

    KINDS: ClassVar = ("running", "first", "last", "count")

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": [k], "properties": {k: {"not": {"type": "null"}}}} for k in KINDS],
        }
    )

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [k for k in self.KINDS if getattr(self, k) is not None]
        if len(kinds) != 1:
            raise ValueError("a clock has exactly one of `running`, `first`, `last` and `count`")
        return self

    @property
    def kind(self) -> str:
        """Which of the four it is."""
        return next(k for k in self.KINDS if getattr(self, k) is not None)

    @property
    def words(self) -> tuple[str, ...]:
        """The statuses or events it looks for."""
        words: tuple[str, ...] = getattr(self, self.kind)
        return words

    @property
    def runs(self) -> bool:
        """Whether it takes time, as long as the ticket has not ended."""
        return self.running is not None

    @property
    def asks_comments(self) -> bool:
        """Whether it stands on who wrote comments, and who can read them."""
        return not {"reply", "comment"}.isdisjoint({*self.words, *(self.otherwise or ())})

    @property
    def asks_replies(self) -> bool:
        """Whether it has to tell replies from a ticket's opening text."""
        return "reply" in {*self.words, *(self.otherwise or ())}


class Policy(Model):
    """A service level: met, breached or, while that is open, undecided. Gives NAME, NAME_elapsed and NAME_target."""

    history: Words
    """The dataset, or datasets, of events."""
    from_: str = Field(alias="from")
    """The timestamp at which the clock starts; the priority in force then sets the target."""
    until: Words
    """What stops the clock, whichever comes first: statuses, `reply`, `comment` or `assignment`."""
    targets: Annotated[dict[str, Duration], Field(min_length=1)]
    """How long a ticket of each priority may take; `other` is for all other priorities. Without a target: no limit."""
    pausing: Words | None = None
    """The clock stands still in these statuses."""
    calendar: str | None = None
    """Count working time of this calendar, or of the one that this column names for each ticket."""

    @property
    def runs(self) -> bool:
        """True: it takes time, as long as the ticket has not ended."""
        return True

    @property
    def asks_comments(self) -> bool:
        """Whether it stands on who wrote comments, and who can read them."""
        return not {"reply", "comment"}.isdisjoint(self.until)

    @property
    def asks_replies(self) -> bool:
        """Whether it has to tell replies from a ticket's opening text."""
        return "reply" in self.until

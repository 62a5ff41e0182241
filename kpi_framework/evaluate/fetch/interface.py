"""A database, as the rest of the house knows it: one consistent, read-only view of its tables, read in a stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from ...compile.dataset.pulling import Remote
from ...model.record import Record


class FetchError(Exception):
    """A source that cannot be pulled: what is wrong, what to do. Never a driver's words: they may quote a secret."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


Rows = Iterator[Sequence[Sequence[object]]]
"""Rows in batches."""
CONNECT_SECONDS = 20
"""How long a server may take to answer at all."""
BATCH = 5_000
"""So many rows are asked for at once."""


def batches(cursor: Any) -> Rows:  # noqa: ANN401 - of any driver (PEP 249)
    """The rows of a cursor that has run its statement."""
    while rows := cursor.fetchmany(BATCH):
        yield rows


def error_number(error: Exception) -> int:
    """The number that a driver gives its error; 0 where it gives none."""
    return error.args[0] if error.args and isinstance(error.args[0], int) else 0


class ArrowStream(Protocol):
    """Rows as Arrow's C stream."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The stream; it can be asked for once."""


class Database(Protocol):
    """A session that reads. Every method raises FetchError."""

    dialect: str
    """The SQL that it speaks, by sqlglot's name."""

    def columns(self, table: str) -> Remote:
        """The columns of a table or view; none where there is no such table, or it may not be read."""

    def fetch(self, statement: str) -> ArrowStream | Rows:
        """The rows of a statement, as they come."""

    def close(self) -> None:
        """End the session."""


class Address(Record):
    """Where a source is. It never appears in a message: it holds a password."""

    url: str
    variable: str
    """What the address is called in messages: the name of the variable that holds it."""
    timeout: float
    """So many seconds a statement may take."""
    root: Path
    """The project's folder: the path of a SQLite file begins there."""
    allowed: tuple[Path, ...] = ()
    is_trusted: bool = False
    """Whether it comes from the environment: whoever sets that may name any file."""

    @property
    def parts(self) -> SplitResult:
        """The URL taken apart. Raises FetchError where it is none."""
        try:
            parts = urlsplit(self.url)
            _ = parts.port
        except ValueError:
            raise self.malformed() from None
        return parts

    @property
    def user(self) -> str:
        """The user's name."""
        return unquote(self.parts.username or "")

    @property
    def password(self) -> str:
        """The password."""
        return unquote(self.parts.password or "")

    @property
    def database(self) -> str:
        """The database's name."""
        return unquote(self.parts.path.lstrip("/"))

    @property
    def options(self) -> Mapping[str, str]:
        """What stands behind the question mark."""
        return {name: values[-1] for name, values in parse_qs(self.parts.query).items()}

    def malformed(self) -> FetchError:
        """That it is no URL; of its text nothing is shown."""
        return FetchError(
            f"{self.variable} does not hold a URL that kpi can use",
            "It looks like postgresql://user:password@host:5432/database. Encode special characters, such as @ as %40.",
        )

    def unreachable(self) -> FetchError:
        """That nothing answers there."""
        return FetchError(
            f"no server answers at the address in {self.variable}",
            "Check the host and the port, and that this machine may connect to it.",
        )

    def refused(self) -> FetchError:
        """That the server does not let this user in."""
        return FetchError(
            f"the server does not accept the user and password in {self.variable}, or the database is not there",
            "Check the user, the password and the name of the database.",
        )

    def forbidden(self) -> FetchError:
        """That the user may not read."""
        return FetchError(
            f"the user in {self.variable} may not read this table", "Grant it the right to select from it."
        )

    def changed(self) -> FetchError:
        """That the table is no longer as it was a moment ago."""
        return FetchError(
            "the table or one of its columns is no longer there", "Correct `table` and `columns` in kpi.yaml."
        )

    def late(self) -> FetchError:
        """That it took too long."""
        return FetchError(
            f"the database took longer than {self.timeout:g} seconds for one statement",
            "Give it more with --timeout, ask for less with `complete_from`, or add an index.",
        )

    def lost(self) -> FetchError:
        """That the connection ended in the middle."""
        return FetchError(f"the connection in {self.variable} ended before all rows had come", "Run `kpi pull` again.")

    def failed(self, code: str = "") -> FetchError:
        """Any other failure: by its number alone."""
        number = f" (code {code})" if code.isalnum() and len(code) <= len("HY000") else ""
        return FetchError(
            f"the database refused the statement{number}", "Try `SELECT * FROM` the table with the same user there."
        )


@contextmanager
def absent(package: str, extra: str) -> Iterator[None]:
    """Say what to install where a driver is missing. Raises FetchError."""
    try:
        yield
    except ImportError:
        raise FetchError(
            f"{package} is not installed, which this connection needs",
            f"Install it: pip install 'kpi-framework[{extra}]'.",
        ) from None

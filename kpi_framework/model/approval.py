"""approvals.json: who approved which commit, as the platform says. A workflow makes it; nobody edits it."""

# No postponed annotations: pydantic would evaluate each of them anew at every start.

from typing import Annotated, Literal

from pydantic import Field

from .base import Model, Version

_INSTANT = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"
Instant = Annotated[str, Field(pattern=_INSTANT)]


class Approval(Model):
    """What one person said of a commit."""

    commit: Annotated[str, Field(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")]
    """The commit that was looked at, or the one with which it came into the branch."""
    pull_request: Annotated[int, Field(ge=1)] | None = None
    """The number of the pull request."""
    by: Annotated[str, Field(min_length=1, max_length=200)]
    """Who it was, by the name that the platform knows: a login or an address."""
    at: Instant
    """When, as ISO 8601 with its offset."""
    state: Literal["approved", "changes_requested", "commented", "dismissed"]
    """What was said. Only `approved` is an approval."""


class ApprovalsFile(Model):
    """approvals.json."""

    version: Version
    """The version of this file's format: 1."""
    source: Annotated[str, Field(min_length=1)]
    """Where it comes from, such as `github.com/acme/desk, API of pull request reviews`."""
    fetched_at: Instant
    """When it was asked for."""
    approvals: tuple[Approval, ...]
    """Everything that was said of the commits."""

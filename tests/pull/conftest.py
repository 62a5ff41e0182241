"""One server of each kind a run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.pull import servers


@pytest.fixture(scope="session")
def postgres() -> Iterator[servers.Server]:
    """PostgreSQL."""
    with servers.postgres() as server:
        yield server


@pytest.fixture(scope="session")
def mariadb() -> Iterator[servers.Server]:
    """MariaDB."""
    with servers.mariadb() as server:
        yield server


@pytest.fixture(scope="session")
def bucket() -> Iterator[servers.Bucket]:
    """A bucket."""
    with servers.bucket() as place:
        yield place

"""What the tests of jobs need beside Python: the loaders' environment, and servers of databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.getting_data.databases import Database, mariadb, postgresql

LOADERS = Path(__file__).parents[2] / ".loaders"


@pytest.fixture(scope="session")
def loader() -> Path:
    """The environment with dlt: `make loaders` makes it, from a lock file with hashes."""
    if not (LOADERS / "bin/python").exists():
        pytest.skip("the loaders' environment is not there: make loaders")
    return LOADERS


@pytest.fixture(scope="module")
def maria() -> Iterator[Database]:
    """One MariaDB for the module."""
    with mariadb() as server:
        yield server


@pytest.fixture(scope="module")
def postgres() -> Iterator[Database]:
    """One PostgreSQL for the module."""
    with postgresql() as server:
        yield server

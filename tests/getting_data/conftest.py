"""The environment of the loaders: `make loaders` makes it, from a lock file with hashes."""

from __future__ import annotations

from pathlib import Path

import pytest

LOADERS = Path(__file__).parents[2] / ".loaders"


@pytest.fixture(scope="session")
def loader() -> Path:
    """The environment with dlt."""
    if not (LOADERS / "bin/python").exists():
        pytest.skip("the loaders' environment is not there: make loaders")
    return LOADERS

"""Files of a bucket (S3, Google Cloud Storage, Azure), by obstore, to files here."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

from ...model.source import BucketSource
from .drivers import BUCKETS
from .interface import Address, FetchError, absent
from .snapshot import no_room

_BLOCK = 1 << 20


def copy_files(address: Address, source: BucketSource, folder: Path) -> Mapping[str, str]:
    """Copy what a source's path names below a folder; the answer is each file's sha256. Raises FetchError."""
    if address.parts.scheme not in BUCKETS:
        raise address.malformed()
    with absent("obstore", "buckets"):
        library, stores = (importlib.import_module(name) for name in ("obstore", "obstore.store"))
    with _translated(address):
        place = address.parts._replace(query="").geturl()
        store = stores.from_url(place, client_options=_client(address), **address.options)
        names = sorted(name for name in _names(library, store, source) if _matches(name, source.path))
    if not names:
        raise FetchError(f"no file of the bucket is named {source.path}", "Correct `path`.")
    files = {}
    for name in names:
        below = name.removeprefix(source.literal)
        files[below] = _copy(_blocks(library, store, name, address), folder / below)
    return files


def _client(address: Address) -> dict[str, object]:
    is_plain = address.options.get("endpoint", "").startswith("http://")
    timeout = f"{max(1, round(address.timeout))} seconds"
    return {"timeout": timeout, "connect_timeout": "20 seconds", "allow_http": is_plain}


def _names(library: Any, store: Any, source: BucketSource) -> Iterator[str]:  # noqa: ANN401 - untyped
    for batch in library.list(store, prefix=source.literal or None):
        yield from (str(meta["path"]) for meta in batch)


def _matches(name: str, pattern: str) -> bool:
    """Whether a pattern names a file, part by part: a star does not pass a slash."""
    parts, wanted = PurePosixPath(name).parts, PurePosixPath(pattern).parts
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted)) and ".." not in parts


def _blocks(library: Any, store: Any, name: str, address: Address) -> Iterator[bytes]:  # noqa: ANN401 - untyped
    with _translated(address):
        yield from map(bytes, library.get(store, name).stream(min_chunk_size=_BLOCK))


def _copy(blocks: Iterator[bytes], target: Path) -> str:
    """Write a file; the answer is its sha256. Raises FetchError."""
    digest = hashlib.sha256()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as stream:
            for block in blocks:
                digest.update(block)
                stream.write(block)
    except OSError as error:
        raise no_room(error.strerror) from None
    return digest.hexdigest()


@contextmanager
def _translated(address: Address) -> Iterator[None]:
    """A failure in our own words. Raises FetchError."""
    errors = importlib.import_module("obstore.exceptions")
    try:
        yield
    except FileNotFoundError:
        raise FetchError(
            f"there is no such bucket or file in {address.variable}", "Correct `path`, or the URL."
        ) from None
    except (errors.PermissionDeniedError, errors.UnauthenticatedError):
        raise FetchError(
            f"the bucket in {address.variable} may not be read with these keys",
            "Check the keys in the environment (such as AWS_ACCESS_KEY_ID), and their rights.",
        ) from None
    except (errors.BaseError, OSError, ValueError, RuntimeError):
        raise FetchError(
            f"the bucket in {address.variable} does not answer, or its URL is not one",
            "Check the URL, such as s3://name?region=eu-west-2, and that this machine may connect.",
        ) from None

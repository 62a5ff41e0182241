"""Files of text, unpacked and decoded: to be looked into, or copied for an engine that cannot read them itself."""

from __future__ import annotations

import importlib
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TextIO, cast

from ...model.source import Source
from .interface import SourceError

MAX_UNPACKED = 4 * 1024**3
"""A file that is larger once it is unpacked is not copied: it may be made to fill the disk."""
MAX_DOCUMENT = 1024**3
"""Longer documents are not taken into memory."""
BLOCK = 1 << 20
_OF_THE_ENGINE = ("utf-8", "latin-1")
"""Encodings that the engine reads itself, as they are meant."""
_MARKS = ("\N{BYTE ORDER MARK}".encode(), b"\xff\xfe", b"\xfe\xff")
_LIKELY = "windows-1252"


@contextmanager
def opened(path: Path, name: str, source: Source) -> Iterator[TextIO]:
    """A file's text, unpacked and decoded; a mark of its encoding is no part of it.

    Raises SourceError where it is not what it should be, also while it is read.
    """
    encoding = {"utf-8": "utf-8-sig"}.get(source.encoding, source.encoding)
    try:
        with unpacked(path, name) as stream, io.TextIOWrapper(stream, encoding=encoding, newline="") as text:
            yield text
    except UnicodeError:  # utf-16 without its mark is one, and no UnicodeDecodeError
        raise misencoded(name, source, is_wide=_is_wide(path)) from None


def _is_wide(path: Path) -> bool:
    """Whether a file begins with the mark of UTF-16."""
    with path.open("rb") as stream:
        return stream.read(2) in _MARKS


@contextmanager
def unpacked(path: Path, name: str) -> Iterator[IO[bytes]]:
    """A file's bytes, unpacked. Raises SourceError where it is not what it should be, also while it is read."""
    damaged = SourceError(f"{name} cannot be unpacked: it is damaged or incomplete", "Export it again.")
    try:
        with _unpacked(path, name) as stream:
            yield stream
    except (EOFError, zlib.error):
        raise damaged from None
    except OSError as error:
        if error.errno is None:  # of a library that unpacks
            raise damaged from None
        raise unreachable(name, error) from None
    except Exception as error:
        if type(error).__name__ != "ZstdError":
            raise
        raise damaged from None


def _unpacked(path: Path, name: str) -> IO[bytes]:
    """A file's bytes as they are unpacked. Raises OSError, SourceError."""
    packed = path.suffix.lower()
    if packed == ".gz":
        import gzip  # noqa: PLC0415 - few files are packed

        return cast(IO[bytes], gzip.open(path, "rb"))
    return _zstd_opened(path, name) if packed == ".zst" else path.open("rb")


def _zstd_opened(path: Path, name: str) -> IO[bytes]:
    """Raises OSError; SourceError where this Python cannot unpack it."""
    module = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
    try:
        zstd = importlib.import_module(module)
    except ImportError:
        raise SourceError(
            f"{name} is packed with Zstandard, which this installation cannot unpack",
            "Install it: `pip install 'kpi-framework[zst]'`; or unpack the file, or pack it with gzip.",
        ) from None
    file: IO[bytes] = zstd.open(path, "rb")
    return file


def is_plain(source: Source) -> bool:
    """Whether an engine reads such text itself."""
    return source.encoding in _OF_THE_ENGINE


def is_marked(path: Path, name: str, source: Source) -> bool:
    """Whether a file begins with the mark of an encoding. Raises SourceError."""
    with opened(path, name, source) as text:
        return text.buffer.read(3).startswith(_MARKS)


def copy(path: Path, name: str, source: Source, target: Path, skip: int = 0) -> None:
    """Write a file's text anew, in UTF-8 and unpacked, without its first lines. Raises SourceError, OSError."""
    size = 0
    with opened(path, name, source) as text, target.open("w", encoding="utf-8", newline="") as plain:
        for _ in range(skip):
            text.readline()
        while block := text.read(BLOCK):
            size += plain.write(block)
            if size > MAX_UNPACKED:
                raise too_large(name)


def too_large(name: str, most: int = MAX_UNPACKED) -> SourceError:
    """A file that is not unpacked to its end."""
    return SourceError(f"{name} has more than {most // 1024**3} GiB once it is unpacked", "Export it in several files.")


def unreachable(name: str, error: OSError) -> SourceError:
    """A file that the system does not let us read, or a copy that it does not let us write."""
    return SourceError(f"{name} cannot be read: {error.strerror or type(error).__name__}")


def misencoded(names: str, source: Source, *, is_wide: bool = False) -> SourceError:
    """Files that are not encoded as their source says."""
    other = "utf-16" if is_wide else "latin-1" if source.encoding == _LIKELY else _LIKELY
    return SourceError(
        f"{names} is not encoded in {source.encoding}", f"Set its encoding: `source: {{encoding: {other}}}`."
    )


_SIGNATURES = (
    (b"PK\x03\x04", "xlsx", "an Excel workbook or a zip archive", "Write `format: xlsx`; or unpack it."),
    (b"PAR1", "parquet", "a Parquet file", "Write `format: parquet`."),
    (b"\xd0\xcf\x11\xe0", "", "a protected or old Excel workbook", "Save it as .xlsx without a password, or as CSV."),
    (b"\x1f\x8b", "", "packed with gzip", "Let its name end in .gz, or unpack it."),
    (b"\x28\xb5\x2f\xfd", "", "packed with Zstandard", "Let its name end in .zst, or unpack it."),
    (b"%PDF", "", "a PDF document", "Export the data as CSV or Excel."),
)


def check_signature(path: Path, name: str, kind: str) -> None:
    """Refuse a file that says by its first bytes that it is something else. Raises SourceError."""
    meant = _signature(path, name)
    if meant is not None and meant[1] != kind:
        raise SourceError(f"{name} is {meant[2]}, not {kind}", meant[3])


def signature_of(path: Path, name: str) -> str | None:
    """The format that a file says by its first bytes; None of text. Raises SourceError where it is of no use."""
    meant = _signature(path, name)
    if meant is not None and not meant[1]:
        raise SourceError(f"{name} is {meant[2]}", meant[3])
    return meant[1] if meant is not None else None


def _signature(path: Path, name: str) -> tuple[bytes, str, str, str] | None:
    if path.suffix.lower() in (".gz", ".zst"):
        return None
    try:
        with path.open("rb") as stream:
            first = stream.read(8)
    except OSError as error:
        raise unreachable(name, error) from None
    return next((signature for signature in _SIGNATURES if first.startswith(signature[0])), None)

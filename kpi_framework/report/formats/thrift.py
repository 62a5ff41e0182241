"""Thrift's compact form, as far as Parquet's descriptions need it: structures, lists, whole numbers and texts.

https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

_SHORT_LIST = 15


class ThriftType(IntEnum):
    """How a field's value is written."""

    I32 = 5
    I64 = 6
    BINARY = 8
    LIST = 9
    STRUCT = 12


Field = tuple[int, ThriftType, bytes]
"""A field's number, its type, and its value, written already."""


def structure(*fields: Field) -> bytes:
    """Fields in the order of their numbers, which may be at most 15 apart."""
    before, parts = 0, []
    for number, kind, value in fields:
        parts += [bytes([(number - before) << 4 | kind]), value]
        before = number
    return b"".join(parts) + b"\0"


def i32(number: int, value: int) -> Field:
    """A field with a number of 32 bits."""
    return number, ThriftType.I32, whole(value)


def i64(number: int, value: int) -> Field:
    """A field with a number of 64 bits."""
    return number, ThriftType.I64, whole(value)


def text(number: int, value: str) -> Field:
    """A field with a text."""
    return number, ThriftType.BINARY, binary(value)


def nested(number: int, value: bytes) -> Field:
    """A field with a structure."""
    return number, ThriftType.STRUCT, value


def listing(number: int, kind: ThriftType, values: Sequence[bytes]) -> Field:
    """A field with a list of values of one type."""
    size = len(values)
    head = bytes([size << 4 | kind]) if size < _SHORT_LIST else bytes([0xF0 | kind]) + varint(size)
    return number, ThriftType.LIST, head + b"".join(values)


def binary(value: str) -> bytes:
    """A text behind its length."""
    encoded = value.encode()
    return varint(len(encoded)) + encoded


def whole(value: int) -> bytes:
    """A signed number: small ones are short, whatever their sign."""
    return varint(value << 1 if value >= 0 else (-value << 1) - 1)


def varint(value: int) -> bytes:
    """A number that is not negative, seven bits a byte, the lowest first."""
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)

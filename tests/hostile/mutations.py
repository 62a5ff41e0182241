"""One mutation of one file of a project: its bytes, lines, values, keys, types, name or size; or a link for it."""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any, Protocol

import yaml
from tests.hostile import nasty

Bytes = bytes
Way = Callable[[Random, bytes], tuple[bytes, str]]
_SHOWN = 120


def mutated(random: Random, path: Path) -> tuple[str, str]:
    """Spoil the file in its place; the kind of what was done, and what it was."""
    if random.random() < 0.08:
        return "link", linked(random, path)
    if random.random() < 0.04 and path.suffix == ".yaml":
        return "name", renamed(random, path)
    ways = WAYS.get(path.suffix, PLAIN)
    kind = random.choice([*ways])
    try:
        content, what = ways[kind](random, path.read_bytes())
    except (ValueError, yaml.YAMLError, IndexError):  # nothing of this kind is there to spoil
        kind = "bytes"
        content, what = flipped(random, path.read_bytes())
    path.write_bytes(content)
    return kind, what


# bytes and lines


def flipped(random: Random, content: bytes) -> tuple[bytes, str]:
    """Bytes changed, cut off, taken out, doubled or put in."""
    at = random.randrange(len(content) + 1)
    to = min(len(content), at + random.choice((1, 1, 4, 40, 400)))
    piece = random.choice(nasty.BYTES)
    changed = bytes(byte ^ (1 << random.randrange(8)) for byte in content[at : at + 1])
    ways: dict[str, bytes] = {
        f"a bit of byte {at} flipped": content[:at] + changed + content[at + 1 :],
        f"cut at byte {at}": content[:at],
        f"bytes {at} to {to} taken out": content[:at] + content[to:],
        f"bytes {at} to {to} doubled": content[:to] + content[at:to] * random.choice((1, 1, 200)) + content[to:],
        f"{piece!r} put in at byte {at}": content[:at] + piece + content[at:],
        f"byte {at} replaced by {piece!r}": content[:at] + piece + content[at + 1 :],
        "emptied": b"",
        f"random bytes from byte {at}": content[:at] + random.randbytes(40) + content[to:],
    }  # fmt: skip
    what = random.choice([*ways])
    return ways[what], what


def shuffled(random: Random, content: bytes) -> tuple[bytes, str]:
    """Lines swapped, doubled, taken out, indented, joined."""
    lines = content.splitlines(keepends=True) or [b""]
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    what = random.choice(("swapped", "doubled", "taken out", "indented", "joined", "many times", "cut"))
    line = lines[one]
    match what:
        case "swapped":
            lines[one], lines[other] = lines[other], line
        case "doubled":
            lines.insert(other, line)
        case "taken out":
            del lines[one]
        case "indented":
            lines[one] = random.choice((b"  ", b"\t", b" ", b"      ")) + line
        case "joined":
            lines[one] = line.rstrip(b"\r\n")
        case "many times":
            lines[one] = line * 5000
        case "cut":
            lines[one] = line[: random.randrange(len(line) + 1)]
    return b"".join(lines), f"line {one + 1} {what} ({other + 1})"


def blown_up(random: Random, content: bytes) -> tuple[bytes, str]:
    """A megabyte more, in one of the forms that a reader may take long for."""
    ways: dict[str, bytes] = {
        "80,000 unknown keys": content + b"".join(b"key_%d: 1\n" % n for n in range(80_000)),
        "a value of a megabyte": content + b"description: " + nasty.LONG.encode() + b"\n",
        "10,000 nested lists": content + b"x: " + b"[" * 10_000 + b"\n",
        "a comment of a megabyte": content + b"# " + nasty.LONG.encode() + b"\n",
        "100,000 blank lines": b"\n" * 100_000 + content,
        "20,000 documents": content + b"---\na: 1\n" * 20_000,
        "5,000 ignores": content + b"# kpi: ignore[unguarded] so it is\n" * 5000,
        "a key of 100,000 characters": content + b"k" * 100_000 + b": 1\n",
        "1,000 levels": content + b"".join(b" " * n + b"a:\n" for n in range(1000)),
    }  # fmt: skip
    what = random.choice([*ways])
    return ways[what], what


# YAML


def value_replaced(random: Random, content: bytes) -> tuple[bytes, str]:
    """A plain value replaced by a nasty text, quoted so that it stands for itself."""
    text = content.decode()
    start, end, _ = random.choice([s for s in _scalars(text) if not s[2]])
    kindred = nasty.kindred(text[start:end].strip("\"'"))
    value = random.choice(random.choice((kindred, kindred, nasty.QUOTED)))
    return _put(text, start, end, json.dumps(value, ensure_ascii=False))


def raw_replaced(random: Random, content: bytes) -> tuple[bytes, str]:
    """A plain value replaced by a piece of YAML: another type, an anchor, a tag, what is not closed."""
    text = content.decode()
    start, end, _ = random.choice([s for s in _scalars(text) if not s[2]])
    return _put(text, start, end, random.choice(nasty.RAW))


def key_renamed(random: Random, content: bytes) -> tuple[bytes, str]:
    """A key replaced by another word."""
    text = content.decode()
    start, end, _ = random.choice([s for s in _scalars(text) if s[2]])
    words = (*nasty.KEYS, text[start:end].upper(), text[start:end][:-1], text[start:end] + "s")
    return _put(text, start, end, json.dumps(random.choice(words), ensure_ascii=False))


def node_replaced(random: Random, content: bytes) -> tuple[bytes, str]:
    """A whole mapping or list replaced, or a value by one that stands elsewhere in the file."""
    text = content.decode()
    start, end = random.choice([*_collections(text)])
    others = [text[s:e] for s, e, is_key in _scalars(text) if not is_key]
    return _put(text, start, end, random.choice((random.choice(nasty.RAW), random.choice(others))))


def _put(text: str, start: int, end: int, piece: str) -> tuple[bytes, str]:
    line = text.count("\n", 0, start) + 1
    shown = piece if len(piece) <= _SHOWN else f"{piece[:_SHOWN]}… ({len(piece):,} characters)"
    spoiled = text[:start] + piece + text[end:]
    return spoiled.encode("utf-8", "surrogatepass"), f"line {line}: {text[start:end][:_SHOWN]!r} became {shown!r}"


def _scalars(text: str) -> Iterator[tuple[int, int, bool]]:
    """Where each plain value begins and ends, and whether it is a key."""
    inside: list[list[bool]] = []
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        is_key = bool(inside) and inside[-1][0] and inside[-1][1]
        if isinstance(event, yaml.ScalarEvent):
            yield _at(event.start_mark), _at(event.end_mark), is_key
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and inside:
            inside[-1][1] = not inside[-1][1]
        if isinstance(event, yaml.CollectionStartEvent):
            inside.append([isinstance(event, yaml.MappingStartEvent), True])
        elif isinstance(event, yaml.CollectionEndEvent):
            inside.pop()


def _collections(text: str) -> Iterator[tuple[int, int]]:
    """Where each mapping and list in brackets begins and ends."""
    starts: list[int] = []
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            starts.append(_at(event.start_mark) if event.flow_style else -1)
        elif isinstance(event, yaml.CollectionEndEvent) and (start := starts.pop()) >= 0:
            yield start, _at(event.end_mark)


class _Mark(Protocol):
    index: int


def _at(mark: _Mark | None) -> int:
    """Where a mark stands."""
    assert mark is not None, "a text that was parsed has its marks"
    return mark.index


# JSON


def json_replaced(random: Random, content: bytes) -> tuple[bytes, str]:
    """A value, a key or an element of a JSON text, or of one of its lines, replaced, taken out or doubled."""
    lines = content.decode().splitlines(keepends=True) if content.startswith(b'{"') else [content.decode()]
    at = random.randrange(len(lines))
    document = json.loads(lines[at])
    holder, key = random.choice([*_slots(document)])
    what = random.choice(("replaced", "replaced", "replaced", "taken out", "renamed", "text"))
    value = random.choice(nasty.JSON_VALUES)
    shown = f"{key!r} {what}: {str(value)[:_SHOWN]!r}"
    mark = "zq-replaced"
    holder[key] = mark if what == "text" else value
    if what == "taken out":
        del holder[key]
    elif what == "renamed" and isinstance(holder, dict):
        holder[random.choice(nasty.KEYS)] = holder.pop(key)
    compact = {"sort_keys": True, "separators": (",", ":"), "ensure_ascii": False} if len(lines) > 1 else {"indent": 2}
    text = json.dumps(document, **compact)
    if what == "text":
        piece = random.choice(nasty.JSON_TEXTS)
        text, shown = text.replace(f'"{mark}"', piece, 1), f"{key!r} became {piece[:_SHOWN]!r}"
    lines[at] = text + "\n"
    return "".join(lines).encode("utf-8", "surrogatepass"), f"line {at + 1}: {shown}"


def _slots(document: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a document that holds a value."""
    keys = [*document] if isinstance(document, dict) else [*range(len(document))] if isinstance(document, list) else []
    for key in keys:
        yield document, key
        yield from _slots(document[key])


# tables


def cell_replaced(random: Random, content: bytes) -> tuple[bytes, str]:
    """A cell of a table replaced; the first line's are the header's."""
    lines = content.decode().splitlines()
    at = random.choice((0, random.randrange(len(lines)), random.randrange(len(lines))))
    cells = re.split(r"([,;])", lines[at])
    column = random.randrange(0, len(cells), 2)
    value = random.choice(nasty.CELLS)
    cells[column] = value
    lines[at] = "".join(cells)
    return ("\n".join(lines) + "\n").encode(
        "utf-8", "surrogatepass"
    ), f"line {at + 1}, cell {column // 2 + 1}: {value[:_SHOWN]!r}"


def table_bent(random: Random, content: bytes) -> tuple[bytes, str]:
    """Columns and rows too many, too few, or none."""
    lines = content.decode().splitlines()
    many = ",".join(f"column {n}" for n in range(100_000))
    ways: dict[str, list[str]] = {
        "a header alone": lines[:1], "no header": lines[1:], "100,000 columns": [f"{lines[0]},{many}", *lines[1:]],
        "a header twice": [lines[0], *lines], "equal names": [f"{line},{line}" for line in lines],
        "a cell too many": [*lines[:5], lines[5] + ",x", *lines[6:]],
        "a cell too few": [*lines[:5], lines[5][:6], *lines[6:]],
        "a quote never closed": [*lines[:5], '"' + lines[5], *lines[6:]], "every row twice": [*lines, *lines[1:]],
        "an empty header": ["," * lines[0].count(","), *lines[1:]],
        "blank lines": [cell for line in lines for cell in (line, "")],
        "other separators": [line.replace(",", "\t").replace(";", "|") for line in lines],
    }  # fmt: skip
    what = random.choice([*ways])
    ending = random.choice(("\n", "\n", "\r\n", "\r"))
    coding = random.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16"))
    return (ending.join(ways[what]) + ending).encode(coding), f"{what}, as {coding} with {ending!r}"


# what stands in a file's place


def linked(random: Random, path: Path) -> str:
    """A link, a folder, a pipe or a socket in the place of the file, or of the folder it lies in."""
    outside = next(folder / "outside" for folder in path.parents if (folder / "outside").is_dir())
    is_deep = path.parent.parent != outside.parent
    victim = path.parent if is_deep and random.random() < 0.25 else path
    moved = victim.with_name(f"{victim.name}.moved")
    victim.rename(moved)
    secret = outside / ("secret" + {".yaml": ".yaml", ".json": ".json", ".csv": ".csv"}.get(path.suffix, ".txt"))
    targets = {
        "a link to a file outside": secret, "a link to a folder outside": outside, "a link to itself": victim,
        "a link to nothing": outside / "nothing", "a link to the moved one": moved,
        "a link to the disk's top": Path("/"), "a link to the project": victim.parent,
    }  # fmt: skip
    what = random.choice((*targets, "a folder", "a pipe", "a socket"))
    if what in targets:
        victim.symlink_to(targets[what])
    elif what == "a folder":
        victim.mkdir()
    elif what == "a pipe":
        os.mkfifo(victim)
    else:
        _socket(victim)
    return f"{victim.name} is {what}"


def _socket(path: Path) -> None:
    before = Path.cwd()
    os.chdir(path.parent)  # a socket's path may not be long
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path.name)
    finally:
        os.chdir(before)


def renamed(random: Random, path: Path) -> str:
    """The file under another name."""
    name = random.choice(nasty.NAMES)
    path.rename(path.with_name(name))
    return f"{path.name} renamed to {name!r}"


YAML: dict[str, Way] = {
    "bytes": flipped, "lines": shuffled, "value": value_replaced, "raw": raw_replaced, "key": key_renamed,
    "node": node_replaced, "another value": value_replaced, "a value again": value_replaced, "size": blown_up,
}  # fmt: skip
JSON: dict[str, Way] = {"bytes": flipped, "lines": shuffled, "value": json_replaced, "another value": json_replaced}
TABLE: dict[str, Way] = {"bytes": flipped, "lines": shuffled, "cell": cell_replaced, "shape": table_bent}
PLAIN: dict[str, Way] = {"bytes": flipped, "lines": shuffled}
WAYS = {".yaml": YAML, ".json": JSON, ".jsonl": JSON, ".csv": TABLE}
"""How the files of an ending are spoiled; all others by their bytes and lines."""

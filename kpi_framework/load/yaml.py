"""YAML text → plain values and their places. The parser gives events; what they mean is decided here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from yaml import YAMLError
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from ..model.catalog import Ignore, Located, Path
from ..model.diagnostic import Diagnostic, Span
from ..model.quoting import shown
from ..model.record import Record
from ..model.rule import RULES
from .events import Events, end, is_bare, start
from .guard import refused, without_mark
from .ignores import Extent, ignores_of
from .resolve import NotANumberError, Scalar, resolve
from .yaml_errors import broken
from .yaml_pitfalls import Pitfall, bare, cut, foreign

MAX_DEPTH = 50
MAX_FINDINGS = 25

Plain = Scalar | list["Plain"] | dict[str, "Plain"]
"""What a YAML file can hold."""


class Places(Mapping[Path, Span]):
    """The places of a file, by path. Spans are made when somebody asks: a thousand files have 100,000."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.marks: dict[Path, tuple[int, int]] = {}

    def __getitem__(self, path: Path) -> Span:
        """The place of a path."""
        return Span(self.path, *self.marks[path])

    def __contains__(self, path: object) -> bool:
        """Whether the path stands somewhere."""
        return path in self.marks

    def __iter__(self) -> Iterator[Path]:
        """The paths, in the order of the file."""
        return iter(self.marks)

    def __len__(self) -> int:
        """How many places there are."""
        return len(self.marks)


class Document(Record):
    """One YAML file: its plain values, their places, its comments to the linter and what is wrong with it."""

    value: Plain
    at: Located
    ignores: tuple[Ignore, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    is_whole: bool = True
    """False where the text could not be read to its end: the value is a part, or nothing."""


def read_yaml(path: str, text: str) -> Document:
    """Read one file. Whatever the text is, the answer is values and findings, never an exception."""
    text = without_mark(text)
    if finding := refused(path, text):
        return Document(None, Located(path), (), (finding,), is_whole=False)
    reader = _Reader(path, text)
    value, is_whole = reader.document()
    ignores, faulty = ignores_of(path, text, reader.extents)
    findings = tuple(sorted((*reader.findings, *faulty), key=lambda f: f.sort_key))
    return Document(value, Located(path, reader.keys, reader.values), ignores, findings, is_whole)


class _EnoughError(Exception):
    """Too deep, or too many findings: nothing a person wrote, or nothing a person wants to read on."""


@dataclass
class _Reader:
    """Walks the events of one text and keeps the place of every key and value."""

    path: str
    text: str
    findings: list[Diagnostic] = field(default_factory=list)
    extents: list[Extent] = field(default_factory=list)
    flow: int = 0
    comma_line: int = -1
    """The last line with a stray comma: its correction holds for all of them."""

    def __post_init__(self) -> None:
        self.next = Events(self.text).next
        self.has_hash = "#" in self.text
        self.keys, self.values = Places(self.path), Places(self.path)

    def document(self) -> tuple[Plain, bool]:
        """The file's one document, and whether it was read to its end."""
        try:
            return self._only_document(), True
        except _EnoughError:
            return None, False
        except YAMLError as error:
            finding = broken(self.path, self.text, error)
            # The author's slip was found before the parser stumbled over what it did.
            if not any(0 <= finding.span.line - f.span.line <= 1 for f in self.findings):
                self.findings.append(finding)
            return None, False

    def _only_document(self) -> Plain:
        event = self.next()
        while not isinstance(event, DocumentStartEvent):
            if isinstance(event, StreamEndEvent):
                return None
            event = self.next()
        value = self._value(self.next(), (), 1)
        self.next()
        another = self.next()
        if isinstance(another, DocumentStartEvent):
            hint = "Put everything after the `---` into a separate file."
            self._finding("yaml-syntax", another, "a second YAML document begins here", hint)
        return value

    # nodes

    def _value(self, event: Event, path: Path, depth: int) -> Plain:
        self._no_reference(event)
        if isinstance(event, ScalarEvent):
            return self._scalar(event, path)
        if isinstance(event, CollectionStartEvent):
            return self._collection(event, path, depth)
        return None

    def _no_reference(self, event: Event) -> None:
        """An alias, an anchor and a tag are findings."""
        if isinstance(event, AliasEvent):
            self._slip(event, foreign(self.text, event, "an alias (`*name`)"))
        elif isinstance(event, NodeEvent) and event.anchor is not None:
            self._slip(event, foreign(self.text, event, "an anchor (`&name`)"))
        elif isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag:
            self._slip(event, foreign(self.text, event, "a tag (`!name`)"))

    def _collection(self, event: CollectionStartEvent, path: Path, depth: int) -> Plain:
        self.values.marks[path] = _place(event)
        if depth > MAX_DEPTH:
            message = f"the file has more than {MAX_DEPTH} nested levels"
            self._finding("yaml-syntax", event, message, "Use fewer levels.")
            raise _EnoughError
        self.flow += bool(event.flow_style)
        is_mapping = isinstance(event, MappingStartEvent)
        value = self._mapping(path, depth + 1) if is_mapping else self._sequence(path, depth + 1)
        self.flow -= bool(event.flow_style)
        return value

    def _sequence(self, path: Path, depth: int) -> Plain:
        values: list[Plain] = []
        while not isinstance(event := self.next(), SequenceEndEvent):
            place = (*path, len(values))
            self.keys.marks[place] = _place(event)
            values.append(self._value(event, place, depth))
        return values

    def _mapping(self, path: Path, depth: int) -> Plain:
        values: dict[str, Plain] = {}
        last: Event | None = None
        while not isinstance(event := self.next(), MappingEndEvent):
            name = self._key(event, path, depth)
            value = self.next()
            if not self._stands_alone(event, value, last):
                self._pair(values, event, value, (*path, name), depth)
                last = value
        return values

    def _stands_alone(self, key: Event, value: Event, last: Event | None) -> bool:
        """A key of a flow mapping without a colon is a piece of the value before it."""
        if not self.flow or not isinstance(key, ScalarEvent) or not isinstance(value, ScalarEvent):
            return False
        if not is_bare(self.text, value):
            return False
        if (line := start(key).line) != self.comma_line:
            self.comma_line = line
            self._slip(key, bare(self.text, key, last if isinstance(last, ScalarEvent) else None))
        return True

    def _pair(self, mapping: dict[str, Plain], key: Event, value: Event, place: Path, depth: int) -> None:
        """duplicate-key-in-yaml: a mapping has the same key twice. The first one counts."""
        if place not in self.keys.marks:
            self.keys.marks[place] = _place(key)
            mapping[str(place[-1])] = self._value(value, place, depth)
            return
        self._value(value, (*place, "?"), depth)
        message = f"{shown(str(place[-1]))} appears twice; the first is on line {self.keys.marks[place][0]}"
        self._finding("duplicate-key-in-yaml", key, message)

    def _key(self, event: Event, path: Path, depth: int) -> str:
        """A key is text, whatever it looks like: `1`, `true` and `null` name data."""
        hint = "Write it as `name: value`."
        if not isinstance(event, ScalarEvent):
            self._finding("yaml-syntax", event, "a name must be text, not a list, a mapping or an alias", hint)
            if isinstance(event, CollectionStartEvent):
                self._value(event, (*path, "?"), depth)
            return f"?{start(event).index}"
        self._no_reference(event)
        if not event.value and not event.style:
            self._finding("yaml-syntax", event, "the name before the colon is missing", hint)
        return self._without_nul(event)

    # scalars

    def _scalar(self, event: ScalarEvent, path: Path) -> Scalar:
        if event.style:
            return self._quoted(event, path)
        self.values.marks[path] = _place(event)
        if self.has_hash and (slip := cut(self.text, event, self.flow > 0)):
            self._slip(event, slip)
        try:
            return resolve(event.value)
        except NotANumberError as error:
            self._finding("wrong-type", event, str(error), "Put it in quotes if it is text.")
            return None

    def _quoted(self, event: ScalarEvent, path: Path) -> str:
        """A text in quotes or a block; its place is where the text itself begins."""
        line, column = _place(event)
        self.values.marks[path] = (line, column + 1)
        if event.style in ("|", ">"):
            self.values.marks[path] = self._block(start(event).index, end(event).index, line)
        else:
            self.extents.append(Extent(start(event).index, end(event).index))
        return self._without_nul(event)

    def _block(self, begin: int, stop: int, header: int) -> tuple[int, int]:
        """The first line of a block's text."""
        body = self.text.find("\n", begin) + 1
        for number, line in enumerate(self.text[body:stop].split("\n") if body else (), 1):
            if line.strip():
                indent = len(line) - len(line.lstrip(" "))
                self.extents.append(Extent(body, stop, indent))
                return header + number, indent + 1
        return header, 1

    def _without_nul(self, event: ScalarEvent) -> str:
        value: str = event.value
        if "\0" in value:
            self._finding("yaml-syntax", event, "the text contains a NUL character", "Remove the `\\0`.")
        return value.replace("\0", "")

    # findings

    def _slip(self, event: Event, slip: Pitfall) -> None:
        self._finding("yaml-syntax", event, *slip)

    def _finding(self, rule: str, event: Event, message: str, hint: str = "") -> None:
        self.findings.append(RULES[rule].finding(Span(self.path, *_place(event)), message, hint))
        if len(self.findings) >= MAX_FINDINGS:
            raise _EnoughError


def _place(event: Event) -> tuple[int, int]:
    """Line and column of an event, counted from 1."""
    mark = start(event)
    return mark.line + 1, mark.column + 1

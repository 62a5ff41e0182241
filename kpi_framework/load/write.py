"""Plain values → YAML text that this room reads back as the same values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml
from yaml.emitter import ScalarAnalysis

from ..model.base import Model
from ..model.catalog import Path
from .guard import hides
from .resolve import NotANumberError, resolve
from .yaml import read_yaml

_TAGS = {bool: "bool", int: "int", float: "float", type(None): "null", str: "str"}
_WIDTH = 110
_FLOW = frozenset(",[]{}?")


class _Dumper(yaml.SafeDumper):
    """Writes scalars by the core schema of YAML 1.2, so that dates stay plain and `true` is quoted where it is text."""

    def resolve(self, kind: type[yaml.Node], value: str, implicit: tuple[bool, bool]) -> str:
        """The tag that a reader will give a plain scalar."""
        if kind is yaml.ScalarNode and implicit[0]:
            return f"tag:yaml.org,2002:{_tag(value)}"
        return str(super().resolve(kind, value, implicit))  # type: ignore[no-untyped-call]

    def analyze_scalar(self, scalar: str) -> ScalarAnalysis:
        """Times such as `10:25` are plain text in a flow mapping too: a colon ends a key only beside its end."""
        analysis: ScalarAnalysis = super().analyze_scalar(scalar)
        inside = scalar.strip(":") == scalar and not set(scalar) & _FLOW
        analysis.allow_flow_plain |= analysis.allow_block_plain and inside
        if hides(scalar):
            # Only between double quotes can a character be spelled out.
            analysis.allow_flow_plain = analysis.allow_block_plain = analysis.allow_single_quoted = (
                analysis.allow_block
            ) = False
        return analysis

    def write_double_quoted(self, text: str, split: bool = True) -> None:
        """What cannot be seen is spelled out: the reader takes it in no other way."""
        self.allow_unicode = not hides(text)
        super().write_double_quoted(text, split)
        self.allow_unicode = True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent lists inside mappings."""
        super().increase_indent(flow, False)


def _tag(plain: str) -> str:
    try:
        return _TAGS[type(resolve(plain))]
    except NotANumberError:
        return "float"  # no number that is read, and so no plain text either


def as_yaml(values: Mapping[str, Any], comment: str = "") -> str:
    """The text of one file: keys in the given order, an inner list or mapping of scalars on one line."""
    body = yaml.dump(
        dict(values), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH, default_flow_style=None
    )
    return f"{comment}\n{body}" if comment else str(body)


def as_commented(values: Mapping[str, Any], comments: Mapping[Path, Sequence[str]], head: str = "") -> str:
    """The text of one file in block style, with lines of comment above the keys at these paths."""
    body = yaml.dump(
        dict(values), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH, default_flow_style=False
    )
    at = read_yaml("", str(body)).at
    above = {at.key(*path).line: (at.key(*path).column - 1, sentences) for path, sentences in comments.items()}
    lines = [head] if head else []
    for number, line in enumerate(str(body).splitlines(), 1):
        indent, sentences = above.get(number, (0, ()))
        lines += [f"{' ' * indent}# {_plain(text)}".rstrip() for text in sentences]
        lines.append(line)
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """A comment on one line, without characters that nobody sees: it may quote a file's header."""
    return "".join(c if c.isprintable() else " " for c in text)


def dumped(noun: Model) -> dict[str, Any]:
    """What a file has to say to mean this noun: the fields that were set, as plain values."""
    return noun.model_dump(mode="json", by_alias=True, exclude_unset=True)

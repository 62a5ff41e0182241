"""Plain values → YAML text that this room reads back as the same values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml
from yaml.emitter import ScalarAnalysis

from ..model.base import Model
from .resolve import resolve

_TAGS = {bool: "bool", int: "int", float: "float", type(None): "null", str: "str"}
_WIDTH = 110
_FLOW = frozenset(",[]{}?")


class _Dumper(yaml.SafeDumper):
    """Writes scalars by the core schema of YAML 1.2, so that dates stay plain and `true` is quoted where it is text."""

    def resolve(self, kind: type[yaml.Node], value: str, implicit: tuple[bool, bool]) -> str:
        """The tag that a reader will give a plain scalar."""
        if kind is yaml.ScalarNode and implicit[0]:
            return f"tag:yaml.org,2002:{_TAGS[type(resolve(value))]}"
        return str(super().resolve(kind, value, implicit))  # type: ignore[no-untyped-call]

    def analyze_scalar(self, scalar: str) -> ScalarAnalysis:
        """Times such as `10:25` are plain text in a flow mapping too: only `: ` would end a key."""
        found: ScalarAnalysis = super().analyze_scalar(scalar)
        found.allow_flow_plain |= found.allow_block_plain and not scalar.endswith(":") and not set(scalar) & _FLOW
        return found

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent lists inside mappings."""
        super().increase_indent(flow, False)


def as_yaml(values: Mapping[str, Any], comment: str = "") -> str:
    """The text of one file: keys in the given order, an inner list or mapping of scalars on one line."""
    body = yaml.dump(
        dict(values), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH, default_flow_style=None
    )
    return f"{comment}\n{body}" if comment else str(body)


def dumped(noun: Model) -> dict[str, Any]:
    """What a file has to say to mean this noun: the fields that were set, as plain values."""
    return noun.model_dump(mode="json", by_alias=True, exclude_unset=True)

"""What a part of the harness counted and found: it adds up over processes, and is printed at the end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

EXAMPLES = 3
_SHOWN = 1_500
_FRAME = re.compile(r'File "[^"]*?(kpi_framework/[^"]+|tests/hostile/[^"]+)", line \d+, in (\w+)')


@dataclass(frozen=True)
class Failure:
    """One input on which a promise broke: which, where (so that like ones are told together), and the input."""

    kind: str
    where: str
    case: str
    input: str
    evidence: str = ""

    @property
    def group(self) -> tuple[str, str]:
        """Failures with the same cause, as far as can be seen from outside."""
        return self.kind, self.where


@dataclass
class Figures:
    """How many inputs of which kind, what came of them, the exit codes, the seconds, and the failures."""

    inputs: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, other: Figures) -> None:
        """Take in what another process counted."""
        self.inputs += other.inputs
        self.outcomes += other.outcomes
        self.codes += other.codes
        self.failures += other.failures
        self.seconds += other.seconds

    def fail(self, failures: Iterable[Failure]) -> None:
        """Note failures."""
        for failure in failures:
            self.failures.append(failure)
            self.outcomes["failed"] += 1

    def plain(self) -> dict[str, Any]:
        """The figures as JSON has them."""
        return {
            "inputs": dict(self.inputs), "outcomes": dict(self.outcomes), "codes": dict(self.codes),
            "failures": [asdict(f) for f in self.failures], "seconds": self.seconds,
        }  # fmt: skip

    @classmethod
    def of(cls, plain: dict[str, Any]) -> Figures:
        """The figures that another process wrote."""
        failures = [Failure(**f) for f in plain["failures"]]
        inputs, outcomes, codes = (Counter[str](plain[name]) for name in ("inputs", "outcomes", "codes"))
        return cls(inputs, outcomes, codes, failures, plain["seconds"])


def place_of(trace: str) -> str:
    """Where a traceback ended: the kind of the error, and our innermost function."""
    frames = _FRAME.findall(trace)
    lines = [line for line in trace.strip().splitlines() if re.match(r"[A-Za-z_][\w.]*(:|$)", line)]
    error = lines[-1].partition(":")[0].rpartition(".")[2] if lines else "an error"
    return f"{error} in {frames[-1][0]}:{frames[-1][1]}" if frames else error


def table(part: str, figures: Figures) -> str:
    """The figures of a part, for a person."""
    lines = [f"{part}: {sum(figures.inputs.values()):,} inputs, {len(figures.failures):,} failures, "
             f"{figures.seconds:,.0f} s"]  # fmt: skip
    for name, counter in (("inputs", figures.inputs), ("outcomes", figures.outcomes), ("exit codes", figures.codes)):
        if counter:
            lines.append(f"  {name:<10}  " + " · ".join(f"{what} {count:,}" for what, count in sorted(counter.items())))
    return "\n".join(lines)


def grouped(failures: Iterable[Failure]) -> str:
    """The failures, those of one cause together, the smallest input of each first."""
    groups: dict[tuple[str, str], list[Failure]] = {}
    for failure in failures:
        groups.setdefault(failure.group, []).append(failure)
    blocks = []
    for (kind, where), members in sorted(groups.items(), key=lambda group: -len(group[1])):
        blocks.append(f"\n{kind}: {where} ({len(members):,} inputs)")
        for failure in sorted(members, key=lambda f: len(f.input))[:EXAMPLES]:
            blocks.append(f"  again: python -m tests.hostile {failure.case}")
            blocks.append(f"    {failure.input[:_SHOWN]!r}")
        blocks += [f"    | {line}" for line in members[0].evidence.strip().splitlines()[-12:]]
    return "\n".join(blocks)

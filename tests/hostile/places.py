"""Every place of a project that takes SQL or a name, and the small project in which a text is put there.

A case brings a definition of its own, and a dataset of its own where its text belongs to one, so that many
cases can stand in one project beside each other: `write` puts them there. All read one small table whose
`user` column names people.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.hostile import canaries

ROWS = 24
UNITS = ("count", "hours", "percent", "minutes", "score", "GBP")
PLACES = {
    "formula": "final", "where": "condition", "when": "signal", "columns": "any", "derive": "any",
    "holds": "condition", "segments": "name", "key": "name", "time": "name", "latest_by": "name", "first_by": "name",
    "open_between": "name", "spans": "name", "derived": "derived",
}  # fmt: skip
"""A place, and the kind of expression that the grammar gives for it."""
OF_DATASETS = frozenset({"columns", "derive", "holds", "key", "latest_by", "first_by"})
OF_SQL = frozenset({"formula", "where", "columns", "derive", "holds", "derived"})
"""Places whose text is an expression of the formula language alone."""
WEIGHTS = {"formula": 8, "where": 3, "when": 3, "columns": 3, "derive": 3, "holds": 2}
COLUMNS: dict[str, Any] = {
    "requester": {"from": "user", "personal": True},
    **{
        name: {"from": name, "type": kind}
        for kind, names in (
            ("integer", ("ticket_id", "touches")), ("timestamp", ("created_at", "resolved_at", "first_response_at")),
            ("boolean", ("reopened", "merged")), ("double", ("cost",)),
        )
        for name in names
    },
}  # fmt: skip


@dataclass(frozen=True)
class Placed:
    """A text in its place; `number` makes the names of its definition and dataset its own."""

    place: str
    text: str
    unit: str = "count"
    is_segment: bool = False
    """Whether a computed column is shown by its values, as a segment."""

    @property
    def is_plain(self) -> bool:
        """Whether it is one name."""
        return self.text.strip().strip('"').isidentifier()

    def definition(self, number: int) -> dict[str, Any]:
        """The file in kpis/ that has the text, or that needs what has it."""
        base = {"version": 1, "kind": "metric", "id": f"c{number}", "name": f"Case {number}", "unit": self.unit}
        if self.place == "when":
            del base["unit"]
            return {**base, "kind": "signal", "when": self.text, "asks": "Is it?", "do": "Look.", "severity": "note"}
        if self.place == "derived":
            return {**base, "formula": self.text}
        dataset = f"d{number}" if self.place in OF_DATASETS else "tickets"
        return {**base, "dataset": dataset, **self._fields()}

    def _fields(self) -> dict[str, Any]:
        match self.place:
            case "formula":
                return {"formula": self.text, "exact": False}
            case "segments":
                return {"formula": "count(*)", "segments": [self.text, "priority"]}
            case "open_between" | "spans":
                return {"formula": "count(*)", self.place: ["created_at", self.text]}
            case "columns" | "derive":
                return {"formula": "count(x)", **({"segments": ["x"]} if self.is_segment else {})}
            case "where" | "time":
                return {"formula": "count(*)", self.place: self.text}
        return {"formula": "count(*)"}

    def dataset(self) -> dict[str, Any] | None:
        """The dataset that has the text; None where it is the definition's."""
        match self.place:
            case "columns":
                return tickets(columns={**COLUMNS, "x": self.text})
            case "derive":
                return tickets(derive={"x": self.text})
            case "holds":
                return tickets(rules={"rule": {"holds": self.text, "at_least": "1%"}})
            case "key":
                return tickets(key=["ticket_id", self.text])
            case "latest_by" | "first_by" as field:
                return tickets(**{"latest_by": [], field: ["created_at", self.text]})
        return None


def tickets(**changes: Any) -> dict[str, Any]:
    """The table of tickets as a dataset of kpi.yaml."""
    return {
        "source": "data/tickets.csv", "columns": COLUMNS, "key": "ticket_id", "time": "created_at",
        "complete_through": "2026-04-02", **changes,
    }  # fmt: skip


_KPI = {
    "version": 1, "id": "kpi_1", "name": "Judged", "counts": "Tickets.", "owner": "desk@example.com", "unit": "hours",
    "dataset": "tickets", "formula": "median(hours_between(created_at, resolved_at))", "segments": ["priority"],
    "baseline": {"from": "2026-01-01", "to": "2026-02-28"}, "target": {"at_most": "4 h"},
    "review": {"cadence": "monthly", "last": "2026-03-20"}, "action": {"do": "Hire.", "owner": "lead@example.com"},
}  # fmt: skip
_METRIC = {"version": 1, "kind": "metric", "id": "kpi_2", "name": "Volume", "dataset": "tickets",
           "formula": "count(*)", "unit": "count"}  # fmt: skip
_CALENDARS = {"desk": {"hours": {"mon-fri": ["09:00-17:00"]}, "timezone": "Europe/London"}}


def begin(root: Path) -> Path:
    """A project with its data and two good definitions, and what no command may show."""
    for folder in ("data", "kpis"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "data" / "tickets.csv").write_text("\n".join(_table()) + "\n", encoding="utf-8")
    canaries.beside(root / "data")
    for definition in (_KPI, _METRIC):
        _file(root / "kpis" / f"{definition['id']}.yaml", definition)
    return root


def write(root: Path, cases: Iterable[Placed]) -> None:
    """The cases as the project's further definitions and datasets, the first with number 0."""
    datasets = {"tickets": tickets()}
    for path in (root / "kpis").glob("c*.yaml"):
        path.unlink()
    for number, case in enumerate(cases):
        _file(root / "kpis" / f"c{number}.yaml", case.definition(number))
        dataset = case.dataset()
        if dataset is not None:
            datasets[f"d{number}"] = dataset
    project = {"version": 1, "name": "A hostile desk", "timezone": "Europe/London", "as_of": "2026-04-02"}
    _file(root / "kpi.yaml", {**project, "calendars": _CALENDARS, "datasets": datasets})


def _file(path: Path, content: dict[str, Any]) -> None:
    """JSON is YAML, and says every text exactly, even one that is none."""
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")


def _table() -> Iterable[str]:
    yield "ticket_id,created_at,resolved_at,first_response_at,priority,channel,user,cost,touches,reopened,merged"
    for row in range(ROWS):
        month, day = row // 8 + 1, row % 8 * 3 + 1
        closed = f"2026-0{month}-{day:02} 1{row % 5}:30" if row % 6 else ""
        yield (
            f"{row + 1},2026-0{month}-{day:02} 09:00,{closed},2026-0{month}-{day:02} 09:2{row % 10},"
            f"{('high', 'low', '')[row % 3]},{('mail', 'phone')[row % 2]},"
            f"{canaries.WORDS['a personal value']} {row % 7},"
            f"{row * 3.25},{row % 4},{('true', 'false')[row % 2]},{'true' if row == 5 else ''}"
        )

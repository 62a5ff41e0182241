"""Lines of one commit and one instant, computed again: each holds, differs in something, or could not be compared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from ...compile.catalog import Compilation
from ...evaluate.evaluate import Evaluation
from ...model.catalog import Catalog
from ...model.could_not import CouldNot
from ...model.language import LANGUAGE, is_former, language_of
from ...model.ledger import Disproved, Published
from ...model.period import Period
from ...model.record import Record, replace
from ..project import ProjectRoot
from ..run import Options
from .lines import differences
from .moments import Moment, evaluated_at
from .provenance import days_off_of, versions


class Doubt(CouldNot):
    """A value that could not be compared for a reason that programs can tell from others."""

    because: str


Problem = Disproved | CouldNot


def again(
    options: Options, catalog: Catalog, project_root: ProjectRoot, lines: Sequence[Published],
    former: frozenset[tuple[str, int]],
) -> Iterator[tuple[Published, Problem]]:  # fmt: skip
    """What is wrong with lines of one instant, by the definitions and the data of their commit.

    `former` are the lines of an older language, up to the first of today's: whoever has published in a language does
    not go back to an older one, and a line that does is held to its hash and its value.
    """
    there = replace(options, project_root=project_root, progress=lambda _: None)
    compilation = Compilation(catalog).narrowed({line.kpi for line in lines} & catalog.definitions.keys())
    first = min(dt.date.fromisoformat(line.start) for line in lines)
    moment = evaluated_at(there, compilation, lines[0].as_of, first)
    for line in lines:
        comparison = _Comparison(line, moment, catalog, is_former=(line.ledger, line.seq) in former)
        if problem := comparison.problem():
            yield line, problem


class _Comparison(Record):
    """A line beside what its commit gives."""

    line: Published
    moment: Moment
    catalog: Catalog
    is_former: bool

    @property
    def evaluation(self) -> Evaluation:
        """What its commit gives."""
        return self.moment.evaluation

    def problem(self) -> Problem | None:
        """What is wrong with the line; None where it holds."""
        line = self.line
        if line.kpi not in self.catalog.definitions:
            return Disproved(f"its commit has no definition {line.kpi}")
        if problem := self._of_data() or self._of_definition():
            return problem
        measurement = self.moment.values.get((line.kpi, *line.key))
        if measurement is None:
            return self._told("its commit gives no such value")
        differing = differences(line, measurement)
        return self._told("; ".join(differing)) if differing else None

    def _of_data(self) -> Problem | None:
        """Whether the data are those that the line names: tracked ones are the commit's, whatever is here."""
        prints = self.line.body.get("datasets")
        if not isinstance(prints, Mapping):
            same = self.evaluation.fingerprints.get(self.line.kpi, "") == self.line.data
            return None if same else Doubt("the data of its commit are not those that it was published on", "data")
        now = self.evaluation.data.get(self.line.kpi, {})
        for name, print_ in prints.items():
            if not isinstance(print_, Mapping) or print_.get("sha256") != now.get(name):
                return self._other_data(name, print_)
        return None if prints.keys() == now.keys() else self._told("it names other datasets than its definition reads")

    def _other_data(self, name: str, print_: object) -> Problem:
        dataset = self.catalog.datasets.get(name)
        if dataset is not None and not dataset.tracked:
            return Doubt(f"the data of {name} are kept outside git, and the same files are not here", "data")
        wanted = print_.get("sha256") if isinstance(print_, Mapping) else None
        if self.evaluation.data.get(self.line.kpi, {}).get(name) is None:
            return Doubt(f"the data of {name} at its commit cannot be read here", "data")
        return Disproved(f"it names other data of {name} than its commit has ({str(wanted)[:19]}…)", is_of_data=True)

    def _of_definition(self) -> Problem | None:
        line = self.line
        hashes = self.evaluation.former_hashes if is_former(line.definition) else self.evaluation.hashes
        meaning = hashes.get(line.kpi, "")
        if not line.definition or not meaning:
            return CouldNot("its definition does not compile against the data of its commit")
        if self.is_former or meaning == line.definition:
            return None
        return self._told("its definition is not the one at its commit")

    def _told(self, what: str) -> Problem:
        """A difference; under another library, language or version it proves nothing."""
        line = self.line
        if self.is_former:
            number = language_of(line.definition)
            return Doubt(f"it was published in language {number}, and language {LANGUAGE} says: {what}", "version")
        if other := self._other_days():
            return Doubt(f"another library: `holidays` gives other days off for {other}", "library")
        recorded = line.body.get("versions")
        own = versions(self.evaluation.engine)
        others = [n for n, v in own.items() if recorded.get(n) != v] if isinstance(recorded, Mapping) else []
        if others and isinstance(recorded, Mapping):
            names = ", ".join(f"{n.replace('_', ' ')} {recorded.get(n)} (here {own[n]})" for n in others)
            return Doubt(f"another version: {names}; {what}", "version")
        return Disproved(what)

    def _other_days(self) -> str:
        """The calendars whose days off are others here than the line has; empty where there are none."""
        recorded = self.line.body.get("holidays")
        if not isinstance(recorded, Mapping):
            return ""
        period = Period(dt.date.fromisoformat(self.line.start), dt.date.fromisoformat(self.line.end))
        now = days_off_of(self.catalog.project.noun.calendars, recorded, period)
        return ", ".join(name for name in recorded if recorded[name] != now.get(name))

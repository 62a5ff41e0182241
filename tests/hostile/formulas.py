"""Formulas of every kind through every place: each is refused with a reason or means one thing, and none gets out.

In this process each text is parsed; what an accepted one renders to must mean the same. Its project is linted. A
batch of cases then stands in one project, and a real `kpi check` with a locked worker computes those that were
accepted: a value, or unknown with a reason and a finding; never a traceback, never a hidden word.
"""

from __future__ import annotations

import json
import os
import re
import signal
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from random import Random

from tests.hostile import canaries, places, seams
from tests.hostile.children import LIMIT, child, lines, start
from tests.hostile.commands import faults_of
from tests.hostile.figures import Failure, Figures, place_of
from tests.hostile.grammar import Grammar
from tests.hostile.pieces import FORBIDDEN, GOOD, NUMBERS, STRAYS, TEXTS, TIMES
from tests.hostile.spoiling import smallest, spoiled

NAME = "formulas"
SMALL, LARGE = 240, 20_000
BATCH = 40
_PIECES = (*STRAYS, *FORBIDDEN, *NUMBERS, *TEXTS, *TIMES)
_CAUSED = frozenset({"definition_error", "source_error"})
"""Reasons that a finding has to explain."""
_UNREAD = frozenset({"yaml-syntax", "wrong-type", "unknown-field", "duplicate-key-in-yaml"})
"""Findings that leave kpi.yaml unread, and with it all cases that stand beside."""


@dataclass(frozen=True)
class Looked:
    """What came of one text before anything ran."""

    verdict: str
    kind: str = ""
    where: str = ""
    evidence: str = ""
    unit: str | None = None
    """The unit that lint asked for, where only the unit was wrong."""


def cases(_seed: int, _place: Path, *, large: bool) -> list[str]:
    """The numbers of the formulas."""
    return [str(number) for number in range(LARGE if large else SMALL)]


def formula(seed: int, number: str) -> tuple[str, places.Placed]:
    """The way in which the formula of a number was made, and the formula in its place."""
    random = Random(f"{NAME} {seed} {number}")
    place = random.choices([*places.PLACES], [places.WEIGHTS.get(place, 1) for place in places.PLACES])[0]
    way = random.choice(("grammar", "mutation"))
    grammar = Grammar(random)
    if way == "grammar":
        text = grammar.expression(places.PLACES[place])
    else:
        good = random.choice(GOOD) if random.random() < 0.7 else grammar.expression(places.PLACES[place])
        text = spoiled(random, good, _PIECES)
    placed = places.Placed(place, text, random.choice(places.UNITS))
    # Who maps a personal column a second time by its name has said so in the open; nobody else's values are shown.
    return way, replace(placed, is_segment=not placed.is_plain and random.random() < 0.5)


def run(names: Sequence[str], seed: int, place: Path) -> Figures:
    """Try the formulas of these numbers."""
    figures = Figures()
    canaries.outside(place / "outside")
    root = places.begin(place / "project")
    for first in range(0, len(names), BATCH):
        batch = {name: formula(seed, name) for name in names[first : first + BATCH]}
        _try(figures, root, batch, seed)
    return figures


def _try(figures: Figures, root: Path, batch: dict[str, tuple[str, places.Placed]], seed: int) -> None:
    for way, case in batch.values():
        figures.inputs[f"{way} in {case.place}"] += 1
    looked = dict(_looked_at(root, {name: case for name, (_, case) in batch.items()}))
    for name, result in looked.items():
        figures.outcomes[result.verdict] += 1
        if result.kind:
            figures.fail([_failure(result, name, seed, batch[name][1], _smallest(root, batch[name][1], result))])
    sound = {
        name: replace(batch[name][1], unit=result.unit or batch[name][1].unit)
        for name, result in looked.items()
        if result.verdict in ("refused", "accepted")
    }
    _compute(figures, root, sound, {n for n in sound if looked[n].verdict == "accepted"}, seed)


def _smallest(root: Path, case: places.Placed, result: Looked) -> str:
    """The shortest text found that fails alike; what hangs is left as it is."""
    if result.kind not in ("traceback", "round trip", "unfinished", "leak"):
        return case.text
    return smallest(case.text, partial(_fails_like, root, case, result))


def _failure(result: Looked, name: str, seed: int, case: places.Placed, text: str = "") -> Failure:
    place = asdict(case) | {"text": text or case.text}
    return Failure(result.kind, result.where, f"{NAME}:{name} --seed {seed}", json.dumps(place), result.evidence)


# one text at a time, in this process


def _looked_at(root: Path, batch: dict[str, places.Placed]) -> Iterator[tuple[str, Looked]]:
    """What came of each text; one that hangs or ends the process costs only itself."""
    waiting = dict(batch)
    while waiting:
        for name, result in _in_one_child(root, waiting):
            del waiting[name]
            yield name, result


def _in_one_child(root: Path, batch: dict[str, places.Placed]) -> Iterator[tuple[str, Looked]]:
    """The texts up to the first that hangs or ends the process."""
    results, ours = os.pipe()
    with tempfile.TemporaryDirectory() as folder:
        work = partial(_look, root, dict(batch), ours)
        pid, alive, _ = start(work, Path(folder, "out"), Path(folder, "err"))
        os.close(ours)
        for name, line in zip(list(batch), lines(results, LIMIT), strict=False):
            if not line:
                ending = "hang" if line is None else "crash"
                yield name, Looked("parsed badly", ending, f"{ending} while it is parsed or linted")
                break
            yield name, Looked(**json.loads(line))
        os.close(alive)
        os.close(results)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _look(root: Path, batch: dict[str, places.Placed], results: int) -> None:
    """One line of JSON for each text, as soon as it is known."""
    for case in batch.values():
        line = json.dumps(asdict(_examined(root, case))) + "\n"
        os.write(results, line.encode())


def _examined(root: Path, case: places.Placed) -> Looked:
    refusal = ""
    try:
        seams.meaning(case.text)
    except seams.Refused as refused:
        refusal = str(refused)
    except Exception:  # noqa: BLE001 - whatever it is, it is what this looks for
        return Looked("parsed badly", "traceback", place_of(traceback.format_exc()), traceback.format_exc())
    if leaked := canaries.leaks(refusal):
        return Looked("parsed badly", "leak", f"{', '.join(leaked)} in a refusal", refusal)
    try:
        findings = _linted(root, case)
        unit = seams.wanted_unit(findings)
        findings = findings if unit is None else _linted(root, replace(case, unit=unit))
    except Exception:  # noqa: BLE001 - whatever it is, it is what this looks for
        return Looked("linted badly", "traceback", place_of(traceback.format_exc()), traceback.format_exc())
    text = "\n".join(f"{f.rule} {f.text}" for f in findings)
    if leaked := canaries.leaks(text):
        return Looked("linted badly", "leak", f"{', '.join(leaked)} in a finding of lint", text[:2000])
    errors = [f for f in findings if f.severity == "error"]
    if any(f.path == "kpi.yaml" and f.rule in _UNREAD for f in errors):
        return Looked("refused with kpi.yaml")
    return Looked("refused") if errors else _accepted(case, unit, refusal)


def _linted(root: Path, case: places.Placed) -> list[seams.Finding]:
    places.write(root, [case])
    return seams.lint(root)


def _accepted(case: places.Placed, unit: str | None, refusal: str) -> Looked:
    """An accepted text: it is whole, and what its tree is written as is read as the same."""
    accepted = Looked("accepted", unit=unit)
    if case.place not in places.OF_SQL or case.is_plain or not case.text.strip():
        return accepted
    if refusal:
        return Looked("taken badly", "refused", "lint takes what the parser refuses", refusal)
    if not is_whole(case.text):
        return Looked("taken badly", "unfinished", "accepted, though a bracket is not closed", case.text)
    sql = seams.rewritten(case.text)
    try:
        first, again = seams.without_added(case.text), seams.without_added(sql)
    except seams.Refused as refused:
        return Looked("taken badly", "round trip", "what is rendered is refused", f"{sql}\n{refused}")
    evidence = f"{first}\n{sql}\n{again}"
    return accepted if first == again else Looked("taken badly", "round trip", "another meaning", evidence)


def is_whole(text: str) -> bool:
    """Whether every bracket outside quotes and comments is closed."""
    bare = re.sub(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)
    return all(bare.count(opened) == bare.count(closed) for opened, closed in ("()", "[]", "{}"))


def _fails_like(root: Path, case: places.Placed, result: Looked, text: str) -> bool:
    shorter = _examined(root, replace(case, text=text))
    return (shorter.kind, shorter.where) == (result.kind, result.where)


# many texts at once, by the real command


def _compute(figures: Figures, root: Path, batch: dict[str, places.Placed], accepted: set[str], seed: int) -> None:
    """Check the project of these cases; where that goes wrong, halve it until one case stands alone."""
    names = list(batch)
    failures = _checked(figures, root, [batch[name] for name in names], accepted, names)
    if not failures:
        return
    if len(names) == 1:
        figures.fail(_failure(result, names[0], seed, batch[names[0]]) for result in failures)
        return
    before = len(figures.failures)
    for half in (names[: len(names) // 2], names[len(names) // 2 :]):
        _compute(figures, root, {name: batch[name] for name in half}, accepted & set(half), seed)
    if len(figures.failures) == before:
        together = places.Placed("together", "; ".join(batch[name].text for name in names))
        figures.fail(_failure(result, ",".join(names), seed, together) for result in failures)


def _checked(
    figures: Figures, root: Path, batch: list[places.Placed], accepted: set[str], names: list[str]
) -> list[Looked]:
    places.write(root, batch)
    ended = child(partial(seams.command, ["check", "--project", str(root), "--format", "json", "--periods", "3"]))
    figures.codes[f"check {ended.code}"] += 1
    told = faults_of(ended, "json", codes=(0, 1))
    if told:
        return [Looked("ran badly", f.kind, f.where, f.evidence) for f in told]
    card = json.loads((root / "scorecard" / "scorecard.json").read_text(encoding="utf-8"))
    paths = {d["path"] for d in card["diagnostics"]}
    for number, name in enumerate(names):
        if name in accepted:
            values = [m for m in card["measurements"] if m["kpi"] == f"c{number}"]
            known = any(m["value"] is not None for m in values)
            figures.outcomes["computed, a value" if known else "computed, no value"] += 1
            unexplained = any(m["reason"] in _CAUSED for m in values) and f"kpis/c{number}.yaml" not in paths
            if unexplained and "kpi.yaml" not in paths:
                return [Looked("ran badly", "silence", "unknown, and no finding says why", json.dumps(values[0]))]
    return []

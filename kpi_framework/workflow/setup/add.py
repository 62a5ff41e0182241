"""`kpi add`: a template, and what only the project knows, become files of its own."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ...load.library import shipped_contracts
from ...load.resolve import resolve
from ...load.templates import shipped_signals, shipped_templates
from ...load.write import as_yaml
from ...model.catalog import Catalog
from ...model.could_not import CouldNot
from ...model.diagnostic import Diagnostic, KpiError, Severity
from ...model.quantity import Quantity
from ...model.quoting import shown
from ...model.record import Record, field, replace
from ...model.template import Template
from ...model.unit import is_currency
from ..checking.lint import NOT_LINTED
from ..files import write_text
from ..project import catalog_of, columns_of, linted, load_unlinked, reporting_periods_of, settled
from ..project_files import read_files
from ..run import Options
from .catalog import datasets, signal_values, template_of

_ORDER = (
    "version", "kind", "id", "name", "description", "counts", "excludes", "asks", "family", "level", "objectives",
    "owner", "dataset", "time", "where", "formula", "unit", "period", "window", "open_between", "spans", "evidence",
    "segments", "min_sample", "min_measured", "settle", "baseline", "target", "benchmark", "review", "action",
    "read_with", "status", "examples",
)  # fmt: skip
_LIMITS = {"at_most": "at_most", "at_least": "at_least", "between": "between", "<=": "at_most", ">=": "at_least"}
_DAYS = re.compile(r"^(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})$")
_NOT_MERGED = "not coalesce(merged, false)"
MAX_BASELINE_DAYS = 60


class MissingDatasetError(KpiError):
    """The project has no dataset that a template reads."""


class Choice(Record):
    """What the person who adds it decides; None takes the template's proposal."""

    owner: str | None = None
    target: str | None = None
    near: str | None = None
    baseline: str | None = None
    dataset: str | None = None
    segments: tuple[str, ...] | None = None
    name: str | None = None
    currency: str | None = None
    is_draft: bool = False
    """Whether nobody has decided yet that it is judged: it is then a draft, and has a baseline only if one is given."""


class Proposal(Record):
    """What a person is asked, and what is taken where they have no other wish."""

    is_judged: bool
    target: str = ""
    source: str = ""
    baseline: str = ""


class Added(Record):
    """The files written, or what is wrong with what they would say; and what the person should know."""

    written: tuple[Path, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    notes: tuple[str, ...] = ()


def propose(options: Options, offer_id: str) -> Proposal:
    """The target and the baseline that the template of this id proposes. Raises KpiError."""
    if offer_id in shipped_signals():
        return Proposal(is_judged=False)
    template = template_of(offer_id)
    if template.kind == "metric":
        return Proposal(is_judged=False)
    catalog = load_unlinked(options.project_root)
    today = reporting_periods_of(catalog, options.as_of, options.now).today
    benchmark = template.kpi.get("benchmark")
    source = f"benchmark: {benchmark['source']}, {benchmark['year']}" if benchmark else "no benchmark is published"
    return Proposal(True, _target_text(template.kpi["target"]), source, _months_before(today))


def add(options: Options, offer_id: str, choice: Choice) -> Added:
    """Write kpis/<id>.yaml, and the files of the inputs that are not there yet. Raises KpiError."""
    try:
        attempt = _attempt(options, offer_id, choice)
    except MissingDatasetError as error:
        variant = _allowed_variant(options, template_of(offer_id), choice)
        raise KpiError(error.message, _advice(variant) if variant else error.hint) from None
    if not attempt.is_sound:
        return Added(findings=tuple(_with_variant(attempt.findings, options, offer_id, choice)))
    paths = [options.project_root.folder / name for name in attempt.files]
    for path, text in zip(paths, attempt.files.values(), strict=True):
        write_text(path, text)
    return Added(tuple(paths), attempt.findings, attempt.notes)


class _Attempt(Record):
    """The files that an offer would take, and what would be found in them."""

    files: Mapping[str, str]
    findings: tuple[Diagnostic, ...]
    notes: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing speaks against writing them."""
        return all(finding.severity is not Severity.ERROR for finding in self.findings)


def _attempt(options: Options, offer_id: str, choice: Choice) -> _Attempt:
    """What adding it would come to; nothing is written. Raises KpiError."""
    catalog = load_unlinked(options.project_root)
    adding = _Adding(catalog, options, choice)
    files = adding.signal(offer_id) if offer_id in shipped_signals() else adding.files(template_of(offer_id))
    there = read_files(options.project_root.folder)
    after, broken = catalog_of(replace(there, texts={**there.texts, **files}))
    assert after is not None, "kpi.yaml was read a moment ago"
    today = reporting_periods_of(after, options.as_of, options.now).today
    findings = settled(after, (*broken, *linted(after, options.project_root, today)), NOT_LINTED)
    own = tuple(f for f in findings if f.span.path in files and f.severity is not Severity.NOTE)
    return _Attempt(files, own, tuple(adding.notes))


def _with_variant(
    findings: Sequence[Diagnostic], options: Options, offer_id: str, choice: Choice
) -> Iterator[Diagnostic]:
    """The findings; where a column is lacking, with the variant that the columns allow in its place."""
    is_lacking = offer_id not in shipped_signals() and any(f.rule == "unknown-column" for f in findings)
    variant = _allowed_variant(options, template_of(offer_id), choice) if is_lacking else None
    for finding in findings:
        if variant is None or finding.rule != "unknown-column":
            yield finding
        else:
            yield replace(finding, hint=_advice(variant))


def _advice(variant: Template) -> str:
    return f"The columns allow `kpi add {variant.id}`. {variant.variant or ''}".rstrip()


def _allowed_variant(options: Options, template: Template, choice: Choice) -> Template | None:
    """The first definition of the same row of the catalogue that the project's columns allow."""
    for other in shipped_templates().values():
        if other.row == template.row and other.id != template.id and other.kind == template.kind:
            with suppress(KpiError):
                if _attempt(options, other.id, replace(choice, name=None)).is_sound:
                    return other
    return None


class _Adding(Record):
    """One run of `kpi add`: the files it will write, and what it says about them."""

    catalog: Catalog
    options: Options
    choice: Choice
    notes: list[str] = field(default_factory=list)
    values: dict[str, dict[str, Any]] = field(default_factory=dict)

    def files(self, template: Template) -> dict[str, str]:
        """Path in the project → text, for the template and the inputs that are missing."""
        new_id = self.choice.name or template.id
        if template.kind == "kpi" and not self.choice.owner:
            raise KpiError(f"`{new_id}` needs an owner", "Give --owner: a person or a team.")
        self._check_datasets(template)
        if new_id in {**self.catalog.definitions, **self.catalog.broken}:
            raise KpiError(f"the project already has a definition `{new_id}`", "Give the new one another id with --as.")
        inputs = self._inputs(template)
        texts = {}
        for name in [*inputs, new_id]:
            path = f"kpis/metrics/{name}.yaml" if self._is_input(name, new_id) else f"kpis/{name}.yaml"
            if (self.options.project_root.folder / path).exists():
                raise KpiError(f"{path} exists already", "No file is ever overwritten: choose another id with --as.")
            mine = self.choice if name == new_id else replace(self.choice, **_OF_INPUTS)
            values = self._values(template if name == new_id else template_of(name), mine)
            self.values[name] = values
            texts[path] = as_yaml(values, _schema(path))
        return texts

    def signal(self, offer_id: str) -> dict[str, str]:
        """Path in the project → text, for a signal."""
        name = self.choice.name or offer_id
        path = f"kpis/signals/{name}.yaml"
        if (self.options.project_root.folder / path).exists():
            raise KpiError(f"{path} exists already", "No file is ever overwritten: choose another id with --as.")
        owner = {"owner": self.choice.owner} if self.choice.owner else {}
        return {path: as_yaml({**signal_values(offer_id), "id": name, **owner}, _schema(path, "signal"))}

    def _is_input(self, name: str, added_id: str) -> bool:
        return name != added_id and template_of(name).kind == "metric"

    def _inputs(self, template: Template) -> list[str]:
        """The inputs that the project lacks, those of inputs first."""
        missing: dict[str, None] = {}
        for needed in template.needs:
            if needed not in self.catalog.definitions:
                missing |= dict.fromkeys([*self._inputs(template_of(needed)), needed])
        return list(missing)

    def _check_datasets(self, template: Template) -> None:
        wanted = datasets(template) if template.needs else (self._dataset(template), *datasets(template)[1:])
        lacking = [d for d in wanted if d and self.catalog.dataset(d) is None]
        if lacking:
            name = lacking[0]
            contract = shipped_contracts().get(name)
            columns = f", with the columns that `schemas/datasets/{name}.schema.json` explains" if contract else ""
            raise MissingDatasetError(
                f"kpi.yaml has no dataset `{name}`, which `{template.id}` reads",
                f"Add it under `datasets:`, for example `{name}: {{source: data/{name}.csv}}`{columns}.",
            )

    def _dataset(self, template: Template) -> str | None:
        own = template.kpi.get("dataset")
        return (self.choice.dataset or own) if own else None

    def _values(self, template: Template, choice: Choice) -> dict[str, Any]:
        """The fields of one file, in the order in which people read them."""
        values: dict[str, Any] = {"version": 1, **template.kpi}
        values["id"] = choice.name or values["id"]
        if choice.owner:
            values["owner"] = choice.owner
        if "dataset" in values:
            values["dataset"] = choice.dataset or values["dataset"]
            self._fit_to_columns(values)
        values["segments"] = self._segments(values, template, choice)
        values |= self._known(values, template)
        if is_currency(str(values["unit"])):
            values["unit"] = choice.currency or self._currency or values["unit"]
        if "target" in values:
            is_bare = self.choice.is_draft and choice.baseline is None
            baseline = {} if is_bare else {"baseline": self._baseline(choice)}
            values |= {**baseline, "target": self._target(template, choice)}
            values |= {"status": "draft"} if self.choice.is_draft else {}
        return {name: values[name] for name in _ORDER if values.get(name) not in (None, [])}

    def _fit_to_columns(self, values: dict[str, Any]) -> None:
        """Without a column `merged` there is nothing to leave out."""
        columns = self._columns(values["dataset"])
        if columns is None or "merged" in columns or _NOT_MERGED not in values.get("where", ""):
            return
        self.notes.append(f"{values['dataset']} has no column `merged`, so {values['id']} counts merged tickets, too")
        values["where"] = values["where"].removeprefix(_NOT_MERGED).removeprefix(" and ") or None
        values["examples"] = [_without_merged(e) for e in values["examples"]]

    def _columns(self, dataset: str) -> frozenset[str] | None:
        return columns_of(self.catalog, self.options.project_root, dataset)

    def _segments(self, values: Mapping[str, Any], template: Template, choice: Choice) -> list[str | list[str]]:
        """The chosen breakdowns, or those of the template's for which there are columns."""
        if choice.segments is not None:
            return [s.split(",") if "," in s else s for s in choice.segments]
        listed = list(values.get("segments", []))
        if "dataset" in values:
            columns = self._columns(values["dataset"])
            return [s for s in listed if columns is None or s in columns]
        return [s for s in listed if all(s in self._segments_of(n) for n in template.needs)]

    def _segments_of(self, kpi_id: str) -> Sequence[Any]:
        definition = self.catalog.definitions.get(kpi_id)
        return definition.noun.segments if definition else self.values.get(kpi_id, {}).get("segments", [])

    def _known(self, values: Mapping[str, Any], template: Template) -> dict[str, Any]:
        """The objectives and guards that the project has; the others are told."""
        objectives = [o for o in values.get("objectives", []) if o in self.catalog.project.noun.objectives]
        here = {*self.catalog.definitions, *self.values, *template.needs}
        guards = [g for g in values.get("read_with", []) if g in here]
        absent = [g for g in values.get("read_with", []) if g not in here]
        if absent:
            self.notes.append(
                f"{values['id']} should be read with {', '.join(absent)}: add them, then list them in `read_with`"
            )
        return {"objectives": objectives, "read_with": guards}

    @property
    def _currency(self) -> str | None:
        """The currency that the project's definitions use already."""
        units = [e.noun.unit for e in self.catalog.definitions.values()]
        return next((u for u in units if is_currency(u)), None)

    def _baseline(self, choice: Choice) -> dict[str, Any]:
        """Days, or a stated value."""
        today = reporting_periods_of(self.catalog, self.options.as_of, self.options.now).today
        text = choice.baseline or _months_before(today)
        days = _DAYS.match(text)
        if days:
            return {"from": days[1], "to": days[2]}
        return {"value": _stated(text), "source": f"stated when it was added, {today}"}

    def _target(self, template: Template, choice: Choice) -> dict[str, Any]:
        """The chosen target, or the template's; the near zone belongs to the target it was proposed with."""
        proposed: dict[str, Any] = template.kpi["target"]
        limit = next(n for n in proposed if n != "near")
        target = dict(proposed) if choice.target is None else read_target(choice.target, limit)
        if choice.near is not None:
            target["near"] = _one_or_two(choice.near, "--near")
        return target


_OF_INPUTS: dict[str, Any] = {"target": None, "near": None, "dataset": None, "segments": None, "name": None}
"""What is decided for the added one alone, not for its inputs."""


def _schema(path: str, kind: str = "kpi") -> str:
    """The line by which an editor finds the schema of a file."""
    return f"# yaml-language-server: $schema={'../' * path.count('/')}schemas/{kind}.schema.json"


def read_target(text: str, limit: str) -> dict[str, Any]:
    """`at_most 60 min`, `>= 95%`, `between 70% 79%`; a bare quantity takes the template's limit. Raises KpiError."""
    first, _, quantity = text.strip().partition(" ")
    named = _LIMITS.get(first)
    value = _one_or_two(quantity if named else text, "--target")
    limit = named or limit
    if (limit == "between") != isinstance(value, list):
        raise KpiError(
            f"--target {text} is not a target", "Write `at_most 60 min`, `at_least 95%` or `between 70%..79%`."
        )
    return {limit: value}


def _one_or_two(text: str, option: str) -> Any:  # noqa: ANN401 - a quantity of the YAML, a number or text
    low, dots, high = text.partition("..")
    return [_read(low, option), _read(high, option)] if dots else _read(text, option)


def _stated(text: str) -> Any:  # noqa: ANN401 - the same
    """A stated value, which is relative to nothing. Raises KpiError."""
    value = _read(text, "--baseline")
    if Quantity.read(value).reference:
        raise _unreadable("--baseline", f"{shown(text)} is relative, and a baseline is a value of its own")
    return value


def _read(text: str, option: str) -> Any:  # noqa: ANN401 - the same
    """A quantity as YAML has it. Raises KpiError."""
    try:
        value = resolve(text.strip())
    except ValueError as error:
        raise _unreadable(option, str(error)) from None
    if value is None or isinstance(value, bool):
        raise _unreadable(option, f"{text!r} is not a number")
    reading = Quantity.read(value).reading
    if isinstance(reading, CouldNot):
        raise _unreadable(option, reading.why)
    return value


def _unreadable(option: str, why: str) -> KpiError:
    return KpiError(f"{option}: {why}", "Write it in the KPI's unit, and a percentage with `%`.")


def _target_text(target: Mapping[str, Any]) -> str:
    """A target as `--target` takes it."""
    limit, value = next((n, v) for n, v in target.items() if n != "near")
    return f"{limit} {value[0]}..{value[1]}" if isinstance(value, list) else f"{limit} {value}"


def _months_before(today: dt.date) -> str:
    """The two whole months before the judged one if they have no more than 60 days, else the one before it.

    A month compared with itself is always on target.
    """
    judged = (today.replace(day=1) - dt.timedelta(days=1)).replace(day=1)
    end = judged - dt.timedelta(days=1)
    start = end.replace(day=1)
    earlier = (start - dt.timedelta(days=1)).replace(day=1)
    if (end - earlier).days < MAX_BASELINE_DAYS:
        start = earlier
    return f"{start}..{end}"


def _without_merged(example: Mapping[str, Any]) -> dict[str, Any]:
    rows = [r for r in example["given"] if not r.get("merged")]
    return {**example, "given": [{n: c for n, c in r.items() if n != "merged"} for r in rows]}

"""`kpi init`: a project to start from, empty or over exports that are there. Nothing is ever overwritten."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from importlib.resources import files
from itertools import takewhile
from pathlib import Path, PurePosixPath

from ... import __version__
from ...compile.words import words_in
from ...discover.answers import Answered, Question, answered, questions_of
from ...discover.export import Export
from ...discover.project import Frame, empty_project, leading_span, proposed_project
from ...discover.report import Reading, report_of
from ...load.catalog import PROJECT, load_catalog
from ...load.library import shipped_contracts
from ...load.templates import shipped_templates
from ...load.write import as_commented, as_yaml
from ...load.yaml import read_yaml
from ...model.diagnostic import Diagnostic, KpiError
from ...model.record import Record, field, replace
from ...model.template import Template
from ..destination import destination
from ..files import copy_file, write_text
from ..project import ProjectRoot, columns_of, load
from ..project_files import links_beneath
from ..run import Options
from .add import Choice, add
from .catalog import datasets
from .exports import Exports, exports_of
from .schemas import write_schemas

WORKFLOW = ".github/workflows/kpi.yml"
IGNORED = "scorecard/"
ATTRIBUTES = ".gitattributes"
_ATTRIBUTES = """\
# Data and ledgers are compared byte for byte: git changes no line end in them.
data/** -text
ledger/** -text
"""
TICKETS = "tickets"
FIRST = "time_to_resolution"
_PLACES = ("data", ".gitignore", ".gitattributes", ".github", ".github/workflows", WORKFLOW)
_FOLDERS = ("kpis", "schemas")
_HEAD = "# yaml-language-server: $schema=schemas/project.schema.json"


class InitRequest(Record):
    """What a new project is asked to be."""

    folder: Path
    sources: tuple[Path, ...] = ()
    name: str | None = None
    timezone: str | None = None
    owner: str = "service-desk@example.com"
    answers: tuple[str, ...] = ()
    """What a person said: `tickets.day_first=yes`."""
    ask: Callable[[Question], str | None] = field(default=lambda _: None)
    """Asks a person what the files do not tell; None where nobody is there."""


class InitResult(Record):
    """What was written, or what is wrong with the exports; and what the person should know."""

    written: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    reading: Reading | None = None
    """What was understood of the exports."""


def begin(options: Options, request: InitRequest) -> InitResult:
    """Write a project into the folder. Raises KpiError where there is one already, or nothing can be written."""
    _refuse_taken(request.folder)
    with ExitStack() as open_:
        looked, answers = _looked(options, request, open_)
        if looked.problems:
            return InitResult(findings=looked.problems)
        return _begun(options, replace(request, timezone=request.timezone or answers.timezone), looked.datasets)


def _begun(options: Options, request: InitRequest, exports: Sequence[Export]) -> InitResult:
    """Write a project over these exports."""
    sources = {e.dataset: _data_source(e, request.folder) for e in exports}
    frame = Frame(request.name or _titled(request.folder), request.timezone)
    paths = {dataset: source.source for dataset, source in sources.items()}
    project = proposed_project(frame, exports, paths) if exports else empty_project(frame)
    text = as_commented(project.values, project.comments, _HEAD)
    catalog, findings = load_catalog({"kpi.yaml": text}, shipped_contracts())
    assert catalog is not None, findings
    copied = [name for p in sources.values() for name in _copy(p, request.folder)]
    write_text(request.folder / "kpi.yaml", text)
    written = ["kpi.yaml", *copied, *_around(request.folder)]
    ids, notes = _definitions(options, request, exports)
    reading = report_of(exports, frame.timezone) if exports else None
    copies = (f"{c} is a copy of your file, with all personal data in it" for c in copied)
    return InitResult((*written, *ids), (*copies, *notes), (), reading)


def _looked(options: Options, request: InitRequest, open_: ExitStack) -> tuple[Exports, Answered]:
    """The exports; where a person is there, what they do not tell is asked, and they are looked at again.

    Raises KpiError.
    """
    answers = answered(request.answers, shipped_contracts())
    exports = exports_of(options, request.sources, answers.datasets, open_)
    questions = [question for export in exports.datasets for question in questions_of(export)]
    replies = [f"{q.name}={reply}" for q in questions if (reply := request.ask(q))]
    if not replies:
        return exports, answers
    answers = answered((*request.answers, *replies), shipped_contracts())
    return exports_of(options, request.sources, answers.datasets, open_), answers


def _refuse_taken(folder: Path) -> None:
    """Refuse a folder with a project, or with links where its files would go. Raises KpiError."""
    root = destination(folder)
    if os.path.lexists(root / PROJECT):
        raise KpiError(f"{folder / PROJECT} exists already", "No project is ever overwritten: name another folder.")
    links = [name for name in _PLACES if (root / name).is_symlink()]
    links += [finding.span.path for name in _FOLDERS for finding in links_beneath(root, name)]
    if links:
        raise KpiError(
            f"{folder / links[0]} is a symbolic link", "A project must have no links there: put a real file or folder."
        )


def _titled(folder: Path) -> str:
    name = re.sub(r"[\W_]+", " ", folder.resolve().name).strip()
    return f"{name[:1].upper()}{name[1:]}" if name else "Service desk"


# where the data lie


class DataSource(Record):
    """The source of a dataset in the project, and the files from outside that are copied there."""

    source: str
    copies: Mapping[Path, str]


def _data_source(export: Export, folder: Path) -> DataSource:
    """Files inside the project stay; those from outside come into data/. Raises KpiError where one is in the way."""
    root = folder.resolve()
    inside, copies = [], {}
    for file in export.files:
        path = file.path.resolve()
        if path.is_relative_to(root):
            inside.append(path.relative_to(root).as_posix())
        else:
            copies[path] = _data_path(export, path, several=len(export.files) > 1)
    return DataSource(_pattern([*inside, *copies.values()], root, export), copies)


def _data_path(export: Export, path: Path, *, several: bool) -> str:
    name = re.sub(r"[\[\]*?]", "_", path.name)
    name = name if path.suffix else f"{name}.{export.files[0].format}"
    return f"data/{export.dataset}/{name}" if several else f"data/{name}"


def _pattern(names: Sequence[str], root: Path, export: Export) -> str:
    """One path, or the pattern that stands for these files and no other. Raises KpiError."""
    if len(names) == 1:
        return glob.escape(names[0])
    folders = {PurePosixPath(n).parent.as_posix() for n in names}
    first = _common([PurePosixPath(n).name for n in names])
    endings = {PurePosixPath(n).suffix for n in names}
    if len(folders) == 1 and len(endings) == 1:
        folder, ending = folders.pop(), endings.pop()
        for stem in dict.fromkeys(("", first)):
            pattern = str(PurePosixPath(folder) / f"{glob.escape(stem)}*{ending}")
            there = {p.relative_to(root).as_posix() for p in root.glob(pattern)} if root.is_dir() else set()
            if there <= set(names):
                return pattern
    raise KpiError(
        f"no file pattern matches these {len(names)} files of {export.match.name} and no others",
        "Move them into a separate folder.",
    )


def _common(names: Sequence[str]) -> str:
    """The letters with which all names begin."""
    alike = takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    return "".join(letters[0] for letters in alike)


def _copy(source: DataSource, folder: Path) -> list[str]:
    """The files that were copied. Raises KpiError where another file is in the way, or nothing can be written."""
    for origin, name in source.copies.items():
        target = folder / name
        if os.path.lexists(target):
            raise KpiError(f"{target} exists already", "No file is ever overwritten: rename one of the two.")
        copy_file(origin, target)
    return list(source.copies.values())


# what stands around it


def _around(folder: Path) -> list[str]:
    """The schemas, the workflow and the entry of .gitignore; what is there already stays."""
    written = []
    if not (folder / "schemas").exists():
        write_schemas(folder / "schemas")
        written.append("schemas/")
    if not (folder / WORKFLOW).exists():
        text = files("kpi_framework").joinpath("library/starter/workflow.yaml").read_text(encoding="utf-8")
        write_text(folder / WORKFLOW, text.replace("@VERSION@", __version__))
        written.append(WORKFLOW)
    return [*written, *_attributed(folder / ATTRIBUTES), *_ignored(folder / ".gitignore")]


def _attributed(path: Path) -> list[str]:
    """The lines by which git takes data and ledgers as they are; a file that is there stays."""
    if os.path.lexists(path):
        return []
    write_text(path, _ATTRIBUTES)
    return [path.name]


def _ignored(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise KpiError(f"{path} cannot be read", "Correct it first.") from error
    if {IGNORED, f"/{IGNORED}", "scorecard", "/scorecard"} & set(text.splitlines()):
        return []
    write_text(path, f"{text}{'' if not text or text.endswith(chr(10)) else chr(10)}{IGNORED}\n")
    return [path.name]


# the KPIs that the columns allow


def _definitions(options: Options, request: InitRequest, exports: Sequence[Export]) -> tuple[list[str], list[str]]:
    """The files of the KPIs that were added, and what to know about them."""
    within = replace(options, project_root=ProjectRoot(request.folder.resolve()))
    there = {export.dataset for export in exports}
    choice = _choice(request, exports)
    if not there:
        return _added(within, replace(choice, is_draft=False), FIRST), []
    written: list[str] = []
    notes: list[str] = []
    for row in dict.fromkeys(t.row for t in shipped_templates().values()):
        options.progress("adding the KPIs that the columns allow")
        readings = {i: t for i, t in _readings(row).items() if set(datasets(t)) <= there and not _lacks(exports, t)}
        paths, remarks = _first_reading(within, choice, readings)
        written += paths
        notes += remarks
    _guard(request.folder, written)
    return written, [*_unmerged(within, there), *notes]


def _choice(request: InitRequest, exports: Sequence[Export]) -> Choice:
    """What holds for all KPIs: nobody has chosen one, so that each is a draft; its baseline lies in the data."""
    span = leading_span(exports)
    baseline = f"{span.baseline[0]}..{span.baseline[1]}" if span is not None and span.baseline else None
    return Choice(owner=request.owner, baseline=baseline, is_draft=True)


def _lacks(exports: Sequence[Export], template: Template) -> bool:
    """Whether it compares a column with words that no row holds: its 0 would prove nothing."""
    name, formula, where = (template.kpi.get(field_) for field_ in ("dataset", "formula", "where"))
    return any(
        export.lacks(compared.column, compared.words)
        for export in exports if export.dataset == name for compared in words_in(formula, where)
    )  # fmt: skip


def _first_reading(options: Options, choice: Choice, readings: Mapping[str, Template]) -> tuple[list[str], list[str]]:
    """The files of a row of the catalogue, or of the first of its variants that the columns allow, which is told."""
    for template_id, template in readings.items():
        if paths := _added(options, choice, template_id):
            return paths, [f"{template_id}: {template.variant}"] if template.variant else []
    return [], []


def _readings(row: str) -> dict[str, Template]:
    """A row of the catalogue, then its variants by name; inputs of others are none."""
    templates = {i: t for i, t in shipped_templates().items() if t.row == row}
    judged = {i: t for i, t in templates.items() if i != row and t.variant and t.kpi.get("kind") != "metric"}
    return {**{i: t for i, t in templates.items() if i == row}, **judged}


def _added(options: Options, choice: Choice, template_id: str) -> list[str]:
    """The files of one KPI; none if a column it needs is not there."""
    try:
        added = add(options, template_id, choice)
    except KpiError:
        return []  # it is there already, as the input of another
    return [p.relative_to(options.project_root.folder).as_posix() for p in added.written]


def _guard(folder: Path, written: Sequence[str]) -> None:
    """Name in each new file the guards that came after it: a KPI is read beside them."""
    here = {PurePosixPath(path).stem for path in written}
    for path in written:
        wanted = shipped_templates()[PurePosixPath(path).stem].kpi.get("read_with", [])
        values = read_yaml(path, (folder / path).read_text(encoding="utf-8")).value
        assert isinstance(values, dict), "it was written a moment ago"
        guards = [g for g in wanted if g in here]
        if guards and guards != values.get("read_with"):
            examples = values.pop("examples", None)
            values["read_with"] = guards
            complete = values if examples is None else {**values, "examples": examples}
            schema = f"{'../' * path.count('/')}schemas/kpi.schema.json"
            write_text(folder / path, as_yaml(complete, f"# yaml-language-server: $schema={schema}"))


def _unmerged(options: Options, there: set[str]) -> list[str]:
    """What is to be known where merged tickets cannot be told from others."""
    catalog, _ = load(options.project_root)
    columns = columns_of(catalog, options.project_root, TICKETS) if catalog is not None and TICKETS in there else None
    if columns is None or "merged" in columns:
        return []
    return ["the tickets have no column `merged`, so every KPI counts merged tickets, too"]

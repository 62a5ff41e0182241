"""Write the pages that say again what the code says: docs/reference/, the example of a report, the picture of the
README, and the examples that `kpi explain` shows.

    python docs/generate.py            write them
    python docs/generate.py --check    only say which are not current

Rules come from the rules, fields from the JSON Schemas, commands from their `--help`, and the picture from a
run of `kpi check` on the sample in a terminal of its own.
"""

from __future__ import annotations

import ast
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import typer.main
from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text
from typer.testing import CliRunner

import kpi_framework.cli.commands  # noqa: F401 - registers every command
from kpi_framework.cli.app import app
from kpi_framework.compile.language.functions import FUNCTIONS
from kpi_framework.load.library import rule_examples, shipped_contracts, shipped_presets
from kpi_framework.load.schema import schemas
from kpi_framework.model.preset import Preset
from kpi_framework.model.rule import RULES
from kpi_framework.report.pages.functions import functions_markdown
from kpi_framework.report.pages.rules import rule_sections, rules_markdown

sys.path.insert(0, str(Path(__file__).parent))

from licences import licences_page

Schema = Mapping[str, Any]

HERE = Path(__file__).parent
ROOT = HERE.parent
WIDTH = 100
MADE = "<!-- Made by docs/generate.py: run `make docs`. -->\n\n"
FILES = {
    "kpi": "`kpis/<id>.yaml`", "project": "`kpi.yaml`", "baseline": "`baselines/<id>.yaml`",
    "template": "an entry of the catalogue, shipped with the package",
    "contract": "a contract, shipped with the package", "preset": "a preset, shipped with the package",
    "scorecard": "`scorecard/scorecard.json`", "diff": "what `kpi diff --format json` writes",
    "history": "what `kpi history --format json` writes", "ledger": "`ledger/<id>.jsonl`, line by line",
}  # fmt: skip
SVG = """<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="kpi check">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
  font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/></clipPath>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}<g class="{unique_id}-matrix">{matrix}</g></g></svg>
"""


# Rules


def rules_page() -> str:
    """docs/reference/rules.md."""
    title, _, rest = rules_markdown().partition("\n\n")
    about = (
        "`kpi explain RULE` says the same of one rule. A rule's weight is set in kpi.yaml (`rules: {unguarded: off}`); "
        "one finding is suppressed at its place by `# kpi: ignore[rule-name] the reason`.\n\n"
    )
    linked = re.sub(r"^(\| KPI\d+ \| )`([a-z-]+)`", r"\1[`\2`](#\2)", rest.rstrip(), flags=re.MULTILINE)
    examples = "\n\n".join(rule_sections(rule, rule_examples()[rule.name]) for rule in RULES.values())
    return f"{title}\n\n{MADE}{about}{linked}\n\n## One by one\n\n{examples}\n"


def functions_page() -> str:
    """docs/reference/functions.md."""
    about = "The functions that a formula may use. `kpi functions` lists them, and `kpi functions NAME` shows one.\n\n"
    return f"# Functions\n\n{MADE}{about}{functions_markdown(FUNCTIONS.values()).rstrip()}\n"


# Fields


def fields_page() -> str:
    """docs/reference/fields.md."""
    parts = ["# Fields\n\n" + MADE + "Every field of every kind of file, as the JSON Schemas in `schemas/` have it.\n"]
    parts += [f"- [{schema['title']}](#{anchor(schema['title'])})" for schema in schemas().values()]
    for name, schema in schemas().items():
        parts += ["", *_file(name, schema)]
    return "\n".join(parts) + "\n"


def anchor(title: str) -> str:
    """The anchor that GitHub gives a heading."""
    kept = "".join(c for c in title.lower() if c.isalnum() or c in " -_")
    return kept.replace(" ", "-")


def _file(name: str, schema: Schema) -> Iterator[str]:
    yield f"## {schema['title']}\n"
    where = FILES.get(name, "what the dataset's rows hold, after the column mapping")
    yield f"{schema.get('description', '').strip()} File: {where}. Schema: `schemas/{name}.schema.json`.\n".lstrip()
    yield from _table(name, schema)
    for inner, definition in sorted(schema.get("definitions", {}).items()):
        yield f"\n### {name}: {inner}\n"
        if definition.get("description"):
            yield f"{_line(definition['description'])}\n"
        if "enum" in definition:
            yield "One of " + ", ".join(f"`{word}`" for word in definition["enum"]) + "."
        else:
            yield from _table(name, definition)


def _table(name: str, schema: Schema) -> Iterator[str]:
    if not schema.get("properties"):
        return
    required = set(schema.get("required", ()))
    yield "| Field | Takes | Meaning |\n|---|---|---|"
    for field, inner in schema["properties"].items():
        need = ", required" if field in required else ""
        meaning = _line(inner.get("description", ""))
        default = inner.get("default")
        said = f" Default: `{default}`." if isinstance(default, str | int | float) and default != "" else ""
        yield f"| `{field}` | {_takes(name, inner)}{need} | {meaning}{said} |"


def _line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def _takes(name: str, schema: Schema) -> str:
    """The values a schema takes, in words."""
    if "$ref" in schema:
        inner = schema["$ref"].rpartition("/")[2]
        return f"[{inner}](#{anchor(f'{name}: {inner}')})"
    for words in ("anyOf", "oneOf", "allOf"):
        if words in schema:
            return " or ".join(dict.fromkeys(t for t in (_takes(name, s) for s in schema[words]) if t != "null"))
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(f"`{word}`" for word in schema["enum"] if word is not None)
    return _plain_type(name, schema)


def _plain_type(name: str, schema: Schema) -> str:
    kinds = schema.get("type", "any value")
    kind = " or ".join(k for k in kinds if k != "null") if isinstance(kinds, list) else kinds
    if kind == "array":
        return f"list of {_takes(name, schema['items'])}" if isinstance(schema.get("items"), dict) else "list"
    if kind == "object":
        inner = schema.get("additionalProperties")
        return f"mapping to {_takes(name, inner)}" if isinstance(inner, dict) and inner else "mapping"
    words = {"string": schema.get("format", "text"), "boolean": "true or false", "integer": "whole number"}
    return words.get(kind, kind)


# Presets


def presets_page() -> str:
    """docs/reference/presets.md."""
    parts = ["# Presets, column by column\n\n" + MADE + "What [presets](../presets.md) read, and what is not verified."]
    for preset in shipped_presets().values():
        parts += ["", *_preset(preset)]
    return "\n".join(parts) + "\n"


def _preset(preset: Preset) -> Iterator[str]:
    yield f"## {preset.product}\n"
    yield f"`preset: {preset.name}`. {preset.description} Zone: {preset.zone}\n"
    reading = {"delimiter": preset.delimiter, "nulls": preset.nulls, "timestamps": preset.timestamps}
    for option, value in reading.items():
        if value is not None:
            shown = [value] if isinstance(value, str) else value
            yield f"- `{option}`: " + ", ".join(f"`{v}`" if v else "an empty cell" for v in shown)
    yield "\n| Column | In the export | Read as |\n|---|---|---|"
    contract = shipped_contracts()[preset.contract]
    for name, column in preset.columns.items():
        meaning = contract.columns.get(name)
        kind = column.type or (meaning.type if meaning else "text")
        read = f"minutes, written as {column.duration}" if column.duration else kind
        words = "; ".join(f"{a} → {b}" for a, b in column.values.items())
        names = " or ".join(f"`{n}`" for n in column.names)
        yield f"| `{name}` | {_line(names)} | {_line(read + (f': {words}' if words else ''))} |"
    for name, text in preset.derive.items():
        yield f"| `{name}` | computed | `{_line(text)}` |"
    if preset.unverified:
        yield "\nNot verified against a real export:\n"
        yield from (f"- {_line(said)}" for said in preset.unverified)


# Modules


def modules_page() -> str:
    """docs/reference/modules.md: every module by its room, and the first sentence of its docstring."""
    about = "Every file of the package. How the rooms fit together: [architecture](../architecture.md).\n"
    parts = [f"# Modules\n\n{MADE}{about}"]
    for room in sorted((ROOT / "kpi_framework").rglob("__init__.py"), key=lambda path: path.parent.parts):
        modules = sorted(path for path in room.parent.glob("*.py") if path != room)
        if modules:
            parts += [
                f"## {room.parent.relative_to(ROOT)}\n",
                f"{_first_sentence(room)}\n",
                "| Module | Is |",
                "|---|---|",
            ]
            parts += [f"| [`{m.stem}`](../../{m.relative_to(ROOT)}) | {_line(_first_sentence(m))} |" for m in modules]
            parts.append("")
    return "\n".join(parts)


def _first_sentence(module: Path) -> str:
    docstring = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n\n")[0]


# Commands


def commands_page() -> str:
    """docs/reference/commands.md."""
    lines = [
        "# Commands\n", MADE.strip(), "",
        "What `--help` says. Exit codes: 0 fine; 1 findings at or above `--fail-on`, or a gate that is shut; "
        "2 nothing in a file to point at (usage, no kpi.yaml, unknown revision, unwritable output).",
    ]  # fmt: skip
    for words in command_names():
        lines += ["", f"## {' '.join(('kpi', *words))}\n", "```text", _help(words), "```"]
    return "\n".join(lines) + "\n"


def command_names() -> list[tuple[str, ...]]:
    """Every command, as the words after `kpi`; the first is `kpi` itself."""
    found: list[tuple[str, ...]] = []
    left: list[tuple[tuple[str, ...], Any]] = [((), typer.main.get_command(app))]
    while left:
        words, command = left.pop(0)
        found.append(words)
        left += [((*words, name), inner) for name, inner in sorted(getattr(command, "commands", {}).items())]
    return sorted(found)


def _help(words: tuple[str, ...]) -> str:
    environment = {"COLUMNS": str(WIDTH), "TERMINAL_WIDTH": str(WIDTH), "NO_COLOR": "1"}
    result = CliRunner().invoke(app, [*words, "--help"], prog_name="kpi", env=environment)
    return "\n".join(line.rstrip() for line in result.output.strip().splitlines())


# The picture


def picture() -> str:
    """docs/images/check.svg: what `kpi check` prints on the sample, in a terminal."""
    with tempfile.TemporaryDirectory() as folder:
        text = in_terminal("check", "--project", str(ROOT), "--scorecard", folder)
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text.from_ansi(f"$ kpi check\n{text}"), soft_wrap=True)
    svg = console.export_svg(title="", theme=MONOKAI, code_format=SVG, unique_id="kpi")
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def in_terminal(*arguments: str) -> str:
    """What a command of `kpi` writes to a terminal of WIDTH columns, with its colours."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, WIDTH, 0, 0))
    environment = {k: v for k, v in os.environ.items() if k not in ("CI", "NO_COLOR", "GITHUB_ACTIONS", "COLUMNS")}
    program = "from kpi_framework.cli.main import run; run()"
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdout=theirs, stderr=subprocess.DEVNULL, env={**environment, "TERM": "xterm-256color"},
    )  # fmt: skip
    os.close(theirs)
    written = b"".join(_read(ours))
    process.wait()
    os.close(ours)
    return written.decode().replace("\r\n", "\n")


def _read(terminal: int) -> Iterator[bytes]:
    """All that comes; Linux ends a closed terminal with an error, macOS with nothing."""
    while True:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:
            return
        if not chunk:
            return
        yield chunk


# The example of a report


def example_page() -> str:
    """docs/example-pull-request.md."""
    command = [sys.executable, HERE / "example_pull_request.py"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def exports_page() -> str:
    """docs/reference/exports.md."""
    command = [sys.executable, HERE / "vendor_exports.py"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def examples_of_rules() -> Mapping[Path, str]:
    """The files of the package that show the rules; the rules' page is made from them."""
    command = [sys.executable, HERE / "rule_examples.py"]
    made = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return {ROOT / "kpi_framework" / "library" / "rules" / f"{rule}.yaml": text for rule, text in made.items()}


PAGES = {
    "example-pull-request.md": example_page,
    "reference/functions.md": functions_page,
    "reference/rules.md": rules_page,
    "reference/fields.md": fields_page,
    "reference/modules.md": modules_page,
    "reference/licences.md": lambda: MADE + licences_page(),
    "reference/commands.md": commands_page,
    "reference/presets.md": presets_page,
    "reference/exports.md": exports_page,
    "images/check.svg": picture,
}


def stale() -> list[str]:
    """The generated files of the repository that are missing or not current."""
    examples = [path for path, text in examples_of_rules().items() if not _is_current(path, text)]
    pages = [] if examples else [HERE / name for name, make in PAGES.items() if not _is_current(HERE / name, make())]
    return [str(path.relative_to(ROOT)) for path in examples + pages]


def _is_current(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def generate() -> None:
    """Write every generated file, the examples of rules first."""
    for path, text in examples_of_rules().items():
        _write(path, text)
    for name, make in PAGES.items():
        _write(HERE / name, make())


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Write the pages, or with --check say which are stale; the exit code."""
    if arguments != ["--check"]:
        generate()
        return 0
    names = stale()
    for name in names:
        print(f"{name} is not current: run `make docs`")
    return int(bool(names))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

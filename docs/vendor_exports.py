"""docs/reference/exports.md: which KPIs of the catalogue each vendor's export of tickets can tell, and what it lacks.

    python docs/vendor_exports.py    print the page

It stands on the presets and the templates alone: a KPI can be told where the preset knows every column that its
formula, its population and its date name. `docs/generate.py` writes the page.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence

from kpi_framework.compile.language.canonical import names_in
from kpi_framework.load.library import shipped_contracts, shipped_presets
from kpi_framework.load.templates import shipped_templates
from kpi_framework.model.preset import Preset
from kpi_framework.model.template import Template

MADE = "<!-- Made by docs/generate.py: run `make docs`. -->\n\n"
ABOUT = """\
What stands in a vendor's export decides what can be measured. This page compares the columns that each
[preset](../presets.md) knows with those that the catalogue's KPIs over tickets need. An export may have fewer columns
than its vendor offers: `kpi init --from` adds the KPIs that yours allows, and names what it lacks.

- **yes**: the KPI as the catalogue defines it.
- A name: this variant, which is another number; `kpi catalog show NAME` says how.
- **–**: the export has no column for it. KPIs that need other data (surveys, costs, devices …) are not listed.
"""
_NOT_MERGED = "not coalesce(merged, false)"


def page() -> str:
    """The whole page."""
    presets = [preset for preset in shipped_presets().values() if preset.contract == "tickets"]
    rows = [row for row in dict.fromkeys(t.row for t in shipped_templates().values()) if _is_over_tickets(row)]
    parts = ["# What a vendor's export can tell\n\n" + MADE + ABOUT, *_table(presets, rows)]
    for preset in presets:
        parts += ["", *_vendor(preset, rows)]
    return "\n".join(parts) + "\n"


def _is_over_tickets(row: str) -> bool:
    """Whether a row of the catalogue, or one of its variants, reads tickets and nothing else."""
    return any(_datasets(template) == {"tickets"} for template in _readings(row))


def _datasets(template: Template) -> set[str]:
    own = {str(template.kpi[name]) for name in ("dataset", "evidence") if name in template.kpi}
    return own.union(*(_datasets(shipped_templates()[needed]) for needed in template.needs))


def _readings(row: str) -> list[Template]:
    """The row itself, then its variants by name, as `kpi init` tries them; inputs of others are none."""
    of_row = [template for template in shipped_templates().values() if template.row == row]
    variants = [t for t in of_row if t.id != row and t.variant and t.kpi.get("kind") != "metric"]
    return [*(t for t in of_row if t.id == row), *variants]


def _over_tickets(row: str) -> Template:
    """The first reading of a row that reads tickets alone."""
    return next(template for template in _readings(row) if _datasets(template) == {"tickets"})


def _allowed(row: str, columns: set[str]) -> Template | None:
    """The first reading of a row that these columns allow."""
    return next((t for t in _readings(row) if _datasets(t) == {"tickets"} and not _lacking(t, columns)), None)


def _lacking(template: Template, columns: set[str]) -> list[str]:
    """The columns that a template needs, itself or through its inputs, and that are not there."""
    kpi = template.kpi
    if template.needs:
        return [c for needed in template.needs for c in _lacking(shipped_templates()[needed], columns)]
    where = str(kpi.get("where", "")).removeprefix(_NOT_MERGED).removeprefix(" and ")
    named = [*names_in(str(kpi["formula"])), *names_in(where), str(kpi.get("time", "created_at"))]
    named += [str(column) for field in ("open_between", "spans") for column in kpi.get(field, ())]
    return [c for c in dict.fromkeys(named) if c not in columns and not c.startswith("period_")]


def _columns(preset: Preset) -> set[str]:
    return {*preset.columns, *preset.derive}


def _table(presets: Sequence[Preset], rows: Sequence[str]) -> Iterator[str]:
    yield f"| KPI | {' | '.join(preset.product for preset in presets)} |"
    yield f"|---|{'---|' * len(presets)}"
    for row in rows:
        cells = (_cell(row, _allowed(row, _columns(preset))) for preset in presets)
        yield f"| `{row}` | {' | '.join(cells)} |"


def _cell(row: str, template: Template | None) -> str:
    if template is None:
        return "–"
    return "yes" if template.id == row else f"`{template.id}`"


def _vendor(preset: Preset, rows: Sequence[str]) -> Iterator[str]:
    """What to know of one vendor's export."""
    columns, contract = _columns(preset), shipped_contracts()[preset.contract]
    yield f"## {preset.product}\n\n{preset.description} Zone: {preset.zone}\n"
    absent: Mapping[str, list[str]] = {
        row: _lacking(_over_tickets(row), columns) for row in rows if _allowed(row, columns) is None
    }
    for row, names in absent.items():
        first = ", ".join(f"`{name}`" for name in names)
        yield f"- No `{row}`: it needs {first}."
    meanings = [n for n in dict.fromkeys(n for names in absent.values() for n in names) if n in contract.columns]
    if meanings:
        yield "\nIf your export has such a column under a name of your own, map it under `columns:`:\n"
        yield from (f"- `{name}`: {contract.columns[name].description}" for name in meanings)
    if preset.unverified:
        yield "\nNot compared with a real export yet:\n"
        yield from (f"- {remark}" for remark in preset.unverified)


if __name__ == "__main__":
    sys.stdout.write(page())

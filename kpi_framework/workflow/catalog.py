"""The catalogue: what the package offers, and what each offer takes."""

from __future__ import annotations

from difflib import get_close_matches

from ..load.templates import shipped_templates
from ..model.diagnostic import KpiError
from ..model.template import Offer, Template


def offers(family: str | None = None) -> tuple[Offer, ...]:
    """Every template, the rows of the catalogue each before their variants and inputs."""
    found = [offer(t) for t in shipped_templates().values() if family in (None, t.kpi["family"])]
    return tuple(sorted(found, key=lambda o: (_FAMILIES.index(o.family or ""), o.row, not o.is_row, o.id)))


_FAMILIES = ("productivity", "quality", "performance", "cost", "security", "reliability", "spend", "")


def offer(template: Template) -> Offer:
    """A template as a line of the catalogue."""
    said = template.kpi
    return Offer(
        template.id, said["name"], template.kind, said["family"], said["level"], template.row, template.variant,
        template.needs, datasets(template),
    )  # fmt: skip


def datasets(template: Template) -> tuple[str, ...]:
    """The datasets that it reads, itself or through its inputs."""
    own = [str(template.kpi[name]) for name in ("dataset", "evidence") if name in template.kpi]
    behind = [d for one in template.needs for d in datasets(template_of(one))]
    return tuple(dict.fromkeys([*own, *behind]))


def template_of(one: str) -> Template:
    """The template of this id. Raises KpiError."""
    known = shipped_templates()
    if one in known:
        return known[one]
    near = next(iter(get_close_matches(one, known, n=1)), None)
    hint = f"Did you mean `{near}`?" if near else "Run `kpi catalog` for the list."
    raise KpiError(f"the catalogue has no `{one}`", hint)

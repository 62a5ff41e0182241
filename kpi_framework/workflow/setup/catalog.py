"""The catalogue: what the package offers, and what each offer takes."""

from __future__ import annotations

import re
from typing import Any

from ...load.templates import shipped_signals, shipped_templates
from ...load.yaml import read_yaml
from ...model.diagnostic import KpiError, did_you_mean
from ...model.template import Offer, Template


def offers(family: str | None = None) -> tuple[Offer, ...]:
    """Every template, the rows of the catalogue each before their variants and inputs; then the signals."""
    listed = [offer(t) for t in shipped_templates().values()] + [_signal(s) for s in shipped_signals()]
    wanted = (o for o in listed if family in (None, o.family))
    return tuple(sorted(wanted, key=lambda o: (_FAMILIES.index(o.family or ""), o.row, not o.is_row, o.id)))


def explained(offer_id: str) -> tuple[Offer, dict[str, Any]]:
    """An offer, and all that its file says. Raises KpiError."""
    if offer_id in shipped_signals():
        return _signal(offer_id), {"signal": signal_values(offer_id)}
    template = template_of(offer_id)
    return offer(template), {"dates": template.dates, "kpi": template.kpi}


def signal_values(signal: str) -> dict[str, Any]:
    """What the file of a shipped signal says."""
    value = read_yaml(f"library/signals/{signal}.yaml", shipped_signals()[signal]).value
    assert isinstance(value, dict), "a shipped signal is a mapping"
    return value


def _signal(signal_id: str) -> Offer:
    """A signal as a line of the catalogue: it reads KPIs, and through them their datasets."""
    values = signal_values(signal_id)
    ids = tuple(dict.fromkeys(_OPERAND.findall(values["when"])))
    behind = [d for i in ids if i in shipped_templates() for d in datasets(template_of(i))]
    return Offer(signal_id, values["name"], "signal", row=signal_id, needs=ids, datasets=tuple(dict.fromkeys(behind)))


_OPERAND = re.compile(r"(?<![.\w'])([a-z][a-z0-9_]*)(?:\[[^\]]*\])?\.(?=[a-z])")
_FAMILIES = ("productivity", "quality", "performance", "cost", "security", "reliability", "spend", "")


def offer(template: Template) -> Offer:
    """A template as a line of the catalogue."""
    values = template.kpi
    return Offer(
        template.id, values["name"], template.kind, values["family"], values["level"], template.row, template.variant,
        template.needs, datasets(template),
    )  # fmt: skip


def datasets(template: Template) -> tuple[str, ...]:
    """The datasets that it reads, itself or through its inputs."""
    own = [str(template.kpi[name]) for name in ("dataset", "evidence") if name in template.kpi]
    behind = [d for needed in template.needs for d in datasets(template_of(needed))]
    return tuple(dict.fromkeys([*own, *behind]))


def template_of(template_id: str) -> Template:
    """The template of this id. Raises KpiError."""
    known = shipped_templates()
    if template_id in known:
        return known[template_id]
    hint = did_you_mean(template_id, (*known, *shipped_signals()), "Run `kpi catalog` for the list.")
    raise KpiError(f"the catalogue has no `{template_id}`", hint)

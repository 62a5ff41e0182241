"""The rules of the product, as a table and one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from rich.console import RenderableType
from rich.text import Text

from ...model.rule import RULES, Rule, RuleExample
from ..doc.markdown import table, write
from ..doc.terminal import SEVERITIES, draw, grid, heading, indented
from ..formats.json import as_text

RuleRenderer = Callable[[bool, int], str]
"""Takes whether to colour, and how wide the screen is."""

_FAMILIES = {
    "1": "Definitions",
    "2": "Formulas",
    "3": "Targets and baselines",
    "4": "Governance",
    "5": "Balance",
    "6": "Data",
    "7": "Changes",
}


def rules_text(color: bool = False, width: int = 100) -> str:
    """On the terminal."""
    return draw([_table()], color=color, width=width)


def rules_markdown(color: bool = False, width: int = 100) -> str:
    """As the reference page: a table for each family of rules."""
    sections = [
        table(title, ("Code", "Rule", "Severity", "What it finds", "What to do"), _rows(digit))
        for digit, title in _FAMILIES.items()
    ]
    return "# Rules\n\n" + write(sections)


def rules_json(color: bool = False, width: int = 100) -> str:
    """For programs."""
    return as_text({"schema_version": 1, "rules": [rule_object(rule) for rule in RULES.values()]})


RULE_FORMATS: Mapping[str, RuleRenderer] = {
    "text": rules_text,
    "markdown": rules_markdown,
    "json": rules_json,
}


def render_rules(name: str = "text", *, color: bool = False, width: int = 100) -> str:
    """All rules in one of the RULE_FORMATS."""
    return RULE_FORMATS[name](color, width)


def explain(rule: Rule, example: RuleExample, *, color: bool = False, width: int = 100) -> str:
    """One rule: what it finds, what to do, how to change its severity or suppress it, and an example."""
    return draw(_explained(rule, example), color=color, width=width)


def rule_sections(rule: Rule, example: RuleExample) -> str:
    """One rule as a section of the reference page, with its example."""
    lines = [f"### {rule.name}", f"{rule.code}, {rule.severity.value}. {rule.why}"]
    lines += [f"It is found when {example.when[0].lower()}{example.when[1:]}"] if example.when else []
    lines += [rule.remedy, "Bad:", _block(example.bad), "What is said:", f"```text\n{example.says}\n```"]
    return "\n\n".join([*lines, "Good:", _block(example.good)])


def _block(excerpts: str) -> str:
    language = "yaml" if excerpts.partition("\n")[0].endswith(".yaml") else "text"
    return f"```{language}\n{excerpts}\n```"


def rule_object(rule: Rule) -> dict[str, str]:
    """One rule as JSON has it."""
    return {
        "code": rule.code,
        "rule": rule.name,
        "severity": rule.severity.value,
        "why": rule.why,
        "remedy": rule.remedy,
    }


def _explained(rule: Rule, example: RuleExample) -> Iterator[RenderableType]:
    yield Text.assemble((rule.name, "bold"), f"  {rule.code}  ", (rule.severity.value, SEVERITIES[rule.severity]))
    yield indented("Why", rule.why)
    if example.when:
        yield indented("When", f"{example.when[0].upper()}{example.when[1:]}")
    yield indented("What to do", rule.remedy)
    yield indented("Severity", f"set it in kpi.yaml: `rules: {{{rule.name}: warning}}` (error, warning, note or off)")
    yield indented("Suppress", f"write there: `# kpi: ignore[{rule.name}] the reason`")
    yield heading("Example")
    yield indented("Bad", example.bad)
    yield indented("Finding", example.says)
    yield indented("Good", example.good)


def _table() -> RenderableType:
    drawn = grid([("Code", ""), ("Rule", ""), ("Severity", ""), ("What it finds", "")], folding="What it finds")
    for rule in RULES.values():
        drawn.add_row(
            rule.code, Text(rule.name, "bold"), Text(rule.severity.value, SEVERITIES[rule.severity]), rule.why
        )
    return drawn


def _rows(digit: str) -> list[tuple[str, ...]]:
    return [
        (rule.code, f"`{rule.name}`", rule.severity.value, rule.why, rule.remedy)
        for rule in RULES.values()
        if rule.code[3] == digit
    ]

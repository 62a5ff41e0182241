"""The rules of the product, as a table and one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ...model.rule import RULES, Rule, RuleExample
from ..doc.markdown import markdown
from ..doc.model import Badge, Block, Code, Document, Facts, Listing, Message, Paragraph, Section, Strong, Table
from ..doc.terminal import terminal
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
    columns = ("Code", "Rule", "Severity", "What it finds")
    rows = tuple((rule.code, Strong(rule.name), _severity(rule), Message(rule.why)) for rule in RULES.values())
    return terminal(Document("", (Table(columns, rows, folding=columns[-1]),)), color=color, width=width)


def rules_markdown(color: bool = False, width: int = 100) -> str:
    """As the reference page."""
    return markdown(rules_page())


def rules_page() -> Document:
    """A table for each family of rules."""
    columns = ("Code", "Rule", "Severity", "What it finds", "What to do")
    families = {
        title: tuple(
            (rule.code, Code(rule.name), _severity(rule), Message(rule.why), Message(rule.remedy))
            for rule in RULES.values() if rule.code[3] == digit
        )
        for digit, title in _FAMILIES.items()
    }  # fmt: skip
    return Document("Rules", tuple(Section(title, (Table(columns, rows),)) for title, rows in families.items()))


def _severity(rule: Rule) -> Badge:
    return Badge(rule.severity.value, rule.severity)


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
    """One rule on the terminal."""
    return terminal(rule_page(rule, example), color=color, width=width)


def rule_page(rule: Rule, example: RuleExample) -> Document:
    """One rule: what it finds, what to do, how to change its severity or suppress it, and an example."""
    settings = f"set it in kpi.yaml: `rules: {{{rule.name}: warning}}` (error, warning, note or off)"
    facts = {
        "Why": rule.why, "When": f"{example.when[:1].upper()}{example.when[1:]}", "What to do": rule.remedy,
        "Severity": settings, "Suppress": f"write there: `# kpi: ignore[{rule.name}] the reason`",
    }  # fmt: skip
    about = Facts(tuple((label, Message(text)) for label, text in facts.items() if text))
    state = Paragraph((f"{rule.code}, ", _severity(rule)))
    return Document(rule.name, (state, about, Section("Example", tuple(_example(example)))))


def rule_sections(rule: Rule, example: RuleExample) -> str:
    """One rule as a section of the reference page, with its example."""
    when = f"It is found when {example.when[0].lower()}{example.when[1:]}" if example.when else ""
    blocks = (
        Paragraph((f"{rule.code}, ", _severity(rule), ". ", Message(rule.why))), Paragraph(Message(when)),
        Paragraph(Message(rule.remedy)), *_example(example),
    )  # fmt: skip
    return markdown(Document(rule.name, blocks), level=3).rstrip()


def _example(example: RuleExample) -> Iterator[Block]:
    yield from (Paragraph("Bad:"), _listing(example.bad))
    yield from (Paragraph("What is said:"), Listing(example.says, "text"))
    yield from (Paragraph("Good:"), _listing(example.good))


def _listing(excerpts: str) -> Listing:
    return Listing(excerpts, "yaml" if excerpts.partition("\n")[0].endswith(".yaml") else "text")


def rule_object(rule: Rule) -> dict[str, str]:
    """One rule as JSON has it."""
    return {
        "code": rule.code,
        "rule": rule.name,
        "severity": rule.severity.value,
        "why": rule.why,
        "remedy": rule.remedy,
    }

"""A repository's texts become a catalog, and every slip one finding in plain words at its place."""

import pytest

from kpi_framework.load.catalog import load_catalog
from kpi_framework.load.library import shipped_contracts
from kpi_framework.model.diagnostic import Diagnostic, KpiError, Span
from kpi_framework.model.kpi import Kpi

PROJECT = "version: 1\nname: Desk\n"
BASELINE = """\
version: 1
kpi: a
frozen_on: 2026-01-01
definition: sha256:1:0
engine: duckdb
values: []
"""
BARE = "version: 1\nid: x\nname: X\nunit: count\n"


def findings_of(text: str, path: str = "kpis/x.yaml") -> tuple[Diagnostic, ...]:
    """The findings of one file beside a sound kpi.yaml."""
    _, findings = load_catalog({"kpi.yaml": PROJECT, path: text}, {})
    return findings


def only_finding(text: str, path: str = "kpis/x.yaml") -> Diagnostic:
    """The one finding of a file."""
    (finding,) = findings_of(text, path)
    return finding


def test_all_files_are_read_and_all_findings_come_in_one_run() -> None:
    """A broken file breaks only itself: it is listed with its place, and the others are there."""
    texts = {
        "kpi.yaml": PROJECT,
        "kpis/a.yaml": BARE.replace("x", "a"),
        "kpis/deep/er/b.yml": BARE.replace("x", "b") + "kind: metric\n",
        "kpis/c.yaml": BARE + "ower: me\n",
        "kpis/d.yaml": "version: 1\n\tid: d\n",
        "kpis/README.md": "not a definition",
        "baselines/a.yaml": BASELINE,
        "baselines/b.yaml": "version: 1\n",
        "data/other.yaml": "a: [",
    }
    catalog, findings = load_catalog(texts, shipped_contracts())
    assert catalog is not None
    assert [(type(e.noun).__name__, e.noun.id) for e in catalog.entries] == [("Kpi", "a"), ("Metric", "b")]
    assert catalog.entries[1].at.key("kind") == Span("kpis/deep/er/b.yml", 5, 1)
    assert list(catalog.baselines) == ["a"]
    assert catalog.broken == {
        "c": Span("kpis/c.yaml", 5, 1),
        "d": Span("kpis/d.yaml", 2, 1),
    }
    assert catalog.broken_baselines == {"b": Span("baselines/b.yaml", 1, 1)}
    assert [f.span.path for f in findings] == ["baselines/b.yaml", "kpis/c.yaml", "kpis/d.yaml"]
    assert findings[1].kpi == "c"


def test_a_project_that_cannot_be_read_gives_no_catalog_and_says_why() -> None:
    """Without its zone and datasets nothing means anything; the other files' findings still come."""
    catalog, findings = load_catalog({"kpi.yaml": "version: 1\nnam: x\n", "kpis/x.yaml": "a: ["}, {})
    assert catalog is None
    assert [(f.rule, f.span.path) for f in findings] == [
        ("unknown-field", "kpi.yaml"),
        ("yaml-syntax", "kpis/x.yaml"),
    ]


def test_no_project_at_all_is_the_worlds_failure() -> None:
    """There is no file to point at."""
    with pytest.raises(KpiError, match=r"kpi\.yaml"):
        load_catalog({"kpis/x.yaml": BARE}, {})


def test_ignores_of_all_files_are_collected() -> None:
    """Comments to the linter are known by file and line."""
    catalog, _ = load_catalog({"kpi.yaml": PROJECT, "kpis/x.yaml": BARE + "# kpi: ignore[missing-owner] soon\n"}, {})
    assert catalog is not None
    assert [(i.rule, i.reason, i.span) for i in catalog.ignores] == [
        ("missing-owner", "soon", Span("kpis/x.yaml", 5, 1))
    ]


def test_segment_values_that_look_like_numbers_are_text() -> None:
    """`{tier: {1: …}}` targets the tier that the data call `1`."""
    text = BARE + "target:\n  at_most: 5\n  by: {tier: {1: {at_most: 3}, true: {at_most: 4}, null: {at_most: 5}}}\n"
    catalog, findings = load_catalog({"kpi.yaml": PROJECT, "kpis/x.yaml": text}, {})
    assert catalog is not None
    kpi = catalog.entries[0].noun
    assert findings == ()
    assert isinstance(kpi, Kpi)
    assert list(kpi.targets[0].by["tier"]) == ["1", "true", "null"]


@pytest.mark.parametrize(
    ("extra", "column", "field", "near"),
    [
        ("ower: me\n", 1, "ower", "owner"),
        ("targt: {at_most: 5}\n", 1, "targt", "target"),
        ("review: {cadence: monthly, lasst: 2026-01-01}\n", 28, "lasst", "last"),
        ("target: {at_most: 5, nera: 6}\n", 22, "nera", "near"),
        ("target: [{at_most: 5}, {at_mots: 6}]\n", 25, "at_mots", "at_most"),
        ("target: {at_most: 1, by: {a: {b: {at_most: 2, form: 1}}}}\n", 47, "form", None),
        ("examples: [{name: a, given: {b: 1}, expect: {valu: 3}}]\n", 46, "valu", "value"),
        ("objective: [a]\n", 1, "objective", "objectives"),
    ],
)
def test_an_unknown_field_is_shown_at_its_key_with_the_nearest_one(
    extra: str, column: int, field: str, near: str | None
) -> None:
    """A typo is never ignored, and its correction is a word away."""
    findings = findings_of(BARE + extra)
    finding = next(f for f in findings if f.rule == "unknown-field")
    assert finding.span == Span("kpis/x.yaml", 5, column)
    assert f"`{field}`" in finding.message
    assert (f"Did you mean `{near}`?" in finding.hint) == (near is not None)


@pytest.mark.parametrize(
    ("extra", "column", "words"),
    [
        ("owner: [a]\n", 1, "expected text, found a list"),
        ("owner: 5\n", 1, "expected text, found the number 5"),
        ("min_sample: few\n", 1, "expected a whole number, found the text `few`"),
        ("min_sample: 2.5\n", 1, "expected a whole number, found the number 2.5"),
        ("min_sample: 0\n", 1, "expected at least 1"),
        ("exact: yes\n", 1, "expected true or false, found the text `yes`"),
        ("period: fortnight\n", 1, "expected one of day, week, month, quarter, year"),
        ("segments: [[a]]\n", 12, "expected a list of at least 2"),
        ("target: 5\n", 1, "expected a mapping or a list of them, found the number 5"),
        ("target: {at_most: [1]}\n", 10, "expected a number or text, found a list"),
        ("target: {at_most: true}\n", 10, "expected a number or text, found true"),
        ("target: {at_most: 1, at_least: 2}\n", 1, "exactly one of at_most, at_least, between"),
        ("target: {near: 1}\n", 1, "exactly one of at_most, at_least, between"),
        ("target: {between: [1, 2, 3]}\n", 10, "expected a list of at most 2"),
        ("baseline: {from: 2026-02-31}\n", 12, "2026-02-31 is not a day of the calendar"),
        ("baseline: {from: 1.2.2026}\n", 12, "expected a date such as 2026-01-31"),
        ("status: retired\n", 1, "go together"),
        (
            "waiver: {from: 2026-01-01, until: 2026-02-01, limit: 5}\n",
            1,
            "`reason`, `approved_by` are missing",
        ),
        ("action: {owner: me}\n", 1, "`do` is missing"),
        ("kind: kip\n", 1, "expected one of kpi, metric"),
        ("meta: 5\n", 1, "expected a mapping"),
    ],
)
def test_a_wrong_value_is_one_finding_in_plain_words(extra: str, column: int, words: str) -> None:
    """One finding a place, whatever shapes the field takes: what was expected, and what stands there."""
    finding = only_finding(BARE + extra)
    assert (finding.rule, finding.span) == ("wrong-type", Span("kpis/x.yaml", 5, column))
    assert words in finding.message
    assert finding.hint


@pytest.mark.parametrize("field", ["version", "id", "name", "unit"])
def test_a_missing_structural_field_is_named(field: str) -> None:
    """Without its id or unit a definition is none."""
    text = "".join(line for line in BARE.splitlines(keepends=True) if not line.startswith(field))
    finding = only_finding(text)
    assert (finding.rule, f"`{field}`" in finding.message) == ("wrong-type", True)


def test_another_version_is_refused() -> None:
    """A file of a later format is not read as if it were this one."""
    assert "version: 1" in only_finding(BARE.replace("version: 1", "version: 2")).message


@pytest.mark.parametrize("field", ["target", "baseline", "review", "action", "waiver", "benchmark"])
def test_a_metric_is_never_judged(field: str) -> None:
    """What judges belongs to a KPI."""
    finding = only_finding(BARE + f"kind: metric\n{field}: {{}}\n")
    assert (finding.rule, finding.span.line) == ("unknown-field", 6)
    assert "never judged" in finding.message


@pytest.mark.parametrize("connection", ["postgresql://reader:hunter2@db/desk", "hunter2", "${HUNTER2}", "s3://hunter2"])
def test_a_connection_is_a_variable_and_a_password_is_never_shown(connection: str) -> None:
    """Whoever writes a URL into kpi.yaml is told where it belongs, without its text."""
    source = f"{{connection: '{connection}', table: tickets, into: data/tickets.parquet}}"
    finding = only_finding(PROJECT + f"datasets: {{t: {{source: {source}}}}}\n", "kpi.yaml")
    assert finding.rule == "wrong-type"
    assert "hunter2" not in f"{finding.message} {finding.hint}".lower()


def test_only_what_is_pulled_is_complete_when_it_is_pulled() -> None:
    """A file has no instant at which it was pulled."""
    finding = only_finding(PROJECT + "datasets: {t: {source: x.csv, complete_through: pulled}}\n", "kpi.yaml")
    assert "connection" in finding.message


def test_the_engine_may_be_named() -> None:
    """`engine: duckdb` says what is so; another engine is refused, never read past."""
    assert load_catalog({"kpi.yaml": PROJECT + "engine: duckdb\n"}, {})[0] is not None
    finding = only_finding(PROJECT + "engine: spark://cluster\n", "kpi.yaml")
    assert (finding.rule, finding.span.line) == ("wrong-type", PROJECT.count("\n") + 1)


def test_an_empty_or_shapeless_file_says_so() -> None:
    """A file of comments, a word or a list is no definition; of the word, which may be a secret, nothing is shown."""
    assert "empty" in only_finding("# nothing yet\n").message
    assert "a text of 5 characters" in only_finding("hello\n").message
    assert "hello" not in str(only_finding("hello\n"))
    assert "a list" in only_finding("- a\n").message


def test_a_slip_in_the_yaml_is_not_told_twice() -> None:
    """What the reader already found on a line is not found again by the model."""
    assert [f.rule for f in findings_of(BARE + "min_sample: .inf\nowner: a\nowner: 5\nunit: [1]\n")] == [
        "wrong-type",
        "duplicate-key-in-yaml",
        "duplicate-key-in-yaml",
    ]


def test_a_key_of_the_wrong_shape_is_shown_at_the_key() -> None:
    """Names of datasets and columns are snake_case."""
    finding = only_finding(PROJECT + "datasets:\n  Bad name: {source: a.csv}\n", "kpi.yaml")
    assert finding.span == Span("kpi.yaml", 4, 3)
    assert "`Bad name`" in finding.message

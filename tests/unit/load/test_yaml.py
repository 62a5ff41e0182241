"""YAML means what its author sees, or there is a finding; nothing in between."""

from typing import Any

import pytest

from kpi_framework.load.yaml import MAX_DEPTH, MAX_FINDINGS, read_yaml
from kpi_framework.model.diagnostic import Diagnostic, Span


def value_of(text: str) -> Any:
    """The values of a text that has nothing wrong with it."""
    document = read_yaml("kpis/x.yaml", text)
    assert document.findings == ()
    return document.value


def only_finding(text: str, rule: str = "yaml-syntax") -> Diagnostic:
    """The one finding of a text."""
    findings = read_yaml("kpis/x.yaml", text).findings
    assert [f.rule for f in findings] == [rule], findings
    return findings[0]


@pytest.mark.parametrize(
    "text", ["no", "on", "yes", "off", "12:30", "2026-01-31", "1_000", "0b1", "+0x1F", "1e", "-", "<<"]
)
def test_what_older_yaml_takes_for_something_else_stays_text(text: str) -> None:
    """`no`, `on`, times and dates are text: YAML 1.2's core schema knows only what it lists."""
    assert value_of(f"a: {text if text != '-' else chr(39) + '-' + chr(39)}\n") == {"a": text}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("012", 12),
        ("08", 8),
        ("0o14", 12),
        ("0x1F", 31),
        ("+3", 3),
        ("-7", -7),
        ("1.", 1.0),
        (".5", 0.5),
        ("1e3", 1000.0),
    ],
)
def test_numbers_are_those_of_the_core_schema(text: str, number: int | float) -> None:
    """A leading zero does not make a number octal."""
    value = value_of(f"a: {text}\n")["a"]
    assert (value, type(value)) == (number, type(number))


@pytest.mark.parametrize(("text", "value"), [("null", None), ("~", None), ("", None), ("TRUE", True), ("False", False)])
def test_words_of_the_core_schema(text: str, value: object) -> None:
    """Nothing, true and false have a few spellings and no others."""
    assert value_of(f"a: {text}\n") == {"a": value}


@pytest.mark.parametrize("text", [".inf", "-.Inf", ".nan", "1e999", "9" * 30, "9" * 5000])
def test_a_number_that_is_none_is_a_finding(text: str) -> None:
    """Infinity and numbers too large for any engine have no place in a definition."""
    assert only_finding(f"a: {text}\n", "wrong-type").span == Span("kpis/x.yaml", 1, 4)


def test_keys_that_name_data_are_text() -> None:
    """A segment's value `1` or `null` is a word, not a number or nothing."""
    assert value_of("1: a\ntrue: b\nnull: c\n~: d\n1.0: e\n") == {
        "1": "a",
        "true": "b",
        "null": "c",
        "~": "d",
        "1.0": "e",
    }


def test_a_key_that_stands_twice_is_shown_where_it_stands_again() -> None:
    """The second key is the finding, and it names the first one's line; the first one's value counts."""
    document = read_yaml("kpis/x.yaml", "a: 1\nb:\n  c: 1\n  c: 2\na: 3\n")
    assert document.value == {"a": 1, "b": {"c": 1}}
    assert [(f.rule, f.span.line, f.span.column) for f in document.findings] == [
        ("duplicate-key-in-yaml", 4, 3),
        ("duplicate-key-in-yaml", 5, 1),
    ]
    assert "line 3" in document.findings[0].message
    assert "line 1" in document.findings[1].message


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a: &x b\n", 1, 4),
        ("a: 1\nb: *x\n", 2, 4),
        ("a: !!str 1\n", 1, 4),
        ("a: !python/object:os.system {}\n", 1, 4),
        ("a: 1\n---\nb: 2\n", 2, 1),
        ("a: 1\n\tb: 2\n", 2, 1),
        ("a:\n\tb: 2\n", 2, 1),
        ("a: |\n\tb\n", 2, 1),
        ("a: [1, 2\n", 1, 4),
        ("a: {b: 1\nc: 2\n", 1, 4),
        ("a: 'b\nc: 1\n", 1, 4),
        ("a: 1\n b: 2\n", 2, 3),
        ("owner: me\nformula\nunit: count\n", 2, 1),
        ("a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> topic\n", 2, 1),
        ("? [a]\n: b\n", 1, 3),
        (": b\n", 1, 1),
        ('a: "\\0"\n', 1, 4),
        ("a: b\u2028c: d\n", 1, 5),
        ("a: b\u2029c: d\n", 1, 5),
        ("a: b\x85c: d\n", 1, 5),
        ("a: b\rc: d\n", 1, 5),
        ("a: b\ufeff\n", 1, 5),
        ("a: \u202eb\n", 1, 4),
        ("a: b\u200b\n", 1, 5),
        ("a: b\x07\n", 1, 5),
        ("a: b\udcff\n", 1, 5),
        ("[" * (MAX_DEPTH + 1), 1, MAX_DEPTH + 1),
    ],
)
def test_what_is_no_yaml_or_could_deceive_is_one_finding_at_its_place(text: str, line: int, column: int) -> None:
    """Each slip gives exactly one finding, with line, column and a remedy."""
    finding = only_finding(text)
    assert (finding.span.line, finding.span.column) == (line, column)
    assert finding.message
    assert finding.hint


def test_a_file_too_large_is_not_read() -> None:
    """A definition is a page; a megabyte of YAML is an attack or an accident."""
    assert only_finding("# x\n" * 300_000).span.line == 1


@pytest.mark.parametrize(
    ("text", "corrected"),
    [
        ("ticket_id: Ticket #\n", 'ticket_id: "Ticket #"'),
        ("description: Tickets #1 queue\n", 'description: "Tickets #1 queue"'),
        ("description: #1 queue\n", 'description: "#1 queue"'),
        ("a:\n  - Tickets #1 queue\n", '- "Tickets #1 queue"'),
        ("a: Tickets\n  of #1 queue\n", 'a: "Tickets of #1 queue"'),
        ("a: {do: Tickets #1 queue, owner: x}\n", 'a: {do: "Tickets #1 queue", owner: x}'),
        ("when: 'a' = 'b'\n", "when: \"'a' = 'b'\""),
        ("when: 'a' = 'b'  # note\n", "when: \"'a' = 'b'\""),
        ('when: "a" = "b"\n', 'when: \'"a" = "b"\''),
        ("a: {when: 'a' = 'b', owner: x}\n", "a: {when: \"'a' = 'b'\", owner: x}"),
        (
            "action: {do: Move cover, peak hours, owner: x}\n",
            'action: {do: "Move cover, peak hours", owner: x}',
        ),
        ("action: {do: Move cover, peak hours,\n  owner: x}\n", 'action: {do: "Move cover, peak hours",'),
        ("a: [{b: c, d}]\n", 'a: [{b: "c, d"}]'),
        ("name: Beta: the second\n", 'name: "Beta: the second"'),
        ("name: [Beta] tickets\n", 'name: "[Beta] tickets"'),
        ("owner: @desk\n", 'owner: "@desk"'),
        ("owner: *desk\n", 'owner: "*desk"'),
        ("where: !merged\n", 'where: "!merged"'),
        ("limit: > 5\n", 'limit: "> 5"'),
        ('path: "C:\\data"\n', "path: 'C:\\data'"),
    ],
)
def test_the_hint_is_the_corrected_line(text: str, corrected: str) -> None:
    """What YAML would cut, split or refuse comes back as the line its author meant."""
    assert only_finding(text).hint.endswith(f"rite: {corrected}")


@pytest.mark.parametrize(
    "text",
    [
        "owner: x  # the desk\n",
        "# all\n#\nowner: x # of it\n",
        "owner: x\n  # kpi: ignore[some-rule] as agreed\n",
        "link: a#b\n",
        "a: '#1'\n",
        "a: |\n  x #1\n",
    ],
)
def test_ordinary_comments_are_no_findings(text: str) -> None:
    """A # with a space behind it, in a word or inside quotes cuts nothing that anybody meant."""
    assert read_yaml("kpis/x.yaml", text).findings == ()


def test_places_are_those_of_keys_and_of_the_text_itself() -> None:
    """Keys, list items and values have places; a text's begins behind its quote, a block's below its `|`."""
    at = read_yaml("k.yaml", "a: 'x'\nformula: |  # why\n\n  median(\n    b)\nc: {d: [1, é, 3]}\n").at
    assert at.key("a") == Span("k.yaml", 1, 1)
    assert at.value("a") == Span("k.yaml", 1, 5)
    assert at.key("formula") == Span("k.yaml", 2, 1)
    assert at.value("formula") == Span("k.yaml", 4, 3)
    assert at.key("c", "d", 2) == Span("k.yaml", 6, 15)
    assert at.key("c", "missing") == Span("k.yaml", 6, 1)


def test_windows_line_ends_and_a_leading_mark_change_nothing() -> None:
    """A file from another editor has the same values at the same places."""
    document = read_yaml("k.yaml", "\ufeffa: 1\r\nb: |\r\n  x\r\n  y\r\n")
    assert (document.value, document.findings) == ({"a": 1, "b": "x\ny\n"}, ())
    assert document.at.key("b") == Span("k.yaml", 2, 1)


def test_ignores_are_read_from_comments_only() -> None:
    """Beside a line, above it, below a block; never inside a text that merely quotes one."""
    text = (
        "# kpi: ignore[missing-owner] a pilot\n"
        "a: 1  # kpi: ignore[wrong-type] legacy [see 12]\n"
        "b: |  # kpi: ignore[baseline-length] header\n"
        "  # kpi: ignore[inside] of a block\n"
        "\n"
        "# kpi: ignore[stale] below a block\n"
        "c: 'x  # kpi: ignore[inside] quotes'\n"
        "d: x#kpi:ignore[inside] a word\n"
    )
    document = read_yaml("k.yaml", text)
    assert document.findings == ()
    assert [(i.rule, i.reason, i.span.line, i.span.column) for i in document.ignores] == [
        ("missing-owner", "a pilot", 1, 1),
        ("wrong-type", "legacy [see 12]", 2, 7),
        ("baseline-length", "header", 3, 7),
        ("stale", "below a block", 6, 1),
    ]


@pytest.mark.parametrize(
    "comment",
    [
        "# kpi: ignore[stale]",
        "# kpi: ignore[stale]  ",
        "# kpi: ignore",
        "# kpi: ignore[] why",
        "#kpi:ignore stale",
    ],
)
def test_an_ignore_without_rule_or_reason_is_a_finding(comment: str) -> None:
    """Nobody silences a rule without saying which and why."""
    finding = only_finding(f"a: 1 {comment}\n")
    assert finding.span == Span("kpis/x.yaml", 1, 6)
    assert "# kpi: ignore[" in finding.hint


@pytest.mark.parametrize(
    "text",
    [
        "a: {" + "b, " * 100_000 + "}",
        "a: {c: d, " + "b, " * 100_000 + "}",
        "a: 1\n" * 200_000,
        "[" * 900_000,
        "a: x #y\n" * 100_000,
        "#" * 900_000,
        "'' # kpi: ignore[a] b\n" * 40_000,
    ],
)
def test_hostile_texts_end_soon_and_with_few_findings(text: str) -> None:
    """No text makes the reader slow, deep or chatty."""
    assert 1 <= len(read_yaml("k.yaml", text).findings or "#") <= MAX_FINDINGS + 1

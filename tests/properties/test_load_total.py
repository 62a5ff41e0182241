"""Whatever the text, reading it ends in values and findings: never in an exception."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from kpi_framework.load.catalog import load_catalog
from kpi_framework.load.yaml import read_yaml

VALID = """\
version: 1
id: x  # its name
name: 'First response: "time"'
formula: |
  median(hours_between(a, b))
unit: hours
segments: [priority, [priority, channel]]
target:
  - {at_most: 60 min, near: 75 min, by: {priority: {1: {at_most: 30 min}}}}
  - from: 2026-01-01
    between: [1, 2.5]
# kpi: ignore[some-rule] as agreed
action: {do: Move cover, owner: x}
examples:
  - name: one
    given: [{a: 2026-01-05 10:00, times: 3, c: null}]
    expect: {value: 25 min, status: met}
"""
# fmt: off
PIECES = st.sampled_from([
    "\t", "\n", "#", " #", "'", '"', ":", ": ", ", ", "{", "}", "[", "]", "- ", "&a ", "*a", "!t ", "|", ">",
    "%", "@", "---\n", "...\n", "? ", "\\", "\u2028", "\ufeff", "\r", "~", "<<: ", "0x", ".inf", "é",
    "😀", "\x00",
])
# fmt: on


@st.composite
def slips(draw: st.DrawFn) -> str:
    """The valid file with a few pieces inserted, deleted or doubled."""
    text = VALID
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        text = text[:start] + draw(PIECES | st.just(text[start:end] * 2) | st.just("")) + text[end:]
    return text


def check(text: str) -> None:
    """Findings have places inside the file; a file without findings gives a definition."""
    lines = text.removeprefix("\ufeff").count("\n") + 1
    for finding in read_yaml("kpis/x.yaml", text).findings:
        assert 1 <= finding.span.line <= lines
        assert finding.span.column >= 1
        assert finding.message
        assert finding.hint
    catalog, findings = load_catalog({"kpi.yaml": "version: 1\nname: x\n", "kpis/x.yaml": text}, {})
    assert catalog is not None
    assert bool(findings) == ("x" in catalog.broken) == (not catalog.entries)


@given(slips())
@settings(max_examples=300)
def test_a_slip_of_the_pen_is_never_a_traceback(text: str) -> None:
    """Half-written and mangled files are read to findings."""
    check(text)


@given(st.text())
@example("a:\n" * 60)
@example("? " * 3000)
@example("- " * 3000)
@example("!<tag:")
@example('"\\ud800"')
@settings(max_examples=200)
def test_any_text_is_read(text: str) -> None:
    """Noise as well."""
    check(text)


ASCII = st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Z"]), min_size=1)
ANY = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]))


@given(st.dictionaries(ASCII, ANY))
@settings(max_examples=100)
def test_quoted_text_comes_back_as_it_was(values: dict[str, str]) -> None:
    """In single quotes every text is itself."""
    document = read_yaml("k.yaml", "".join(f"{_quoted(k)}: {_quoted(v)}\n" for k, v in values.items()))
    assert document.findings == ()
    assert (document.value or {}) == values


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

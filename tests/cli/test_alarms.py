"""Missed targets and signals that are on stand at their lines, in the formats that only know lines of files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.projects import KPI, STRICT, kpi, project, text

pytestmark = pytest.mark.usefixtures("engine_inside")

LINE = text(KPI).splitlines().index(next(row for row in text(KPI).splitlines() if row.startswith("target:"))) + 1


def test_gitlab_gets_a_missed_target_at_its_line(tmp_path: Path) -> None:
    """A check that fails by a miss alone has one entry of it, at `target:` of the definition; a met one has none."""
    ended = kpi(project(tmp_path / "missed", {KPI: STRICT}), "check", "--format", "gitlab")
    [missed] = [one for one in ended.json if one["check_name"] == "target-missed"]
    assert ended.code == 1
    assert missed["location"] == {"path": KPI, "lines": {"begin": LINE}}
    assert missed["severity"] == "major"
    met = kpi(project(tmp_path / "met"), "check", "--format", "gitlab")
    assert "target-missed" not in {one["check_name"] for one in met.json}


def test_github_gets_a_missed_target_at_its_line(tmp_path: Path) -> None:
    """One error, with file and line; with the gate on definitions alone it is a notice."""
    root = project(tmp_path, {KPI: STRICT})
    for gate, kind in (("all", "error"), ("definitions", "notice")):
        told = kpi(root, "check", "--format", "github", "--gate", gate).out.splitlines()
        [missed] = [one for one in told if "target-missed" in one]
        assert missed.startswith(f"::{kind} file={KPI},line={LINE},")
        assert [one for one in told if one.startswith("::error")] == ([missed] if kind == "error" else [])


def test_github_gets_at_most_ten_misses(tmp_path: Path) -> None:
    """Nine at their lines, and one that counts the rest."""
    files = {f"kpis/k{n}.yaml": STRICT.replace("id: fix_time", f"id: k{n}") for n in range(14)}
    told = kpi(project(tmp_path, files), "check", "--format", "github").out.splitlines()
    errors = [one for one in told if one.startswith("::error")]
    assert len(errors) == 10
    assert sum("file=kpis/k" in one for one in errors) == 9
    assert "target-missed" in errors[-1]


SIGNAL = """version: 1
kind: signal
id: slow_and_busy
name: Slow, and many tickets
when: "fix_time.value > 0 and volume.value > 0"
asks: Is a rota missing?
do: Ask the desk lead.
severity: {own}
"""
WHEN = SIGNAL.splitlines().index(next(row for row in SIGNAL.splitlines() if row.startswith("when:"))) + 1


@pytest.mark.parametrize(
    ("own", "gated", "gate", "kind"),
    [
        ("error", "error", "all", "error"), ("warning", "error", "all", "warning"), ("error", "note", "all", "notice"),
        ("error", "error", "definitions", "notice"), ("error", "off", "all", None),
    ],
)  # fmt: skip
def test_a_signal_that_is_on_is_told_at_its_line(
    own: str, gated: str, gate: str, kind: str | None, tmp_path: Path
) -> None:
    """One annotation at `when:`, as heavy as the gate lets it be, with its values and what to do; off hides it."""
    config = text("kpi.yaml") + f"gate: {{signals: {gated}}}\n"
    root = project(tmp_path, {"kpi.yaml": config, "kpis/slow_and_busy.yaml": SIGNAL.format(own=own)})
    ended = kpi(root, "check", "--format", "github", "--gate", gate)
    told = [one for one in ended.out.splitlines() if "signal-on" in one]
    assert [one.partition(" ")[0] for one in told] == ([f"::{kind}"] if kind else [])
    assert all(f"file=kpis/slow_and_busy.yaml,line={WHEN}," in one for one in told)
    assert all("volume.value = " in one and "Ask the desk lead." in one for one in told)
    assert ended.code == (kind == "error")
    found = kpi(root, "check", "--format", "gitlab", "--gate", gate).json
    assert sum(one["check_name"] == "signal-on" for one in found) == len(told)

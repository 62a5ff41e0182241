"""CODEOWNERS means here what it means to the repository's host."""

from __future__ import annotations

import pytest

from kpi_framework.load.codeowners import files_of, read_code_owners

# Patterns and paths as the host's own documentation explains them.
MATCHES = (
    ("*", "kpis/a.yaml", True),
    ("*.yaml", "kpis/deep/a.yaml", True),
    ("*.yaml", "kpis/a.yml", False),
    ("/kpis/", "kpis/deep/a.yaml", True),
    ("/kpis/", "more/kpis/a.yaml", False),
    ("kpis/", "more/kpis/a.yaml", True),
    ("kpis/*", "kpis/a.yaml", True),
    ("kpis/*", "kpis/deep/a.yaml", False),
    ("/kpis/**", "kpis/deep/a.yaml", True),
    ("/kpis/**/cost/", "kpis/cost/a.yaml", True),
    ("/kpis/**/cost/", "kpis/a/b/cost/c.yaml", True),
    ("**/cost", "kpis/cost/a.yaml", True),
    ("/kpis/a.yaml", "kpis/a.yaml", True),
    ("/kpis/a.yaml", "kpis/aXyaml", False),
    ("/kpis/?.yaml", "kpis/a.yaml", True),
    ("/kpi", "kpis/a.yaml", False),
    ("/*", "kpis/a.yaml", False),
    ("/*", "kpi.yaml", True),
    ("/apps/github", "apps/github/kpis/a.yaml", True),
)


@pytest.mark.parametrize(("pattern", "path", "wanted"), MATCHES)
def test_a_pattern_is_for_its_files(pattern: str, path: str, wanted: bool) -> None:
    """Anchored, in folders at any depth, and with stars."""
    assert bool(files_of(pattern).match(path)) is wanted


def test_the_last_line_counts() -> None:
    """Comments, blank lines and lines the host skips say nothing; a line without owners says that nobody owns."""
    text = (
        "# all\n*  @all\n\n/kpis/ ada@example.com @org/team # both\n/kpis/free.yaml\n"
        "!/kpis/x.yaml @no\n/kpis/[ab].yaml @no\n/kpis/a\\ b.yaml @spaced\n"
    )
    owners = read_code_owners("CODEOWNERS", text)
    found = {p: owners.of(p) for p in ("kpi.yaml", "kpis/x.yaml", "kpis/a.yaml", "kpis/free.yaml", "kpis/a b.yaml")}
    assert {p: c and (c.owners, c.line) for p, c in found.items()} == {
        "kpi.yaml": (("@all",), 2), "kpis/x.yaml": (("ada@example.com", "@org/team"), 4),
        "kpis/a.yaml": (("ada@example.com", "@org/team"), 4), "kpis/free.yaml": ((), 5),
        "kpis/a b.yaml": (("@spaced",), 8),
    }  # fmt: skip


def test_a_project_may_stand_in_a_folder_of_its_repository() -> None:
    """Patterns are of the repository, paths of the project."""
    owners = read_code_owners("CODEOWNERS", "/desk/kpis/ @desk\n", "desk/")
    claim = owners.of("kpis/a.yaml")
    assert claim is not None
    assert claim.owners == ("@desk",)

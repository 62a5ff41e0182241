"""The pages about getting data show the files that the tests run, and name all of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import ROOT

PAGES = [ROOT / "docs/getting-data.md", *sorted((ROOT / "docs/getting-data").glob("*.md"))]
EXAMPLES = ROOT / "examples/getting-data"
SHOWN = re.compile(r"(<!-- (examples/getting-data/\S+) -->\n```yaml\n)(.*?)(```\n)", re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_a_page_shows_the_files_as_they_are(page: Path, request: pytest.FixtureRequest) -> None:
    """Each block under a file's name is that file: `make golden` renews it."""
    text = page.read_text(encoding="utf-8")
    whole = SHOWN.sub(lambda match: f"{match[1]}{(ROOT / match[2]).read_text(encoding='utf-8')}{match[4]}", text)
    if request.config.getoption("--update-goldens"):
        page.write_text(whole, encoding="utf-8")
        return
    assert text == whole


def test_every_example_stands_on_a_page() -> None:
    """A kpi.yaml and a workflow of each folder, and nothing that is not there."""
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    shown = {match[2] for match in SHOWN.finditer(text)}
    kept = {path for name in ("kpi.yaml", "tickets.yml", ".gitlab-ci.yml") for path in EXAMPLES.rglob(name)}
    assert shown == {str(path.relative_to(ROOT)) for path in kept}
    assert len(PAGES) == 9

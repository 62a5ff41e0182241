"""The samples' definitions still have the hashes that version 0.1.0 gave them, in its language."""

from __future__ import annotations

import pytest

from kpi_framework.model.language import is_former
from kpi_framework.workflow.history.revisions import side_of
from kpi_framework.workflow.project import ProjectRoot, compiled, load
from tests.conftest import Golden
from tests.stories.test_unchanged import SAMPLES


@pytest.mark.parametrize("sample", SAMPLES)
def test_form_1_is_byte_for_byte_what_it_was(sample: str, golden: Golden) -> None:
    """What 0.1.0 froze and published is recognised by it. A new field makes a new hash only where it is set."""
    project_root = ProjectRoot(SAMPLES[sample])
    catalog, _ = load(project_root)
    assert catalog is not None
    hashes = side_of(compiled(catalog, project_root)).former_hashes
    golden(f"{sample}-language-1.txt", "".join(f"{i} {h}\n" for i, h in sorted(hashes.items())))


def test_one_sample_keeps_what_0_1_0_froze() -> None:
    """The service desk's baselines are of today's language; the IT department's stay a living test of the older one."""
    languages = {}
    for sample, root in SAMPLES.items():
        catalog, _ = load(ProjectRoot(root))
        assert catalog is not None
        languages[sample] = {is_former(e.noun.definition) for e in catalog.baselines.values()}
    assert languages["sample"] == {False}
    assert True in languages["it-department"]

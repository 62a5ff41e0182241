"""The workflows that `kpi init` writes, those of the examples and our own, through zizmor and actionlint."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from kpi_framework.workflow.setup.pipelines import write_pipeline

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples/getting-data"
SCRIPTS = Path(sysconfig.get_path("scripts"))


def main() -> int:
    """Write them with and without a known origin, and look at all of them."""
    codes = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for requirement in (None, f"kpi-framework @ git+https://example.org/kpi@{40 * '0'}"):
            target = folder / ("known" if requirement else "unknown")
            write_pipeline(target, "github", requirement)
        for place in (*folder.glob("*/.github"), *EXAMPLES.glob("*/.github")):
            zizmor = [str(SCRIPTS / "zizmor"), "--offline", "--persona", "pedantic", "--quiet", str(place)]
            codes.append(subprocess.run(zizmor, check=False).returncode)
        files = [
            str(p) for place in (folder, ROOT / ".github", EXAMPLES) for p in sorted(place.rglob("workflows/*.yml"))
        ]
        actionlint = shutil.which("actionlint", path=str(SCRIPTS))
        if actionlint is None:
            print("actionlint has no binary for this system: its look is left out", file=sys.stderr)
        else:
            codes.append(subprocess.run([actionlint, *files], check=False, cwd=ROOT).returncode)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())

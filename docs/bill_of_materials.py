"""The software that runs with kpi as a bill of materials (CycloneDX 1.6), from the locked versions and hashes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from kpi_framework import __version__

LOCK = Path(__file__).parents[1] / "requirements" / "run.txt"
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)(.*)$")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def components(lock: str) -> list[dict[str, Any]]:
    """Every library of a lock file: its name, its version, and the hashes of the files that it may come in."""
    listed: list[dict[str, Any]] = []
    for line in lock.splitlines():
        pinned, hashes = _PINNED.match(line), _HASH.findall(line)
        if pinned is not None:
            name, version = pinned[1].lower(), pinned[2]
            listed.append({
                "type": "library", "bom-ref": f"pkg:pypi/{name}@{version}", "name": name, "version": version,
                "purl": f"pkg:pypi/{name}@{version}", "hashes": [],
            })  # fmt: skip
        elif hashes:
            listed[-1]["hashes"] += [{"alg": "SHA-256", "content": digest} for digest in hashes]
    return listed


def bill_of_materials() -> dict[str, Any]:
    """The same bytes for the same lock file: it holds no time and no random number."""
    package = {"type": "application", "bom-ref": "kpi-framework", "name": "kpi-framework", "version": __version__}
    libraries = components(LOCK.read_text(encoding="utf-8"))
    depends = [{"ref": "kpi-framework", "dependsOn": [library["bom-ref"] for library in libraries]}]
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "metadata": {"component": package},
        "components": libraries, "dependencies": depends,
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(bill_of_materials(), indent=2))

"""The software that runs with kpi as a bill of materials (CycloneDX 1.6), from the locked versions and hashes."""

from __future__ import annotations

import json
from typing import Any

from lock_file import Locked, locked

from kpi_framework import __version__


def _component(library: Locked) -> dict[str, Any]:
    reference = f"pkg:pypi/{library.name.lower()}@{library.version}"
    return {
        "type": "library", "bom-ref": reference, "name": library.name.lower(), "version": library.version,
        "purl": reference, "hashes": [{"alg": "SHA-256", "content": digest} for digest in library.hashes],
    }  # fmt: skip


def bill_of_materials() -> dict[str, Any]:
    """The same bytes for the same lock file: it holds no time and no random number."""
    package = {"type": "application", "bom-ref": "kpi-framework", "name": "kpi-framework", "version": __version__}
    libraries = [_component(library) for library in locked()]
    depends = [{"ref": "kpi-framework", "dependsOn": [library["bom-ref"] for library in libraries]}]
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "metadata": {"component": package},
        "components": libraries, "dependencies": depends,
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(bill_of_materials(), indent=2))

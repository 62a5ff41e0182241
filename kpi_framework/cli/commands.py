"""All commands: importing them registers them. Their order in `kpi --help` is that of `app.SECTIONS`."""

from . import lint

# isort: split
from . import check

# isort: split
from . import audit, baseline, changes, ci, demo, doctor, governance, init, ledger, library, questions, site
from . import reference as more

__all__ = [
    "audit", "baseline", "changes", "check", "ci", "demo", "doctor", "governance", "init", "ledger", "library", "lint",
    "more", "questions", "site",
]  # fmt: skip

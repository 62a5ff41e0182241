"""All commands: importing them registers them. Their order in `kpi --help` is that of `app.SECTIONS`."""

from . import lint

# isort: split
from . import check

# isort: split
from . import (
    audit,
    baseline,
    changes,
    ci,
    demo,
    doctor,
    export,
    governance,
    init,
    ledger,
    library,
    lsp,
    notify,
    pull,
    questions,
    site,
)
from . import reference as more

__all__ = [
    "audit", "baseline", "changes", "check", "ci", "demo", "doctor", "export", "governance", "init", "ledger",
    "library", "lint", "lsp", "more", "notify", "pull", "questions", "site",
]  # fmt: skip

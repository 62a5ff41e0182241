"""What a published value stands on beside its definition: versions and days off; who published it, in which run."""

from __future__ import annotations

import hashlib
import os
import zoneinfo
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ... import __version__
from ...compile.time.holidays import days_off
from ...model.calendar import Calendar
from ...model.period import Period

_ACTORS = ("GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILD_REQUESTEDFOR", "KPI_ACTOR")
"""Where a platform says who started a run, most specific first."""
_RUNS = ("CI_JOB_URL", "BUILD_URL", "KPI_RUN")
_NOT_KNOWN = "not known"


def versions(engine: str) -> dict[str, str]:
    """The versions that can move a value: of kpi, of the engine, of the libraries of holidays and of time zones."""
    return {"kpi": __version__, "engine": engine, "holidays": _version_of("holidays"), "time_zones": _time_zones()}


def _version_of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return _NOT_KNOWN


@cache
def _time_zones() -> str:
    """The release of the time zones that Python reads: the system's, else the package's."""
    folder = next((Path(f) for f in zoneinfo.TZPATH if Path(f, "UTC").is_file()), None)
    if folder is None:
        return _version_of("tzdata")
    path = next((p for p in (folder / "tzdata.zi", folder / "+VERSION") if p.is_file()), None)
    first = path.read_text(encoding="utf-8", errors="replace").partition("\n")[0] if path else ""
    return first.removeprefix("# version").strip() or "the system's"


def days_off_of(calendars: Mapping[str, Calendar], names: Iterable[str], period: Period) -> dict[str, object]:
    """For each calendar with holidays: the days off in a period, and one hash over those of all years."""
    resolved: dict[str, object] = {}
    for name in sorted(names):
        calendar = calendars.get(name)
        if calendar is not None and calendar.holidays:
            days = sorted({day for code in calendar.holidays for day in days_off(code)})
            inside = [day.isoformat() for day in days if period.start <= day < period.end]
            resolved[name] = {"in_period": inside, "all": _hash_of("\n".join(map(str, days)).encode())}
    return resolved


def _hash_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def run_line(committer: str | None) -> dict[str, object]:
    """Who published, and in which run, as the platform says; without one, who commits here."""
    actor = next((os.environ[name] for name in _ACTORS if os.environ.get(name)), committer)
    return {"actor": actor, "run": _github_run() or next((os.environ[n] for n in _RUNS if os.environ.get(n)), None)}


def _github_run() -> str | None:
    parts = [os.environ.get(name) for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")]
    return "{}/{}/actions/runs/{}".format(*parts) if all(parts) else None

"""The scorecard of a day, by the definitions of a revision: as it was, with the goalposts of then."""

from __future__ import annotations

import datetime as dt

from ...history.commits import read_commits
from ...history.git import find_repository
from ...model.record import replace
from ..checking.check import check_loaded
from ..run import Options, Outcome
from .revisions import Revision


def check_at(options: Options, name: str) -> Outcome:
    """The main job with a revision's definitions and its tracked data; what git does not track is today's.

    Without a day, its kpi.yaml says the day, else it is the instant of the commit. Raises KpiError.
    """
    repository = find_repository(options.project_root.folder)
    revision = Revision(options.project_root, repository, repository.commit(name))
    [commit] = read_commits(repository, [revision.name]).values()
    then = replace(options, now=commit.committed_at.astimezone(dt.UTC))
    catalog, findings = revision.loaded
    if catalog is None:
        return check_loaded(then, None, findings, revision.name)
    with revision.laid_out(catalog) as project_root:
        return check_loaded(replace(then, project_root=project_root), catalog, findings, revision.name)

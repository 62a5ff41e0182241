"""The jobs of GLPI, osTicket and Zammad: their views on a real server, `kpi pull` by a reader of them, `kpi ci`."""

from __future__ import annotations

import datetime as dt
import statistics
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest

from kpi_framework.load.library import shipped_views
from tests.getting_data.cases import Case, cases, stored
from tests.getting_data.databases import Database
from tests.getting_data.desk import PERSON, ZONE, start_of_month
from tests.getting_data.jobs import EXAMPLES, Nights, git
from tests.getting_data.projects import KPIS, drafts, measured
from tests.getting_data.stand_ins import SECRET

CASES = cases()
COMMENTS = "dataset: ticket_events\ntime: at\nformula: count(*) filter (where field = 'comment')\nunit: count\n"
GRANTS = {
    "glpi": "create user kpi@'%' identified by '{}'; grant select on glpi.kpi_tickets to kpi@'%';"
    "grant select on glpi.kpi_ticket_events to kpi@'%'; grant select on glpi.kpi_surveys to kpi@'%';",
    "osticket": "create user kpi_two@'%' identified by '{}'; grant select on osticket.kpi_tickets to kpi_two@'%';"
    "grant select on osticket.kpi_ticket_events to kpi_two@'%';",
    "zammad": "create role kpi login password '{}'; grant usage on schema kpi to kpi;"
    "grant select on all tables in schema kpi to kpi;",
}
"""What each file of views says in its head."""
ZONES = {"osticket": ZONE}


def figures(product: str) -> dict[tuple[str, str], float]:
    """The figures of the cases, by plain Python."""
    zone = ZONES.get(product, ZoneInfo("UTC"))

    def instant(moment: dt.datetime) -> dt.datetime:
        return moment.replace(tzinfo=zone).astimezone(dt.UTC)

    def month(moment: dt.datetime) -> str:
        return start_of_month(instant(moment))

    values: dict[tuple[str, str], float] = {}
    living = [case for case in CASES if not case.merged]
    for start in sorted(
        {month(case.created) for case in CASES} | {month(case.solved) for case in living if case.solved}
    ):
        opened = [case for case in living if month(case.created) == start]
        replies = [(case, next(iter(case.replies(product == "glpi")), None)) for case in opened]
        waits = [(instant(reply) - instant(case.created)) / dt.timedelta(minutes=1) for case, reply in replies if reply]
        solved = [(case.created, case.solved) for case in living if case.solved and month(case.solved) == start]
        hours = [(instant(end) - instant(begin)) / dt.timedelta(hours=1) for begin, end in solved]
        written = [moment for case in CASES for moment in texts(product, case) if month(moment) == start]
        counts = {"opened": len(opened), "comments": len(written)}
        medians = {name: statistics.median(v) for name, v in (("reply", waits), ("solution", hours)) if v}
        values |= {(name, start): value for name, value in (counts | medians).items() if value}
    return values


def texts(product: str, case: Case) -> list[dt.datetime]:
    """The moments of all comments as the product stores them."""
    first = [case.created] if product != "glpi" else [at for at, word in case.states if word == "resolved"]
    return [*first, *(comment.at for comment in case.comments)]


@pytest.mark.parametrize("product", ["glpi", "osticket", "zammad"])
def test_a_night_gives_the_tickets_own_figures(product: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """The reader sees the views and no table; no person and no secret is left in a file, a commit or an output."""
    server: Database = request.getfixturevalue("postgres" if product == "zammad" else "maria")
    server.run(f"create database {product};", server.first)
    server.run(stored(product, CASES) + shipped_views()[product] + GRANTS[product].format(SECRET), product)
    files = {"kpi.yaml": (EXAMPLES / product / "kpi.yaml").read_text(encoding="utf-8")}
    files |= drafts({**KPIS, "comments": COMMENTS})
    user = "kpi_two" if product == "osticket" else "kpi"
    address = f"{server.scheme}://{user}:{SECRET}@127.0.0.1:{server.port}/{product}"
    workflow = EXAMPLES / product / ".github/workflows/tickets.yml"
    key = {"KPI_PERSONAL_KEY": f"{SECRET}-key"} if product == "zammad" else {}
    repository = Nights(tmp_path, workflow, {f"KPI_{product.upper()}_URL": address, **key})
    repository.start(files)
    night = repository.run()
    assert night.code == 0, night.output
    assert measured(repository.checked) == pytest.approx(figures(product), rel=1e-9)
    assert git(repository.origin, "log", "-1", "--format=%s", "main") == "data: the tickets of the night"
    for name, content in repository.texts():
        assert SECRET.encode() not in content, name
        assert PERSON.encode() not in content, name
    personal = {"agent": {case.agent for case in CASES}, "requester": {case.asker for case in CASES}}
    rows = duckdb.read_parquet(str(repository.checked / "data/tickets.parquet"))
    assert set(personal) & set(rows.columns) == (set(personal) if key else set()), "dropped where there is no key"
    for column in set(personal) & set(rows.columns):
        hashes = {row[0] for row in rows.select(column).fetchall()}
        assert len(hashes) == len(personal[column])
        assert not hashes & {str(number) for number in personal[column]}

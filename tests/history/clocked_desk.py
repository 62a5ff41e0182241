"""A desk whose KPIs stand on everything that a dataset can have: clocks, policies, evidence, calendars, maps, rules."""

from __future__ import annotations

import datetime as dt

CONFIG = """version: 1
name: A desk
timezone: Europe/London
as_of: 2026-04-02
required: [reply_time, on_time]
objectives: {faster: Faster}
calendars:
  business: {hours: {mon-fri: ["08:00-18:00"]}, holidays: [GB-ENG]}
datasets:
  tickets:
    source: {path: data/tickets.csv, nulls: ["", "NA"]}
    columns:
      ticket_id: number
      created_at: opened
      first_response_at: replied
      resolved_at: solved
      priority: {from: urgency, values: {1 - High: high, 2 - Low: low}}
      requester: {from: caller, personal: true}
    derive: {slow: "hours_between(created_at, resolved_at) > 48"}
    key: ticket_id
    time: created_at
    freshness: 2 days
    clocks: {wait: {history: ticket_events, running: [new], calendar: business}}
    rules: {reply_after: {holds: first_response_at >= created_at, at_least: 99%}}
  promises:
    source: data/tickets.csv
    contract: tickets
    columns: {ticket_id: number, created_at: opened, priority: {from: urgency, values: {1 - High: high, 2 - Low: low}}}
    key: ticket_id
    time: created_at
    policies:
      kept: {history: ticket_events, from: created_at, until: [reply, resolved], targets: {high: 120 min, other: 6 h}}
  ticket_events: {source: data/ticket_events.csv, key: event_id, time: at}
  outages: {source: data/outages.csv, key: outage_id, time: seen, columns: {seen: {from: seen, type: timestamp}}, complete_from: 2026-01-01, complete_through: 2026-04-02}
  sensors: {source: data/sensors.csv, key: [sensor, at], time: at, columns: {at: {from: at, type: timestamp}}}
views: {executive: {kpis: [reply_time, on_time], limit: 5}}
gate: {targets: error, unknown: error, data: error, governance: error, signals: warning}
rules: {missed-without-cause: "off"}
"""
_REST = """baseline: {from: 2026-01-01, to: 2026-02-28}
review: {cadence: monthly, last: 2026-03-20, by: lead@example.com}
action: {do: Look at it., owner: lead@example.com, due: 2026-06-30}
"""
KPIS = {
    "reply_time": """version: 1
id: reply_time
name: Reply time
owner: desk@example.com
dataset: tickets
formula: median(business_minutes(created_at, first_response_at))
unit: minutes
segments: [priority]
min_sample: 2
settle: 1 day
target:
  - {from: 2026-01-01, at_most: 160 min, near: 170 min}
  - {from: 2026-03-01, at_most: 60 min, near: 70 min, by: {priority: {high: {at_most: 30 min}}}}
examples:
  - name: an hour
    given: [{created_at: 2026-01-05 10:00, first_response_at: 2026-01-05 11:00}]
    expect: 60 min
""",
    "on_time": """version: 1
id: on_time
name: On time
owner: desk@example.com
dataset: tickets
formula: share(coalesce(hours_between(created_at, resolved_at) <= 8, false))
unit: percent
min_measured: 50%
target: {at_least: 70%, near: 65%}
""",
    "promised": """version: 1
id: promised
name: Kept promises
owner: desk@example.com
dataset: promises
formula: share(kept)
unit: percent
target: {at_least: 50%}
""",
    "waiting": """version: 1
id: waiting
name: Waiting
owner: desk@example.com
dataset: tickets
formula: avg(wait)
unit: minutes
target: {at_most: 5000 min}
""",
    "outages": """version: 1
id: outages
name: Outages
owner: desk@example.com
dataset: outages
formula: count(*)
unit: count
evidence: sensors
target: {at_most: 6}
""",
}
METRIC = """version: 1
kind: metric
id: handled
name: Tickets handled
dataset: tickets
where: not coalesce(slow, false)
formula: count(*)
unit: count
"""
SIGNAL = """version: 1
kind: signal
id: odd
name: Odd
when: reply_time.status = 'met' and on_time.status = 'missed'
severity: warning
"""


def files() -> dict[str, str]:
    """The desk's files: its definitions, and three months of data."""
    days = [dt.date(2026, 1, 1) + dt.timedelta(days=n) for n in range(91)]
    texts = {"kpi.yaml": CONFIG, "kpis/handled.yaml": METRIC, "kpis/odd.yaml": SIGNAL}
    texts |= {f"kpis/{name}.yaml": text + _REST for name, text in KPIS.items()}
    return {**texts, "data/tickets.csv": tickets(days), **_others(days)}


def tickets(days: list[dt.date], hours: int = 0) -> str:
    """A ticket a day, solved after some hours; each third one takes 20, unless another number is given."""
    lines = ["number,opened,replied,solved,urgency,caller"]
    for n, day in enumerate(days):
        opened = dt.datetime.combine(day, dt.time(9))
        replied, solved = (
            opened + dt.timedelta(minutes=m) for m in (20 + n % 50, 60 * (hours or (20 if n % 3 == 0 else 3)))
        )
        urgency = "1 - High" if n % 2 else "2 - Low"
        lines.append(f"{n + 1},{opened},{replied},{solved},{urgency},user {n % 7}")
    return "\n".join(lines) + "\n"


def _others(days: list[dt.date]) -> dict[str, str]:
    events, sensors, outages = ["event_id,ticket_id,at,field,value,by,public"], ["sensor,at"], ["outage_id,seen"]
    for n, day in enumerate(days):
        opened = dt.datetime.combine(day, dt.time(9))
        events += [
            f"{n}a,{n + 1},{opened},status,new,requester,true",
            f"{n}b,{n + 1},{opened + dt.timedelta(minutes=20 + n % 50)},comment,,agent,true",
            f"{n}c,{n + 1},{opened + dt.timedelta(hours=3)},status,resolved,agent,true",
        ]
        sensors.append(f"north,{opened}")
        outages += [f"{n},{opened}"] if n % 15 == 0 else []
    named = {"ticket_events": events, "sensors": sensors, "outages": outages}
    return {f"data/{name}.csv": "\n".join(lines) + "\n" for name, lines in named.items()}

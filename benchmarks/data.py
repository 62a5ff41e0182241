"""Generated tickets, from a seed: the same rows for the same count."""

from __future__ import annotations

from pathlib import Path

import duckdb

CACHE = Path(__file__).parent.parent / "build" / "bench"
_TICKETS = """
    select
        i as ticket_id,
        opened as created_at,
        case when hash(i, 1) % 100 < 97 then opened + to_seconds(cast(60 + hash(i, 2) % 14400 as bigint)) end
            as first_response_at,
        case when hash(i, 3) % 100 < 95 then opened + to_seconds(cast(300 + hash(i, 4) % 260000 as bigint)) end
            as resolved_at,
        opened + interval 2 day as due_at,
        ['critical', 'high', 'medium', 'low'][cast(1 + hash(i, 5) % 4 as bigint)] as priority,
        ['email', 'phone', 'portal', 'chat', 'walk-in'][cast(1 + hash(i, 6) % 5 as bigint)] as channel,
        'category ' || (hash(i, 7) % 12) as category,
        'team ' || (hash(i, 8) % 8) as team,
        cast(hash(i, 9) % 10 = 0 as integer) as reopen_count,
        cast(1 + hash(i, 10) % 4 as integer) as contact_count,
        hash(i, 11) % 12 = 0 as escalated,
        hash(i, 12) % 50 = 0 as merged,
        cast(hash(i, 13) % 9000 as double) / 100 as handle_minutes
    from (
        select i, timestamp '2025-09-01' + to_seconds(cast(hash(i, 0) % (395 * 86400) as bigint)) as opened
        from range({rows}) r(i)
    )
"""


def tickets(rows: int) -> Path:
    """A Parquet file of tickets over thirteen months; made once."""
    path = CACHE / f"tickets_{rows}.parquet"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with duckdb.connect() as connection:
            connection.execute(f"copy ({_TICKETS.format(rows=rows)}) to '{part}' (format parquet)")
        part.replace(path)
    return path

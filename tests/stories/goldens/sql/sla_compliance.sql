-- clock_in_europe_london: when the zone's clocks change, and what they show from then on

-- wall_in_europe_london(t): a step function over the changes of the zone's clocks

-- instant_in_europe_london(t): a step function over the changes of the zone's clocks

-- odd_hour_in_europe_london(t): a step function over the changes of the zone's clocks

CREATE TEMPORARY TABLE loaded_tickets AS
WITH source AS NOT MATERIALIZED (
  SELECT
    "category",
    "contact_type",
    "number",
    "opened_at",
    "priority",
    "resolved_at",
    "sla_due",
    "state",
    "u_first_reply_at",
    "u_merged"
  FROM READ_CSV(
    ['data/tickets.csv'],
    auto_detect = FALSE,
    header = TRUE,
    delim = ',',
    quote = '"',
    escape = '"',
    encoding = 'utf-8',
    nullstr = [''],
    strict_mode = TRUE,
    null_padding = FALSE,
    max_line_size = 2000000,
    "columns" = {'number': 'VARCHAR', 'opened_at': 'VARCHAR', 'u_first_reply_at': 'VARCHAR', 'resolved_at': 'VARCHAR', 'closed_at': 'VARCHAR', 'sla_due': 'VARCHAR', 'state': 'VARCHAR', 'priority': 'VARCHAR', 'category': 'VARCHAR', 'contact_type': 'VARCHAR', 'u_department': 'VARCHAR', 'assignment_group': 'VARCHAR', 'assigned_to': 'VARCHAR', 'caller_id': 'VARCHAR', 'short_description': 'VARCHAR', 'u_contacts': 'VARCHAR', 'reassignment_count': 'VARCHAR', 'reopen_count': 'VARCHAR', 'u_escalated': 'VARCHAR', 'u_merged': 'VARCHAR', 'time_worked': 'VARCHAR'}
  )
)
SELECT
  _typed_category AS category,
  _typed_channel AS channel,
  _typed_created_at AS created_at,
  _typed_due_at AS due_at,
  CASE
    WHEN _typed_first_response_at < _typed_created_at
    THEN NULL
    ELSE _typed_first_response_at
  END AS first_response_at,
  _typed_merged AS merged,
  _typed_priority AS priority,
  CASE
    WHEN _typed_resolved_at < _typed_created_at
    THEN NULL
    ELSE _typed_resolved_at
  END AS resolved_at,
  _typed_status AS status,
  _typed_ticket_id AS ticket_id,
  CAST(CASE
    WHEN (
      NOT _cell_created_at IS NULL
    ) AND (
      _typed_created_at IS NULL
    )
    THEN 1
    ELSE 0
  END + CASE
    WHEN (
      NOT _cell_due_at IS NULL
    ) AND (
      _typed_due_at IS NULL
    )
    THEN 2
    ELSE 0
  END + CASE
    WHEN (
      NOT _cell_first_response_at IS NULL
    )
    AND (
      _typed_first_response_at IS NULL
    )
    THEN 4
    ELSE 0
  END + CASE
    WHEN (
      NOT _cell_merged IS NULL
    ) AND (
      _typed_merged IS NULL
    )
    THEN 8
    ELSE 0
  END + CASE
    WHEN (
      NOT _cell_resolved_at IS NULL
    ) AND (
      _typed_resolved_at IS NULL
    )
    THEN 16
    ELSE 0
  END + CASE
    WHEN (
      NOT _cell_ticket_id IS NULL
    ) AND (
      _typed_ticket_id IS NULL
    )
    THEN 32
    ELSE 0
  END + CASE WHEN _cell_created_at IS NULL THEN 64 ELSE 0 END + CASE WHEN _cell_ticket_id IS NULL THEN 128 ELSE 0 END + CASE
    WHEN (
      NOT _typed_priority IS NULL
    )
    AND (
      NOT (
        _typed_priority IN ('critical', 'high', 'medium', 'low')
      )
    )
    THEN 256
    ELSE 0
  END + CASE
    WHEN (
      NOT _typed_status IS NULL
    )
    AND (
      NOT (
        _typed_status IN ('new', 'open', 'pending', 'on_hold', 'resolved', 'closed', 'cancelled')
      )
    )
    THEN 512
    ELSE 0
  END + CASE WHEN ODD_HOUR_IN_EUROPE_LONDON(_wall_created_at) THEN 1024 ELSE 0 END + CASE WHEN ODD_HOUR_IN_EUROPE_LONDON(_wall_due_at) THEN 2048 ELSE 0 END + CASE WHEN ODD_HOUR_IN_EUROPE_LONDON(_wall_first_response_at) THEN 4096 ELSE 0 END + CASE WHEN ODD_HOUR_IN_EUROPE_LONDON(_wall_resolved_at) THEN 8192 ELSE 0 END + CASE WHEN _typed_first_response_at < _typed_created_at THEN 16384 ELSE 0 END + CASE WHEN _typed_resolved_at < _typed_created_at THEN 32768 ELSE 0 END AS USMALLINT) AS _marks_0
FROM (
  SELECT
    *,
    _cell_category AS _typed_category,
    _cell_channel AS _typed_channel,
    COALESCE(
      INSTANT_IN_EUROPE_LONDON(_wall_created_at),
      CASE
        WHEN REGEXP_FULL_MATCH(
          _cell_created_at,
          '\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}(\.\d{1,9})?)?) ?([Zz]|[+-]\d{2}(:?\d{2})?)'
        )
        THEN TIMEZONE('UTC', TRY_CAST(_cell_created_at AS TIMESTAMPTZ))
      END
    ) AS _typed_created_at,
    COALESCE(
      INSTANT_IN_EUROPE_LONDON(_wall_due_at),
      CASE
        WHEN REGEXP_FULL_MATCH(
          _cell_due_at,
          '\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}(\.\d{1,9})?)?) ?([Zz]|[+-]\d{2}(:?\d{2})?)'
        )
        THEN TIMEZONE('UTC', TRY_CAST(_cell_due_at AS TIMESTAMPTZ))
      END
    ) AS _typed_due_at,
    COALESCE(
      INSTANT_IN_EUROPE_LONDON(_wall_first_response_at),
      CASE
        WHEN REGEXP_FULL_MATCH(
          _cell_first_response_at,
          '\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}(\.\d{1,9})?)?) ?([Zz]|[+-]\d{2}(:?\d{2})?)'
        )
        THEN TIMEZONE('UTC', TRY_CAST(_cell_first_response_at AS TIMESTAMPTZ))
      END
    ) AS _typed_first_response_at,
    CASE
      WHEN LOWER(TRIM(CAST(_cell_merged AS TEXT))) IN ('true', 't', 'yes', 'y', '1')
      THEN TRUE
      WHEN LOWER(TRIM(CAST(_cell_merged AS TEXT))) IN ('false', 'f', 'no', 'n', '0')
      THEN FALSE
    END AS _typed_merged,
    CASE _cell_priority
      WHEN '1 - Critical'
      THEN 'critical'
      WHEN '1 - critical'
      THEN 'critical'
      WHEN '2 - High'
      THEN 'high'
      WHEN '2 - HIGH'
      THEN 'high'
      WHEN '3 - Moderate'
      THEN 'medium'
      WHEN '3 - moderate'
      THEN 'medium'
      WHEN '3 - Medium'
      THEN 'medium'
      WHEN '4 - Low'
      THEN 'low'
      WHEN '4 - low'
      THEN 'low'
      ELSE _cell_priority
    END AS _typed_priority,
    COALESCE(
      INSTANT_IN_EUROPE_LONDON(_wall_resolved_at),
      CASE
        WHEN REGEXP_FULL_MATCH(
          _cell_resolved_at,
          '\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}(\.\d{1,9})?)?) ?([Zz]|[+-]\d{2}(:?\d{2})?)'
        )
        THEN TIMEZONE('UTC', TRY_CAST(_cell_resolved_at AS TIMESTAMPTZ))
      END
    ) AS _typed_resolved_at,
    CASE _cell_status
      WHEN 'New'
      THEN 'new'
      WHEN 'In Progress'
      THEN 'open'
      WHEN 'On Hold'
      THEN 'on_hold'
      WHEN 'Resolved'
      THEN 'resolved'
      WHEN 'Closed'
      THEN 'closed'
      ELSE _cell_status
    END AS _typed_status,
    _cell_ticket_id AS _typed_ticket_id
  FROM (
    SELECT
      *,
      "category" AS _cell_category,
      "contact_type" AS _cell_channel,
      "opened_at" AS _cell_created_at,
      "sla_due" AS _cell_due_at,
      "u_first_reply_at" AS _cell_first_response_at,
      "u_merged" AS _cell_merged,
      "priority" AS _cell_priority,
      "resolved_at" AS _cell_resolved_at,
      "state" AS _cell_status,
      "number" AS _cell_ticket_id,
      CASE
        WHEN REGEXP_FULL_MATCH("opened_at", '\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?')
        THEN TRY_CAST("opened_at" AS TIMESTAMP)
      END AS _wall_created_at,
      CASE
        WHEN REGEXP_FULL_MATCH("sla_due", '\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?')
        THEN TRY_CAST("sla_due" AS TIMESTAMP)
      END AS _wall_due_at,
      CASE
        WHEN REGEXP_FULL_MATCH(
          "u_first_reply_at",
          '\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?'
        )
        THEN TRY_CAST("u_first_reply_at" AS TIMESTAMP)
      END AS _wall_first_response_at,
      CASE
        WHEN REGEXP_FULL_MATCH("resolved_at", '\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?')
        THEN TRY_CAST("resolved_at" AS TIMESTAMP)
      END AS _wall_resolved_at
    FROM source
  ) AS parsed
) AS typed
WHERE
  (
    _typed_created_at < CAST('2026-11-06 00:00:00' AS TIMESTAMP)
  )
  OR _typed_created_at IS NULL;

SELECT
  COUNT(*)
FROM loaded_tickets
WHERE
  (
    (
      (
        (
          (
            (
              (
                (
                  (
                    category IS NULL
                  ) AND (
                    channel IS NULL
                  )
                )
                AND (
                  created_at IS NULL
                )
              )
              AND (
                due_at IS NULL
              )
            )
            AND (
              first_response_at IS NULL
            )
          )
          AND (
            merged IS NULL
          )
        )
        AND (
          priority IS NULL
        )
      )
      AND (
        resolved_at IS NULL
      )
    )
    AND (
      status IS NULL
    )
  )
  AND (
    ticket_id IS NULL
  );

SELECT
  (
    SELECT
      COUNT(*)
    FROM loaded_tickets
  ),
  COUNT(*) FILTER(WHERE
    (
      _marks_0 & 1
    ) <> 0),
  COUNT(*) FILTER(WHERE
    (
      _marks_0 & 2
    ) <> 0),
  COUNT(*) FILTER(WHERE
    (
      _marks_0 & 4
    ) <> 0),
  COUNT(*) FILTER(WHERE
    (
      _marks_0 & 8
    ) <> 0),
  COUNT(*) FILTER(WHERE
    (
      _marks_0 & 16
    ) <> 0),
  COUNT(*) FILTER(WHERE
    (
      _marks_0 & 32
    ) <> 0),
  COUNT(*) FILTER(WHERE
    (
      _marks_0 & 64
    ) <> 0),
  COUNT(*) FILTER(WHERE
    (
      _marks_0 & 128
    ) <> 0),
  COUNT(*) FILTER(WHERE
    (
      _marks_0 & 256
    ) <> 0),
  COUNT(*) FILTER(WHERE
    (
      _marks_0 & 512
    ) <> 0),
  COUNT(*) FILTER(WHERE
    (
      _marks_0 & 1024
    ) <> 0),
  COUNT(*) FILTER(WHERE
    (
      _marks_0 & 2048
    ) <> 0),
  COUNT(*) FILTER(WHERE
    (
      _marks_0 & 4096
    ) <> 0),
  COUNT(*) FILTER(WHERE
    (
      _marks_0 & 8192
    ) <> 0),
  COUNT(*) FILTER(WHERE
    (
      _marks_0 & 16384
    ) <> 0),
  COUNT(*) FILTER(WHERE
    (
      _marks_0 & 32768
    ) <> 0)
FROM loaded_tickets
WHERE
  (
    _marks_0 & 65535
  ) <> 0;

SELECT
  COUNT(*)
FROM (
  SELECT
    1
  FROM loaded_tickets
  GROUP BY
    ticket_id
  HAVING
    COUNT(*) > 1
) AS doubled;

SELECT
  COUNT(*) FILTER(WHERE
    _differs_0),
  COUNT(*) FILTER(WHERE
    _differs_1),
  COUNT(*) FILTER(WHERE
    _differs_2),
  COUNT(*) FILTER(WHERE
    _differs_3),
  COUNT(*) FILTER(WHERE
    _differs_4),
  COUNT(*) FILTER(WHERE
    _differs_5),
  COUNT(*) FILTER(WHERE
    _differs_6),
  COUNT(*) FILTER(WHERE
    _differs_7),
  COUNT(*) FILTER(WHERE
    _differs_8),
  COUNT(*) FILTER(WHERE
    _differs_9)
FROM (
  SELECT
    MIN(category) <> MAX(category)
    OR (
      COUNT(category) > 0 AND COUNT(category) < COUNT(*)
    ) AS _differs_0,
    MIN(channel) <> MAX(channel)
    OR (
      COUNT(channel) > 0 AND COUNT(channel) < COUNT(*)
    ) AS _differs_1,
    MIN(created_at) <> MAX(created_at)
    OR (
      COUNT(created_at) > 0 AND COUNT(created_at) < COUNT(*)
    ) AS _differs_2,
    MIN(due_at) <> MAX(due_at)
    OR (
      COUNT(due_at) > 0 AND COUNT(due_at) < COUNT(*)
    ) AS _differs_3,
    MIN(first_response_at) <> MAX(first_response_at)
    OR (
      COUNT(first_response_at) > 0 AND COUNT(first_response_at) < COUNT(*)
    ) AS _differs_4,
    MIN(merged) <> MAX(merged)
    OR (
      COUNT(merged) > 0 AND COUNT(merged) < COUNT(*)
    ) AS _differs_5,
    MIN(priority) <> MAX(priority)
    OR (
      COUNT(priority) > 0 AND COUNT(priority) < COUNT(*)
    ) AS _differs_6,
    MIN(resolved_at) <> MAX(resolved_at)
    OR (
      COUNT(resolved_at) > 0 AND COUNT(resolved_at) < COUNT(*)
    ) AS _differs_7,
    MIN(status) <> MAX(status)
    OR (
      COUNT(status) > 0 AND COUNT(status) < COUNT(*)
    ) AS _differs_8,
    MIN(ticket_id) <> MAX(ticket_id)
    OR (
      COUNT(ticket_id) > 0 AND COUNT(ticket_id) < COUNT(*)
    ) AS _differs_9
  FROM (
    SELECT
      *,
      RANK() OVER (PARTITION BY ticket_id) AS _rank
    FROM loaded_tickets
  ) AS ranked
  WHERE
    _rank = 1
  GROUP BY
    ticket_id
) AS keyed;

CREATE TEMPORARY TABLE data_tickets AS
SELECT
  category,
  channel,
  created_at,
  due_at,
  first_response_at,
  merged,
  priority,
  resolved_at,
  status,
  ticket_id
FROM (
  SELECT
    category,
    channel,
    created_at,
    due_at,
    first_response_at,
    merged,
    priority,
    resolved_at,
    status,
    ticket_id,
    ROW_NUMBER() OVER (
      PARTITION BY ticket_id
      ORDER BY created_at, ticket_id, category, channel, due_at, first_response_at, merged, priority, resolved_at, status
    ) AS _rank
  FROM loaded_tickets
) AS ranked
WHERE
  _rank = 1;

DROP TABLE loaded_tickets;

SELECT
  _day,
  COUNT(*),
  MIN(_instant),
  MAX(_instant)
FROM (
  SELECT
    _instant,
    CAST(WALL_IN_EUROPE_LONDON(_instant) AS DATE) AS _day
  FROM (
    SELECT
      CAST(created_at AS TIMESTAMP) AS _instant
    FROM data_tickets
  ) AS timed
  WHERE
    NOT _instant IS NULL
) AS dated
GROUP BY
  _day
ORDER BY
  _day NULLS FIRST;

SELECT
  COUNT(*)
FROM data_tickets
WHERE
  (
    status IN ('resolved', 'closed', 'cancelled') AND resolved_at IS NULL
  )
  AND NOT COALESCE(merged, FALSE);

SELECT
  COUNT(DISTINCT category) - COUNT(DISTINCT LOWER(TRIM(category))),
  COUNT(DISTINCT channel) - COUNT(DISTINCT LOWER(TRIM(channel))),
  COUNT(DISTINCT priority) - COUNT(DISTINCT LOWER(TRIM(priority)))
FROM data_tickets;

SELECT
  COUNT(NULLIF(created_at <= first_response_at, FALSE)),
  COUNT(created_at <= first_response_at)
FROM data_tickets;

SELECT
  COUNT(
    NULLIF((
      resolved_at IS NULL
    ) OR (
      NOT (
        first_response_at IS NULL
      )
    ), FALSE)
  ),
  COUNT((
    resolved_at IS NULL
  ) OR (
    NOT (
      first_response_at IS NULL
    )
  ))
FROM data_tickets;

SELECT
  COUNT(NULLIF(NOT (
    category IS NULL
  ), FALSE)),
  COUNT(NOT (
    category IS NULL
  ))
FROM data_tickets;

CREATE OR REPLACE TEMPORARY TABLE cube_tickets AS
SELECT
  _period,
  _by_category,
  _by_channel,
  _by_priority,
  COUNT(*) AS _rows,
  COUNT(NULLIF(NOT COALESCE(merged, FALSE), FALSE)) AS count_1b15ce8612,
  COUNT(
    NULLIF(
      (
        NOT COALESCE(merged, FALSE)
      ) AND COALESCE(resolved_at <= due_at, FALSE),
      FALSE
    )
  ) AS count_a4dc6fc6c7,
  COUNT(
    NULLIF(
      (
        NOT COALESCE(merged, FALSE)
      )
      AND (
        NOT COALESCE(resolved_at <= due_at, FALSE) IS NULL
      ),
      FALSE
    )
  ) AS count_a942f2d97d
FROM (
  SELECT
    *
  FROM (
    SELECT
      *,
      CASE
        WHEN _time IS NULL
        THEN NULL
        ELSE CASE
          WHEN _time < CAST('2026-04-30 23:00:00' AS TIMESTAMP)
          THEN CASE
            WHEN _time < CAST('2026-01-01 00:00:00' AS TIMESTAMP)
            THEN CASE
              WHEN _time < CAST('2025-11-01 00:00:00' AS TIMESTAMP)
              THEN CASE WHEN _time < CAST('2025-09-30 23:00:00' AS TIMESTAMP) THEN NULL ELSE 0 END
              ELSE CASE WHEN _time < CAST('2025-12-01 00:00:00' AS TIMESTAMP) THEN 1 ELSE 2 END
            END
            ELSE CASE
              WHEN _time < CAST('2026-03-01 00:00:00' AS TIMESTAMP)
              THEN CASE WHEN _time < CAST('2026-02-01 00:00:00' AS TIMESTAMP) THEN 3 ELSE 4 END
              ELSE CASE WHEN _time < CAST('2026-03-31 23:00:00' AS TIMESTAMP) THEN 5 ELSE 6 END
            END
          END
          ELSE CASE
            WHEN _time < CAST('2026-08-31 23:00:00' AS TIMESTAMP)
            THEN CASE
              WHEN _time < CAST('2026-06-30 23:00:00' AS TIMESTAMP)
              THEN CASE WHEN _time < CAST('2026-05-31 23:00:00' AS TIMESTAMP) THEN 7 ELSE 8 END
              ELSE CASE WHEN _time < CAST('2026-07-31 23:00:00' AS TIMESTAMP) THEN 9 ELSE 10 END
            END
            ELSE CASE
              WHEN _time < CAST('2026-11-01 00:00:00' AS TIMESTAMP)
              THEN CASE WHEN _time < CAST('2026-09-30 23:00:00' AS TIMESTAMP) THEN 11 ELSE 12 END
              ELSE CASE WHEN _time < CAST('2026-11-06 00:00:00' AS TIMESTAMP) THEN 13 ELSE NULL END
            END
          END
        END
      END AS _period,
      CAST(category AS TEXT) AS _by_category,
      CAST(channel AS TEXT) AS _by_channel,
      CAST(priority AS TEXT) AS _by_priority
    FROM (
      SELECT
        *,
        CAST(due_at AS TIMESTAMP) AS _time
      FROM data_tickets
    ) AS timed
    WHERE
      _time >= CAST('2025-09-30 23:00:00' AS TIMESTAMP)
      AND _time < CAST('2026-11-06 00:00:00' AS TIMESTAMP)
  ) AS dated
  WHERE
    NOT _period IS NULL
) AS placed
GROUP BY
  _period,
  _by_category,
  _by_channel,
  _by_priority;

SELECT
  COUNT(DISTINCT (
    _by_category
  )),
  COUNT(DISTINCT (
    _by_channel
  )),
  COUNT(DISTINCT (
    _by_priority
  ))
FROM cube_tickets;

WITH rolled AS (
  SELECT
    GROUPING(_by_category, _by_channel, _by_priority) AS _bits,
    _period,
    _by_category,
    _by_channel,
    _by_priority,
    CAST(SUM(_rows) AS BIGINT) AS _rows,
    CAST(SUM(count_1b15ce8612) AS BIGINT) AS count_1b15ce8612,
    CAST(SUM(count_a4dc6fc6c7) AS BIGINT) AS count_a4dc6fc6c7,
    CAST(SUM(count_a942f2d97d) AS BIGINT) AS count_a942f2d97d
  FROM cube_tickets
  GROUP BY
    GROUPING SETS (
      (
        _period
      ),
      (_period, _by_category),
      (_period, _by_channel),
      (_period, _by_priority)
    )
  UNION ALL
  SELECT
    -1,
    NULL,
    NULL,
    NULL,
    NULL,
    0,
    0,
    0,
    0
)
SELECT
  _bits,
  _period,
  _by_category,
  _by_channel,
  _by_priority,
  _rows,
  CAST(CAST(count_a4dc6fc6c7 AS DOUBLE) / NULLIF(count_a942f2d97d, 0) AS DOUBLE) AS "sla_compliance",
  count_1b15ce8612,
  count_a942f2d97d
FROM rolled;

DROP TABLE cube_tickets;

CREATE OR REPLACE TEMPORARY TABLE cube_tickets AS
SELECT
  _period,
  _by_category,
  _by_channel,
  _by_priority,
  COUNT(*) AS _rows,
  COUNT(NULLIF(NOT COALESCE(merged, FALSE), FALSE)) AS count_1b15ce8612,
  COUNT(
    NULLIF(
      (
        NOT COALESCE(merged, FALSE)
      ) AND COALESCE(resolved_at <= due_at, FALSE),
      FALSE
    )
  ) AS count_a4dc6fc6c7,
  COUNT(
    NULLIF(
      (
        NOT COALESCE(merged, FALSE)
      )
      AND (
        NOT COALESCE(resolved_at <= due_at, FALSE) IS NULL
      ),
      FALSE
    )
  ) AS count_a942f2d97d
FROM (
  SELECT
    *
  FROM (
    SELECT
      *,
      CASE
        WHEN _time IS NULL
        THEN NULL
        ELSE CASE
          WHEN _time < CAST('2026-03-01 00:00:00' AS TIMESTAMP)
          THEN CASE WHEN _time < CAST('2026-01-01 00:00:00' AS TIMESTAMP) THEN NULL ELSE 0 END
          ELSE NULL
        END
      END AS _period,
      CAST(category AS TEXT) AS _by_category,
      CAST(channel AS TEXT) AS _by_channel,
      CAST(priority AS TEXT) AS _by_priority
    FROM (
      SELECT
        *,
        CAST(due_at AS TIMESTAMP) AS _time
      FROM data_tickets
    ) AS timed
    WHERE
      _time >= CAST('2026-01-01 00:00:00' AS TIMESTAMP)
      AND _time < CAST('2026-03-01 00:00:00' AS TIMESTAMP)
  ) AS dated
  WHERE
    NOT _period IS NULL
) AS placed
GROUP BY
  _period,
  _by_category,
  _by_channel,
  _by_priority;

-- clock_in_europe_london: when the zone's clocks change, and what they show from then on

-- wall_in_europe_london(t): a step function over the changes of the zone's clocks

-- instant_in_europe_london(t): a step function over the changes of the zone's clocks

-- odd_hour_in_europe_london(t): a step function over the changes of the zone's clocks

CREATE TEMPORARY TABLE loaded_surveys AS
WITH source AS NOT MATERIALIZED (
  SELECT
    "answer_id",
    "answered_at",
    "category",
    "channel",
    "max_score",
    "priority",
    "question",
    "score"
  FROM READ_CSV(
    ['data/surveys.csv'],
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
    "columns" = {'answer_id': 'VARCHAR', 'answered_at': 'VARCHAR', 'ticket_id': 'VARCHAR', 'score': 'VARCHAR', 'max_score': 'VARCHAR', 'question': 'VARCHAR', 'category': 'VARCHAR', 'channel': 'VARCHAR', 'priority': 'VARCHAR', 'comment': 'VARCHAR'}
  )
)
SELECT
  _typed_answer_id AS answer_id,
  _typed_answered_at AS answered_at,
  _typed_category AS category,
  _typed_channel AS channel,
  CASE WHEN CAST(_typed_max_score AS DOUBLE) < 1 THEN NULL ELSE _typed_max_score END AS max_score,
  _typed_priority AS priority,
  _typed_question AS question,
  CASE WHEN CAST(_typed_score AS DOUBLE) < 0 THEN NULL ELSE _typed_score END AS score,
  CAST(CASE
    WHEN (
      NOT _cell_answer_id IS NULL
    ) AND (
      _typed_answer_id IS NULL
    )
    THEN 1
    ELSE 0
  END + CASE
    WHEN (
      NOT _cell_answered_at IS NULL
    ) AND (
      _typed_answered_at IS NULL
    )
    THEN 2
    ELSE 0
  END + CASE
    WHEN (
      (
        NOT _cell_max_score IS NULL
      ) AND (
        _typed_max_score IS NULL
      )
    )
    OR (
      CAST(_typed_max_score AS DOUBLE) < 1
    )
    THEN 4
    ELSE 0
  END + CASE
    WHEN (
      (
        NOT _cell_score IS NULL
      ) AND (
        _typed_score IS NULL
      )
    )
    OR (
      CAST(_typed_score AS DOUBLE) < 0
    )
    THEN 8
    ELSE 0
  END + CASE WHEN _cell_answer_id IS NULL THEN 16 ELSE 0 END + CASE
    WHEN (
      NOT _typed_priority IS NULL
    )
    AND (
      NOT (
        _typed_priority IN ('critical', 'high', 'medium', 'low')
      )
    )
    THEN 32
    ELSE 0
  END + CASE
    WHEN (
      NOT _typed_question IS NULL
    )
    AND (
      NOT (
        _typed_question IN ('csat', 'ces', 'nps', 'other')
      )
    )
    THEN 64
    ELSE 0
  END + CASE WHEN ODD_HOUR_IN_EUROPE_LONDON(_wall_answered_at) THEN 128 ELSE 0 END + CASE WHEN _typed_max_score < _typed_score THEN 256 ELSE 0 END AS USMALLINT) AS _marks_0
FROM (
  SELECT
    *,
    _cell_answer_id AS _typed_answer_id,
    COALESCE(
      INSTANT_IN_EUROPE_LONDON(_wall_answered_at),
      CASE
        WHEN REGEXP_FULL_MATCH(
          _cell_answered_at,
          '\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}(\.\d{1,9})?)?) ?([Zz]|[+-]\d{2}(:?\d{2})?)'
        )
        THEN TIMEZONE('UTC', TRY_CAST(_cell_answered_at AS TIMESTAMPTZ))
      END
    ) AS _typed_answered_at,
    _cell_category AS _typed_category,
    _cell_channel AS _typed_channel,
    CASE
      WHEN ISFINITE(TRY_CAST(_cell_max_score AS DOUBLE))
      THEN TRY_CAST(_cell_max_score AS DOUBLE)
    END AS _typed_max_score,
    _cell_priority AS _typed_priority,
    _cell_question AS _typed_question,
    CASE
      WHEN ISFINITE(TRY_CAST(_cell_score AS DOUBLE))
      THEN TRY_CAST(_cell_score AS DOUBLE)
    END AS _typed_score
  FROM (
    SELECT
      *,
      "answer_id" AS _cell_answer_id,
      "answered_at" AS _cell_answered_at,
      "category" AS _cell_category,
      "channel" AS _cell_channel,
      "max_score" AS _cell_max_score,
      "priority" AS _cell_priority,
      "question" AS _cell_question,
      "score" AS _cell_score,
      CASE
        WHEN REGEXP_FULL_MATCH("answered_at", '\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?')
        THEN TRY_CAST("answered_at" AS TIMESTAMP)
      END AS _wall_answered_at
    FROM source
  ) AS parsed
) AS typed
WHERE
  (
    _typed_answered_at < CAST('2026-11-06 00:00:00' AS TIMESTAMP)
  )
  OR _typed_answered_at IS NULL;

SELECT
  COUNT(*)
FROM loaded_surveys
WHERE
  (
    (
      (
        (
          (
            (
              (
                answer_id IS NULL
              ) AND (
                answered_at IS NULL
              )
            )
            AND (
              category IS NULL
            )
          )
          AND (
            channel IS NULL
          )
        )
        AND (
          max_score IS NULL
        )
      )
      AND (
        priority IS NULL
      )
    )
    AND (
      question IS NULL
    )
  )
  AND (
    score IS NULL
  );

SELECT
  (
    SELECT
      COUNT(*)
    FROM loaded_surveys
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
    ) <> 0)
FROM loaded_surveys
WHERE
  (
    _marks_0 & 511
  ) <> 0;

SELECT
  COUNT(*)
FROM (
  SELECT
    1
  FROM loaded_surveys
  GROUP BY
    answer_id
  HAVING
    COUNT(*) > 1
) AS doubled;

ALTER TABLE loaded_surveys
RENAME TO data_surveys;

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
      CAST(answered_at AS TIMESTAMP) AS _instant
    FROM data_surveys
  ) AS timed
  WHERE
    NOT _instant IS NULL
) AS dated
GROUP BY
  _day
ORDER BY
  _day NULLS FIRST;

SELECT
  COUNT(question),
  COUNT(*) FILTER(WHERE
    question IN ('csat')),
  COUNT(*) FILTER(WHERE
    (
      LOWER(TRIM(question)) IN ('csat')
    )
    AND (
      NOT (
        question IN ('csat')
      )
    ))
FROM data_surveys;

SELECT
  COUNT(DISTINCT category) - COUNT(DISTINCT LOWER(TRIM(category))),
  COUNT(DISTINCT channel) - COUNT(DISTINCT LOWER(TRIM(channel))),
  COUNT(DISTINCT priority) - COUNT(DISTINCT LOWER(TRIM(priority)))
FROM data_surveys;

SELECT
  COUNT(NULLIF(score <= max_score, FALSE)),
  COUNT(score <= max_score)
FROM data_surveys;

CREATE OR REPLACE TEMPORARY TABLE cube_surveys AS
SELECT
  _period,
  _by_category,
  _by_channel,
  _by_priority,
  COUNT(*) AS _rows,
  COUNT(
    NULLIF(
      (
        'csat' = question
      )
      AND (
        (
          (
            NOT (
              max_score IS NULL
            )
          ) AND (
            NOT score IS NULL
          )
        )
        OR (
          (
            NOT (
              score IS NULL
            )
          ) AND (
            NOT max_score IS NULL
          )
        )
      ),
      FALSE
    )
  ) AS count_b063f4ecee,
  COUNT(NULLIF('csat' = question, FALSE)) AS count_e756c59f89,
  COUNT(
    NULLIF(
      (
        'csat' = question
      )
      AND (
        (
          (
            NOT (
              max_score IS NULL
            )
          ) AND (
            score IS NULL
          )
        )
        OR (
          (
            NOT (
              score IS NULL
            )
          ) AND (
            max_score IS NULL
          )
        )
      ),
      FALSE
    )
  ) AS count_f7b6a06091,
  FSUM(
    CASE
      WHEN (
        'csat' = question
      ) AND (
        NOT (
          max_score IS NULL
        )
      )
      THEN score
    END
  ) AS fsum_37fb9bc60a,
  FSUM(
    CASE
      WHEN (
        'csat' = question
      ) AND (
        NOT (
          score IS NULL
        )
      )
      THEN max_score
    END
  ) AS fsum_98d3d4fbae
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
        CAST(answered_at AS TIMESTAMP) AS _time
      FROM data_surveys
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
FROM cube_surveys;

WITH rolled AS (
  SELECT
    GROUPING(_by_category, _by_channel, _by_priority) AS _bits,
    _period,
    _by_category,
    _by_channel,
    _by_priority,
    CAST(SUM(_rows) AS BIGINT) AS _rows,
    CAST(SUM(count_b063f4ecee) AS BIGINT) AS count_b063f4ecee,
    CAST(SUM(count_e756c59f89) AS BIGINT) AS count_e756c59f89,
    CAST(SUM(count_f7b6a06091) AS BIGINT) AS count_f7b6a06091,
    FSUM(fsum_37fb9bc60a) AS fsum_37fb9bc60a,
    FSUM(fsum_98d3d4fbae) AS fsum_98d3d4fbae
  FROM cube_surveys
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
    0,
    NULL,
    NULL
)
SELECT
  _bits,
  _period,
  _by_category,
  _by_channel,
  _by_priority,
  _rows,
  CAST(CAST(fsum_37fb9bc60a AS DOUBLE) / NULLIF(CAST(fsum_98d3d4fbae AS DOUBLE), 0) AS DOUBLE) AS "csat",
  count_e756c59f89,
  count_b063f4ecee,
  count_f7b6a06091
FROM rolled;

DROP TABLE cube_surveys;

CREATE OR REPLACE TEMPORARY TABLE cube_surveys AS
SELECT
  _period,
  _by_category,
  _by_channel,
  _by_priority,
  COUNT(*) AS _rows,
  COUNT(
    NULLIF(
      (
        'csat' = question
      )
      AND (
        (
          (
            NOT (
              max_score IS NULL
            )
          ) AND (
            NOT score IS NULL
          )
        )
        OR (
          (
            NOT (
              score IS NULL
            )
          ) AND (
            NOT max_score IS NULL
          )
        )
      ),
      FALSE
    )
  ) AS count_b063f4ecee,
  COUNT(NULLIF('csat' = question, FALSE)) AS count_e756c59f89,
  COUNT(
    NULLIF(
      (
        'csat' = question
      )
      AND (
        (
          (
            NOT (
              max_score IS NULL
            )
          ) AND (
            score IS NULL
          )
        )
        OR (
          (
            NOT (
              score IS NULL
            )
          ) AND (
            max_score IS NULL
          )
        )
      ),
      FALSE
    )
  ) AS count_f7b6a06091,
  FSUM(
    CASE
      WHEN (
        'csat' = question
      ) AND (
        NOT (
          max_score IS NULL
        )
      )
      THEN score
    END
  ) AS fsum_37fb9bc60a,
  FSUM(
    CASE
      WHEN (
        'csat' = question
      ) AND (
        NOT (
          score IS NULL
        )
      )
      THEN max_score
    END
  ) AS fsum_98d3d4fbae
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
        CAST(answered_at AS TIMESTAMP) AS _time
      FROM data_surveys
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

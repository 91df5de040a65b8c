"""Summaries of the metrics that stages logged."""

from __future__ import annotations

from goldfish.projections._model import ReadModel

MODEL = ReadModel(
    name="metrics",
    about="One row per metric of a stage execution or an imported run; NULL where no finite value exists.",
    keys=("run-",),
    columns={
        "run": "The run.",
        "stage": "The stage; empty for an imported run.",
        "metric": "The metric's name.",
        "count": "How many points there are.",
        "non_finite": "How many of them are NaN or infinite.",
        "first": "The first finite value.",
        "last": "The last finite value.",
        "last_is_finite": "Whether the very last value is finite.",
        "min": "The smallest finite value.",
        "max": "The largest finite value.",
        "min_step": "The step of the smallest value.",
        "max_step": "The step of the largest value.",
        "last_step": "The step of the last point.",
        "position": "Where the points were sealed, or the run imported.",
        "workspace": "The workspace that the run ran; NULL for an imported run.",
        "counts": "Whether the last value may be compared: the run succeeded, and the very last value is finite.",
    },
    sql="""
        WITH newest AS (
            SELECT key, stream, position, data FROM events WHERE name = 'execution.metrics-sealed'
            QUALIFY position = max(position) OVER (PARTITION BY stream)
        ), sealed AS (
            SELECT key, stream, position, from_json(data, '{"summary": "MAP(VARCHAR, STRUCT(count BIGINT, \
non_finite BIGINT, first DOUBLE, last DOUBLE, last_is_finite BOOLEAN, min DOUBLE, max DOUBLE, min_step BIGINT, \
max_step BIGINT, last_step BIGINT))"}') AS d
            FROM newest
        ), taken AS (
            SELECT key, stream, position, from_json(data, '{"metrics": "MAP(VARCHAR, STRUCT(count BIGINT, \
non_finite BIGINT, first DOUBLE, last DOUBLE, last_is_finite BOOLEAN, min DOUBLE, max DOUBLE, min_step BIGINT, \
max_step BIGINT, last_step BIGINT))"}') AS d
            FROM events WHERE name = 'run.imported'
        ), entries AS (
            SELECT key, stream, position, unnest(map_entries(d.summary)) AS entry FROM sealed
            UNION ALL
            SELECT key, stream, position, unnest(map_entries(d.metrics)) FROM taken
        )
        SELECT key, key AS run, split_part(stream, '/', 2) AS stage, entry.key AS metric, unnest(entry.value),
               entries.position AS position, workspace,
               outcome IS NOT DISTINCT FROM 'succeeded' AND entry.value.last_is_finite AS counts
        FROM entries LEFT JOIN runs USING (key)
    """,
    reads=("runs",),
)

"""Parameters of runs, one row each."""

from __future__ import annotations

from goldfish.projections._model import ReadModel

MODEL = ReadModel(
    name="params",
    about="One row per value in the resolved configuration of a stage.",
    keys=("run-",),
    columns={
        "run": "The run.",
        "stage": "The stage.",
        "name": "The dotted name: nested objects are flattened, lists are values.",
        "value": "The value as JSON text.",
        "number": "The value, if it is a number.",
        "overridden": "Whether the request set it, rather than the file.",
    },
    sql="""
        WITH RECURSIVE stages AS (
            SELECT key, unnest(from_json(data->'$.stages',
                       '[{"name": "VARCHAR", "config": "MAP(VARCHAR, JSON)", "overridden": ["VARCHAR"]}]')) AS stage
            FROM events WHERE name = 'run.requested'
        ), entries AS (
            SELECT key, stage.name AS stage, stage.overridden AS overridden, unnest(map_entries(stage.config)) AS entry
            FROM stages
        ), flat AS (
            SELECT key, stage, overridden, entry.key AS name, entry.value AS value FROM entries
            UNION ALL
            SELECT key, stage, overridden, name || '.' || entry.key, entry.value FROM (
                SELECT key, stage, overridden, name,
                       unnest(map_entries(from_json(value, '"MAP(VARCHAR, JSON)"'))) AS entry
                FROM flat WHERE json_type(value) = 'OBJECT' AND value <> '{}'
            )
        )
        SELECT key, key AS run, stage, name, coalesce(value, 'null')::VARCHAR AS value,
               CASE WHEN json_type(value) IN ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE')
                         AND isfinite(try_cast(value AS DOUBLE)) THEN try_cast(value AS DOUBLE) END AS number,
               coalesce(list_contains(overridden, name), false) AS overridden
        FROM flat WHERE json_type(value) IS DISTINCT FROM 'OBJECT' OR value = '{}'
    """,
)

"""Parameters of runs, one row each."""

from __future__ import annotations

from goldfish.projections._model import ReadModel

MODEL = ReadModel(
    name="params",
    about="One row per value in the resolved configuration of a stage, or of an imported run.",
    keys=("run-",),
    columns={
        "run": "The run.",
        "stage": "The stage; empty for an imported run.",
        "name": "The dotted name: nested objects are flattened, lists are values.",
        "value": "The value as JSON text.",
        "number": "The value, if it is a number.",
        "overridden": "Whether the request set it, rather than the file; for an imported run, whether it is what was "
        "changed there.",
        "origin": "Who set it: override (the request), config (its file), default (the pipeline), or imported.",
    },
    sql="""
        WITH RECURSIVE stages AS (
            SELECT key, unnest(from_json(data->'$.stages',
                       '[{"name": "VARCHAR", "config": "MAP(VARCHAR, JSON)", "overridden": ["VARCHAR"],
                         "defaulted": ["VARCHAR"]}]')) AS stage
            FROM events WHERE name = 'run.requested'
        ), taken AS (
            SELECT key, from_json(data, '{"config": "MAP(VARCHAR, JSON)",
                                          "changed": [{"name": "VARCHAR", "after": "VARCHAR"}]}') AS d
            FROM events WHERE name = 'run.imported'
        ), entries AS (
            SELECT key, stage.name AS stage, stage.overridden AS overridden, stage.defaulted AS defaulted,
                   unnest(map_entries(stage.config)) AS entry
            FROM stages
            UNION ALL
            SELECT key, '', list_transform(d.changed, lambda c: c.name), NULL, unnest(map_entries(d.config)) FROM taken
        ), flat AS (
            SELECT key, stage, overridden, defaulted, entry.key AS name, entry.value AS value FROM entries
            UNION ALL
            SELECT key, stage, overridden, defaulted, name || '.' || entry.key, entry.value FROM (
                SELECT key, stage, overridden, defaulted, name,
                       unnest(map_entries(from_json(value, '"MAP(VARCHAR, JSON)"'))) AS entry
                FROM flat WHERE json_type(value) = 'OBJECT' AND value <> '{}'
            )
        ), said AS (
            SELECT key, unnest(d.changed) AS change FROM taken
        ), told AS (
            SELECT key, change.name AS name,
                   (CASE WHEN change.after IN ('true', 'false')
                              OR regexp_full_match(change.after, '-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?')
                                 AND isfinite(try_cast(change.after AS DOUBLE))
                         THEN change.after ELSE to_json(change.after)::VARCHAR END)::JSON AS value
            FROM said WHERE change.after IS NOT NULL
                 AND NOT EXISTS (FROM flat WHERE flat.key = said.key AND flat.stage = '' AND flat.name = change.name)
            QUALIFY row_number() OVER (PARTITION BY key, change.name) = 1
        ), every AS (
            SELECT key, stage, name, value, coalesce(list_contains(overridden, name), false) AS overridden,
                   CASE WHEN stage = '' THEN 'imported' WHEN list_contains(overridden, name) THEN 'override'
                        WHEN list_contains(defaulted, name) THEN 'default' ELSE 'config' END AS origin
            FROM flat WHERE json_type(value) IS DISTINCT FROM 'OBJECT' OR value = '{}'
            UNION ALL
            SELECT key, '', name, value, true, 'imported' FROM told
        )
        SELECT key, key AS run, stage, name, coalesce(value, 'null')::VARCHAR AS value,
               CASE WHEN json_type(value) IN ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE')
                         AND isfinite(try_cast(value AS DOUBLE)) THEN try_cast(value AS DOUBLE) END AS number,
               overridden, origin
        FROM every
    """,
)

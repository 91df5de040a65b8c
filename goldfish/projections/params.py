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
        WITH RECURSIVE stages AS MATERIALIZED (
            SELECT key, unnest(from_json(data, '{"stages": [{"name": "VARCHAR", "config": "MAP(VARCHAR, JSON)",
                     "overridden": ["VARCHAR"], "defaulted": ["VARCHAR"]}]}').stages) AS stage
            FROM events WHERE name = 'run.requested'
        ), taken AS (
            SELECT key, from_json(data, '{"config": "MAP(VARCHAR, JSON)",
                                          "changed": [{"name": "VARCHAR", "after": "VARCHAR"}]}') AS d
            FROM events WHERE name = 'run.imported'
        ), entries AS NOT MATERIALIZED (
            SELECT key, stage.name AS stage, stage.overridden AS overridden, stage.defaulted AS defaulted,
                   unnest(map_keys(stage.config)) AS name, unnest(map_values(stage.config))::VARCHAR AS value
            FROM stages
        ), told AS (
            SELECT key, '' AS stage, list_transform(d.changed, lambda c: c.name) AS overridden,
                   NULL::VARCHAR[] AS defaulted, unnest(map_keys(d.config)) AS name,
                   unnest(map_values(d.config))::VARCHAR AS value
            FROM taken
        ), nested AS (
            SELECT * FROM entries WHERE value[1] = '{' AND value <> '{}'
            UNION ALL
            SELECT * FROM told WHERE value[1] = '{' AND value <> '{}'
            UNION ALL
            SELECT key, stage, overridden, defaulted, name || '.' || entry.key, entry.value::VARCHAR FROM (
                SELECT key, stage, overridden, defaulted, name,
                       unnest(map_entries(from_json(value, '"MAP(VARCHAR, JSON)"'))) AS entry
                FROM nested WHERE value[1] = '{' AND value <> '{}'
            )
        ), said AS (
            SELECT key, unnest(d.changed) AS change FROM taken
        ), besides AS (
            SELECT key, change.name AS name,
                   (CASE WHEN change.after IN ('true', 'false')
                              OR regexp_full_match(change.after, '-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?')
                                 AND isfinite(try_cast(change.after AS DOUBLE))
                         THEN change.after ELSE to_json(change.after)::VARCHAR END) AS value
            FROM said WHERE change.after IS NOT NULL AND NOT EXISTS (
                FROM (FROM told UNION ALL FROM nested WHERE stage = '') AS known
                WHERE known.key = said.key AND known.name = change.name)
            QUALIFY row_number() OVER (PARTITION BY key, change.name) = 1
        ), every AS (
            SELECT key, stage, name, value, coalesce(list_contains(overridden, name), false) AS overridden,
                   CASE WHEN stage = '' THEN 'imported' WHEN list_contains(overridden, name) THEN 'override'
                        WHEN list_contains(defaulted, name) THEN 'default' ELSE 'config' END AS origin
            FROM (FROM entries UNION ALL FROM told UNION ALL FROM nested)
            WHERE value IS NULL OR value[1] <> '{' OR value = '{}'
            UNION ALL
            SELECT key, '', name, value, true, 'imported' FROM besides
        )
        SELECT key, key AS run, stage, name, coalesce(value, 'null') AS value,
               CASE WHEN value[1] BETWEEN '-' AND '9'
                         AND isfinite(try_cast(value AS DOUBLE)) THEN try_cast(value AS DOUBLE) END AS number,
               overridden, origin
        FROM every ORDER BY name
    """,  # so that a question about one parameter of all runs passes over all others; a run is found by its index
)

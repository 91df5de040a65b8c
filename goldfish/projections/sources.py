"""Registered data."""

from __future__ import annotations

from goldfish.projections._model import ReadModel

MODEL = ReadModel(
    name="sources",
    about="One row per revision of a source.",
    keys=("source:",),
    columns={
        "name": "The source's name.",
        "revision": "The revision, from 1.",
        "ref": "How to refer to it, like digits@r1.",
        "type": "npy, npz, csv, parquet, json, file or directory.",
        "digest": "The digest of its bytes.",
        "size": "Its size in bytes.",
        "came_from": "The path, address or reference that was given.",
        "registered_at": "When it was registered (UTC).",
        "actor": "Who registered it.",
        "position": "Where it was registered.",
        "described": "What goldfish found in it, as JSON text.",
        "origin": "The output or revision whose bytes these are, like run-3/prepare.features.",
        "location": "Where the bytes are, when they were not copied into the project.",
        "text": "What the source holds, as last described.",
        "retired": "Why the source was retired; null while it is in use.",
        "changed": "What was last found changed in place, as JSON text; null when nothing is.",
    },
    sql="""
        WITH facts AS (
            SELECT key, position, recorded_at, actor, (data->>'$.revision')::BIGINT AS revision,
                   from_json(data, '{"name": "VARCHAR", "revision": "BIGINT", "type": "VARCHAR", "digest": "VARCHAR",
                                     "size": "BIGINT", "came_from": "VARCHAR", "described": "JSON",
                                     "origin": "VARCHAR", "location": "VARCHAR"}') AS d
            FROM events WHERE name = 'source.registered'
        ), whole AS (
            SELECT key,
                   arg_max(data->>'$.text', position) FILTER ((data->>'$.text') IS NOT NULL
                       AND name IN ('source.registered', 'source.described')) AS text,
                   arg_max(CASE name WHEN 'source.retired' THEN data->>'$.reason' ELSE '' END, position)
                       FILTER (name IN ('source.retired', 'source.restored')) AS retired
            FROM events WHERE name LIKE 'source.%' GROUP BY key
        ), found AS (
            SELECT key, (data->>'$.revision')::BIGINT AS revision,
                   arg_max(CASE name WHEN 'source.found-changed' THEN data->>'$.files' ELSE '' END, position) AS changed
            FROM events WHERE name IN ('source.found-changed', 'source.found-unchanged') GROUP BY ALL
        )
        SELECT key, d.name AS name, revision, d.name || '@r' || revision AS ref, d.type AS type,
               d.digest AS digest, d.size AS size, d.came_from AS came_from, recorded_at AS registered_at,
               actor, position, d.described::VARCHAR AS described, d.origin AS origin, d.location AS location,
               text, nullif(retired, '') AS retired, nullif(changed, '') AS changed
        FROM facts LEFT JOIN whole USING (key) LEFT JOIN found USING (key, revision)
    """,
)

"""Registered data from outside."""

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
        "type": "npy, csv, parquet, json, file or directory.",
        "digest": "The digest of its bytes.",
        "size": "Its size in bytes.",
        "came_from": "The path it was read from.",
        "registered_at": "When it was registered (UTC).",
        "actor": "Who registered it.",
        "position": "Where it was registered.",
    },
    sql="""
        WITH facts AS (
            SELECT key, position, recorded_at, actor,
                   from_json(data, '{"name": "VARCHAR", "revision": "BIGINT", "type": "VARCHAR", "digest": "VARCHAR",
                                     "size": "BIGINT", "came_from": "VARCHAR"}') AS d
            FROM events WHERE name = 'source.registered'
        )
        SELECT key, d.name AS name, d.revision AS revision, d.name || '@r' || d.revision AS ref, d.type AS type,
               d.digest AS digest, d.size AS size, d.came_from AS came_from, recorded_at AS registered_at,
               actor, position
        FROM facts
    """,
)

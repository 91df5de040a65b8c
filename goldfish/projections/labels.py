"""Labels of imported runs, one row each."""

from __future__ import annotations

from goldfish.projections._model import ReadModel

MODEL = ReadModel(
    name="labels",
    about="One row per label of an imported run, like area, status or tags; of a list, one per item.",
    keys=("run-",),
    columns={
        "run": "The run.",
        "name": "The label's name.",
        "value": "Its value as text; of a list, one item.",
        "position": "Where the run was imported.",
    },
    sql="""
        WITH entries AS (
            SELECT key, position, unnest(map_entries(from_json(data->'$.labels', '"MAP(VARCHAR, JSON)"'))) AS entry
            FROM events WHERE name = 'run.imported'
        ), items AS (
            SELECT key, position, entry.key AS name,
                   unnest(CASE json_type(entry.value) WHEN 'ARRAY' THEN from_json(entry.value, '["JSON"]')
                                                      ELSE [entry.value] END) AS value
            FROM entries
        )
        SELECT key, key AS run, name, value->>'$' AS value, position
        FROM items WHERE value->>'$' IS NOT NULL
    """,
)

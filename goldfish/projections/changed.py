"""What imported experiments changed, as their records write it."""

from __future__ import annotations

from goldfish.projections._model import ReadModel

MODEL = ReadModel(
    name="changed",
    about="One row per thing that an imported run changed. With those of our own runs they are in `changes`.",
    keys=("run-",),
    columns={
        "run": "The run.",
        "name": "What was changed, like lr.",
        "before": "What it was before, as the record writes it.",
        "after": "What it was changed to, as the record writes it.",
        "position": "Where the run was imported.",
    },
    sql="""
        WITH facts AS (
            SELECT key, position, unnest(from_json(data->'$.changed',
                     '[{"name": "VARCHAR", "before": "VARCHAR", "after": "VARCHAR"}]')) AS d
            FROM events WHERE name = 'run.imported'
        )
        SELECT key, key AS run, d.name AS name, d."before" AS "before", d."after" AS "after", position FROM facts
    """,
)

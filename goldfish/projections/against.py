"""What the things that imported experiments were compared with had reached."""

from __future__ import annotations

from goldfish.projections._model import ReadModel

MODEL = ReadModel(
    name="against",
    about="One row per metric of what an imported run was compared with. Beside its own metrics they are in `scores`.",
    keys=("run-",),
    columns={
        "run": "The run that was compared.",
        "metric": "The metric.",
        "value": "What the other side had reached, as the record of this run says.",
        "position": "Where the run was imported.",
    },
    sql="""
        WITH entries AS (
            SELECT key, position,
                   unnest(map_entries(from_json(data->'$.against_metrics', '"MAP(VARCHAR, DOUBLE)"'))) AS entry
            FROM events WHERE name = 'run.imported'
        )
        SELECT key, key AS run, entry.key AS metric, entry.value AS value, position FROM entries
    """,
)

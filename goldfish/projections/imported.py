"""Experiments that were recorded elsewhere: what runs of our own do not have."""

from __future__ import annotations

from goldfish.projections._model import ReadModel

MODEL = ReadModel(
    name="imported",
    about="One row per imported run: what only a record from elsewhere says. The rest of it is in `runs` and `code`.",
    keys=("run-",),
    columns={
        "run": "The run.",
        "system": "Where it was recorded, like experiments or mlflow.",
        "id": "Its id there, like E7.",
        "item": "What its rounds have in common there, like a pull request.",
        "agent": "Who carried it out there.",
        "began_at": "When it began there (UTC).",
        "happened_at": "When its outcome was known there (UTC).",
        "metric": "The metric that it is judged by.",
        "direction": "maximize or minimize, where that is known.",
        "baseline_id": "What it was compared with: run-7; where that is not recorded here, experiments:E7.",
        "note": "What its record says of the outcome.",
        "points": "The digest of its metric points, a Parquet file.",
        "labels": "Everything else that its record says, as JSON text: `labels->>'status'`.",
        "position": "Where it was imported.",
    },
    sql="""
        WITH facts AS (
            SELECT key, position, happened_at,
                   from_json(data, '{"system": "VARCHAR", "id": "VARCHAR", "item": "VARCHAR", "by": "VARCHAR",
                     "began": "TIMESTAMP", "metric": "VARCHAR", "direction": "VARCHAR", "against": "VARCHAR",
                     "note": "VARCHAR", "points": "VARCHAR", "labels": "JSON"}') AS d
            FROM events WHERE name = 'run.imported'
        )
        SELECT key, key AS run, d.system AS system, d.id AS id, d.item AS item, d."by" AS agent, d.began AS began_at,
               happened_at, d.metric AS metric, d.direction AS direction, d.against AS baseline_id, d.note AS note,
               d.points AS points, coalesce(d.labels, '{}')::JSON AS labels, position
        FROM facts
    """,
)

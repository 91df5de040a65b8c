"""What others are compared with, since when."""

from __future__ import annotations

from goldfish.projections._model import ReadModel

MODEL = ReadModel(
    name="baselines",
    about="One row per decision that made a run the baseline. The newest one that is not withdrawn holds.",
    keys=("decision-",),
    columns={
        "note": "The decision, like decision-3.",
        "run": "The run, like run-12; where it is not recorded here, its id elsewhere, like experiments:E7.",
        "since": "Since when (UTC): when it was decided, here or elsewhere.",
        "text": "The decision in words.",
        "withdrawn": "Whether the decision was withdrawn.",
        "actor": "Who recorded it.",
        "position": "Where it was recorded.",
    },
    sql="""
        WITH chosen AS (
            SELECT key, position, actor, coalesce(happened_at, recorded_at) AS since,
                   from_json(data, '{"text": "VARCHAR", "about": ["VARCHAR"]}') AS d
            FROM events WHERE name = 'note.logged' AND (data->>'$.chosen_as') = 'baseline'
        )
        SELECT key, key AS note, unnest(d.about) AS run, since, d.text AS text,
               key IN (SELECT key FROM events WHERE name = 'note.withdrawn') AS withdrawn, actor, position
        FROM chosen
    """,
)

"""What stages read."""

from __future__ import annotations

from goldfish.projections._model import ReadModel

MODEL = ReadModel(
    name="inputs",
    about="One row per input that was given to a stage execution, or that an imported run read.",
    keys=("run-",),
    columns={
        "run": "The run.",
        "stage": "The stage; empty for an imported run.",
        "name": "The input's name.",
        "type": "npy, csv, parquet, json, file or directory; NULL for an imported run.",
        "digest": "The digest of the bytes that were given; NULL where an imported run has none.",
        "ref": "Where they came from, like digits@r1 run-3/prepare.features, or mlflow:digits.",
        "position": "Where the launch was decided, or the run imported.",
    },
    sql="""
        WITH given AS (
            SELECT key, split_part(stream, '/', 2) AS stage, position, unnest(from_json(data->'$.inputs',
                     '[{"name": "VARCHAR", "type": "VARCHAR", "digest": "VARCHAR", "ref": "VARCHAR"}]')) AS d
            FROM events WHERE name IN ('execution.launch-intended', 'execution.reused')
        )
        SELECT key, key AS run, stage, unnest(d), position FROM given
        UNION ALL
        SELECT key, key, '', d.name, NULL, d.digest,
               system || ':' || d.name || coalesce('@' || left(split_part(d.digest, ':', -1), 12), ''), position
        FROM (
            SELECT key, position, data->>'$.system' AS system, unnest(from_json(data->'$.inputs',
                     '[{"name": "VARCHAR", "digest": "VARCHAR"}]')) AS d
            FROM events WHERE name = 'run.imported'
        )
    """,
)

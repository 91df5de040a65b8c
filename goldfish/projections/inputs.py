"""What stages read."""

from __future__ import annotations

from goldfish.projections._model import ReadModel

MODEL = ReadModel(
    name="inputs",
    about="One row per input that was given to a stage execution.",
    keys=("run-",),
    columns={
        "run": "The run.",
        "stage": "The stage.",
        "name": "The input's name.",
        "type": "npy, csv, parquet, json, file or directory.",
        "digest": "The digest of the bytes that were given.",
        "ref": "Where they came from, like digits@r1 or run-3/prepare.features.",
        "position": "Where the launch was decided.",
    },
    sql="""
        WITH given AS (
            SELECT key, split_part(stream, '/', 2) AS stage, position, unnest(from_json(data->'$.inputs',
                     '[{"name": "VARCHAR", "type": "VARCHAR", "digest": "VARCHAR", "ref": "VARCHAR"}]')) AS d
            FROM events WHERE name IN ('execution.launch-intended', 'execution.reused')
        )
        SELECT key, key AS run, stage, unnest(d), position FROM given
    """,
)

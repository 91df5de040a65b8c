"""What stages wrote."""

from __future__ import annotations

from goldfish.projections._model import ReadModel

MODEL = ReadModel(
    name="outputs",
    about="One row per declared output, kept or refused, and per artifact handed over besides.",
    keys=("run-",),
    columns={
        "run": "The run.",
        "stage": "The stage.",
        "name": "The output's name.",
        "ref": "How to refer to it, like run-3/prepare.features.",
        "kind": "output, refused or artifact.",
        "type": "npy, csv, parquet, json, file or directory.",
        "digest": "The digest of its bytes.",
        "size": "Its size in bytes.",
        "described": "What its header says, as JSON text.",
        "refused": "Why it was refused.",
        "position": "Where it was recorded.",
    },
    sql="""
        WITH facts AS (
            SELECT key, split_part(stream, '/', 2) AS stage, stream, position, name AS event,
                   from_json(data, '{"name": "VARCHAR", "type": "VARCHAR", "digest": "VARCHAR", "size": "BIGINT",
                                     "described": "JSON", "why": "VARCHAR"}') AS d
            FROM events
            WHERE name IN ('execution.output-captured', 'execution.output-refused', 'execution.artifact-logged')
        )
        SELECT key, key AS run, stage, d.name AS name, stream || '.' || d.name AS ref,
               CASE event WHEN 'execution.output-captured' THEN 'output' WHEN 'execution.output-refused' THEN 'refused'
                          ELSE 'artifact' END AS kind,
               d.type AS type, d.digest AS digest, d.size AS size, d.described::VARCHAR AS described,
               d.why AS refused, position
        FROM facts
    """,
)

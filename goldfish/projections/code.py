"""The code that ran."""

from __future__ import annotations

from goldfish.projections._model import ReadModel

MODEL = ReadModel(
    name="code",
    about="One row per run whose code is known: a version of ours, or what the record of an imported run says.",
    keys=("run-",),
    columns={
        "run": "The run.",
        "version": "The version, like baseline@v3; NULL for an imported run.",
        "hash": "The git tree of the version; the commit, or another hash, of an imported run.",
        "label": "What the code is called in the record of an imported run.",
        "committed": "Whether it was ever committed, as that record says; ours always is.",
    },
    sql="""
        SELECT key, run, version, tree AS hash, NULL::VARCHAR AS label, true AS committed
        FROM runs WHERE tree IS NOT NULL
        UNION ALL
        SELECT key, key, NULL, d.hash, d.label, d.committed FROM (
            SELECT key, from_json(data->'$.code', '{"hash": "VARCHAR", "label": "VARCHAR", "committed": "BOOLEAN"}')
                       AS d
            FROM events WHERE name = 'run.imported'
        ) WHERE d.hash IS NOT NULL OR d.label IS NOT NULL OR d.committed IS NOT NULL
    """,
    reads=("runs",),
)

"""Saved versions of workspaces."""

from __future__ import annotations

from goldfish.projections._model import ReadModel

MODEL = ReadModel(
    name="versions",
    about="One row per saved version.",
    keys=("workspace:",),
    columns={
        "version": "Its id, like baseline@v3.",
        "workspace": "The workspace.",
        "number": "Its number within the workspace.",
        "tree": "The git tree of its files.",
        "message": "What was said about it.",
        "saved_by": "What saved it: creation, save, run or rollback.",
        "saved_at": "When it was saved (UTC).",
        "actor": "Who saved it.",
        "position": "Where it was saved.",
    },
    sql="""
        WITH facts AS (
            SELECT key, position, recorded_at, actor, substr(stream, 11) AS workspace,
                   from_json(data, '{"number": "BIGINT", "tree": "VARCHAR", "message": "VARCHAR",
                                     "by": "VARCHAR"}') AS d
            FROM events WHERE name = 'workspace.version-saved'
        )
        SELECT key, workspace || '@v' || d.number AS version, workspace, d.number AS number, d.tree AS tree,
               d.message AS message, d.by AS saved_by, recorded_at AS saved_at, actor, position
        FROM facts
    """,
)

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
        "pruned": "Why it was pruned; NULL for those that lists show.",
    },
    sql="""
        WITH facts AS (
            SELECT key, position, recorded_at, actor, substr(stream, 11) AS workspace,
                   from_json(data, '{"number": "BIGINT", "tree": "VARCHAR", "message": "VARCHAR",
                                     "by": "VARCHAR"}') AS d
            FROM events WHERE name = 'workspace.version-saved'
        ), listed AS (
            SELECT key, (data->>'$.number')::BIGINT AS number,
                   max_by(coalesce(data->>'$.reason', ''), position) AS reason,
                   max_by(name, position) = 'workspace.version-pruned' AS pruned
            FROM events WHERE name IN ('workspace.version-pruned', 'workspace.version-restored')
            GROUP BY key, (data->>'$.number')::BIGINT
        )
        SELECT facts.key, workspace || '@v' || d.number AS version, workspace, d.number AS number, d.tree AS tree,
               d.message AS message, d.by AS saved_by, recorded_at AS saved_at, actor, position,
               CASE WHEN listed.pruned THEN listed.reason END AS pruned
        FROM facts LEFT JOIN listed ON listed.key = facts.key AND listed.number = facts.d.number
    """,
)

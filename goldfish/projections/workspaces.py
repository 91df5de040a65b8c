"""Workspaces as they are now."""

from __future__ import annotations

from goldfish.projections._model import ReadModel

MODEL = ReadModel(
    name="workspaces",
    about="One row per workspace: where it is mounted and whether its recorded files are saved.",
    keys=("workspace:",),
    columns={
        "workspace": "Its name.",
        "goal": "What it is for.",
        "base": "The version it was branched from.",
        "slot": "The slot that holds it, if it is mounted.",
        "latest": "The highest version number; 0 before the first.",
        "tree": "The tree of its files as they were recorded last.",
        "dirty": "Whether those files differ from the latest version.",
        "created_at": "When it was created (UTC).",
        "created_by": "Who created it.",
        "position": "Where it was created.",
        "changed": "The position of its last event.",
        "deleted": "Why it was deleted; NULL while it is there.",
    },
    sql="""
        WITH facts AS (
            SELECT key, position, name AS event, recorded_at, actor,
                   from_json(data, '{"name": "VARCHAR", "goal": "VARCHAR", "base": "VARCHAR", "slot": "VARCHAR",
                                     "tree": "VARCHAR", "number": "BIGINT", "reason": "VARCHAR"}') AS d
            FROM events WHERE name LIKE 'workspace.%'
        ), folded AS (
            SELECT key,
                   any_value(d.name) FILTER (event = 'workspace.created')              AS workspace,
                   nullif(max_by(d.goal, position), '')                                AS goal,
                   any_value(d.base) FILTER (event = 'workspace.created')              AS base,
                   max_by(CASE WHEN event = 'workspace.mounted' THEN d.slot ELSE '' END, position)
                       FILTER (event IN ('workspace.mounted', 'workspace.unmounted'))  AS place,
                   coalesce(max(d.number), 0)                                          AS latest,
                   max_by(d.tree, d.number)                                            AS latest_tree,
                   max_by(d.tree, position)
                       FILTER (event NOT IN ('workspace.version-saved', 'workspace.edits-rescued')) AS tree,
                   any_value(recorded_at) FILTER (event = 'workspace.created')         AS created_at,
                   any_value(actor) FILTER (event = 'workspace.created')               AS created_by,
                   min(position)                                                       AS position,
                   max(position)                                                       AS changed,
                   max_by(d.reason, position) FILTER (event = 'workspace.deleted')     AS reason,
                   max_by(event, position)
                       FILTER (event IN ('workspace.deleted', 'workspace.restored')) = 'workspace.deleted' AS is_deleted
            FROM facts GROUP BY key
        )
        SELECT key, workspace, goal, base, nullif(place, '') AS slot, latest, tree,
               tree IS DISTINCT FROM latest_tree AS dirty, created_at, created_by, position, changed,
               CASE WHEN is_deleted THEN reason END AS deleted
        FROM folded
    """,
)

"""What nobody is to change."""

from __future__ import annotations

from goldfish.projections._model import ReadModel

MODEL = ReadModel(
    name="invariants",
    about="One row per invariant that the project ever had.",
    keys=("project",),
    columns={
        "number": "Its number.",
        "text": "What nobody is to change.",
        "added_at": "Since when it is in force, or was last put in force (UTC).",
        "actor": "Who said it.",
        "position": "Where that was recorded.",
        "retired": "Why it is no longer in force; NULL while it is.",
    },
    sql="""
        WITH facts AS (
            SELECT key, position, name AS event, recorded_at, actor,
                   from_json(data, '{"number": "BIGINT", "text": "VARCHAR", "reason": "VARCHAR"}') AS d
            FROM events WHERE name IN ('project.invariant-added', 'project.invariant-retired')
        )
        SELECT key, d.number AS number, max_by(d.text, position) AS text,
               max_by(recorded_at, position) FILTER (event = 'project.invariant-added') AS added_at,
               max_by(actor, position) FILTER (event = 'project.invariant-added')       AS actor,
               max(position) FILTER (event = 'project.invariant-added')                 AS position,
               CASE WHEN max_by(event, position) = 'project.invariant-retired'
                    THEN max_by(d.reason, position) END                                 AS retired
        FROM facts GROUP BY key, d.number
    """,
)

"""The project itself."""

from __future__ import annotations

from goldfish.projections._model import ReadModel

MODEL = ReadModel(
    name="project",
    about="One row: the project as it is.",
    keys=("project",),
    columns={
        "name": "The project's name.",
        "goal": "The goal that was set last.",
        "founded_at": "When it was founded (UTC).",
        "founded_by": "Who founded it.",
    },
    sql="""
        WITH facts AS (
            SELECT key, position, name AS event, recorded_at, actor,
                   from_json(data, '{"name": "VARCHAR", "goal": "VARCHAR"}') AS d
            FROM events WHERE name IN ('project.founded', 'project.goal-set')
        )
        SELECT key,
               any_value(d.name) FILTER (event = 'project.founded')  AS name,
               nullif(max_by(d.goal, position), '')                   AS goal,
               any_value(recorded_at) FILTER (event = 'project.founded')      AS founded_at,
               any_value(actor) FILTER (event = 'project.founded')   AS founded_by
        FROM facts GROUP BY key
    """,
)

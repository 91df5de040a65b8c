"""What somebody thought."""

from __future__ import annotations

from goldfish.projections._model import ReadModel

MODEL = ReadModel(
    name="thoughts",
    about="One row per logged thought.",
    keys=("project", "workspace:"),
    columns={
        "position": "Where it was logged.",
        "recorded_at": "When it was logged (UTC).",
        "actor": "Who logged it.",
        "workspace": "The workspace it was logged in; NULL for the project.",
        "text": "The thought.",
        "about": "What it is about, like run-12.",
    },
    sql="""
        SELECT key, position, recorded_at, actor,
               CASE WHEN starts_with(stream, 'workspace:') THEN substr(stream, 11) END AS workspace,
               data->>'$.text' AS text, data->>'$.about' AS about
        FROM events WHERE name IN ('project.thought-logged', 'workspace.thought-logged')
    """,
)

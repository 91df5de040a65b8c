"""Tags as they are now."""

from __future__ import annotations

from goldfish.projections._model import ReadModel

MODEL = ReadModel(
    name="tags",
    about="One row per tag: a name that points to a version or a run.",
    keys=("tags",),
    columns={
        "tag": "The name.",
        "target": "What it points to: baseline@v3 or run-12.",
        "set_at": "Since when it points there (UTC).",
        "actor": "Who made it point there.",
        "position": "Where that was recorded.",
    },
    sql="""
        WITH facts AS (
            SELECT key, position, name AS event, recorded_at, actor,
                   from_json(data, '{"name": "VARCHAR", "target": "VARCHAR"}') AS d
            FROM events WHERE name IN ('tag.set', 'tag.moved', 'tag.removed')
        )
        SELECT key, d.name AS tag, d.target AS target, recorded_at AS set_at, actor, position FROM facts
        QUALIFY row_number() OVER (PARTITION BY d.name ORDER BY position DESC) = 1 AND event <> 'tag.removed'
    """,
)

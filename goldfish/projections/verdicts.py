"""What people and agents said that runs achieved."""

from __future__ import annotations

from goldfish.projections._model import ReadModel

MODEL = ReadModel(
    name="verdicts",
    about="One row per judgement of a run: the first one, and each amendment.",
    keys=("run-",),
    columns={
        "run": "The run.",
        "number": "1 for the first judgement; amendments count on.",
        "holds": "Whether it is the newest one.",
        "verdict": "success, partial, miss or unknown.",
        "confirmed": "The number of each stage, as JSON text.",
        "comment": "What was said of it.",
        "learned": "What it taught.",
        "next_steps": "What should come next.",
        "reason": "Why it was amended, or why the verdict is another one than the numbers say.",
        "recorded_at": "When it was judged (UTC).",
        "actor": "Who judged it.",
        "position": "Where it was recorded.",
    },
    sql="""
        WITH facts AS (
            SELECT key, position, recorded_at, actor,
                   from_json(data, '{"verdict": "VARCHAR", "values": "JSON", "comment": "VARCHAR", "learned": "VARCHAR",
                                     "next_steps": ["VARCHAR"], "reason": "VARCHAR"}') AS d
            FROM events WHERE name IN ('run.finalized', 'run.amended')
        )
        SELECT key, key AS run, row_number() OVER (PARTITION BY key ORDER BY position) AS number,
               position = max(position) OVER (PARTITION BY key) AS holds, d.verdict AS verdict,
               d."values"::VARCHAR AS confirmed, d.comment AS comment, d.learned AS learned, d.next_steps AS next_steps,
               d.reason AS reason, recorded_at, actor, position
        FROM facts
    """,
)

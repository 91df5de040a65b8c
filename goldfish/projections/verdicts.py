"""What people and agents said that runs achieved."""

from __future__ import annotations

from goldfish.projections._model import ReadModel

MODEL = ReadModel(
    name="verdicts",
    about="One row per judgement of a run: the first one, and each amendment; those of imported runs as they were made "
    "elsewhere.",
    keys=("run-",),
    columns={
        "run": "The run.",
        "number": "1 for the first judgement; amendments count on.",
        "holds": "Whether it is the newest one.",
        "verdict": "success, partial, miss or unknown.",
        "said": "Of an imported run, the word that was used there, like win.",
        "confirmed": "The number of each stage, as JSON text; for an imported run none.",
        "comment": "What was said of it.",
        "learned": "What it taught.",
        "next_steps": "What should come next.",
        "reason": "Why it was amended, or why the verdict is another one than the numbers say.",
        "recorded_at": "When it was judged, here or there (UTC).",
        "actor": "Who judged it; of an imported run, the system and what it names, like experiments:E7.",
        "position": "Where it was recorded.",
    },
    sql="""
        WITH facts AS (
            SELECT key, position, recorded_at, actor,
                   from_json(data, '{"verdict": "VARCHAR", "values": "JSON", "comment": "VARCHAR", "learned": "VARCHAR",
                                     "next_steps": ["VARCHAR"], "reason": "VARCHAR"}') AS d
            FROM events WHERE name IN ('run.finalized', 'run.amended')
        ), elsewhere AS (
            SELECT key, position, happened_at, actor, data->>'$.by' AS sayer,
                   from_json(data, '{"system": "VARCHAR", "note": "VARCHAR"}') AS d,
                   from_json(CASE name WHEN 'run.imported' THEN data->'$.verdict' ELSE data END,
                             '{"verdict": "VARCHAR", "said": "VARCHAR"}') AS judged
            FROM events WHERE name IN ('run.imported', 'run.verdict-imported')
        ), every AS (
            SELECT key, position, recorded_at, actor, d.verdict AS verdict, NULL AS said,
                   d."values"::VARCHAR AS confirmed, d.comment AS comment, d.learned AS learned,
                   d.next_steps AS next_steps, d.reason AS reason
            FROM facts
            UNION ALL
            SELECT key, position, happened_at,
                   coalesce(max(d.system) OVER (PARTITION BY key) || ':' || sayer, actor), judged.verdict, judged.said,
                   '[]', d.note, NULL, []::VARCHAR[], NULL
            FROM elsewhere QUALIFY judged.verdict IS NOT NULL
        )
        SELECT key, key AS run, row_number() OVER (PARTITION BY key ORDER BY position) AS number,
               position = max(position) OVER (PARTITION BY key) AS holds, verdict, said, confirmed, comment, learned,
               next_steps, reason, recorded_at, actor, position
        FROM every
    """,
)

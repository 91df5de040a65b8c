"""Verdicts of checks."""

from __future__ import annotations

from goldfish.projections._model import ReadModel

MODEL = ReadModel(
    name="checks",
    about="One row per evaluated check, the passes included.",
    keys=("run-",),
    columns={
        "run": "The run.",
        "stage": "The stage.",
        "check_name": "The check.",
        "subject": "What it looked at.",
        "verdict": "passed, failed or not-applicable.",
        "severity": "block, warn or record.",
        "sentence": "What it found.",
        "evidence": "The facts behind it, as JSON text.",
        "position": "Where it was recorded.",
    },
    sql="""
        WITH facts AS (
            SELECT key, split_part(stream, '/', 2) AS stage, position,
                   from_json(data, '{"check": "VARCHAR", "subject": "VARCHAR", "verdict": "VARCHAR",
                                     "severity": "VARCHAR", "sentence": "VARCHAR", "evidence": "JSON"}') AS d
            FROM events WHERE name = 'execution.check-evaluated'
        )
        SELECT key, key AS run, stage, d.check AS check_name, d.subject AS subject, d.verdict AS verdict,
               d.severity AS severity, d.sentence AS sentence, d.evidence::VARCHAR AS evidence, position
        FROM facts
    """,
)

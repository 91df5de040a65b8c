"""What was found out to be bad."""

from __future__ import annotations

from goldfish.projections._model import ReadModel

MODEL = ReadModel(
    name="findings",
    about="One row per finding: something that was found out to be bad.",
    keys=("finding-",),
    columns={
        "finding": "Its id, like finding-2.",
        "state": "standing or withdrawn.",
        "reason": "What is wrong, in the words of whoever found it out.",
        "suspicion": "Which runs and claims are bad in themselves, as JSON text.",
        "recorded_at": "When it was recorded (UTC).",
        "actor": "Who recorded it.",
        "ended": "Why it was withdrawn.",
        "position": "Where it was recorded.",
        "changed": "The position of its last event.",
    },
    sql="""
        SELECT key, key AS finding, CASE WHEN bool_or(name = 'finding.withdrawn') THEN 'withdrawn' ELSE 'standing' END
                   AS state,
               any_value(CASE WHEN name = 'finding.recorded' THEN data->>'$.reason' END) AS reason,
               any_value(data->>'$.suspicion') AS suspicion, min(recorded_at) AS recorded_at,
               any_value(CASE WHEN name = 'finding.recorded' THEN actor END) AS actor,
               any_value(CASE WHEN name = 'finding.withdrawn' THEN data->>'$.reason' END) AS ended,
               min(position) AS position, max(position) AS changed
        FROM events WHERE name LIKE 'finding.%' GROUP BY key
    """,
)

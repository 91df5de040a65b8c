"""What work took."""

from __future__ import annotations

from goldfish.projections._model import ModelView

VIEW = ModelView(
    name="costs",
    about="One row per stage execution and per imported run: what it took. Sum it by run, workspace, stage or day.",
    columns={
        "run": "The run.",
        "stage": "The stage; empty for an imported run.",
        "workspace": "The workspace; NULL for an imported run.",
        "version": "The version.",
        "day": "The day (UTC) on which it was decided, or began elsewhere.",
        "outcome": "How it ended.",
        "reused": "Whether it took over what an earlier execution had made, and so took nothing itself.",
        "seconds": "Seconds of wall time; 0 where it was taken over, NULL where nobody recorded it.",
        "peak_memory": "The most memory it used, in bytes.",
        "log_bytes": "Bytes that it printed.",
    },
    sql="""
        SELECT e.run, e.stage, r.workspace, r.version, coalesce(e.intended_at, r.requested_at)::DATE AS day, e.outcome,
               e.reused IS NOT NULL AS reused, CASE WHEN e.reused IS NOT NULL THEN 0 ELSE e.seconds END AS seconds,
               e.peak_memory, e.log_written AS log_bytes
        FROM executions AS e JOIN runs AS r USING (run)
        UNION ALL
        SELECT run, '', NULL, NULL, coalesce(requested_at, happened_at)::DATE, outcome, false, seconds, NULL, NULL
        FROM runs WHERE system IS NOT NULL
    """,
)

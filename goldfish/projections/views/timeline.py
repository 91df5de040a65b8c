"""What happened on each day."""

from __future__ import annotations

from goldfish.projections._model import ModelView

VIEW = ModelView(
    name="timeline",
    about="One row per day on which something happened, here or, for what was imported, there.",
    columns={
        "day": "The day (UTC).",
        "events": "How many events there are.",
        "requested": "How many runs were asked for.",
        "succeeded": "How many runs ended well.",
        "failed": "How many runs failed or were lost.",
        "cancelled": "How many runs were cancelled.",
        "imported": "How many imported experiments became known there.",
        "judged": "How many judgements were made.",
        "versions": "How many versions were saved.",
        "notes": "How many thoughts, hypotheses, claims and decisions were written down.",
        "actors": "Who was at work, policies left out.",
    },
    sql="""
        WITH facts AS (
            SELECT coalesce(happened_at, recorded_at)::DATE AS day, name, actor,
                   CASE name WHEN 'run.finished' THEN data->>'$.outcome' END AS outcome FROM events
        )
        SELECT day, count(*) AS events, count(*) FILTER (name = 'run.requested') AS requested,
               count(*) FILTER (outcome = 'succeeded') AS succeeded,
               count(*) FILTER (outcome IN ('failed', 'lost')) AS failed,
               count(*) FILTER (outcome = 'cancelled') AS cancelled,
               count(*) FILTER (name = 'run.imported') AS imported,
               count(*) FILTER (name IN ('run.finalized', 'run.amended', 'run.verdict-imported')) AS judged,
               count(*) FILTER (name = 'workspace.version-saved') AS versions,
               count(*) FILTER (name IN ('note.logged', 'project.thought-logged', 'workspace.thought-logged')) AS notes,
               list_sort(list(DISTINCT actor) FILTER (NOT starts_with(actor, 'policy:'))) AS actors
        FROM facts GROUP BY day
    """,
)

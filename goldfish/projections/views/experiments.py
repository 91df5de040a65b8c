"""Experiments of our own and from elsewhere, side by side."""

from __future__ import annotations

from goldfish.projections._model import ModelView

VIEW = ModelView(
    name="experiments",
    about="One row per experiment: every run, ours or imported, with what it tried, what came out and what was said.",
    columns={
        "id": "The name by which people know it: the id of its own record, like E7; for our own runs, like run-3.",
        "run": "The run.",
        "system": "Where it was recorded first, like experiments or mlflow; NULL for our own.",
        "item": "What its rounds have in common, like a pull request; for our own runs, the group.",
        "happened_at": "When its outcome was known (UTC).",
        "began_at": "When it began, or was asked for (UTC).",
        "agent": "Who carried it out, or asked for it.",
        "title": "What was tried.",
        "hypothesis": "What was believed.",
        "area": "The label `area` of its record: what part of the work it belongs to.",
        "track": "The label `track`.",
        "status": "The label `status`, like merged; for our own runs, their state.",
        "flags": "The items of the label `flags`: `list_contains(flags, 'code_lost')`.",
        "labels": "All labels of its record, as JSON text: `labels->>'area'`.",
        "metric": "The metric that it is judged by.",
        "direction": "maximize or minimize, where that is known.",
        "value": "What it reached in that metric.",
        "baseline_id": "What it was compared with: an id as above, or what its results spec names.",
        "baseline": "What that had reached in the metric.",
        "outcome": "How it ended as a program: succeeded, failed, cancelled or lost; NULL when it had not.",
        "cause": "Why it did not succeed.",
        "seconds": "How long it took.",
        "verdict": "What it achieved, in goldfish's words: success, partial, miss or unknown; NULL when nobody judged.",
        "said": "The same in the words of whoever judged it, like win, loss or noise; for our own runs, the verdict.",
        "note": "What was said of it, the newest words.",
        "position": "Where it was asked for or imported.",
        "changed": "The position of its last event.",
    },
    sql="""
        WITH judged AS (
            SELECT run, max_by(verdict, number) AS verdict, max_by(coalesce(said, verdict), number) AS said,
                   max_by(comment, number) FILTER (comment IS NOT NULL) AS comment
            FROM verdicts GROUP BY run
        ), specs AS (
            SELECT run, arg_min(struct_pack(metric, direction, result, baseline), stage) AS spec
            FROM results WHERE run NOT IN (SELECT run FROM imported) GROUP BY run
        ), reached AS (
            SELECT i.run, max(m.last) FILTER (m.last_is_finite) AS value, max(a.value) AS baseline
            FROM imported AS i LEFT JOIN metrics AS m ON m.run = i.run AND m.metric = i.metric
                 LEFT JOIN against AS a ON a.run = i.run AND a.metric = i.metric
            GROUP BY i.run
        ), beaten AS (
            SELECT run, metric, max(result) AS result FROM results GROUP BY ALL
        )
        SELECT coalesce(r.foreign_id, r.run) AS id, r.run, r.system,
               coalesce(r.item, CASE WHEN r.system IS NULL THEN r.run_group END) AS item,
               coalesce(r.happened_at, r.finished_at) AS happened_at,
               CASE WHEN r.system IS NULL THEN r.requested_at ELSE i.began_at END AS began_at,
               CASE WHEN r.system IS NULL THEN r.actor ELSE i.agent END AS agent,
               r.description AS title, r.hypothesis, i.labels->>'$.area' AS area, i.labels->>'$.track' AS track,
               CASE WHEN r.system IS NULL THEN r.state ELSE i.labels->>'$.status' END AS status,
               coalesce(CASE json_type(i.labels, '$.flags') WHEN 'ARRAY' THEN from_json(i.labels->'$.flags',
                        '["VARCHAR"]') WHEN 'VARCHAR' THEN [i.labels->>'$.flags'] END, []) AS flags,
               i.labels, coalesce(i.metric, s.spec.metric) AS metric,
               coalesce(i.direction, s.spec.direction) AS direction,
               coalesce(e.value, s.spec.result) AS value,
               coalesce(b.foreign_id, i.baseline_id, s.spec.baseline) AS baseline_id,
               coalesce(e.baseline, o.result) AS baseline,
               r.outcome, r.cause, r.seconds, j.verdict, j.said, coalesce(j.comment, i.note) AS note,
               r.position, r.changed
        FROM runs AS r LEFT JOIN imported AS i ON i.run = r.run LEFT JOIN judged AS j ON j.run = r.run
             LEFT JOIN specs AS s ON s.run = r.run LEFT JOIN reached AS e ON e.run = r.run
             LEFT JOIN runs AS b ON b.run = i.baseline_id
             LEFT JOIN beaten AS o ON o.run = s.spec.baseline AND o.metric = s.spec.metric
    """,
)

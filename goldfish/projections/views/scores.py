"""What experiments reached in each metric, beside what they were compared with."""

from __future__ import annotations

from goldfish.projections._model import ModelView

VIEW = ModelView(
    name="scores",
    about="One row per metric of an experiment, beside its baseline. Curves are in `points`.",
    columns={
        "id": "The experiment, as in `experiments`.",
        "run": "The run.",
        "stage": "The stage that logged it; empty for an imported run.",
        "metric": "The metric.",
        "value": "The last finite value, which the very last one may not have been: see `finite`.",
        "baseline_id": "What the experiment was compared with.",
        "baseline": "What that had reached in this metric, where that is known.",
        "difference": "value - baseline.",
        "direction": "maximize or minimize, where a results spec or the record says so of this metric.",
        "better": "Whether the value is better than the baseline; NULL where the direction or one of them is unknown.",
        "best": "The best finite value that was logged; NULL where the direction is unknown.",
        "best_step": "The step of the best value.",
        "first": "The first finite value.",
        "min": "The smallest finite value.",
        "max": "The largest finite value.",
        "trend": "last - first: what became of the metric from its first finite value to its last; NULL for one point.",
        "count": "How many points there are.",
        "finite": "Whether the very last value is finite.",
        "position": "Where the points were sealed, or the run imported.",
    },
    sql="""
        WITH every AS (
            SELECT coalesce(m.run, a.run) AS run, coalesce(m.stage, '') AS stage,
                   coalesce(m.metric, a.metric) AS metric, m.last AS value, a.value AS known, m.first, m.min, m.max,
                   m.min_step, m.max_step, m.count, m.last_is_finite AS finite,
                   coalesce(m.position, a.position) AS position
            FROM metrics AS m FULL JOIN against AS a ON a.run = m.run AND a.metric = m.metric
        ), specs AS (
            SELECT run, stage, metric, any_value(direction) AS direction, any_value(baseline) AS baseline
            FROM results WHERE run NOT IN (SELECT run FROM imported) GROUP BY ALL
        ), beaten AS (
            SELECT run, metric, max(result) AS result FROM results GROUP BY ALL
        ), told AS (
            SELECT e.*, coalesce(r.foreign_id, r.run) AS id,
                   coalesce(b.foreign_id, i.baseline_id, s.baseline) AS baseline_id,
                   coalesce(e.known, o.result) AS baseline,
                   CASE WHEN i.metric = e.metric THEN i.direction ELSE s.direction END AS direction
            FROM every AS e JOIN runs AS r ON r.run = e.run LEFT JOIN imported AS i ON i.run = e.run
                 LEFT JOIN runs AS b ON b.run = i.baseline_id
                 LEFT JOIN specs AS s ON s.run = e.run AND s.stage = e.stage AND s.metric = e.metric
                 LEFT JOIN beaten AS o ON o.run = s.baseline AND o.metric = e.metric
        )
        SELECT id, run, stage, metric, value, baseline_id, baseline, value - baseline AS difference, direction,
               CASE direction WHEN 'maximize' THEN value > baseline WHEN 'minimize' THEN value < baseline END AS better,
               CASE direction WHEN 'maximize' THEN max WHEN 'minimize' THEN min END AS best,
               CASE direction WHEN 'maximize' THEN max_step WHEN 'minimize' THEN min_step END AS best_step,
               first, min, max, CASE WHEN count > 1 THEN value - first END AS trend, count, finite, position
        FROM told
    """,
)

"""What stages are judged by, and what they achieved."""

from __future__ import annotations

from goldfish.projections._model import ReadModel

MODEL = ReadModel(
    name="results",
    about="One row per stage of a run that has a results spec: the spec, the automatic result and the confirmed one; "
    "and one per imported run whose record says by what it is judged, and which way that is better.",
    keys=("run-",),
    columns={
        "run": "The run.",
        "stage": "The stage; empty for an imported run.",
        "workspace": "The workspace it ran; NULL for an imported run.",
        "version": "The version it ran, like baseline@v3.",
        "metric": "The metric that it is judged by.",
        "direction": "maximize or minimize.",
        "split": "The part of the data that the metric is measured on: train, val, test or other. Of an imported run: "
        "other.",
        "pick": "Which logged value counts: last or best.",
        "minimum": "Worse than this is a miss.",
        "goal": "At least this good is a success.",
        "tolerance": "Differences up to this are noise.",
        "secondary": "Metrics that are shown beside it.",
        "baseline": "What it is compared with: @tag, run-3 or baseline@v2.",
        "against_value": "What that had reached, as an imported run's record says.",
        "context": "What was said about the metric.",
        "value": "The number that the spec picks from what was logged; NULL where there is none.",
        "step": "Where that number was logged.",
        "best": "The best finite value that was logged.",
        "best_step": "Where it was logged.",
        "confirmed": "The number that somebody confirmed; NULL until then, and where there is none.",
        "confirmed_step": "Where that number was logged.",
        "result": "The number that holds: the confirmed one, or before that the picked one of a stage that succeeded.",
        "measured": "The execution that logged the numbers: an earlier one, when the stage was taken over from it.",
        "stage_outcome": "How the stage ended: succeeded, failed, cancelled or lost.",
        "outcome": "How the run ended as a program.",
        "verdict": "What it achieved: success, partial, miss or unknown. NULL until somebody has judged the run.",
        "awaits": "Whether the run awaits a verdict: it succeeded or failed, and nobody has judged it.",
        "position": "Where the run was asked for or imported: the order of runs.",
    },
    sql="""
        WITH asked AS (
            SELECT key, position, unnest(from_json(data, '{"stages": [{"name": "VARCHAR", "results": {
                     "metric": "VARCHAR", "direction": "VARCHAR", "split": "VARCHAR", "pick": "VARCHAR",
                     "minimum": "DOUBLE", "goal": "DOUBLE", "tolerance": "DOUBLE", "secondary": ["VARCHAR"],
                     "baseline": "VARCHAR", "context": "VARCHAR"}}]}').stages) AS stage
            FROM events WHERE name = 'run.requested' AND contains(data, '"results":')
        ), specs AS MATERIALIZED (
            SELECT key, position, stage.name AS stage, unnest(stage.results)
            FROM asked WHERE stage.results.metric IS NOT NULL
        ), judged AS (
            SELECT key, max_by(data, position) AS data FROM events
            WHERE name IN ('run.finalized', 'run.amended') AND key IN (SELECT key FROM specs) GROUP BY key
        ), confirmed AS (
            SELECT key, unnest(from_json(data->'$.values', '[{"stage": "VARCHAR", "value": "DOUBLE",
                     "step": "BIGINT"}]')) AS d FROM judged
        ), seen AS (
            SELECT * FROM metrics WHERE key IN (SELECT key FROM specs)
        ), facts AS (
            SELECT specs.*, seen AS d, executions.outcome AS stage_outcome, executions.reused AS earlier,
                   runs.workspace AS workspace, runs.version AS version, runs.outcome AS outcome,
                   judged.data->>'$.verdict' AS verdict, confirmed.d.value AS confirmed,
                   confirmed.d.step AS confirmed_step
            FROM specs LEFT JOIN seen USING (key, stage, metric) LEFT JOIN executions USING (key, stage)
                 LEFT JOIN runs USING (key) LEFT JOIN judged USING (key)
                 LEFT JOIN confirmed ON confirmed.key = specs.key AND confirmed.d.stage = specs.stage
        ), picked AS (
            SELECT *, CASE direction WHEN 'maximize' THEN d.max ELSE d.min END AS best,
                   CASE direction WHEN 'maximize' THEN d.max_step ELSE d.min_step END AS best_step,
                   CASE WHEN pick = 'best' THEN best WHEN d.last_is_finite THEN d.last END AS value,
                   CASE WHEN pick = 'best' THEN CASE WHEN best IS NOT NULL THEN best_step END
                        WHEN d.last_is_finite THEN d.last_step END AS step
            FROM facts
        ), taken AS (
            SELECT key, position, from_json(data, '{"metric": "VARCHAR", "direction": "VARCHAR", "against": "VARCHAR",
                     "outcome": "VARCHAR", "against_metrics": "MAP(VARCHAR, DOUBLE)",
                     "metrics": "MAP(VARCHAR, STRUCT(last DOUBLE, last_is_finite BOOLEAN, last_step BIGINT, \
min DOUBLE, max DOUBLE, min_step BIGINT, max_step BIGINT))"}') AS d
            FROM events WHERE name = 'run.imported' AND (data->>'$.direction') IS NOT NULL
        ), said AS (
            SELECT key, max_by(coalesce(data->>'$.verdict.verdict', data->>'$.verdict'), position) AS verdict
            FROM events WHERE name IN ('run.imported', 'run.verdict-imported') GROUP BY key
        ), reached AS (
            SELECT taken.*, verdict, d.metrics[d.metric] AS m
            FROM taken LEFT JOIN said USING (key)
        )
        SELECT key, key AS run, stage, workspace, version, metric, direction, split,
               pick, minimum, goal, tolerance, coalesce(secondary, []) AS secondary, baseline,
               NULL AS against_value, context, value, step,
               best, best_step, confirmed, confirmed_step,
               CASE WHEN verdict IS NOT NULL THEN confirmed WHEN stage_outcome = 'succeeded' THEN value END AS result,
               coalesce(earlier, key || '/' || stage) AS measured, stage_outcome, outcome, verdict,
               coalesce(outcome IN ('succeeded', 'failed') AND verdict IS NULL, false) AS awaits, position
        FROM picked
        UNION ALL
        SELECT key, key, '', NULL, NULL, d.metric, d.direction, 'other', 'last', NULL, NULL, 0, []::VARCHAR[],
               d.against, d.against_metrics[d.metric], NULL, CASE WHEN m.last_is_finite THEN m.last END, m.last_step,
               CASE d.direction WHEN 'maximize' THEN m.max ELSE m.min END,
               CASE d.direction WHEN 'maximize' THEN m.max_step ELSE m.min_step END,
               NULL, NULL, CASE WHEN d.outcome = 'succeeded' AND m.last_is_finite THEN m.last END, NULL, d.outcome,
               d.outcome, verdict, false, position
        FROM reached WHERE m IS NOT NULL
    """,
    reads=("executions", "runs", "metrics"),
)

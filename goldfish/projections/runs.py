"""Runs, one wide row each."""

from __future__ import annotations

from goldfish.projections._model import ReadModel

MODEL = ReadModel(
    name="runs",
    about="One row per run: what was asked for and how it ended; runs that were imported from elsewhere among them.",
    keys=("run-",),
    columns={
        "run": "Its id, like run-42.",
        "workspace": "The workspace it ran; like version, tree, pipeline and where it ran, NULL for an imported run.",
        "number": "The version number it ran.",
        "version": "The version it ran, like baseline@v3.",
        "tree": "The git tree of that version.",
        "pipeline": "The pipeline's name.",
        "stages": "The stages asked for, in order; none for an imported run.",
        "state": "requested, running, parked or finished; imported, when it had not ended where it came from.",
        "outcome": "succeeded, failed, cancelled or lost, once it has finished.",
        "cause": "Why it did not succeed, or why it is parked.",
        "description": "The reason: what is tried.",
        "hypothesis": "The reason: what is believed.",
        "approach": "The reason: how it is tried.",
        "expected": "The reason: what should come out.",
        "fingerprint": "Equal for runs that ask for the same work; for imported ones with the same code, configuration "
        "and inputs.",
        "seed": "The seed, if one was fixed.",
        "python": "The version of Python it was planned for.",
        "platform": "The platform it was planned for.",
        "packages": "The digest of the list of installed packages.",
        "rerun_of": "The run it repeats on purpose.",
        "rerun_reason": "Why it is repeated.",
        "run_group": "The group that it was put into.",
        "requested_at": "When it was asked for, or began elsewhere (UTC).",
        "finished_at": "When it had ended (UTC).",
        "seconds": "Seconds that its stages took, summed, to the millisecond, by a clock that never jumps.",
        "actor": "Who asked for it; for an imported run the system and the name recorded there, like mlflow:ann.",
        "position": "Where it was asked for: the order of runs.",
        "changed": "The position of its last event, its stages' events included.",
        "system": "Where it was imported from, like experiments or mlflow; NULL for our own.",
        "foreign_id": "Its id there.",
        "item": "What its rounds have in common there, like a pull request.",
        "happened_at": "When its outcome was known there (UTC).",
    },
    sql="""
        WITH asked AS (
            SELECT key, position, recorded_at, actor,
                   from_json(data, '{"workspace": "VARCHAR", "number": "BIGINT", "tree": "VARCHAR",
                     "pipeline": "VARCHAR", "stages": [{"name": "VARCHAR"}], "fingerprint": "VARCHAR",
                     "seed": "HUGEINT", "rerun_of": "VARCHAR", "rerun_reason": "VARCHAR", "group": "VARCHAR",
                     "reason": {"description": "VARCHAR", "hypothesis": "VARCHAR", "approach": "VARCHAR",
                     "expected": "VARCHAR"},
                     "environment": {"python": "VARCHAR", "platform": "VARCHAR", "packages": "VARCHAR"}}') AS d
            FROM events WHERE name = 'run.requested'
        ), own AS (
            SELECT key, bool_or(name = 'run.finished') AS is_finished, bool_or(name = 'run.parked') AS is_parked,
                   any_value(d.outcome) AS outcome, any_value(d.error) AS error,
                   any_value(CASE WHEN d.outcome <> 'succeeded' THEN d.cause END) AS cause,
                   min(CASE WHEN name = 'run.finished' THEN recorded_at END) AS finished_at, max(position) AS changed
            FROM (
                SELECT key, position, name, recorded_at, CASE WHEN name IN ('run.parked', 'run.finished')
                       THEN from_json(data, '{"outcome": "VARCHAR", "cause": "VARCHAR", "error": "VARCHAR"}') END AS d
                FROM events WHERE name LIKE 'run.%'
            ) GROUP BY key
        ), staged AS (
            SELECT key, bool_or(intended_at IS NOT NULL OR reused IS NOT NULL) AS is_begun, sum(seconds) AS seconds,
                   max(changed) AS changed
            FROM executions GROUP BY key
        ), taken AS (
            SELECT key, position, happened_at, actor, data->'$.config' AS config,
                   from_json(data, '{"reason": {"description": "VARCHAR", "hypothesis": "VARCHAR",
                     "approach": "VARCHAR", "expected": "VARCHAR"}, "seed": "HUGEINT", "group": "VARCHAR",
                     "outcome": "VARCHAR", "cause": "VARCHAR", "seconds": "DOUBLE", "began": "TIMESTAMP",
                     "by": "VARCHAR", "system": "VARCHAR", "id": "VARCHAR", "item": "VARCHAR",
                     "code": {"hash": "VARCHAR", "label": "VARCHAR"}, "inputs": "JSON"}') AS d
            FROM events WHERE name = 'run.imported'
        )
        SELECT key, key AS run, d.workspace AS workspace, d.number AS number,
               d.workspace || '@v' || d.number AS version, d.tree AS tree, d.pipeline AS pipeline,
               list_transform(d.stages, lambda s: s.name) AS stages,
               CASE WHEN is_finished THEN 'finished' WHEN is_parked THEN 'parked' WHEN is_begun THEN 'running'
                    ELSE 'requested' END AS state,
               outcome, coalesce(cause, error) AS cause, d.reason.description AS description,
               d.reason.hypothesis AS hypothesis, d.reason.approach AS approach, d.reason.expected AS expected,
               d.fingerprint AS fingerprint, d.seed AS seed, d.environment.python AS python,
               d.environment.platform AS platform, d.environment.packages AS packages, d.rerun_of AS rerun_of,
               d.rerun_reason AS rerun_reason, d."group" AS run_group, recorded_at AS requested_at, finished_at,
               round(staged.seconds, 3) AS seconds, actor, position,
               greatest(own.changed, coalesce(staged.changed, 0)) AS changed,
               NULL AS system, NULL AS foreign_id, NULL AS item, NULL::TIMESTAMP AS happened_at
        FROM asked JOIN own USING (key) LEFT JOIN staged USING (key)
        UNION ALL
        SELECT key, key, NULL, NULL, NULL, NULL, NULL, []::VARCHAR[],
               CASE WHEN d.outcome IS NULL THEN 'imported' ELSE 'finished' END, d.outcome,
               CASE WHEN d.outcome <> 'succeeded' THEN d.cause END,
               d.reason.description, d.reason.hypothesis, d.reason.approach, d.reason.expected,
               CASE WHEN config <> '{}'
                    THEN sha256(concat_ws('|', coalesce(d.code.hash, d.code.label), config, d.inputs)) END,
               d.seed, NULL, NULL, NULL, NULL, NULL, d."group", coalesce(d.began, happened_at),
               CASE WHEN d.outcome IS NOT NULL THEN happened_at END, round(d.seconds, 3),
               coalesce(d.system || ':' || d.by, actor), position,
               own.changed,
               d.system, d.id, d.item, happened_at
        FROM taken JOIN own USING (key)
    """,
    reads=("executions",),
)

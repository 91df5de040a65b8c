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
        WITH facts AS (
            SELECT key, position, name AS event, recorded_at, actor,
                   CASE WHEN name IN ('run.requested', 'run.parked', 'run.finished', 'execution.exited')
                   THEN from_json(data, '{"workspace": "VARCHAR", "number": "BIGINT", "tree": "VARCHAR",
                     "pipeline": "VARCHAR", "stages": "JSON", "fingerprint": "VARCHAR", "seed": "HUGEINT",
                     "rerun_of": "VARCHAR", "rerun_reason": "VARCHAR", "group": "VARCHAR",
                     "outcome": "VARCHAR", "cause": "VARCHAR",
                     "error": "VARCHAR", "seconds": "DOUBLE", "reason": "JSON",
                     "environment": {"python": "VARCHAR", "platform": "VARCHAR", "packages": "VARCHAR"}}') END AS d
            FROM events WHERE name LIKE 'run.%' OR name LIKE 'execution.%'
        ), taken AS (
            SELECT key, position, happened_at, actor, data->'$.config' AS config,
                   from_json(data, '{"reason": {"description": "VARCHAR", "hypothesis": "VARCHAR",
                     "approach": "VARCHAR", "expected": "VARCHAR"}, "seed": "HUGEINT", "group": "VARCHAR",
                     "outcome": "VARCHAR", "cause": "VARCHAR", "seconds": "DOUBLE", "began": "TIMESTAMP",
                     "by": "VARCHAR", "system": "VARCHAR", "id": "VARCHAR", "item": "VARCHAR",
                     "code": {"hash": "VARCHAR", "label": "VARCHAR"}, "inputs": "JSON"}') AS d
            FROM events WHERE name = 'run.imported'
        )
        SELECT key, key AS run, any_value(d.workspace) AS workspace, any_value(d.number) AS number,
               any_value(d.workspace || '@v' || d.number) AS version, any_value(d.tree) AS tree,
               any_value(d.pipeline) AS pipeline,
               any_value(CASE WHEN event = 'run.requested' THEN d.stages->>'$[*].name' END) AS stages,
               CASE WHEN bool_or(event = 'run.finished') THEN 'finished'
                    WHEN bool_or(event = 'run.parked') THEN 'parked'
                    WHEN bool_or(event IN ('execution.launch-intended', 'execution.reused')) THEN 'running'
                    ELSE 'requested' END AS state,
               any_value(d.outcome) AS outcome,
               coalesce(any_value(CASE WHEN d.outcome <> 'succeeded' THEN d.cause END), any_value(d.error)) AS cause,
               any_value(d.reason->>'$.description') AS description, any_value(d.reason->>'$.hypothesis') AS hypothesis,
               any_value(d.reason->>'$.approach') AS approach, any_value(d.reason->>'$.expected') AS expected,
               any_value(d.fingerprint) AS fingerprint, any_value(d.seed) AS seed,
               any_value(d.environment.python) AS python, any_value(d.environment.platform) AS platform,
               any_value(d.environment.packages) AS packages,
               any_value(d.rerun_of) AS rerun_of, any_value(d.rerun_reason) AS rerun_reason,
               any_value(d."group") AS run_group,
               min(CASE WHEN event = 'run.requested' THEN recorded_at END) AS requested_at,
               min(CASE WHEN event = 'run.finished' THEN recorded_at END) AS finished_at,
               round(sum(d.seconds), 3) AS seconds,
               any_value(CASE WHEN event = 'run.requested' THEN actor END) AS actor,
               min(position) AS position, max(position) AS changed,
               NULL AS system, NULL AS foreign_id, NULL AS item, NULL::TIMESTAMP AS happened_at
        FROM facts GROUP BY key HAVING bool_or(event = 'run.requested')
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
               (SELECT max(said.position) FROM events AS said WHERE said.key = taken.key),
               d.system, d.id, d.item, happened_at
        FROM taken
    """,
)

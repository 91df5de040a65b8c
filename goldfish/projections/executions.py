"""Stage executions, one wide row each."""

from __future__ import annotations

from goldfish.projections._model import ReadModel

MODEL = ReadModel(
    name="executions",
    about="One row per stage execution: how it was launched and how it ended.",
    keys=("run-",),
    columns={
        "execution": "Its id, like run-42/train.",
        "run": "The run.",
        "stage": "The stage.",
        "attempt": "Which attempt this is, from 1.",
        "backend": "The backend that carries it out.",
        "handle": "The backend's own name for it.",
        "state": "intended, running, ended or concluded.",
        "reused": "The earlier execution whose outputs it took over instead of being launched.",
        "fingerprint": "Equal for executions that do the same work on the same bytes.",
        "outcome": "succeeded, failed, cancelled or lost, once it is concluded.",
        "cause": "Why it did not succeed.",
        "ended_by": "exited, signalled, time-limit, memory-limit or stopped.",
        "exit_code": "The exit code of its process.",
        "signal": "The signal that killed it.",
        "seconds": "Seconds it took, by a clock that never jumps.",
        "peak_memory": "The most memory it used, in bytes.",
        "failure": "The error that the stage reported: type and message.",
        "failed_where": "The line of user code where it arose.",
        "stop_reason": "Why it was asked to stop.",
        "metrics": "The digest of its metric points, a Parquet file.",
        "points": "How many metric points there are.",
        "more_metrics": "How many metrics are in the file but not in the table metrics.",
        "log": "The digest of what it printed.",
        "log_kept": "Bytes of it that were kept.",
        "log_written": "Bytes that were printed.",
        "intended_at": "When its launch was decided (UTC).",
        "launched_at": "When the backend had it (UTC).",
        "concluded_at": "When it was judged (UTC).",
        "position": "Where its first event is.",
        "changed": "Where its last event is.",
    },
    sql="""
        WITH facts AS (
            SELECT stream, position, name AS event, recorded_at,
                   CASE WHEN name NOT IN ('execution.check-evaluated', 'execution.output-captured')
                   THEN from_json(data, '{"attempt": "BIGINT", "backend": "VARCHAR", "handle": "VARCHAR",
                     "execution": "VARCHAR", "fingerprint": "VARCHAR",
                     "reason": "VARCHAR",
                     "ended_by": "VARCHAR", "exit_code": "BIGINT", "signal": "BIGINT", "seconds": "DOUBLE",
                     "peak_memory": "BIGINT", "outcome": "VARCHAR", "cause": "VARCHAR",
                     "digest": "VARCHAR", "points": "BIGINT", "more": "BIGINT",
                     "failure": {"type": "VARCHAR", "message": "VARCHAR", "where": "VARCHAR"},
                     "log": {"digest": "VARCHAR", "kept": "BIGINT", "written": "BIGINT"}}') END AS d
            FROM events WHERE name LIKE 'execution.%'
        )
        SELECT split_part(stream, '/', 1) AS key, stream AS execution, split_part(stream, '/', 1) AS run,
               split_part(stream, '/', 2) AS stage,
               any_value(d.attempt) AS attempt, any_value(d.backend) AS backend, any_value(d.handle) AS handle,
               CASE WHEN bool_or(event = 'execution.concluded') THEN 'concluded'
                    WHEN bool_or(event IN ('execution.exited', 'execution.lost', 'execution.launch-refused'))
                    THEN 'ended'
                    WHEN bool_or(event = 'execution.launched') THEN 'running' ELSE 'intended' END AS state,
               any_value(d.execution) AS reused, any_value(d.fingerprint) AS fingerprint,
               any_value(d.outcome) AS outcome, any_value(CASE WHEN d.outcome <> 'succeeded' THEN d.cause END) AS cause,
               any_value(d.ended_by) AS ended_by, any_value(d.exit_code) AS exit_code, any_value(d.signal) AS signal,
               sum(d.seconds) AS seconds, any_value(d.peak_memory) AS peak_memory,
               any_value(d.failure.type || ': ' || d.failure.message) AS failure,
               any_value(d.failure.where) AS failed_where, any_value(d.reason) AS stop_reason,
               any_value(CASE WHEN event = 'execution.metrics-sealed' THEN d.digest END) AS metrics,
               any_value(d.points) AS points, any_value(d.more) AS more_metrics,
               any_value(d.log.digest) AS log, any_value(d.log.kept) AS log_kept,
               any_value(d.log.written) AS log_written,
               min(CASE WHEN event = 'execution.launch-intended' THEN recorded_at END) AS intended_at,
               min(CASE WHEN event = 'execution.launched' THEN recorded_at END) AS launched_at,
               min(CASE WHEN event = 'execution.concluded' THEN recorded_at END) AS concluded_at,
               min(position) AS position, max(position) AS changed
        FROM facts GROUP BY stream
    """,
)

"""What may be done next. Each suggestion follows from a fact, and names it with the command to begin with."""

from __future__ import annotations

from goldfish.projections.projector import View
from goldfish.queries.status_lines import Status

MOST = 6


def next_steps(view: View, answer: Status) -> list[str]:
    """The most pressing first."""
    found = [
        *_parked(answer),
        *_due(answer),
        *_shaken(view),
        *_broken(view),
        *_waiting(view),
        *_beginning(answer),
    ]
    return found[:MOST]


def _parked(answer: Status) -> list[str]:
    parked = [run.run for run in answer.under_way if run.state == "parked"]
    return [
        f"{run} is parked: look at `goldfish show {run}`, and end it with `goldfish cancel {run}`" for run in parked
    ]


def _due(answer: Status) -> list[str]:
    """Runs that await a verdict."""
    return [
        f"{due.count} {'run' if due.count == 1 else 'runs'} of {due.workspace} "
        f"{'awaits' if due.count == 1 else 'await'} a verdict: `goldfish finalize {due.runs[0]}`"
        for due in answer.awaiting[:2]
    ]


def _shaken(view: View) -> list[str]:
    """Decisions that rest on what no longer holds."""
    rows = view.rows(
        """
        WITH rests AS (
            SELECT note, position, unnest(because) AS ref FROM thoughts WHERE kind = 'decision' AND state = 'standing'
        )
        SELECT rests.note AS note, ref, fallen.state AS state FROM rests JOIN thoughts AS fallen ON fallen.note = ref
        WHERE fallen.state IN ('refuted', 'abandoned', 'superseded', 'withdrawn') AND fallen.changed > rests.position
        ORDER BY rests.position DESC LIMIT 2
        """
    )
    return [
        f"{row['note']} rests on {row['ref']}, which is {row['state']} since: decide again, "
        f"`goldfish decide TEXT --instead-of {row['note']}`"
        for row in rows
    ]


def _broken(view: View) -> list[str]:
    """Workspaces whose newest run failed."""
    rows = view.rows(
        """
        SELECT workspace, max_by(run, position) AS run, max_by(coalesce(outcome, ''), position) AS outcome FROM runs
        WHERE workspace IN (SELECT workspace FROM workspaces WHERE deleted IS NULL)
        GROUP BY workspace ORDER BY max(position) DESC
        """
    )
    return [
        f"the newest run of {row['workspace']}, {row['run']}, {_ENDED[row['outcome']]}: `goldfish logs {row['run']}`"
        for row in rows
        if row["outcome"] in _ENDED
    ][:2]


_ENDED = {"failed": "failed", "lost": "was lost"}


def _waiting(view: View) -> list[str]:
    """Hypotheses that have been open for the longest, and how much was run since."""
    rows = view.rows(
        """
        SELECT note, (SELECT count(*) FROM runs WHERE runs.position > thoughts.position AND outcome = 'succeeded')
                     AS since
        FROM thoughts WHERE kind = 'hypothesis' AND state = 'open' ORDER BY position LIMIT 1
        """
    )
    return [
        f"{row['note']} is open, and {row['since']} runs have succeeded since: "
        f"`goldfish hypothesis resolve {row['note']} …`"
        for row in rows
        if row["since"] > 1
    ]


def _beginning(answer: Status) -> list[str]:
    if not answer.counts.workspaces:
        return ["there is no code yet: `goldfish create NAME`, then `goldfish mount NAME`"]
    name = answer.workspaces[0].workspace if answer.workspaces else "NAME"
    return [] if answer.counts.runs else [f'nothing was run yet: `goldfish run {name} --reason "…"`']

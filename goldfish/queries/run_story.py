"""All that is known of one run, and of its stages."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Literal

from pydantic import Field, JsonValue

from goldfish.domain.event import Value
from goldfish.domain.values import Outcome, Severity, Verdict
from goldfish.projections import Row
from goldfish.projections.projector import View
from goldfish.queries.imported_story import ImportedStory, imported_story
from goldfish.queries.lines import RunLine, run_lines
from goldfish.queries.results import Judged, ResultLine, judgements, results_of
from goldfish.queries.tags import tags_of
from goldfish.queries.thoughts import ThoughtLine, notes_about
from goldfish.queries.warnings import Caution, warnings_on

ENDED = ("finished", "parked")  # states of a run in which nothing more of it starts
MOST = 100  # settings, metrics, checks or outputs that are listed of one stage; `left_out` counts the others


class Setting(Value):
    """One value of a stage's configuration. `overridden` means that the request set it, not the file."""

    name: str
    value: JsonValue
    overridden: bool


class Metric(Value):
    """The summary of one metric; None where no finite value exists."""

    metric: str
    count: int
    non_finite: int
    first: float | None
    last: float | None
    last_is_finite: bool
    min: float | None
    max: float | None
    min_step: int | None
    max_step: int | None
    last_step: int | None


class Check(Value):
    """What a check found."""

    check: str
    subject: str
    verdict: Verdict
    severity: Severity
    sentence: str
    evidence: JsonValue


class Input(Value):
    """What a stage was given."""

    name: str
    type: str | None
    digest: str | None
    ref: str


class Output(Value):
    """What a stage wrote: a declared output that was kept or refused, or an artifact."""

    name: str
    ref: str
    kind: Literal["output", "refused", "artifact"]
    type: str | None
    digest: str | None
    size: int | None
    described: JsonValue
    refused: str | None


class StageStory(Value):
    """One stage of a run. `state` is waiting until its launch is decided, never started if the run ended first."""

    execution: str
    stage: str
    state: str
    outcome: Outcome | None
    cause: str | None
    backend: str | None
    ended_by: str | None
    exit_code: int | None
    signal: int | None
    failure: str | None
    failed_where: str | None
    stop_reason: str | None
    reused: str | None
    seconds: float | None
    peak_memory: int | None
    launched_at: datetime | None
    concluded_at: datetime | None
    points: int | None
    metrics_digest: str | None
    log: str | None
    settings: list[Setting]
    inputs: list[Input]
    outputs: list[Output]
    metrics: list[Metric]
    checks: list[Check]
    left_out: int


class RunStory(Value):
    """A run from its reason to its end. `similar` are other runs that asked for the same work."""

    as_of: int
    kind: Literal["run"] = "run"
    run: str
    workspace: str | None  # None, like the next three, for an imported run
    version: str | None
    tree: str | None
    pipeline: str | None
    state: str
    outcome: Outcome | None
    cause: str | None
    description: str
    hypothesis: str | None
    approach: str | None
    expected: str | None
    fingerprint: str | None
    seed: int | None
    python: str | None
    platform: str | None
    packages: str | None
    rerun_of: str | None
    rerun_reason: str | None
    run_group: str | None = None
    requested_at: datetime
    finished_at: datetime | None
    seconds: float | None
    actor: str
    position: int
    stages: list[StageStory]
    thoughts: list[ThoughtLine]
    similar: list[RunLine]
    tags: list[str] = Field(default_factory=list)
    results: list[ResultLine] = Field(default_factory=list)
    judgements: list[Judged] = Field(default_factory=list)  # oldest first; the last one holds
    warnings: list[Caution] = Field(default_factory=list)  # what was found out that spoils it
    imported: ImportedStory | None = None  # what its record elsewhere says; then its only stage has no name


class ExecutionStory(Value):
    """One stage execution."""

    as_of: int
    kind: Literal["execution"] = "execution"
    run: str
    version: str
    stage: StageStory
    thoughts: list[ThoughtLine]


def run_story(view: View, run: str) -> RunStory:
    """The story of a run that exists."""
    row = view.rows("SELECT * FROM runs WHERE run = ?", run)[0]
    same = "SELECT * FROM runs WHERE fingerprint = ? AND run <> ? ORDER BY position DESC LIMIT 5"
    own = {name: row[name] for name in RunStory.model_fields if name in row and name != "stages"}
    return RunStory(
        as_of=view.position,
        stages=stage_stories(view, run, row["stages"] or _whole(row), run_ended=row["state"] in ENDED),
        thoughts=notes_about(view, run),
        similar=run_lines(view, view.rows(same, row["fingerprint"], run)),
        tags=tags_of(view, [run]).get(run, []),
        results=results_of(view, run),
        judgements=judgements(view, run),
        warnings=warnings_on(view, run),
        imported=imported_story(view, run) if row["system"] is not None else None,
        **own,
    )


def _whole(run: Row) -> list[str]:
    """An imported run is one stage without a name."""
    return [""] if run["system"] is not None else []


def execution_story(view: View, execution: str) -> ExecutionStory:
    """The story of a stage execution that exists."""
    run, _, stage = execution.partition("/")
    row = view.rows("SELECT version, state FROM runs WHERE run = ?", run)[0]
    return ExecutionStory(
        as_of=view.position,
        run=run,
        version=row["version"],
        stage=stage_stories(view, run, [stage], run_ended=row["state"] in ENDED)[0],
        thoughts=notes_about(view, execution),
    )


def stage_stories(view: View, run: str, stages: list[str], *, run_ended: bool) -> list[StageStory]:
    """The stories of stages of a run that exists, in the order given."""
    found = {name: view.rows(asked, run) for name, asked in _OF_RUN.items()}
    absent = "never started" if run_ended else "waiting"
    return [
        _stage_story(run, stage, {name: _of(stage, rows) for name, rows in found.items()}, absent) for stage in stages
    ]


_OF_RUN = {
    "executions": "SELECT * FROM executions WHERE run = ?",
    "settings": "SELECT * FROM params WHERE run = ? ORDER BY name",
    "inputs": "SELECT * FROM inputs WHERE run = ? ORDER BY name",
    "outputs": "SELECT * FROM outputs WHERE run = ? ORDER BY position",
    "metrics": "SELECT * FROM metrics WHERE run = ? ORDER BY metric",
    "checks": "SELECT * FROM checks WHERE run = ? ORDER BY position",
}


def _of(stage: str, rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["stage"] == stage]


def _stage_story(run: str, stage: str, lists: dict[str, list[Row]], absent: str) -> StageStory:
    row = next(iter(lists["executions"]), Row())
    more = sum(max(0, len(rows) - MOST) for rows in lists.values()) + (row.get("more_metrics") or 0)
    plain = {name: row.get(name) for name in StageStory.model_fields if name not in lists}
    return StageStory.model_validate(
        {
            **plain,
            "execution": f"{run}/{stage}" if stage else run,
            "stage": stage,
            "state": row.get("state") or (absent if stage else "imported"),
            "metrics_digest": row.get("metrics"),
            "settings": [setting(found) for found in lists["settings"][:MOST]],
            "inputs": [_fields(Input, found) for found in lists["inputs"][:MOST]],
            "outputs": [
                _fields(Output, {**found, "described": json.loads(found["described"] or "null")})
                for found in lists["outputs"][:MOST]
            ],
            "metrics": [_fields(Metric, found) for found in lists["metrics"][:MOST]],
            "checks": [
                _fields(
                    Check, {**found, "check": found["check_name"], "evidence": json.loads(found["evidence"] or "null")}
                )
                for found in lists["checks"][:MOST]
            ],
            "left_out": more,
        }
    )


def setting(row: Row) -> Setting:
    """A row of the model `params`."""
    return Setting(name=row["name"], value=json.loads(row["value"]), overridden=row["overridden"])


def _fields(answer: type[Value], row: Row) -> Row:
    return {name: row[name] for name in answer.model_fields}

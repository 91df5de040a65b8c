"""The read models of results say what the domain says, whatever happened."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from goldfish.domain.finalizing import specs_of
from goldfish.domain.results import stage_result
from goldfish.projections.projector import Projector
from goldfish.queries.awaiting import awaiting
from goldfish.queries.results import judgements
from tests.histories import History, judged_histories

LAW = settings(
    max_examples=max(10, settings().max_examples // 4), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@LAW
@given(judged_histories())
def test_the_automatic_result_of_the_read_model_is_that_of_the_domain(history: History) -> None:
    view = Projector(history.log).at()
    rows = {(row["run"], row["stage"]): row for row in view.rows("SELECT * FROM results")}
    expected = {(run, stage) for run, state in history.runs.items() for stage in specs_of(state)}
    assert rows.keys() == expected
    for (run, stage), row in rows.items():
        execution = history.executions[run][stage]
        spec = specs_of(history.runs[run])[stage]
        summaries = execution.sealed.summary if execution.sealed else {}
        found = stage_result(stage, spec, summaries, outcome=execution.outcome)
        assert (row["value"], row["step"], row["best"]) == (found.value, found.step, found.best)
        assert (row["stage_outcome"], row["secondary"]) == (execution.outcome, spec.secondary)
        assert all(row[name] == getattr(spec, name) for name in ("metric", "direction", "goal", "minimum", "tolerance"))
        said = history.runs[run].judgements
        if not said:
            assert (row["verdict"], row["confirmed"]) == (None, None)
            assert row["result"] == (found.value if execution.outcome == "succeeded" else None)
            continue
        (confirmed,) = [value for value in said[-1].values if value.stage == stage]
        assert (row["verdict"], row["confirmed"], row["confirmed_step"]) == (
            said[-1].verdict,
            confirmed.value,
            confirmed.step,
        )
        assert row["result"] == confirmed.value


@LAW
@given(judged_histories())
def test_what_awaits_a_verdict_is_what_the_domain_says(history: History) -> None:
    view = Projector(history.log).at()
    waiting = {run for run, state in history.runs.items() if state.awaits_verdict}
    assert {row["run"] for row in view.rows("SELECT run FROM results WHERE awaits")} == waiting
    for workspace in history.workspaces:
        mine = {run for run in waiting if history.runs[run].plan.workspace == workspace}
        due = awaiting(view, workspace)
        assert sum(line.count for line in due) == len(mine)
        assert {run for line in due for run in line.runs} <= mine


@LAW
@given(judged_histories())
def test_every_judgement_is_in_the_history_and_the_newest_holds(history: History) -> None:
    view = Projector(history.log).at()
    for run, state in history.runs.items():
        told = judgements(view, run)
        assert [(line.number, line.verdict, line.holds) for line in told] == [
            (number, said.verdict, number == len(state.judgements)) for number, said in enumerate(state.judgements, 1)
        ]

"""Stage executions: each fact once, and a verdict from facts alone."""

from __future__ import annotations

import pytest

from goldfish.domain.event import Event
from goldfish.domain.executions import Execution, judge
from goldfish.domain.values import EndReason, Failure, Outcome
from tests.given import given

INTENDED = Execution.LaunchIntended(attempt=1, backend="process", inputs=[])
LAUNCHED = Execution.Launched(handle="pid:7")
STOPPING = Execution.StopRequested(reason="too slow")
LOST = Execution.Lost(why="nobody saw it end")
REFUSED = Execution.LaunchRefused(why="no such module")


def exited(
    ended_by: EndReason = "exited",
    exit_code: int | None = 0,
    signal: int | None = None,
    failure: Failure | None = None,
    peak_memory: int | None = None,
) -> Execution.Exited:
    return Execution.Exited(
        ended_by=ended_by, exit_code=exit_code, signal=signal, seconds=1.5, peak_memory=peak_memory, failure=failure
    )


def check(verdict: str, severity: str) -> Execution.CheckEvaluated:
    return Execution.CheckEvaluated.model_validate(
        {
            "check": "finite",
            "subject": "loss",
            "verdict": verdict,
            "severity": severity,
            "sentence": "loss is NaN",
            "evidence": {},
        }
    )


MISSING = Execution.OutputRefused(name="model", type="file", why="it is missing")

# ── each fact once ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_launch_is_intended_once() -> None:
    given(Execution).when(lambda e: e.intend("process", [])).then(INTENDED)
    given(Execution, INTENDED).when(lambda e: e.intend("process", [])).then()


def test_a_launch_is_recorded_once() -> None:
    given(Execution, INTENDED).when(lambda e: e.record_launch("pid:7")).then(LAUNCHED)
    given(Execution, INTENDED, LAUNCHED).when(lambda e: e.record_launch("pid:8")).then()


def test_a_launch_is_refused_once_and_never_after_it_succeeded() -> None:
    given(Execution, INTENDED).when(lambda e: e.refuse_launch("no such module")).then(REFUSED)
    given(Execution, INTENDED, REFUSED).when(lambda e: e.refuse_launch("again")).then()
    given(Execution, INTENDED, LAUNCHED).when(lambda e: e.refuse_launch("late")).then()


def test_a_stop_is_requested_once_and_not_after_the_end() -> None:
    given(Execution, INTENDED, LAUNCHED).when(lambda e: e.request_stop("too slow")).then(STOPPING)
    for history in ([STOPPING], [exited()], [LOST, *given(Execution, LOST).state.conclude([])]):
        given(Execution, INTENDED, LAUNCHED, *history).when(lambda e: e.request_stop("again")).then()


def test_the_end_is_recorded_once() -> None:
    given(Execution, INTENDED, LAUNCHED).when(lambda e: e.record_exit(exited())).then(exited())
    given(Execution, INTENDED, LAUNCHED, exited()).when(lambda e: e.record_exit(exited(exit_code=1))).then()


def test_a_lost_execution_cannot_exit_and_an_exited_one_cannot_be_lost() -> None:
    given(Execution, INTENDED, LAUNCHED).when(lambda e: e.record_loss("nobody saw it end")).then(LOST)
    given(Execution, INTENDED, LAUNCHED, LOST).when(lambda e: e.record_exit(exited())).then()
    given(Execution, INTENDED, LAUNCHED, exited()).when(lambda e: e.record_loss("hm")).then()


def test_the_evidence_is_kept_with_the_conclusion() -> None:
    done = Execution.Concluded(outcome="failed", cause="the output model was refused: it is missing")
    state = given(Execution, INTENDED, LAUNCHED, exited()).when(lambda e: e.conclude([MISSING])).then(MISSING, done)
    assert (state.outcome, state.cause) == ("failed", done.cause)


def test_a_concluded_execution_is_not_concluded_again() -> None:
    concluded = Execution.Concluded(outcome="succeeded", cause="fine")
    given(Execution, INTENDED, LAUNCHED, exited(), concluded).when(lambda e: e.conclude([MISSING])).then()


def test_an_execution_that_is_under_way_is_not_concluded() -> None:
    given(Execution, INTENDED, LAUNCHED, STOPPING).when(lambda e: e.conclude([])).then()


def test_late_evidence_changes_no_verdict() -> None:
    concluded = Execution.Concluded(outcome="lost", cause="nobody saw it end")
    assert given(Execution, INTENDED, LAUNCHED, LOST, concluded, exited()).state.outcome == "lost"


# ── verdicts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("facts", "evidence", "outcome", "word"),
    [
        ([LAUNCHED, exited()], [], "succeeded", "by itself"),
        ([LAUNCHED, exited()], [check("passed", "block")], "succeeded", "no check"),
        ([LAUNCHED, exited()], [check("failed", "warn")], "succeeded", "no check"),
        ([LAUNCHED, exited()], [check("not-applicable", "block")], "succeeded", "no check"),
        ([LAUNCHED, exited()], [check("failed", "block")], "failed", "finite"),
        ([LAUNCHED, exited(exit_code=3)], [check("failed", "block")], "failed", "code 3"),
        ([LAUNCHED, exited()], [MISSING], "failed", "model"),
        ([LAUNCHED, exited(exit_code=137)], [], "failed", "code 137"),
        ([LAUNCHED, exited(exit_code=None)], [], "failed", "without an exit code"),
        ([LAUNCHED, exited("signalled", None, 9)], [], "failed", "signal 9"),
        ([LAUNCHED, exited("time-limit", None, 15)], [], "failed", "1.5 s"),
        ([LAUNCHED, exited("memory-limit", None, 9, peak_memory=64 << 20)], [], "failed", "64 MiB"),
        ([LAUNCHED, exited("memory-limit", 0)], [], "failed", "memory limit"),
        ([LAUNCHED, exited(exit_code=1, failure=Failure(type="ValueError", message="bad", where="modules/a.py:3"))],
         [], "failed", "ValueError: bad (modules/a.py:3)"),
        ([LAUNCHED, exited(exit_code=1, failure=Failure(type="ValueError", message="bad"))], [], "failed", "bad"),
        ([LAUNCHED, STOPPING, exited("stopped", None, 15)], [], "cancelled", "too slow"),
        ([LAUNCHED, exited("stopped", 0)], [], "cancelled", "asked to stop"),
        ([LAUNCHED, LOST], [], "lost", "nobody saw it end"),
        ([REFUSED], [], "failed", "no such module"),
        ([], [], "cancelled", "before it was launched"),
        ([STOPPING], [], "cancelled", "too slow"),
    ],
)  # fmt: skip
def test_a_verdict_follows_from_the_facts(
    facts: list[Event], evidence: list[Event], outcome: Outcome, word: str
) -> None:
    found, cause = judge(given(Execution, INTENDED, *facts).state, evidence)
    assert found == outcome
    assert word in cause


# ── work that was done before ─────────────────────────────────────────────────────────────────────────────────────────

FEATURES = Execution.OutputCaptured(name="features", type="npy", digest="sha256:aa", size=8, described={"shape": [2]})
SEALED = Execution.MetricsSealed(digest="sha256:bb", points=3, summary={})
EARLIER = given(Execution, INTENDED, LAUNCHED, exited(), FEATURES, SEALED).state


def test_an_execution_can_take_over_what_an_earlier_one_wrote() -> None:
    state = (
        given(Execution)
        .when(lambda e: e.reuse("run-3/prepare", EARLIER, [], "sha256:ff"))
        .then(
            Execution.Reused(execution="run-3/prepare", fingerprint="sha256:ff", inputs=[]),
            FEATURES,
            SEALED,
            Execution.Concluded(
                outcome="succeeded", cause="run-3/prepare did the same work; its outputs were taken over"
            ),
        )
    )
    assert state.outcome == "succeeded"
    assert state.outputs["features"] == FEATURES


def test_what_was_begun_is_not_replaced_and_what_was_replaced_is_not_begun() -> None:
    given(Execution, INTENDED).when(lambda e: e.reuse("run-3/prepare", EARLIER, [], "sha256:ff")).then()
    taken = given(Execution, *Execution(EARLIER.stream).reuse("run-3/prepare", EARLIER, [], "sha256:ff"))
    taken.when(lambda e: e.intend("process", [])).then()

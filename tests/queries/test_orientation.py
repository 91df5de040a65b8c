"""What holds of the answer to `status` in every form, whatever happened and whatever anybody wrote."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goldfish.adapters.cli.inert import inert_json
from goldfish.adapters.cli.views.status import overview
from goldfish.adapters.mcp.answering import answer as in_tools
from goldfish.domain.imported import Change, ForeignVerdict
from goldfish.domain.notes import Note
from goldfish.domain.projects import Project
from goldfish.domain.runs import Run
from goldfish.domain.tokens import tokens
from goldfish.domain.values import MetricSummary, Reason
from goldfish.projections.projector import Projector
from goldfish.queries.bearings import bearings
from goldfish.queries.state_document import state_document
from goldfish.queries.status import Status, cost, status
from tests.fakes.event_log import InMemoryEventLog
from tests.histories import TEXTS, History, histories
from tests.queries.stories import created, now
from tests.queries.test_state_document import FORGED, HOSTILE, big, page

FIRST = datetime(2026, 3, 1, tzinfo=UTC)


@settings(max_examples=max(5, settings().max_examples // 4), deadline=None, suppress_health_check=list(HealthCheck))
@given(histories(), st.data())
def test_what_was_known_at_a_position_is_what_was_answered_then(history: History, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, history.log.head()))
    then = status(Projector(history.log.until(position)).at(), since=1, budget=3_000)
    assert status(Projector(history.log).at(position), since=1, budget=3_000) == then


def printed(answer: Status, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    overview(answer)
    return capsys.readouterr().out


@pytest.mark.parametrize("text", [*HOSTILE, *FORGED, "数字を読む研究", "🙂🙃", "ß" * 40, "\x00\x01", "word " * 90])
def test_no_form_of_the_answer_costs_more_than_its_budget(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    for budget in (600, 2_000):
        answer = status(now(big(20, 6, text)), since=0, budget=budget)
        assert tokens(inert_json(answer.model_dump_json())) <= budget
        assert tokens(printed(answer, capsys)) <= budget
        called = in_tools(answer, budget=budget)
        assert tokens(called.content[0].text) <= budget  # type: ignore[union-attr]


@pytest.mark.parametrize("text", [*HOSTILE, *FORGED])
def test_what_anybody_wrote_is_inert_in_every_form(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    answer = status(now(log_of(text)), budget=20_000)
    shown = printed(answer, capsys)
    harmless = printed(status(now(log_of("harmless")), budget=20_000), capsys)
    assert all(character == "\n" or character.isprintable() for character in shown)
    assert len(shown.splitlines()) == len(harmless.splitlines())
    assert all(character == "\n" or character.isprintable() for character in inert_json(answer.model_dump_json()))
    assert all(character == "\n" or character.isprintable() for character in page(text))


def log_of(text: str) -> InMemoryEventLog:
    """A project in which everybody wrote this wherever they could."""
    log = InMemoryEventLog()
    log.append("project", Project.Founded(name=text, goal=text), actor=text)
    log.append("workspace:baseline", *created("baseline"))
    for n in range(3):
        log.append(f"decision-{n + 1}", Note.Logged(kind="decision", text=text, because=[text]), actor=text)
        log.append(f"hypothesis-{n + 1}", Note.Logged(kind="hypothesis", text=text))
        taken_over(log, n + 1, 0.5, name=text, verdict="miss", note=text)
    return log


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_a_status_has_an_answer_whatever_was_imported(texts: list[str]) -> None:
    log = InMemoryEventLog()
    for n, text in enumerate(texts, 1):
        taken_over(log, n, 0.1 * n, name=text, verdict="success" if n % 2 else "miss", note=text)
    answer = status(now(log))
    assert cost(answer) <= 2_000
    assert answer.counts.imported == len(texts)
    assert state_document(now(log))[0]


def test_a_project_of_imported_runs_alone_tells_what_is_known() -> None:
    log = imported()
    answer = status(now(log))
    (best,) = [line for line in answer.best if line.metric == "error"]
    assert (best.run, best.called, best.value, best.direction, best.verdict) == (
        "run-3",
        "E3",
        0.2,
        "minimize",
        "success",
    )
    assert [(line.run, line.called) for line in answer.baseline] == [("run-3", "E3")]
    assert answer.decisions == []
    (missed,) = [line for line in answer.do_not_repeat if line.kind == "missed"]
    assert (missed.called, missed.settings, missed.why) == (["E2"], {"width": ["9"]}, "too wide")
    assert [run.called for run in answer.results] == ["E3", "E2", "E1"]


def test_what_was_imported_is_told_as_it_was_known_at_a_time() -> None:
    log = imported()
    then = status(Projector(log).at(FIRST + timedelta(days=1, hours=1)))
    assert [line.called for line in then.baseline] == ["E1"]
    assert [line.called for line in then.best if line.metric == "error"] == ["E1"]
    assert [line.called for line in then.do_not_repeat] == [["E2"]]
    assert (then.counts.runs, then.counts.imported) == (2, 2)


def test_sections_that_hold_the_baseline_and_what_not_to_repeat_are_in_the_document() -> None:
    text, _ = state_document(now(imported()))
    assert "- decision-2 (2026-03-03), the baseline is run-3 (E3): baseline is E3" in text
    assert "- run-2 (E2) missed with width=9: too wide; tried: E2" in text
    assert "error: 0.2 by run-3 (E3), judged success; best of 3, smaller is better" in text


def test_an_empty_ledger_and_one_without_a_goal_have_an_answer(capsys: pytest.CaptureFixture[str]) -> None:
    log = InMemoryEventLog()
    assert printed(status(now(log)), capsys)
    log.append("project", Project.Founded(name="digits"))
    assert printed(status(now(log), since=0), capsys).startswith("digits\n0 runs")


def test_each_section_names_a_command_for_what_it_leaves_out() -> None:
    found = bearings(now(big(200, 40)), since=0)
    answer = status(now(big(200, 40)), since=0)
    for name, total in found.totals.items():
        told = sum(getattr(item, "times", 1) for item in getattr(answer, name))
        if total > told:
            assert any(line.startswith(f"{total - told} ") for line in answer.left_out), name


def imported() -> InMemoryEventLog:
    """Three experiments of other days: the second one missed, the third one is the new baseline."""
    log = InMemoryEventLog()
    log.append("project", Project.Founded(name="elsewhere", goal="less error"))
    taken_over(log, 1, 0.5, verdict="success")
    chosen(log, 1, "E1", 1)
    taken_over(log, 2, 0.7, verdict="miss", note="too wide", changed=[Change(name="width", before="8", after="9")])
    taken_over(log, 3, 0.2, verdict="success")
    chosen(log, 2, "E3", 3)
    return log


def chosen(log: InMemoryEventLog, number: int, called: str, run: int) -> None:
    log.append(
        f"decision-{number}",
        Note.Logged(
            kind="decision",
            text=f"baseline is {called}",
            about=[f"run-{run}"],
            system="experiments",
            chosen_as="baseline",
            happened=FIRST + timedelta(days=run - 1),
        ),
    )


def taken_over(
    log: InMemoryEventLog,
    number: int,
    error: float,
    *,
    name: str | None = None,
    verdict: str | None = None,
    note: str | None = None,
    changed: list[Change] | None = None,
) -> None:
    """An experiment that was carried out elsewhere, on the day of its number."""
    summary = MetricSummary(
        count=1,
        non_finite=0,
        first=error,
        last=error,
        last_is_finite=True,
        min=error,
        max=error,
        min_step=0,
        max_step=0,
        last_step=0,
    )
    log.append(
        f"run-{number}",
        Run.Imported(
            system="experiments",
            id=name or f"E{number}",
            happened=FIRST + timedelta(days=number - 1),
            reason=Reason(description=name or f"E{number}"),
            changed=changed or [],
            config={change.name: int(change.after or 0) for change in changed or []},
            metrics={"error": summary},
            metric="error",
            direction="minimize",
            outcome="succeeded",
            verdict=ForeignVerdict(verdict=verdict, said=verdict) if verdict else None,  # type: ignore[arg-type]
            note=note,
        ),
    )

"""Which earlier experiments are like an idea, why, and what came of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from goldfish.domain.imported import Change, ForeignVerdict
from goldfish.domain.runs import Run
from goldfish.domain.values import Reason
from goldfish.projections.projector import Projector, View
from goldfish.queries.differing import flat
from goldfish.queries.similarity.answer import Candidate, Similar
from goldfish.queries.similarity.picking import PICKED
from goldfish.queries.similarity.similar import THRESHOLD, Idea, similar
from tests.fakes.event_log import InMemoryEventLog
from tests.queries.stories import requested

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def tried(number: int, title: str, hypothesis: str | None = None, **more: object) -> Run.Imported:
    """An experiment that was recorded elsewhere, on the day of its number."""
    record = {
        "system": "experiments", "id": f"X{number}", "happened": BEGAN + timedelta(days=number), "outcome": "succeeded",
        "reason": Reason(description=title, hypothesis=hypothesis),
        "verdict": ForeignVerdict(verdict="miss", said="loss"),
    }  # fmt: skip
    return Run.Imported.model_validate({**record, **more})


WORK = [
    tried(1, "Stronger L2 penalty", "It overfits.", changed=[Change(name="weight_decay", before="1e-4", after="1e-3")]),
    tried(2, "EMA of the weights", "Evaluate a smoothed copy.", changed=[Change(name="ema_decay", after="0.999")]),
    tried(3, "Warm restarts", "Kick it out of minima.", changed=[Change(name="restarts", after="3")]),
    tried(4, "Mirrored pictures", "More data for nothing.", item="PR4", changed=[Change(name="flip", after="true")]),
    tried(5, "Mirrored pictures, half of them", "More data.", item="PR4", changed=[Change(name="flip", after="0.5")]),
    tried(6, "Fourier features of the position", "Fine detail is missing."),
    tried(
        7, "Muon", "Orthogonal updates.", outcome="failed", cause="NaN loss",
        verdict=ForeignVerdict(verdict="unknown", said="crash"),
    ),
    tried(8, "Two more blocks", "It is too shallow.", changed=[Change(name="n_layers", before="6", after="8")]),
]  # fmt: skip


def ledger(*events: Run.Imported | Run.Requested) -> InMemoryEventLog:
    """A log of experiments."""
    log = InMemoryEventLog()
    for number, event in enumerate(events or WORK, 1):
        log.append(f"run-{number}", event)
    return log


def ask(
    text: str = "", config: dict[str, JsonValue] | None = None, view: View | None = None, **more: object
) -> Similar:
    """The answer."""
    return similar(view or VIEW, Idea(text, flat(config or {})), **more)  # type: ignore[arg-type]  # passed on as they are


VIEW = Projector(ledger()).at()


def first(answer: Similar) -> Candidate:
    """The most alike."""
    return answer.candidates[0]


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("stronger L2 penalties", "X1"),
        ("pull the parameters harder towards zero", "X1"),
        ("wd", "X1"),
        ("weight-averaging-ema", "X2"),
        ("test with a slowly moving average of the parameters", "X2"),
        ("raise the step size again several times", "X3"),
        ("flip images left to right", "X5"),
        ("sines and cosines of where a point is", "X6"),
        ("a deeper network", "X8"),
    ],
)
def test_the_same_idea_is_found_by_its_words_its_abbreviation_and_in_other_words(text: str, id_: str) -> None:
    assert id_ in [id_ for one in ask(text).candidates[:2] for id_ in (one.id, *one.rounds)]


def test_the_very_same_words_are_flagged_and_others_are_not() -> None:
    assert ask("Warm restarts. Kick it out of minima.").flagged
    assert not ask("Quantum annealing on a tensor processor").flagged
    assert ask("xyzzy").candidates == []


def test_settings_alone_find_what_turned_them_and_say_how_they_differ() -> None:
    answer = ask(config={"train": {"weight_decay": 0.003}})
    (setting,) = first(answer).settings
    assert (first(answer).id, setting.name, setting.before, setting.there, setting.here, setting.same) == (
        "X1", "train.weight_decay", 1e-4, 1e-3, 3e-3, False,
    )  # fmt: skip
    assert first(answer).why.startswith("train.weight_decay 0.001 there, 0.003 here; ")


def test_settings_are_compared_as_values() -> None:
    (equal,) = first(ask("L2", {"weight_decay": 0.001})).settings
    (other,) = first(ask("L2", {"weight_decay": "0.001"})).settings
    assert (equal.same, other.same) == (True, False)


def test_the_closer_the_value_the_more_alike() -> None:
    same, near, far = (first(ask("L2", {"weight_decay": value})).score for value in (1e-3, 2e-3, 10.0))
    assert same > near > far


def test_why_names_what_both_say_and_what_only_the_earlier_one_says() -> None:
    why = first(ask("a stronger penalty")).why
    assert "both say" in why
    assert "penalty" in why
    assert "only it says" in why


def test_what_failed_was_not_tested() -> None:
    found = first(ask("muon"))
    assert (found.id, found.tested, found.ended) == ("X7", False, "failed")
    assert found.outcome == "it failed (crash): NaN loss, so the idea was not tested"


def test_the_verdict_is_told_in_our_word_and_in_theirs() -> None:
    found = first(ask("warm restarts"))
    assert (found.outcome, found.tested, found.verdict) == ("a miss (loss)", True, "miss")


def test_rounds_of_one_item_are_one_candidate() -> None:
    answer = ask("mirrored pictures")
    assert first(answer).id in ("X4", "X5")
    assert len(first(answer).rounds) == 1
    assert len({one.run for one in answer.candidates}) == len(answer.candidates)


def test_what_is_excluded_is_not_told() -> None:
    assert "X6" not in [one.id for one in ask("Fourier features", exclude=["run-6"]).candidates]
    assert not [one for one in ask("mirrored", exclude=["experiments PR4"]).candidates if one.id in ("X4", "X5")]


def test_at_most_as_many_as_asked_for() -> None:
    assert len(ask("more data, more blocks, weights, minima", limit=2).candidates) == 2


def test_only_what_was_known_then_is_told() -> None:
    log = ledger()
    late = BEGAN + timedelta(days=20)
    log.append(
        "run-3",
        Run.VerdictImported(verdict="success", said="win", happened=late, by=None, note="It was zebra striping."),
    )
    projector = Projector(log)
    early = ask("warm restarts", view=projector.at(BEGAN + timedelta(days=2, hours=5)))
    assert {one.id for one in early.candidates} <= {"X1", "X2"}
    assert first(ask("warm restarts", view=projector.at(late - timedelta(days=1)))).outcome == "a miss (loss)"
    assert first(ask("warm restarts", view=projector.at())).outcome == "a success (win)"
    assert not any(one.id == "X3" for one in ask("zebra", view=projector.at(late - timedelta(days=1))).candidates)


def test_our_own_runs_are_found_by_their_reason_and_what_the_request_set() -> None:
    plain = requested(1, lr=0.1)
    prepare, train = plain.stages
    turned = train.model_copy(update={"config": {"lr": 0.5, "layers": 4}, "overridden": ["lr"]})
    reason = Reason(description="bigger steps", hypothesis="it crawls")
    log = ledger(plain, plain.model_copy(update={"stages": [prepare, turned], "reason": reason}))
    answer = ask("it crawls", {"lr": 0.5}, view=Projector(log).at())
    assert (first(answer).id, first(answer).run, first(answer).settings[0].same) == ("run-2", "run-2", True)
    assert (first(answer).outcome, first(answer).tested) == ("it is under way", False)


def test_one_among_more_than_are_compared_is_found() -> None:
    many = [tried(number, f"plain change {number}", "to see") for number in range(1, PICKED + 60)]
    view = Projector(ledger(*many, tried(999, "a rare zebra stripe", "to see"))).at()
    assert first(ask("zebra stripes, to see a plain change", view=view)).id == "X999"


def test_an_empty_ledger_knows_nothing() -> None:
    answer = ask("anything", view=Projector(InMemoryEventLog()).at())
    assert (answer.candidates, answer.flagged, answer.compared) == ([], False, 0)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60), st.dictionaries(st.text(max_size=8), st.integers() | st.text(max_size=5), max_size=3))
def test_scores_lie_between_0_and_1_and_fall(text: str, config: dict[str, JsonValue]) -> None:
    answer = ask(text, config)
    scores = [one.score for one in answer.candidates]
    assert all(0 <= score <= 1 for score in scores)
    assert scores == sorted(scores, reverse=True)
    assert answer.flagged == (bool(scores) and scores[0] >= THRESHOLD)


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(WORK))
def test_an_experiment_is_most_like_itself(event: Run.Imported) -> None:
    answer = ask(f"{event.reason.description}. {event.reason.hypothesis}")
    best = first(answer)
    assert event.id in (best.id, *best.rounds)

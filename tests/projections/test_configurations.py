"""Runs that differ by their seed alone have one configuration."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import JsonValue

from goldfish.domain.imported import Change, ForeignCode, ForeignInput
from goldfish.domain.runs import Run
from goldfish.domain.values import Reason, StagePlan
from tests.fakes.event_log import InMemoryEventLog
from tests.queries.stories import digits, now, requested, tree


def asked(**config: JsonValue) -> Run.Requested:
    """A request whose stage train has these settings."""
    plain = requested(1, lr=0.1)
    prepare, train = plain.stages
    return plain.model_copy(update={"stages": [prepare, train.model_copy(update={"config": config})], "seed": None})


def found(*events: Run.Requested | Run.Imported) -> list[tuple[str | None, str]]:
    """Configuration and seeds of runs, in order."""
    log = InMemoryEventLog()
    for number, event in enumerate(events, 1):
        log.append(f"run-{number}", event)
    rows = now(log).rows("SELECT configuration, seeds FROM configurations ORDER BY position")
    return [(row["configuration"], row["seeds"]) for row in rows]


def imported(number: int, **more: object) -> Run.Imported:
    """An experiment that was recorded elsewhere."""
    at = datetime(2026, 1, number, tzinfo=UTC)
    reason = Reason(description="tried there")
    return Run.Imported.model_validate(
        {"system": "mlflow", "id": f"{number}", "happened": at, "reason": reason, **more}
    )


@pytest.mark.parametrize("name", ["seed", "data_seed", "model.seed", "data-seed"])
def test_another_seed_is_the_same_configuration(name: str) -> None:
    (one, first), (other, second) = found(asked(lr=0.1, **{name: 1}), asked(lr=0.1, **{name: 2}))
    assert one == other is not None
    assert first != second


@pytest.mark.parametrize(
    "other",
    [{"lr": 0.2, "seed": 1}, {"lr": 0.1, "seed": 1, "more": None}, {"lr": 0.1, "seeds": 2}, {"lr": "0.1", "seed": 1}],
)
def test_another_setting_is_another_configuration(other: dict[str, JsonValue]) -> None:
    (one, _), (two, _) = found(asked(lr=0.1, seed=1), asked(**other))
    assert one != two


def test_other_code_or_other_data_is_another_configuration() -> None:
    plain = asked(lr=0.1)
    prepare, train = plain.stages
    read = prepare.model_copy(update={"inputs": [prepare.inputs[0].model_copy(update={"digest": "sha256:other"})]})
    names = [
        name
        for name, _ in found(
            plain, plain.model_copy(update={"tree": tree(9)}), plain.model_copy(update={"stages": [read, train]})
        )
    ]
    assert len({*names}) == 3


def test_the_seed_among_the_arguments_of_a_program_counts_as_a_seed() -> None:
    def program(*arguments: str) -> Run.Requested:
        return asked().model_copy(update={"stages": [StagePlan(name="main", command=["python", "t.py", *arguments])]})

    names = [
        name
        for name, _ in found(
            program("--seed", "1"), program("--seed", "2"), program("--seed=1"), program("--seed=7"), program("seed=1")
        )
    ]
    assert (names[0], names[2]) == (names[1], names[3])
    assert len({*names}) == 3


def test_a_text_that_speaks_of_a_seed_is_no_seed() -> None:
    (one, _), (other, _) = found(asked(note='{"seed":1}'), asked(note='{"seed":2}'))
    assert one != other


def test_without_a_seed_none_is_named() -> None:
    for config in ({"lr": 0.1}, {"lr": 0.1, "seed": None}):
        alone = asked().model_copy(update={"stages": [StagePlan(name="train", module="m.py", config=config)]})
        assert found(alone)[0][1] == ""


def test_imported_runs_are_told_apart_by_what_their_records_say() -> None:
    names = [
        name
        for name, _ in found(
            imported(1, config={"lr": 0.1, "seed": 1}, seed=1),
            imported(2, config={"lr": 0.1, "seed": 2}, seed=2, metrics={}, against="E1"),
            imported(3, config={"lr": 0.2}),
            imported(4, config={"lr": 0.1, "seed": 1}, code=ForeignCode(hash="abc")),
            imported(5, config={"lr": 0.1, "seed": 1}, inputs=[ForeignInput(name="digits")]),
            imported(6, changed=[Change(name="lr", before="0.1", after="0.2"), Change(name="seed", after="2")]),
            imported(7, changed=[Change(name="lr", before="0.3", after="0.2")]),
        )
    ]
    assert names[0] == names[1]
    assert names[5] == names[6]
    assert len({*names}) == 5


def test_an_imported_run_of_which_nothing_is_known_has_no_configuration() -> None:
    assert found(imported(1, seed=3)) == [(None, "3")]


def test_runs_of_one_project_have_a_row_each() -> None:
    rows = now(digits()).rows("SELECT run, workspace FROM configurations ORDER BY position")
    assert [row["run"] for row in rows] == ["run-1", "run-2", "run-3", "run-4"]


def test_each_setting_says_who_set_it() -> None:
    prepare, train = requested(1, lr=0.1).stages
    stages = [prepare.model_copy(update={"defaulted": ["split.seed"]}), train]
    log = InMemoryEventLog()
    log.append("run-1", requested(1, lr=0.1).model_copy(update={"stages": stages}))
    log.append("run-2", imported(2, config={"lr": 0.1}, changed=[Change(name="width", after="8")]))
    rows = now(log).rows("SELECT run, name, origin FROM params ORDER BY run, name")
    assert [(row["run"], row["name"], row["origin"]) for row in rows] == [
        ("run-1", "epochs", "config"),
        ("run-1", "lr", "override"),
        ("run-1", "split.seed", "default"),
        ("run-1", "split.train", "config"),
        ("run-2", "lr", "imported"),
        ("run-2", "width", "imported"),
    ]

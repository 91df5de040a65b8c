"""Runs, newest first."""

from __future__ import annotations

import pytest

from goldfish.queries.history import History, history
from tests.fakes.event_log import InMemoryEventLog
from tests.queries.stories import created, digits, now, requested, whole_run


def names(answer: History) -> list[str]:
    """The runs of a page."""
    return [run.run for run in answer.runs]


def test_the_newest_comes_first() -> None:
    assert names(history(now(digits()))) == ["run-4", "run-3", "run-2", "run-1"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"outcome": "failed"}, ["run-3"]),
        ({"outcome": "running"}, ["run-4"]),
        ({"stage": "train"}, ["run-4", "run-3", "run-2", "run-1"]),
        ({"stage": "evaluate"}, []),
        ({"workspace": "baseline", "outcome": "succeeded"}, ["run-2", "run-1"]),
        ({"workspace": "other"}, []),
        ({"workspace": "' OR true --"}, []),
    ],
)
def test_it_can_be_narrowed(filters: dict[str, str], expected: list[str]) -> None:
    given = [filters.get(name) for name in ("workspace", "stage", "outcome")]
    assert names(history(now(digits()), workspace=given[0], stage=given[1], outcome=given[2])) == expected


def test_since_a_position_means_runs_that_something_happened_to() -> None:
    log = digits()
    before = log.head()
    whole_run(log, 5, lr=0.7, accuracy=0.9)
    assert names(history(now(log), since=before)) == ["run-5"]


def test_pages_follow_each_other_without_gap_or_overlap() -> None:
    log = InMemoryEventLog()
    log.append("workspace:baseline", *created("baseline"))
    for run in range(1, 12):
        log.append(f"run-{run}", requested(run, lr=float(run)))
    view = now(log)
    first = history(view, limit=5)
    second = history(view, limit=5, before=first.more)
    third = history(view, limit=5, before=second.more)
    assert names(first) + names(second) + names(third) == [f"run-{n}" for n in range(11, 0, -1)]
    assert (first.matching, second.matching, third.more) == (11, 11, None)


def test_the_page_size_is_bounded() -> None:
    assert len(history(now(digits()), limit=0).runs) == 1
    assert history(now(digits()), limit=10_000).more is None


def test_runs_can_be_sorted_by_a_metric_either_way_and_those_without_it_are_left_out() -> None:
    log = InMemoryEventLog()
    for run, accuracy in ((1, 0.5), (2, 0.9), (3, None), (4, 0.7)):
        whole_run(log, run, lr=0.1, accuracy=accuracy)
    assert names(history(now(log), sort="accuracy"))[:3] == ["run-2", "run-4", "run-1"]
    assert names(history(now(log), sort="-loss"))[:2] == ["run-2", "run-4"]
    assert names(history(now(log), sort="nothing")) == []


def test_a_group_leaves_out_runs_of_no_group_and_of_others() -> None:
    log = InMemoryEventLog()
    for run, group in ((1, None), (2, "seeds"), (3, "sweep"), (4, "seeds")):
        log.append(f"run-{run}", requested(run, lr=0.1).model_copy(update={"group": group}))
    assert names(history(now(log), group="seeds")) == ["run-4", "run-2"]
    assert names(history(now(log), group="nothing")) == []
    assert len(history(now(log)).runs) == 4
